//! What the style sheets keep to: colours, sizes and times are tokens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::place;

/// Ways to write a colour. System colours are not among them: they are for who has colours of
/// their own (`forced-colors`).
const COLOURS: [&str; 12] = [
    "#",
    "rgb(",
    "rgba(",
    "hsl(",
    "hsla(",
    "hwb(",
    "lab(",
    "lch(",
    "oklab(",
    "oklch(",
    "color(",
    "light-dark(",
];
const NAMED_COLOURS: [&str; 12] = [
    "black", "white", "red", "green", "blue", "gray", "grey", "yellow", "orange", "purple", "pink",
    "brown",
];
/// Units of fixed sizes and times. Shares of something, such as `%`, `em` and `fr`, are free.
const UNITS: [&str; 8] = ["px", "rem", "pt", "cm", "mm", "in", "ms", "s"];

/// A style sheet without comments.
struct Sheet {
    name: String,
    text: String,
}

fn sheets() -> Vec<Sheet> {
    let folder = place::root().join("style");
    let mut sheets = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let file = entry.expect("a file").path();
        let name = file.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&file).expect("a style sheet");
        sheets.push(Sheet {
            name: name.into_owned(),
            text: without_comments(&text),
        });
    }
    assert!(sheets.len() > 20, "there are {} sheets", sheets.len());
    sheets
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("/*");
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push_str(part.split_once("*/").map_or("", |(_, after)| after));
    }
    left
}

/// The values of all declarations. What a size is asked of, as in `@media (width >= 40rem)`, is none.
fn values(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '}']).filter_map(|part| {
        let declaration = part.rsplit('{').next()?;
        let (property, value) = declaration.split_once(':')?;
        (!property.trim_start().starts_with('@')).then_some(value.trim())
    })
}

/// What in a value should have been a token.
fn raw(value: &str) -> Option<&str> {
    let value_lower = value.to_ascii_lowercase();
    if COLOURS.iter().any(|colour| value_lower.contains(colour)) {
        return Some(value);
    }
    words(value).find(|word| {
        let number = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let is_size = number.len() < word.len() && UNITS.contains(&number);
        let is_nothing = word[..word.len() - number.len()].parse() == Ok(0.0);
        (is_size && !is_nothing) || NAMED_COLOURS.contains(word)
    })
}

/// Names and numbers, apart from those of tokens.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    value
        .split(move |c: char| !is_inside(c))
        .filter(|word| !word.starts_with("--"))
        .map(|word| word.trim_start_matches('-'))
}

/// The names that stand after `mark`, as in `@keyframes rise`.
fn named_after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(mark).skip(1).map(|after| {
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        &after[..end.unwrap_or(after.len())]
    })
}

#[test]
fn nothing_but_the_tokens_names_a_colour_or_a_size() {
    let mut raws = Vec::new();
    for sheet in sheets().iter().filter(|sheet| sheet.name != "tokens") {
        for value in values(&sheet.text) {
            if let Some(raw) = raw(value) {
                raws.push(format!("{}.css: {raw} in {value:?}", sheet.name));
            }
        }
    }
    assert!(
        raws.is_empty(),
        "Make these tokens, in tokens.css:\n{}",
        raws.join("\n")
    );
}

/// `1fr` alone grows with its longest word, until what is beside it is off the screen.
#[test]
fn no_column_grows_with_a_word() {
    for sheet in sheets() {
        for columns in sheet.text.split("grid-template-columns:").skip(1) {
            let columns = columns.split(';').next().unwrap_or_default();
            let grows = columns.split_whitespace().any(|column| column == "1fr");
            assert!(
                !grows,
                "{}.css: make it minmax(0, 1fr):{columns}",
                sheet.name
            );
        }
    }
}

/// A width in pixels is the same however large a person has made the text that has to fit it.
#[test]
fn widths_are_asked_in_rem() {
    for sheet in sheets() {
        for mark in ["@media", "@container"] {
            for asked in sheet.text.split(mark).skip(1) {
                let asked = asked.split('{').next().unwrap_or_default();
                assert!(!asked.contains("px"), "{}.css: {mark}{asked}", sheet.name);
            }
        }
    }
}

#[test]
fn every_token_is_used_and_there() {
    let sheets = sheets();
    let all: String = sheets.iter().map(|sheet| sheet.text.as_str()).collect();
    let used: BTreeSet<&str> = named_after(&all, "var(--").collect();
    let set: BTreeSet<&str> = values_set(&all).collect();
    let missing: Vec<_> = used
        .difference(&set)
        .filter(|name| !SET_BY_THE_APP.contains(name))
        .collect();
    assert!(missing.is_empty(), "used and nowhere set: {missing:?}");
    let idle: Vec<_> = set.difference(&used).collect();
    assert!(idle.is_empty(), "set and nowhere used: {idle:?}");
}

/// Set by the app or the shell, where something moves or is measured.
const SET_BY_THE_APP: [&str; 12] = [
    "drawn",
    "gone",
    "native-safe-bottom",
    "native-safe-left",
    "native-safe-right",
    "native-safe-top",
    "poster-1",
    "poster-2",
    "pull",
    "pull-turn",
    "takes",
    "toast-strip",
];

/// The names of all custom properties that are set.
fn values_set(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '}', '{']).filter_map(|part| {
        let (name, _) = part.trim().strip_prefix("--")?.split_once(':')?;
        Some(name.trim())
    })
}

/// Of two with the same name the later one wins, wherever it stands.
#[test]
fn keyframes_have_names_of_their_own() {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for sheet in sheets() {
        for name in named_after(&sheet.text, "@keyframes ") {
            if let Some(other) = owners.insert(name.to_owned(), sheet.name.clone()) {
                panic!("{} and {other} both have keyframes {name:?}", sheet.name);
            }
        }
    }
    assert!(!owners.is_empty());
}

#[test]
fn raw_colours_and_sizes_are_found() {
    for (value, found) in [
        ("1px solid var(--line)", Some("1px")),
        ("calc(var(--space-2) + 0.5rem)", Some("0.5rem")),
        ("turn 0.8s linear", Some("0.8s")),
        ("-4px", Some("4px")),
        ("#fff", Some("#fff")),
        ("oklch(50% 0.1 20)", Some("oklch(50% 0.1 20)")),
        ("0 0 0 var(--hair) white", Some("white")),
        ("0s", None),
        ("0 auto 50% 1.5em 62dvh 1fr", None),
        ("var(--text-s) var(--px)", None),
        ("transparent currentColor CanvasText", None),
    ] {
        assert_eq!(raw(value), found, "{value}");
    }
    let sheet = "@media (width >= 40rem) { a { color: var(--ink); margin: 3px } }";
    assert_eq!(values(sheet).collect::<Vec<_>>(), ["var(--ink)", "3px"]);
}
