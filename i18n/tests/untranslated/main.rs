//! Finds what the app and the server's letters and pages say past the catalogue, and what the catalogue has for
//! nobody.

mod catalogue;
mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use catalogue::{Catalogue, read};
use scan::{Found, scan};

/// Made up for tests.
const SAMPLES: &str = "samples.rs";

/// What of the server writes to people.
const LETTERS: [&str; 6] = [
    "mail/letter.rs",
    "mail/letters",
    "mail/ticket_pdf.rs",
    "reader",
    "web/head.rs",
    "web/prerender",
];

fn app() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src")
}

fn letters() -> Vec<PathBuf> {
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let files = LETTERS.iter().flat_map(|name| match server.join(name) {
        file if file.is_file() => vec![file],
        folder => sources(&folder),
    });
    files.collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with(SAMPLES)
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn scan_all() -> Vec<(PathBuf, Found)> {
    let common = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/event.rs");
    let all = sources(&app()).into_iter().chain(letters()).chain([common]);
    let scanned = all.map(|path| {
        let source = fs::read_to_string(&path).expect("a source file");
        let found = scan(&source);
        (path, found)
    });
    scanned.collect()
}

#[test]
fn nothing_is_said_past_the_catalogue() {
    let mut untranslated = Vec::new();
    for (path, found) in scan_all() {
        for (line, text) in found.texts {
            untranslated.push(format!("{}:{line}: {text:?}", path.display()));
        }
    }
    assert!(
        untranslated.is_empty(),
        "These texts belong in i18n/locales, to be said by t!:\n{}",
        untranslated.join("\n")
    );
}

#[test]
fn every_text_of_the_catalogue_is_said_somewhere() {
    let mut unused: Vec<String> = read("en").names();
    for (_, found) in scan_all() {
        unused.retain(|name| !found.names.contains(name));
    }
    assert_eq!(unused, [""; 0], "These texts are said nowhere.");
}

#[test]
fn every_text_is_in_other_words_in_the_other_language() {
    let (english, german) = (read("en"), read("de"));
    let same = english.same_as(&german);
    assert_eq!(
        same,
        catalogue::SAME,
        "Translate them, or add them to those that are the same in both."
    );
}

#[test]
fn no_text_is_empty_or_has_spaces_to_spare() {
    // What stands between others has them on purpose.
    const BETWEEN: [&str; 1] = ["edit.and"];
    for language in ["en", "de"] {
        let Catalogue(texts) = read(language);
        for (name, text) in texts {
            let bare = text.trim() == text || BETWEEN.contains(&name.as_str());
            assert!(bare && !text.is_empty(), "{language} {name}: {text:?}");
        }
    }
}

/// ’ and “ ” instead of straight quotes, and words that people use today. The API's reference is held
/// to the same words.
#[test]
fn texts_are_set_and_worded_as_people_read_them_today() {
    let Catalogue(english) = read("en");
    for (name, text) in &english {
        let lower = text.to_lowercase();
        for quaint in include_str!("../quaint.txt").lines() {
            assert!(!lower.contains(quaint), "{name} says {quaint:?}: {text:?}");
        }
    }
    for language in ["en", "de"] {
        let Catalogue(texts) = read(language);
        for (name, text) in texts {
            let typed = text.contains(['\'', '"']);
            assert!(!typed, "{language} {name}: use ’ and “ ”: {text:?}");
        }
    }
}

/// The checks that app and server share say in English what is wrong with a field.
#[test]
fn what_the_checks_say_is_in_the_catalogue() {
    let Catalogue(texts) = read("en");
    let known: Vec<&String> = texts.values().collect();
    let api = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src");
    for path in sources(&api) {
        let source = fs::read_to_string(&path).expect("a source file");
        for (line, said) in scan(&source).texts {
            let said = said.replace("{max}", "{{ max }}");
            let is_sentence = said.ends_with('.') && said.starts_with(char::is_uppercase);
            assert!(
                !is_sentence || known.contains(&&said),
                "{}:{line}: {said:?} has no words in other languages: add it to fields.json and to \
                 app/src/api/words.rs",
                path.display()
            );
        }
    }
}
