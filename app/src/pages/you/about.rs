use leptos::prelude::*;

/// What this is.
#[component]
pub(super) fn About() -> impl IntoView {
    view! {
        <section class="section">
            <h2 class="section__title">"About"</h2>
            <p class="muted">
                "Box Office " {env!("CARGO_PKG_VERSION")}
                ". Free software under the MIT or Apache 2.0 licence; so is what it is built from."
            </p>
        </section>
    }
}
