use leptos::prelude::*;

/// A decorative picture in the size of the text around it. The words beside it carry the meaning.
#[component]
pub(crate) fn Icon(icon: icondata::Icon) -> impl IntoView {
    view! {
        <span class="icon" aria-hidden="true">
            <leptos_icons::Icon icon=icon />
        </span>
    }
}
