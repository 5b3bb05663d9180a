use std::collections::BTreeMap;

use i18n::t;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::form::Form;
use crate::forms::FormErrors;

/// All that is wrong, above the form: it gets the focus, and leads to each field.
#[component]
pub(super) fn ErrorSummary(errors: FormErrors, form: Form) -> impl IntoView {
    let complaints = move || {
        let mut fields: Vec<_> = errors.fields.get().into_iter().collect();
        fields.sort_by_key(|(field, _)| place(field));
        let entry = |(field, sentence): (String, String)| {
            let target = element_of(&field, form);
            let href = format!("#{target}");
            let follow = move |event: ev::MouseEvent| {
                event.prevent_default();
                focus(&target);
            };
            view! {
                <li>
                    <a class="error-summary__link" href=href on:click=follow>
                        <b>{name_of(&field)}": "</b>
                        {sentence}
                    </a>
                </li>
            }
        };
        fields.into_iter().map(entry).collect_view()
    };
    let any = move || {
        errors.whole.with(Option::is_some) || errors.fields.with(|fields| !fields.is_empty())
    };
    view! {
        <Show when=any>
            <div class="error-summary" tabindex="-1" role="group" aria-labelledby="wrong">
                <h2 class="error-summary__title" id="wrong">
                    {move || {
                        errors.whole.get().unwrap_or_else(|| t!(edit.not_there_yet).to_owned())
                    }}
                </h2>
                <ul>{complaints}</ul>
            </div>
        </Show>
    }
}

/// The fields in the order of the form.
const ORDER: [&str; 10] = [
    "title",
    "description",
    "starts_at",
    "ends_at",
    "timezone",
    "venue",
    "address",
    "city",
    "currency",
    "ticket_types",
];

/// What a person is told who cannot see the form: which fields it is about.
pub(in crate::pages::host) fn names_of(fields: &BTreeMap<String, String>) -> String {
    let mut fields: Vec<&String> = fields.keys().collect();
    fields.sort_by_key(|field| place(field));
    let names: Vec<String> = fields.into_iter().map(|field| name_of(field)).collect();
    names.join(", ")
}

/// Where a field is in the form; those of a list stay as they are.
fn place(field: &str) -> usize {
    let first = field.split('.').next();
    let place = ORDER.iter().position(|name| Some(*name) == first);
    place.unwrap_or(ORDER.len())
}

/// The element that a field of the wire is typed into.
pub(super) fn element_of(field: &str, form: Form) -> String {
    let mut path = field.split('.');
    match (
        path.next(),
        path.next().and_then(|index| index.parse().ok()),
        path.next(),
    ) {
        (Some("ticket_types"), Some(index), Some(name)) => {
            let key = |rows: &Vec<super::form::Row>| rows.get::<usize>(index).map(|row| row.key);
            let key = form.rows.with_untracked(key).unwrap_or_default();
            type_element(key, name)
        }
        _ => format!("event-{field}"),
    }
}

pub(super) fn type_element(key: u32, name: &str) -> String {
    format!("type-{key}-{name}")
}

fn name_of(field: &str) -> String {
    let mut path = field.split('.');
    match (
        path.next(),
        path.next().and_then(|index| index.parse::<usize>().ok()),
        path.next(),
    ) {
        (Some("ticket_types"), Some(index), Some(name)) => {
            t!(edit.field_of_type, number = index + 1, field = label(name))
        }
        _ => label(field).to_owned(),
    }
}

/// What a field is called in the form.
fn label(field: &str) -> &'static str {
    match field {
        "title" => t!(host.title),
        "description" => t!(edit.description),
        "starts_at" => t!(edit.start),
        "ends_at" => t!(edit.end),
        "timezone" => t!(edit.timezone),
        "venue" => t!(edit.venue),
        "address" => t!(common.address),
        "city" => t!(edit.city),
        "currency" => t!(edit.currency),
        "max_per_user" => t!(edit.limit_per_person),
        "ticket_types" => t!(common.tickets_title),
        "name" => t!(common.name),
        "price" => t!(edit.price),
        "capacity" => t!(edit.capacity),
        "max_per_order" => t!(edit.max_per_order),
        "sale_starts_at" => t!(edit.sale_start),
        "sale_ends_at" => t!(edit.sale_end),
        _ => t!(edit.event),
    }
}

fn focus(id: &str) {
    let Some(field) = document().get_element_by_id(id) else {
        return;
    };
    // What is folded away cannot have the focus.
    if let Ok(Some(fold)) = field.closest("details") {
        let _opened = fold.set_attribute("open", "");
    }
    if let Ok(field) = field.dyn_into::<web_sys::HtmlElement>() {
        let _focused = field.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_in_the_form() {
        assert_eq!(name_of("title"), "Title");
        assert_eq!(name_of("ends_at"), "End");
        assert_eq!(name_of("ticket_types"), "Tickets");
        assert_eq!(name_of("ticket_types.1.price"), "Ticket type 2: Price");
    }
}
