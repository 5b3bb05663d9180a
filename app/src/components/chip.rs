use leptos::prelude::*;

/// One of several filters, of which one is on.
#[component]
pub(crate) fn Chip(
    #[prop(into)] selected: Signal<bool>,
    #[prop(into)] on_select: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            class="chip"
            type="button"
            aria-pressed=move || if selected.get() { "true" } else { "false" }
            on:click=move |_| on_select.run(())
        >
            {children()}
        </button>
    }
}
