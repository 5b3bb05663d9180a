use i18n::t;
use leptos::prelude::*;

use super::form::Form;
use super::saver::Saver;
use crate::components::{Field, FieldKind, Select, TextArea};
use crate::forms::FormErrors;
use crate::zoned;

#[component]
pub(super) fn About(form: Form, errors: FormErrors) -> impl IntoView {
    view! {
        <section class="editor__section">
            <h2 class="editor__title">{t!(edit.what)}</h2>
            <Field
                id="event-title"
                label=t!(host.title)
                value=form.basics.title
                error=errors.of("title")
                autocomplete="off"
            />
            <TextArea
                id="event-description"
                label=t!(edit.description)
                value=form.basics.description
                error=errors.of("description")
                hint=t!(edit.description_hint)
            />
        </section>
    }
}

#[component]
pub(super) fn WhenAndWhere(saver: Saver, errors: FormErrors) -> impl IntoView {
    let basics = saver.form.basics;
    let note = || view! { <p class="field__note">{t!(edit.told_of_changes)}</p> };
    view! {
        <section class="editor__section">
            <h2 class="editor__title">{t!(edit.when_and_where)}</h2>
            {saver.published.then(note)}
            <div class="editor__pair">
                <Field
                    id="event-starts_at"
                    label=t!(edit.start_date)
                    kind=FieldKind::Date
                    value=basics.starts.date
                    error=errors.of("starts_at")
                />
                <Field
                    id="event-start_time"
                    label=t!(edit.start_time)
                    kind=FieldKind::Time
                    value=basics.starts.time
                />
            </div>
            <div class="editor__pair">
                <Field
                    id="event-ends_at"
                    label=t!(edit.end_date)
                    kind=FieldKind::Date
                    value=basics.ends.date
                    error=errors.of("ends_at")
                />
                <Field
                    id="event-end_time"
                    label=t!(edit.end_time)
                    kind=FieldKind::Time
                    value=basics.ends.time
                />
            </div>
            <Select
                id="event-timezone"
                label=t!(edit.timezone)
                value=basics.timezone
                options=zones(&basics.timezone.get_untracked())
                error=errors.of("timezone")
            />
            <Field
                id="event-venue"
                label=t!(edit.venue)
                value=basics.venue
                error=errors.of("venue")
                autocomplete="off"
            />
            <Field
                id="event-address"
                label=t!(common.address)
                value=basics.address
                error=errors.of("address")
                hint=t!(edit.address_hint)
                autocomplete="off"
            />
            <Field
                id="event-city"
                label=t!(edit.city)
                value=basics.city
                error=errors.of("city")
                autocomplete="off"
            />
        </section>
    }
}

/// The zones there are, with the one that is chosen even if this device does not list it.
fn zones(chosen: &str) -> Vec<(String, String)> {
    let mut zones = zoned::all();
    if !zones.iter().any(|zone| zone == chosen) {
        zones.insert(0, chosen.to_owned());
    }
    let words = |zone: String| (zone.clone(), zone.replace('_', " "));
    zones.into_iter().map(words).collect()
}
