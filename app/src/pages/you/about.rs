use i18n::t;
use leptos::prelude::*;

/// What this is.
#[component]
pub(super) fn About() -> impl IntoView {
    view! {
        <section class="section">
            <h2 class="section__title">{t!(common.about)}</h2>
            <p class="muted">
                {t!(you.version, version = env!("CARGO_PKG_VERSION"))}
            </p>
        </section>
    }
}
