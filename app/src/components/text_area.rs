use leptos::prelude::*;

use super::field::{Labelled, Note};

/// A labelled text of several lines, which grows with what is typed.
#[component]
pub(crate) fn TextArea(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    /// Of which of several things, for those who do not see where the field is.
    #[prop(optional, into)]
    of: Signal<String>,
    value: RwSignal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let note = Note::new(&id, error, hint);
    let (invalid, described_by) = (note.invalid(), note.described_by());
    // Where a text area cannot grow by itself, it scrolls once it has this many lines.
    let rows = move || value.with(|text| text.lines().count().clamp(4, 12).to_string());
    view! {
        <Labelled id=id.clone() label=label of=of note=note>
            <textarea
                class="field__input field__input--text"
                id=id
                rows=rows
                dir="auto"
                aria-invalid=invalid
                aria-describedby=described_by
                bind:value=value
            ></textarea>
        </Labelled>
    }
}
