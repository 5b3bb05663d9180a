//! What is wrong with a form: by field, and as a whole.

use std::collections::BTreeMap;
use std::future::Future;

use api::FieldErrors;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{Error, sentence};
use crate::focus::{focus_first, focus_soon};

/// The list of what is to be put right, above a long form, or the first field of it.
const FIRST_WRONG: &str = ".error-summary, [aria-invalid=true]";

#[derive(Clone, Copy)]
pub(crate) struct FormErrors {
    pub(crate) fields: RwSignal<BTreeMap<String, String>>,
    /// What is wrong with what was typed, by field: said there only, before the form is sent.
    pub(crate) typed: RwSignal<BTreeMap<String, String>>,
    /// What is not about one field.
    pub(crate) whole: RwSignal<Option<String>>,
}

impl FormErrors {
    pub(crate) fn new() -> Self {
        Self {
            fields: RwSignal::new(BTreeMap::new()),
            typed: RwSignal::new(BTreeMap::new()),
            whole: RwSignal::new(None),
        }
    }

    /// What is wrong with one field.
    pub(crate) fn of(self, field: &'static str) -> Signal<Option<String>> {
        self.of_item(move || field.to_owned())
    }

    /// What is wrong with a field whose name changes, as those of a list's items do.
    pub(crate) fn of_item(
        self,
        field: impl Fn() -> String + Send + Sync + 'static,
    ) -> Signal<Option<String>> {
        Signal::derive(move || {
            let of = |errors: RwSignal<BTreeMap<String, String>>| {
                errors.with(|errors| errors.get(&field()).cloned())
            };
            of(self.fields).or_else(|| of(self.typed))
        })
    }

    /// Marks what is wrong with what was typed, without moving the person.
    pub(crate) fn mark(self, wrong: FieldErrors) {
        let wrong = in_words(wrong.0);
        let is_new = self.typed.try_with_untracked(|typed| *typed != wrong);
        // The form may be gone by then.
        if is_new == Some(true) {
            self.typed.try_set(wrong);
        }
    }

    /// Brings what is shown up to date while the form is put right, without moving the person.
    pub(crate) fn update(self, checked: Result<(), FieldErrors>) {
        let fields = checked.err().unwrap_or_default().0;
        self.fields.set(in_words(fields));
        self.whole.set(None);
    }

    /// Takes over what a check of the form said; whether it may be sent.
    pub(crate) fn check(self, checked: Result<(), FieldErrors>) -> bool {
        self.clear();
        match checked {
            Ok(()) => true,
            Err(FieldErrors(fields)) => {
                self.show(fields, None);
                false
            }
        }
    }

    /// Takes over the server's refusal.
    pub(crate) fn refuse(self, error: &Error) {
        let fields = error.problem().map(|problem| problem.errors.clone());
        let fields = fields.unwrap_or_default();
        let whole = fields.is_empty().then(|| error.to_string());
        self.show(fields, whole);
    }

    pub(crate) fn clear(self) {
        self.fields.set(BTreeMap::new());
        self.whole.set(None);
    }

    /// Sends the form, once at a time: `busy` until there is an answer, of which a refusal is
    /// shown and anything else is `done` with.
    pub(crate) fn send<T: 'static>(
        self,
        busy: RwSignal<bool>,
        call: impl Future<Output = Result<T, Error>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        self.clear();
        spawn_local(async move {
            let answer = call.await;
            busy.try_set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(error) => self.refuse(&error),
            }
        });
    }

    fn show(self, fields: BTreeMap<String, String>, whole: Option<String>) {
        self.fields.set(in_words(fields));
        self.whole.set(whole);
        // The fields are marked by then.
        focus_soon(|| focus_first(FIRST_WRONG));
    }
}

fn in_words(fields: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let worded = |(field, said): (String, String)| (field, sentence(&said));
    fields.into_iter().map(worded).collect()
}

/// The sentence over a form's button.
#[component]
pub(crate) fn FormError(errors: FormErrors) -> impl IntoView {
    view! {
        <p class="form__error" role="alert">
            {errors.whole}
        </p>
    }
}
