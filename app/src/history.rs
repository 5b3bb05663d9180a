//! Going back: to where the person came from, or to the screen above when they came from outside.

mod close;

pub(crate) use close::Close;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use wasm_bindgen::{JsCast, JsValue};

use crate::listen::on_window_first;

/// So soon after Back the next one is the same tap, twice.
const SAME_TAP_MS: f64 = 500.0;

/// Where the person is about to go.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Destination {
    /// The screen above.
    Above(String),
    /// Another screen, by a link.
    Path(String),
    /// Wherever the browser's Back leads.
    Back,
}

/// What hears the browser's Back before the router does.
#[derive(Clone, Copy)]
struct Back {
    /// Whether a screen holds the way back up.
    guard: StoredValue<Option<Callback<Destination, bool>>>,
    /// The sheets that have no address, the uppermost last. Each has a page of the history, which
    /// is marked with how many are open on it.
    sheets: StoredValue<Vec<OpenSheet>>,
    /// Path and query of the screen that the router shows.
    shown: StoredValue<Option<[Memo<String>; 2]>>,
    /// When the app itself has gone back, if it has not arrived yet.
    left_at: StoredValue<Option<f64>>,
}

/// A sheet that has no address.
#[derive(Clone, Copy)]
struct OpenSheet {
    /// Whether it holds Back up.
    guard: Callback<(), bool>,
    close: Callback<()>,
}

/// Belongs outside the router: of two who listen on the window, the first hears first.
pub(crate) fn provide_back() {
    let back = Back {
        guard: StoredValue::new(None),
        sheets: StoredValue::new(Vec::new()),
        shown: StoredValue::new(None),
        left_at: StoredValue::new(None),
    };
    provide_context(back);
    let heard = window_event_listener(ev::popstate, move |event| {
        if !back.leads_to_screen(&event.state()) {
            event.stop_immediate_propagation();
        }
    });
    on_cleanup(move || heard.remove());
    // The page was loaded anew while a sheet was open.
    let state = window().history().and_then(|history| history.state());
    if state.is_ok_and(|state| sheets_on(&state) > 0) {
        back.step();
    }
}

impl Back {
    /// The browser has gone to the page of the history with this state: whether the router is to
    /// show another screen.
    fn leads_to_screen(self, state: &JsValue) -> bool {
        self.left_at.set_value(None);
        let wanted = sheets_on(state);
        if wanted > self.sheets.with_value(Vec::len) {
            // What was open there is gone.
            self.step();
            return false;
        }
        let open = self.sheets.get_value();
        let mut closing = open[wanted..].iter().rev();
        if closing.any(|sheet| sheet.guard.try_run(()) == Some(true)) {
            self.stay(open.len());
            return false;
        }
        self.sheets.update_value(|sheets| sheets.truncate(wanted));
        for sheet in open[wanted..].iter().rev() {
            sheet.close.try_run(());
        }
        if self.stays_on_screen() {
            return false;
        }
        let held_up = self.is_held_up(Destination::Back);
        if held_up {
            self.stay(0);
        }
        !held_up
    }

    fn is_held_up(self, way: Destination) -> bool {
        let guard = self.guard.get_value();
        guard.is_some_and(|guard| guard.run(way))
    }

    /// The browser has gone back by then: it is led here again, unseen by the router.
    fn stay(self, sheets: usize) {
        let mark = match sheets {
            0 => JsValue::NULL,
            open => JsValue::from_f64(open as f64),
        };
        let shown = self.shown.get_value();
        let shown = shown.map(|parts| parts.map(|part| part.get_untracked()));
        let [path, query] = shown.unwrap_or_default();
        let url = match query.is_empty() {
            true => path,
            false => format!("{path}?{query}"),
        };
        if let Ok(history) = window().history() {
            let _led = history.push_state_with_url(&mark, "", Some(&url));
        }
    }

    fn stays_on_screen(self) -> bool {
        let location = window().location();
        let there = [location.pathname(), location.search()].map(Result::unwrap_or_default);
        let [path, query] = &there;
        self.shown
            .get_value()
            .is_some_and(|[shown_path, shown_query]| {
                shown_path.get_untracked() == *path
                    && shown_query.get_untracked() == query.trim_start_matches('?')
            })
    }

    /// Goes one page back, once however often it was tapped.
    fn step(self) {
        let now = js_sys::Date::now();
        let again = self
            .left_at
            .get_value()
            .is_some_and(|left_at| now - left_at < SAME_TAP_MS);
        if !again && let Ok(history) = window().history() {
            self.left_at.set_value(Some(now));
            let _left = history.back();
        }
    }

    /// Gives a sheet a page of the history: the callback goes back from it, which closes the sheet.
    fn open_sheet(self, sheet: OpenSheet) -> Callback<()> {
        let depth = self.sheets.with_value(Vec::len) + 1;
        if let Ok(history) = window().history() {
            let _marked = history.push_state_with_url(&JsValue::from_f64(depth as f64), "", None);
        }
        self.sheets.update_value(|sheets| sheets.push(sheet));
        let is_open = move || {
            self.sheets.with_value(|sheets| {
                sheets
                    .get(depth - 1)
                    .is_some_and(|open| open.close.matches(&sheet.close))
            })
        };
        on_cleanup(move || {
            // Its screen is gone, and it with it.
            if is_open() {
                self.sheets
                    .update_value(|sheets| sheets.truncate(depth - 1));
                let state = window().history().and_then(|history| history.state());
                if state.is_ok_and(|state| sheets_on(&state) == depth) {
                    self.step();
                }
            }
        });
        Callback::new(move |()| {
            if is_open() {
                self.step();
            }
        })
    }
}

