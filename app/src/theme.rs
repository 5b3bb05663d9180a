//! Light, dark, or as the system has it.

use i18n::t;
use leptos::prelude::*;

use crate::storage;

const KEY: &str = "theme";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::System => t!(you.system),
            Self::Light => t!(you.light),
            Self::Dark => t!(you.dark),
        }
    }

    /// The value of the page's `data-theme`.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// What the person chose on this device.
    pub(crate) fn kept() -> Self {
        let kept = storage::get(KEY);
        let named = |theme: &Self| kept.is_some() && theme.name() == kept.as_deref();
        Self::ALL.into_iter().find(named).unwrap_or(Self::System)
    }

    pub(crate) fn keep(self) {
        match self.name() {
            Some(name) => storage::set(KEY, name),
            None => storage::remove(KEY),
        }
        storage::tell_server(KEY, self.name());
        self.apply();
    }

    pub(crate) fn apply(self) {
        let Some(page) = document().document_element() else {
            return;
        };
        let _applied = match self.name() {
            Some(name) => page.set_attribute("data-theme", name),
            None => page.remove_attribute("data-theme"),
        };
    }
}
