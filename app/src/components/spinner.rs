use leptos::prelude::*;

/// Something is going on. Who shows it says in words what.
#[component]
pub(crate) fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }
}
