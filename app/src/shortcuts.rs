//! Keys that do something anywhere in the app, as `?` lists them.

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::JsCast;

use crate::listen::on_window;
use crate::pages::later;
use crate::places::use_enter_tab;
use crate::refresh::use_refresh;
use crate::route::{self, Tab};
use crate::storage;

/// How long after `g` the next key names a tab.
const SEQUENCE_MS: f64 = 1_500.0;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    /// The next key names a tab.
    Go,
    Tab(Tab),
    Search,
    Refresh,
    New,
    List,
}

impl Command {
    /// `going` tells whether the key before was `g`.
    fn of(key: &str, going: bool) -> Option<Self> {
        let tab = Tab::ALL.into_iter().find(|tab| tab.key() == key);
        match key {
            _ if going && tab.is_some() => tab.map(Self::Tab),
            "g" => Some(Self::Go),
            "/" => Some(Self::Search),
            "r" => Some(Self::Refresh),
            "n" => Some(Self::New),
            "?" => Some(Self::List),
            _ => None,
        }
    }
}

/// Under which name it is kept that single keys do nothing.
const OFF: &str = "single-keys-off";

/// Whether keys are heard, and whether their list is open.
#[derive(Clone, Copy)]
pub(crate) struct Keys {
    pub(crate) heard: RwSignal<bool>,
    pub(crate) listed: RwSignal<bool>,
}

pub(crate) fn provide_keys() {
    provide_context(Keys {
        heard: RwSignal::new(storage::get(OFF).is_none()),
        listed: RwSignal::new(false),
    });
}

pub(crate) fn use_keys() -> Keys {
    expect_context()
}

impl Keys {
    /// Anyone who dictates, or touches keys unmeant, is better off when none does anything by itself.
    pub(crate) fn hear(self, heard: bool) {
        match heard {
            true => storage::remove(OFF),
            false => storage::set(OFF, "yes"),
        }
        self.heard.set(heard);
    }
}

/// Hears the keys, and shows their list.
#[component]
pub(crate) fn Shortcuts() -> impl IntoView {
    let Keys { heard, listed } = use_keys();
    let (path, navigate, refresh) = (use_location().pathname, use_navigate(), use_refresh());
    let enter = use_enter_tab();
    let going = Cell::new(f64::NEG_INFINITY);
    on_window(ev::keydown, move |event| {
        if !heard.get_untracked() || !is_free(&event) {
            return;
        }
        let was_going = event.time_stamp() - going.replace(f64::NEG_INFINITY) < SEQUENCE_MS;
        let Some(command) = Command::of(&event.key(), was_going) else {
            return;
        };
        let go = |to: &str| navigate(to, NavigateOptions::default());
        match command {
            Command::Go => going.set(event.time_stamp()),
            Command::Tab(tab) => enter(tab),
            Command::Search if !focus_search() => go(route::EVENTS),
            Command::Search => event.prevent_default(),
            Command::Refresh => refresh.all(),
            Command::New if path.with_untracked(|path| Tab::of(path)) == Some(Tab::Host) => {
                go(route::HOST_NEW);
            }
            Command::New => {}
            Command::List => listed.set(true),
        }
    });
    view! { <Show when=move || listed.get()>{later::shortcuts}</Show> }
}

/// Whether the key is meant for nothing else: no field, no sheet, no command of the browser's.
pub(crate) fn is_free(event: &ev::KeyboardEvent) -> bool {
    let field = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|element| {
            element
                .closest("input:not([type=checkbox]), select, textarea, dialog")
                .ok()
                .flatten()
        });
    let sheet = document().query_selector("dialog[open]").ok().flatten();
    let command = event.ctrl_key() || event.meta_key() || event.alt_key();
    field.is_none() && sheet.is_none() && !command && !event.default_prevented()
}

/// Puts the cursor into the search of the screen; whether it has one.
fn focus_search() -> bool {
    let search = document()
        .query_selector("input[type=search]")
        .ok()
        .flatten();
    let search = search.and_then(|search| search.dyn_into::<web_sys::HtmlElement>().ok());
    search.is_some_and(|search| search.focus().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_named_after_g_only() {
        assert_eq!(Command::of("t", false), None);
        assert_eq!(Command::of("g", false), Some(Command::Go));
        assert_eq!(Command::of("t", true), Some(Command::Tab(Tab::Tickets)));
        assert_eq!(Command::of("g", true), Some(Command::Go));
        assert_eq!(Command::of("r", true), Some(Command::Refresh));
    }
}
