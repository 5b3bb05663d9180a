//! Which form of a text goes with a number, by the rules of the Unicode CLDR for whole numbers. The
//! names are those of ICU, which the generated texts use.

use crate::Language;

/// A number that can decide a plural.
#[derive(Clone, Copy, Debug)]
pub struct PluralOperands(u64);

impl From<i32> for PluralOperands {
    fn from(number: i32) -> Self {
        Self(number.unsigned_abs().into())
    }
}

impl From<usize> for PluralOperands {
    fn from(number: usize) -> Self {
        Self(number as u64)
    }
}

/// The forms that the languages have which the app speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluralCategory {
    One,
    Other,
}

/// There are no texts with "1st", "2nd" yet.
#[derive(Clone, Copy)]
pub enum PluralRuleType {
    Cardinal,
}

/// The rules of a language.
#[derive(Clone, Copy)]
pub struct PluralRules(Language);

pub fn get_plural_rules(
    language: Language,
    PluralRuleType::Cardinal: PluralRuleType,
) -> PluralRules {
    PluralRules(language)
}

impl PluralRules {
    pub fn category_for(&self, number: impl Into<PluralOperands>) -> PluralCategory {
        let PluralOperands(number) = number.into();
        match self.0 {
            Language::en | Language::de if number == 1 => PluralCategory::One,
            Language::en | Language::de => PluralCategory::Other,
        }
    }
}

/// A number in a text that is a view.
pub trait InterpolatePluralCount: Fn() -> Self::Count + Clone + Send + 'static {
    type Count: Into<PluralOperands>;
}

impl<N: Into<PluralOperands>, F: Fn() -> N + Clone + Send + 'static> InterpolatePluralCount for F {
    type Count = N;
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use js_sys::{Array, Intl, Object};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_browser_has_the_same_rules() {
        for language in crate::languages() {
            let locale = Array::of1(&crate::tag(*language).into());
            let theirs = Intl::PluralRules::new(&locale, &Object::new());
            let rules = get_plural_rules(*language, PluralRuleType::Cardinal);
            for number in 0..1200 {
                let ours = match rules.category_for(number) {
                    PluralCategory::One => "one",
                    PluralCategory::Other => "other",
                };
                assert_eq!(theirs.select(number.into()), ours, "{language} {number}");
            }
        }
    }
}
