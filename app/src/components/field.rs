use leptos::prelude::*;

/// What is typed into a field.
#[derive(Clone, Copy, Default)]
pub(crate) enum FieldKind {
    #[default]
    Text,
    Email,
    Password,
    Url,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Url => "url",
        }
    }
}

/// A labelled line of text with what is wrong with it.
#[component]
pub(crate) fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    /// What browsers and password managers may fill in.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
) -> impl IntoView {
    let note_id = format!("{id}-note");
    let described_by = note_id.clone();
    let has_hint = hint.is_some();
    let has_note = move || has_hint || error.with(Option::is_some);
    let note = move || match error.get() {
        Some(error) => view! { <span class="field__error">{error}</span> }.into_any(),
        None => hint.clone().into_any(),
    };
    view! {
        <div class="field" class:field--wrong=move || error.with(Option::is_some)>
            <label class="field__label" for=id.clone()>
                {label}
            </label>
            <input
                class="field__input"
                id=id
                type=kind.input_type()
                autocomplete=autocomplete
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || has_note().then(|| described_by.clone())
                bind:value=value
            />
            <p class="field__note" id=note_id>
                {note}
            </p>
        </div>
    }
}
