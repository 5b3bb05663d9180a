use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::focus::{focus_in_place, focus_soon};
use crate::title::title;

/// Whether the app has moved to another screen since it was opened.
#[derive(Clone, Copy)]
struct Navigated(StoredValue<bool>);

/// Notes the first change of screen. Belongs inside the router.
pub(crate) fn provide_navigation() {
    let navigated = StoredValue::new(false);
    provide_context(Navigated(navigated));
    let path = use_location().pathname;
    Effect::new(move |first: Option<()>| {
        path.track();
        if first.is_some() {
            navigated.set_value(true);
        }
    });
}

/// Whether the person has come to this screen from another of the app.
pub(crate) fn has_navigated() -> bool {
    let Navigated(navigated) = expect_context();
    navigated.get_value()
}

/// The screen's heading and title. After a change of screen it has the focus, so that screen
/// readers and keyboards begin where eyes do.
#[component]
pub(crate) fn Heading(
    #[prop(into)] text: String,
    #[prop(default = "heading")] class: &'static str,
) -> impl IntoView {
    let Navigated(navigated) = expect_context();
    title(text.clone());
    let heading = NodeRef::<html::H1>::new();
    heading.on_load(move |heading| {
        if navigated.get_value() {
            focus_soon(move || focus_in_place(&heading));
        }
    });
    view! {
        <h1 class=class tabindex="-1" dir="auto" node_ref=heading>
            {text}
        </h1>
    }
}
