use i18n::t;
use leptos::prelude::*;

use crate::language::{Choice, use_language};

/// The language of the app.
#[component]
pub(super) fn LanguageChoice() -> impl IntoView {
    let spoken = use_language();
    let option = move |choice: Choice| {
        view! {
            <label class="segments__option">
                <input
                    class="visually-hidden"
                    type="radio"
                    name="language"
                    prop:checked=move || spoken.choice() == choice
                    on:change=move |_| spoken.choose(choice)
                />
                <span class="segments__label">{choice.label()}</span>
            </label>
        }
    };
    view! {
        <section class="section">
            <fieldset class="segments">
                <legend class="section__title">{t!(you.language)}</legend>
                <div class="segments__options">{Choice::all().map(option).collect_view()}</div>
            </fieldset>
        </section>
    }
}
