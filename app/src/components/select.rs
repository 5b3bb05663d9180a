use leptos::prelude::*;

use super::Icon;
use super::field::{Labelled, Note};

/// One of several values, by the words for each.
#[component]
pub(crate) fn Select(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// Value and words.
    options: Vec<(String, String)>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let note = Note::new(&id, error, hint);
    let (invalid, described_by) = (note.invalid(), note.described_by());
    let option = move |(option, words): (String, String)| {
        let chosen = {
            let option = option.clone();
            move || value.with(|value| *value == option)
        };
        view! {
            <option value=option selected=chosen dir="auto">
                {words}
            </option>
        }
    };
    view! {
        <Labelled id=id.clone() label=label note=note>
            <div class="select">
                <select
                    class="field__input select__input"
                    id=id
                    dir="auto"
                    disabled=disabled
                    aria-invalid=invalid
                    aria-describedby=described_by
                    on:change:target=move |event| value.set(event.target().value())
                >
                    {options.into_iter().map(option).collect_view()}
                </select>
                <Icon icon=icondata::LuChevronDown />
            </div>
        </Labelled>
    }
}
