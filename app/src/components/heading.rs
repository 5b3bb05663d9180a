use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::focus::{focus_in_place, focus_soon};
use crate::listen::on_window_first;
use crate::title::title;

/// How the person came to the screen.
#[derive(Clone, Copy)]
struct Navigated {
    /// From another screen of the app.
    ever: StoredValue<bool>,
    /// From another screen, and has pressed nothing since.
    just_now: StoredValue<bool>,
}

/// Notes each change of screen. Belongs inside the router.
pub(crate) fn provide_navigation() {
    let navigated = Navigated {
        ever: StoredValue::new(false),
        just_now: StoredValue::new(false),
    };
    provide_context(navigated);
    let path = use_location().pathname;
    Effect::new(move |first: Option<()>| {
        path.track();
        if first.is_some() {
            navigated.ever.set_value(true);
            navigated.just_now.set_value(true);
        }
    });
    let at_work = move || navigated.just_now.set_value(false);
    on_window_first(ev::keydown, move |_| at_work());
    on_window_first(ev::pointerdown, move |_| at_work());
}

/// Whether the person has come to this screen from another of the app.
pub(crate) fn has_navigated() -> bool {
    let navigated: Navigated = expect_context();
    navigated.ever.get_value()
}

/// The screen's heading and title. After a change of screen it has the focus, so that screen
/// readers and keyboards begin where eyes do. Once a key or a button is pressed, it leaves the focus
/// alone: new data from the server renders it again.
#[component]
pub(crate) fn Heading(
    #[prop(into)] text: String,
    #[prop(default = "heading")] class: &'static str,
) -> impl IntoView {
    let navigated: Navigated = expect_context();
    title(text.clone());
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(move |heading| {
        focus_soon(move || {
            if navigated.just_now.get_value() {
                focus_in_place(&heading);
            }
        });
    });
    view! {
        <h1 class=class tabindex="-1" dir="auto" node_ref=heading>
            {text}
        </h1>
    }
}
