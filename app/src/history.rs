//! Going back: to where the person came from, or to the screen above when they came from outside.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// What may hold the browser's Back up: whether it did.
#[derive(Clone, Copy)]
pub(crate) struct BackGuard(StoredValue<Option<Callback<(), bool>>>);

/// Belongs outside the router: of two who listen on the window, the first hears first.
pub(crate) fn provide_back_guard() {
    let guard = BackGuard(StoredValue::new(None));
    provide_context(guard);
    let heard = window_event_listener(ev::popstate, move |event| {
        if guard.0.get_value().is_some_and(|guard| guard.run(())) {
            event.stop_immediate_propagation();
        }
    });
    on_cleanup(move || heard.remove());
}

/// Has Back ask `guard` for as long as this screen is there.
pub(crate) fn guard_back(guard: impl Fn() -> bool + Send + Sync + 'static) {
    let BackGuard(current) = expect_context();
    current.set_value(Some(Callback::new(move |()| guard())));
    on_cleanup(move || current.set_value(None));
}

/// The screens visited since the app was opened, oldest first.
#[derive(Clone, Copy)]
struct Trail(StoredValue<Vec<String>>);

/// Follows the person's way. Belongs inside the router.
pub(crate) fn provide_history() {
    let trail = StoredValue::new(Vec::new());
    provide_context(Trail(trail));
    let path = use_location().pathname;
    Effect::new(move || trail.update_value(|trail| walk(trail, path.get())));
}

/// A function that leaves the screen for `above`: by the browser's Back if that leads there, so
/// that the history does not grow.
pub(crate) fn use_go_back() -> impl Fn(&str) + Clone + 'static {
    let Trail(trail) = expect_context();
    let navigate = use_navigate();
    move |above: &str| {
        if trail.with_value(|trail| came_from(trail, above))
            && let Ok(history) = window().history()
        {
            let _went = history.back();
            return;
        }
        let replace = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(above, replace);
    }
}

/// Takes a step to `path`; a step to where one was before is a step back.
fn walk(trail: &mut Vec<String>, path: String) {
    if trail.len() >= 2 && trail[trail.len() - 2] == path {
        trail.pop();
    } else if trail.last() != Some(&path) {
        trail.push(path);
    }
}

fn came_from(trail: &[String], above: &str) -> bool {
    trail.len() >= 2 && trail[trail.len() - 2] == above
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_back_shortens_the_trail() {
        let mut trail = Vec::new();
        for path in ["/", "/events/1", "/events/1/buy", "/events/1"] {
            walk(&mut trail, path.to_owned());
        }
        assert_eq!(trail, ["/", "/events/1"]);
        assert!(came_from(&trail, "/"));
        assert!(!came_from(&trail, "/tickets"));
    }

    #[test]
    fn a_screen_opened_by_its_address_has_nothing_behind_it() {
        let mut trail = Vec::new();
        walk(&mut trail, "/events/1".to_owned());
        assert!(!came_from(&trail, "/"));
    }
}
