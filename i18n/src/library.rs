//! The library as the generated texts see it: with our own plural rules in the place of those of
//! ICU, which would make the app ten kilobytes larger.

pub use leptos_i18n::*;

pub mod reexports {
    pub use leptos_i18n::reexports::*;

    pub mod icu {
        pub use leptos_i18n::reexports::icu::*;

        pub mod plurals {
            pub use crate::plural::{PluralCategory, PluralOperands, PluralRuleType};
        }
    }
}

pub mod __private {
    pub use leptos_i18n::__private::*;

    pub use crate::plural::{InterpolatePluralCount, get_plural_rules};
}
