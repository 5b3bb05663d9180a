//! What the app and the letters say, in every language they speak. The texts are in `locales`, a folder a language
//! and a file a part of the app; `t!` gives one in the language of now:
//!
//! ```
//! use i18n::{Language, set_language, t};
//!
//! assert_eq!(t!(common.sign_in), "Sign in");
//! set_language(Language::de);
//! assert_eq!(t!(common.sign_in), "Anmelden");
//! ```

#[doc(hidden)]
#[expect(unreachable_pub, reason = "the library writes this")]
pub mod texts {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

pub mod event;
#[doc(hidden)]
pub mod library;
mod locale;
mod plural;

use std::cell::Cell;

use leptos_i18n::Locale as _;

pub use locale::{locale, named, region, spoken, writes_whole_amounts};
pub use plural::PluralOperands;
pub use texts::i18n::Locale as Language;

thread_local! {
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::en) };
}

/// The language of now.
pub fn language() -> Language {
    LANGUAGE.get()
}

pub fn set_language(language: Language) {
    LANGUAGE.set(language);
}

/// All languages, the first one first.
pub fn languages() -> &'static [Language] {
    Language::get_all()
}

/// A written number with the minus sign of typography, which is as wide as a digit.
pub fn with_minus(written: &str) -> String {
    written.replace('-', "−")
}

/// `en`, `de`: what browsers call it.
pub fn tag(language: Language) -> &'static str {
    language.as_str()
}

/// A text by its file and name, with what it is about: `t!(common.sign_in)`,
/// `t!(events.going, count = 3)`. A program that uses it depends on `leptos_i18n`.
#[macro_export]
macro_rules! t {
    ($($text:tt)*) => {
        ::leptos_i18n::td_string!($crate::language(), $($text)*)
    };
}

/// The same with tags of one's own in the text, as a view:
/// `t_view!(you.link_sent, email = email, <b> = <strong />)`.
#[macro_export]
macro_rules! t_view {
    ($($text:tt)*) => {
        ::leptos_i18n::td!($crate::language(), $($text)*)
    };
}