/// How many sheets without an address are open on the page of the history with this state.
fn sheets_on(state: &JsValue) -> usize {
    state.as_f64().map_or(0, |count| count as usize)
}

/// Has Back, and the way up, ask `guard` for as long as this screen is there.
pub(crate) fn guard_back(guard: impl Fn(Destination) -> bool + Send + Sync + 'static) {
    let back: Back = expect_context();
    let ours = Callback::new(guard);
    back.guard.set_value(Some(ours));
    on_cleanup(move || {
        back.guard.update_value(|guard| {
            guard.take_if(|guard| guard.matches(&ours));
        })
    });
}

/// The screens in the history since the app was opened, oldest first.
#[derive(Clone, Copy)]
struct Trail {
    screens: StoredValue<Vec<String>>,
    /// Where the app is on its way to without leaving the screen it is on behind it.
    replacing_by: StoredValue<Option<String>>,
}

/// Follows the person's way. Belongs inside the router.
pub(crate) fn provide_history() {
    let trail = Trail {
        screens: StoredValue::new(Vec::new()),
        replacing_by: StoredValue::new(None),
    };
    provide_context(trail);
    let back: Back = expect_context();
    let location = use_location();
    let path = location.pathname;
    back.shown.set_value(Some([path, location.search]));
    on_window_first(ev::click, move |event| {
        if let Some(link) = link_of(&event).filter(replaces) {
            trail.replacing_by.set_value(Some(link.pathname()));
        }
    });
    Effect::new(move || {
        let path = path.get();
        let replacing_by = trail.replacing_by.try_update_value(Option::take);
        let replaced = replacing_by.flatten().as_ref() == Some(&path);
        trail
            .screens
            .update_value(|screens| walk(screens, path, replaced));
    });
}

/// The link that was clicked.
pub(crate) fn link_of(event: &ev::MouseEvent) -> Option<web_sys::HtmlAnchorElement> {
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    target.closest("a[href]").ok()??.dyn_into().ok()
}

/// By the same property the router knows it.
fn replaces(link: &web_sys::HtmlAnchorElement) -> bool {
    js_sys::Reflect::get(link, &"replace".into()).is_ok_and(|replace| replace == true)
}

/// A function that shows another screen in the place of this one.
pub(crate) fn use_replace() -> impl Fn(&str) + Clone + 'static {
    let trail: Trail = expect_context();
    let navigate = use_navigate();
    move |path: &str| {
        let (screen, _) = path.split_once('?').unwrap_or((path, ""));
        trail.replacing_by.set_value(Some(screen.to_owned()));
        let replace = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(path, replace);
    }
}

/// A function that leaves the screen for `above`: by the browser's Back if that leads there, so
/// that the history does not grow.
pub(crate) fn use_go_back() -> impl Fn(&str) + Clone + 'static {
    let trail: Trail = expect_context();
    let back: Back = expect_context();
    let replace = use_replace();
    move |above: &str| {
        if back.is_held_up(Destination::Above(above.to_owned())) {
            return;
        }
        if trail
            .screens
            .with_value(|screens| came_from(screens, above))
        {
            trail.replacing_by.set_value(None);
            back.step();
        } else {
            replace(above);
        }
    }
}

/// Takes a step to `path`, which may leave no trace of where one was; a step to where one was
/// before is a step back.
fn walk(screens: &mut Vec<String>, path: String, replaced: bool) {
    if replaced {
        screens.pop();
        screens.push(path);
    } else if screens.len() >= 2 && screens[screens.len() - 2] == path {
        screens.pop();
    } else if screens.last() != Some(&path) {
        screens.push(path);
    }
}

fn came_from(screens: &[String], above: &str) -> bool {
    screens.len() >= 2 && screens[screens.len() - 2] == above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(steps: &[(&str, bool)]) -> Vec<String> {
        let mut screens = Vec::new();
        for (path, replaced) in steps {
            walk(&mut screens, (*path).to_owned(), *replaced);
        }
        screens
    }

    #[test]
    fn a_step_back_shortens_the_trail() {
        let steps = ["/", "/events/1", "/events/1/buy", "/events/1"];
        let screens = walked(&steps.map(|path| (path, false)));
        assert_eq!(screens, ["/", "/events/1"]);
        assert!(came_from(&screens, "/"));
        assert!(!came_from(&screens, "/tickets"));
    }

    #[test]
    fn a_screen_opened_by_its_address_has_nothing_behind_it() {
        assert!(!came_from(&walked(&[("/events/1", false)]), "/"));
    }

    #[test]
    fn what_was_replaced_is_not_come_from() {
        let steps = [
            ("/tickets", false),
            ("/tickets/1/1", false),
            ("/tickets/1/2", true),
        ];
        assert!(came_from(&walked(&steps), "/tickets"));
        let again = [
            ("/tickets/1/1", false),
            ("/tickets/1/2", true),
            ("/tickets/1/1", true),
        ];
        assert_eq!(walked(&again), ["/tickets/1/1"]);
    }
}
