//! The language the app speaks: the person's choice, else the first of their device's that it knows.

use i18n::{Language, languages, set_language, t, tag};
use leptos::prelude::*;

use crate::{format, storage};

const KEY: &str = "language";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Choice {
    /// As the device has it.
    System,
    This(Language),
}

/// The choice of now.
#[derive(Clone, Copy)]
pub(crate) struct Spoken(RwSignal<Choice>);

pub(crate) fn provide_language() {
    provide_context(Spoken(RwSignal::new(Choice::kept())));
}

pub(crate) fn use_language() -> Spoken {
    expect_context()
}

impl Spoken {
    pub(crate) fn choice(self) -> Choice {
        self.0.get()
    }

    /// Keeps the choice on this device and speaks it from now on.
    pub(crate) fn choose(self, choice: Choice) {
        match choice {
            Choice::System => storage::remove(KEY),
            Choice::This(language) => storage::set(KEY, tag(language)),
        }
        choice.apply();
        self.0.set(choice);
    }
}

impl Choice {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let each = languages().iter().map(|language| Self::This(*language));
        std::iter::once(Self::System).chain(each)
    }

    /// What the person chose on this device.
    pub(crate) fn kept() -> Self {
        let kept = storage::get(KEY).and_then(|kept| named(&kept));
        kept.map_or(Self::System, Self::This)
    }

    /// A language is called by its own name, so that those find it who read no other.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::System => t!(you.system),
            Self::This(language) => leptos_i18n::td_string!(language, you.language_name),
        }
    }

    pub(crate) fn apply(self) {
        let language = match self {
            Self::System => spoken(&device_locales()),
            Self::This(language) => language,
        };
        set_language(language);
        format::set_locale(locale(language, &device_locales()));
        if let Some(page) = document().document_element() {
            let _set = page.set_attribute("lang", tag(language));
        }
    }
}

/// `de-AT`, `en`: most wanted first.
fn device_locales() -> Vec<String> {
    let wanted = window().navigator().languages();
    wanted
        .iter()
        .filter_map(|locale| locale.as_string())
        .collect()
}

fn named(name: &str) -> Option<Language> {
    languages()
        .iter()
        .copied()
        .find(|language| tag(*language) == name)
}

/// The language of a locale.
fn language_of(locale: &str) -> Option<Language> {
    named(locale.split('-').next()?)
}

fn spoken(wanted: &[String]) -> Language {
    let known = wanted.iter().find_map(|locale| language_of(locale));
    known.unwrap_or_default()
}

/// How dates, numbers and money are written: as is done in the language where the person is.
fn locale(language: Language, wanted: &[String]) -> String {
    let own = wanted
        .iter()
        .find(|locale| language_of(locale) == Some(language));
    let region = || wanted.first()?.split('-').find(|part| is_region(part));
    match (own, region()) {
        (Some(own), _) => own.clone(),
        (None, Some(region)) => format!("{}-{region}", tag(language)),
        (None, None) => tag(language).to_owned(),
    }
}

fn is_region(part: &str) -> bool {
    part.len() == 2 && part.chars().all(|c| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(locales: &[&str]) -> Vec<String> {
        locales.iter().map(|locale| (*locale).to_owned()).collect()
    }

    #[test]
    fn the_first_language_that_the_app_knows_is_spoken() {
        assert_eq!(spoken(&wanted(&["fr-FR", "de-AT", "en"])), Language::de);
        assert_eq!(spoken(&wanted(&["en-GB", "de"])), Language::en);
        assert_eq!(spoken(&wanted(&["fr"])), Language::en);
        assert_eq!(spoken(&[]), Language::en);
    }

    #[test]
    fn numbers_are_written_as_where_the_person_is() {
        let austrian = wanted(&["de-AT", "en-US"]);
        assert_eq!(locale(Language::de, &austrian), "de-AT");
        assert_eq!(locale(Language::en, &austrian), "en-US");
        assert_eq!(locale(Language::en, &wanted(&["de-DE"])), "en-DE");
        assert_eq!(locale(Language::de, &wanted(&["zh-Hant-TW"])), "de-TW");
        assert_eq!(locale(Language::de, &[]), "de");
    }

    #[test]
    fn a_name_that_is_no_language_is_none() {
        assert_eq!(named("de"), Some(Language::de));
        assert_eq!(named("tlh"), None);
    }
}
