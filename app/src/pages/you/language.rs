use i18n::t;
use leptos::prelude::*;

use crate::components::Segments;
use crate::language::{Choice, use_language};

/// The language of the app.
#[component]
pub(super) fn LanguageChoice() -> impl IntoView {
    let spoken = use_language();
    view! {
        <Segments
            name="language"
            title=t!(you.language)
            options=Choice::all().map(|choice| (choice, choice.label())).collect()
            chosen=Signal::derive(move || spoken.choice())
            on_choose=move |choice| spoken.choose(choice)
        />
    }
}
