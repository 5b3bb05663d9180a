use i18n::t;
use leptos::prelude::*;

use super::form::Form;
use super::saver::Saver;
use super::zones::use_zones;
use crate::components::{Combo, Field, TextArea};
use crate::forms::FormErrors;
use crate::pages::host::when::WhenFields;

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
            <WhenFields
                class="editor__when"
                id="event-starts_at"
                time_id="event-start_time"
                labels=[t!(edit.start_date), t!(edit.start_time)]
                when=basics.starts
                timezone=basics.timezone
                error=errors.of("starts_at")
            />
            <WhenFields
                class="editor__when"
                id="event-ends_at"
                time_id="event-end_time"
                labels=[t!(edit.end_date), t!(edit.end_time)]
                when=basics.ends
                timezone=basics.timezone
                error=errors.of("ends_at")
            />
            <Combo
                id="event-timezone"
                label=t!(edit.timezone)
                value=basics.timezone
                options=use_zones(basics.city)
                none=t!(edit.no_such_city)
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
