use leptos::prelude::*;

/// What is typed into a field.
#[derive(Clone, Copy, Default)]
pub(crate) enum FieldKind {
    #[default]
    Text,
    Email,
    Url,
    Date,
    Time,
    /// A whole number.
    Count,
    /// An amount of money.
    Amount,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            // A number field throws away what it does not understand, before it can be put right.
            Self::Text | Self::Count | Self::Amount => "text",
            Self::Email => "email",
            Self::Url => "url",
            Self::Date => "date",
            Self::Time => "time",
        }
    }

    /// Which keys a phone offers.
    fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Count => Some("numeric"),
            Self::Amount => Some("decimal"),
            _ => None,
        }
    }
}

/// A labelled line of text with what is wrong with it.
#[component]
pub(crate) fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    /// Of which of several things, for those who do not see where the field is.
    #[prop(optional, into)]
    of: Signal<String>,
    value: RwSignal<String>,
    #[prop(optional)] kind: FieldKind,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] hint: Option<String>,
    /// What browsers and password managers may fill in.
    #[prop(optional, into)]
    autocomplete: Option<&'static str>,
    /// The most characters that can be typed.
    #[prop(optional, into)]
    maxlength: Option<usize>,
) -> impl IntoView {
    let note = Note::new(&id, error, hint);
    let (invalid, described_by) = (note.invalid(), note.described_by());
    view! {
        <Labelled id=id.clone() label=label of=of note=note>
            <input
                class="field__input"
                id=id
                maxlength=maxlength
                type=kind.input_type()
                inputmode=kind.input_mode()
                dir="auto"
                autocomplete=autocomplete
                aria-invalid=invalid
                aria-describedby=described_by
                bind:value=value
            />
        </Labelled>
    }
}

/// What stands below something to fill in: what is wrong with it, else what to know about it.
#[derive(Clone)]
pub(super) struct Note {
    id: String,
    error: Signal<Option<String>>,
    hint: Signal<Option<String>>,
}

impl Note {
    pub(super) fn new(field: &str, error: Signal<Option<String>>, hint: Option<String>) -> Self {
        Self::changing(field, error, Signal::stored(hint))
    }

    /// With a hint that may become another.
    pub(super) fn changing(
        field: &str,
        error: Signal<Option<String>>,
        hint: Signal<Option<String>>,
    ) -> Self {
        Self {
            id: format!("{field}-note"),
            error,
            hint: Signal::derive(move || hint.get().filter(|hint| !hint.is_empty())),
        }
    }

    /// The `aria-invalid` of the field.
    pub(super) fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + 'static {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }

    /// The `aria-describedby` of the field.
    pub(super) fn described_by(&self) -> impl Fn() -> Option<String> + Send + 'static {
        let note = self.clone();
        move || {
            let speaks = note.hint.with(Option::is_some) || note.error.with(Option::is_some);
            speaks.then(|| note.id.clone())
        }
    }
}

/// The label above something to fill in, and its note below.
#[component]
pub(super) fn Labelled(
    id: String,
    label: String,
    #[prop(optional)] of: Signal<String>,
    note: Note,
    children: Children,
) -> impl IntoView {
    let Note {
        id: note_id,
        error,
        hint,
    } = note;
    let words = move || match error.get() {
        Some(error) => view! { <span class="field__error">{error}</span> }.into_any(),
        None => hint.get().into_any(),
    };
    view! {
        <div class="field" class:field--wrong=move || error.with(Option::is_some)>
            <label class="field__label" for=id>
                {label}
                <span class="visually-hidden">{of}</span>
            </label>
            {children()}
            <p class="field__note" id=note_id>
                {words}
            </p>
        </div>
    }
}
