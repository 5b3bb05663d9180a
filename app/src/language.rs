//! The language the app speaks: the person's choice, else the first of their device's that it knows.

use i18n::{Language, languages, locale, named, region, set_language, spoken, t, tag};
use leptos::prelude::*;

use crate::focus::focus_in_place;
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
        let name = match choice {
            Choice::System => None,
            Choice::This(language) => Some(tag(language)),
        };
        match name {
            Some(name) => storage::set(KEY, name),
            None => storage::remove(KEY),
        }
        storage::tell_server(KEY, name);
        choice.apply();
        let before = height_of_choice();
        self.0.set(choice);
        stay_at_choice(before, FRAMES);
    }
}

/// The choice of a language among its like.
const CHECKED: &str = "input[name=language]:checked";
/// So many frames the screen may take to be built anew, a second at the usual pace.
const FRAMES: u32 = 60;

/// Where the choice is on the screen.
fn height_of_choice() -> Option<f64> {
    let choice = document().query_selector(CHECKED).ok()??;
    Some(choice.parent_element()?.get_bounding_client_rect().top())
}

/// All is built anew in another language, and begins at its top: the choice is brought back to
/// where it was under the finger, with the keyboard.
fn stay_at_choice(before: Option<f64>, frames: u32) {
    let Some(before) = before.filter(|_| frames > 0) else {
        return;
    };
    request_animation_frame(move || {
        let choice = document().query_selector(CHECKED).ok().flatten();
        let Some((choice, now)) = choice.zip(height_of_choice()) else {
            return stay_at_choice(Some(before), frames - 1);
        };
        if let Ok(Some(pane)) = choice.closest(".pane") {
            pane.set_scroll_top(pane.scroll_top() + (now - before).round() as i32);
        }
        focus_in_place(&choice);
    });
}

impl Choice {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let each = languages().iter().map(|language| Self::This(*language));
        std::iter::once(Self::System).chain(each)
    }

    fn language(self) -> Language {
        match self {
            Self::System => spoken(&device_locales()),
            Self::This(language) => language,
        }
    }

    /// `de-AT`: the language, and how dates, numbers and money are written in it.
    pub(crate) fn locale(self) -> String {
        locale(self.language(), &device_locales())
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
        let language = self.language();
        set_language(language);
        format::set_locale(self.locale());
        if let Some(page) = document().document_element() {
            let _set = page.set_attribute("lang", tag(language));
        }
    }
}

/// The country that the device is set to, `GB`, as far as it says.
pub(crate) fn device_region() -> String {
    let wanted = device_locales();
    region(&wanted).unwrap_or_default().to_owned()
}

/// `de-AT`, `en`: most wanted first.
fn device_locales() -> Vec<String> {
    let wanted = window().navigator().languages();
    wanted
        .iter()
        .filter_map(|locale| locale.as_string())
        .collect()
}
