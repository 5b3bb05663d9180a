//! Which language to speak with someone and how to write dates, numbers and money, by the locales
//! that they want: `de-AT`, `en`, most wanted first.

use crate::{Language, languages, tag};

/// The language with this tag.
pub fn named(name: &str) -> Option<Language> {
    let mut all = languages().iter().copied();
    all.find(|language| tag(*language) == name)
}

/// The language of a locale.
fn language_of(locale: &str) -> Option<Language> {
    named(locale.split('-').next()?)
}

/// The first language that we know, else the first of ours.
pub fn spoken(wanted: &[impl AsRef<str>]) -> Language {
    let mut wanted = wanted.iter();
    let known = wanted.find_map(|locale| language_of(locale.as_ref()));
    known.unwrap_or_default()
}

/// How dates, numbers and money are written: as is done in the language where the person is.
pub fn locale(language: Language, wanted: &[impl AsRef<str>]) -> String {
    let mut locales = wanted.iter().map(AsRef::as_ref);
    let own = locales.find(|l| language_of(l) == Some(language));
    match (own, region(wanted)) {
        (Some(own), _) => own.to_owned(),
        (None, Some(region)) => format!("{}-{region}", tag(language)),
        (None, None) => tag(language).to_owned(),
    }
}

/// The country where the person is, `GB`, as far as what they want most says it.
pub fn region(wanted: &[impl AsRef<str>]) -> Option<&str> {
    let mut parts = wanted.first()?.as_ref().split('-');
    parts.find(|part| is_region(part))
}

/// Whether a whole amount of money is written without cents, `€25`: everywhere but where prices always
/// have them.
pub fn writes_whole_amounts(locale: &str) -> bool {
    !matches!(region(&[locale]), Some("CH" | "LI"))
}

fn is_region(part: &str) -> bool {
    part.len() == 2 && part.chars().all(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_we_know_is_spoken() {
        assert_eq!(spoken(&["fr-FR", "de-AT", "en"]), Language::de);
        assert_eq!(spoken(&["en-GB", "de"]), Language::en);
        assert_eq!(spoken(&["fr"]), Language::en);
        assert_eq!(spoken(&[""; 0]), Language::en);
    }

    #[test]
    fn numbers_are_written_as_where_the_person_is() {
        let austrian = ["de-AT", "en-US"];
        assert_eq!(locale(Language::de, &austrian), "de-AT");
        assert_eq!(locale(Language::en, &austrian), "en-US");
        assert_eq!(locale(Language::en, &["de-DE"]), "en-DE");
        assert_eq!(locale(Language::de, &["zh-Hant-TW"]), "de-TW");
        assert_eq!(locale(Language::de, &[""; 0]), "de");
    }

    #[test]
    fn a_swiss_price_has_its_cents() {
        assert!(writes_whole_amounts("de-AT"));
        assert!(writes_whole_amounts(""));
        assert!(!writes_whole_amounts("de-CH"));
    }

    #[test]
    fn a_name_that_is_no_language_is_none() {
        assert_eq!(named("de"), Some(Language::de));
        assert_eq!(named("tlh"), None);
    }
}
