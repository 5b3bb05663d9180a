use i18n::t;
use leptos::ev;
use leptos::prelude::*;

use super::Icon;
use super::field::{Labelled, Note};
use crate::listen::on_window_first;

/// A labelled password, with a button that shows what is typed.
#[component]
pub(crate) fn PasswordField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    /// `current-password` or `new-password`: password managers tell by it what to fill in.
    #[prop(into)]
    autocomplete: Signal<&'static str>,
) -> impl IntoView {
    let note = Note::changing(&id, error, hint);
    let (invalid, described_by) = (note.invalid(), note.described_by());
    let shown = RwSignal::new(false);
    // Sent as text, it would be among what the browser offers to fill in elsewhere.
    on_window_first(ev::submit, move |_| shown.set(false));
    view! {
        <Labelled id=id.clone() label=label note=note>
            <div class="password">
                <input
                    class="field__input password__input"
                    id=id.clone()
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=move || autocomplete.get()
                    autocapitalize="none"
                    dir="auto"
                    spellcheck="false"
                    aria-invalid=invalid
                    aria-describedby=described_by
                    bind:value=value
                />
                <ShowButton shown=shown field=id />
            </div>
        </Labelled>
    }
}

#[component]
fn ShowButton(shown: RwSignal<bool>, field: String) -> impl IntoView {
    let icon = move || match shown.get() {
        true => icondata::LuEyeOff,
        false => icondata::LuEye,
    };
    view! {
        <button
            class="icon-button password__show"
            type="button"
            title=t!(common.show_password)
            aria-label=t!(common.show_password)
            aria-pressed=move || shown.get().to_string()
            aria-controls=field
            // Anyone who types goes on typing: the keyboard of a phone stays.
            on:mousedown=|event| event.prevent_default()
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            {move || view! { <Icon icon=icon() /> }}
        </button>
    }
}
