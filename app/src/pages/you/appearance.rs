use i18n::t;
use leptos::prelude::*;

use crate::theme::Theme;

/// Light, dark, or as the system has it.
#[component]
pub(super) fn Appearance() -> impl IntoView {
    let chosen = RwSignal::new(Theme::kept());
    let choose = move |theme: Theme| {
        chosen.set(theme);
        theme.keep();
    };
    let option = move |theme: Theme| {
        view! {
            <label class="segments__option">
                <input
                    class="visually-hidden"
                    type="radio"
                    name="theme"
                    prop:checked=move || chosen.get() == theme
                    on:change=move |_| choose(theme)
                />
                <span class="segments__label">{theme.label()}</span>
            </label>
        }
    };
    view! {
        <section class="section">
            <fieldset class="segments">
                <legend class="section__title">{t!(you.appearance)}</legend>
                <div class="segments__options">{Theme::ALL.map(option).collect_view()}</div>
            </fieldset>
        </section>
    }
}
