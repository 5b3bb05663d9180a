use ::api::Currency;
use ::api::host::TICKET_TYPES_MAX;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::form::{Form, Row};
use super::saver::Saver;
use super::summary::type_element;
use crate::components::{Button, Field, FieldKind, Icon, IconButton, Kind, Select, TextArea};
use crate::forms::FormErrors;

/// The kinds of ticket, their prices and their numbers.
#[component]
pub(super) fn Tickets(saver: Saver, errors: FormErrors) -> impl IntoView {
    let form = saver.form;
    let add = move |()| {
        let key = form.add_type();
        request_animation_frame(move || focus_name(key));
    };
    let full = Signal::derive(move || form.rows.with(Vec::len) >= TICKET_TYPES_MAX);
    view! {
        <section class="editor__section">
            <h2 class="editor__title">"Tickets"</h2>
            <CurrencyField saver=saver errors=errors />
            <For each=move || form.rows.get() key=|row| row.key let:row>
                <TypeCard form=form row=row errors=errors />
            </For>
            <p class="field__error">{errors.of("ticket_types")}</p>
            <div>
                <Button kind=Kind::Quiet on_press=add disabled=full id="event-ticket_types">
                    <Icon icon=icondata::LuPlus />
                    "Add a ticket type"
                </Button>
            </div>
            <Field
                id="event-max_per_user"
                label="Most tickets per person"
                kind=FieldKind::Count
                value=form.basics.max_per_user
                error=errors.of("max_per_user")
                hint="Over all their orders. Leave it empty for no limit."
            />
        </section>
    }
}

#[component]
fn CurrencyField(saver: Saver, errors: FormErrors) -> impl IntoView {
    let code = |currency: Currency| (currency.code().to_owned(), currency.code().to_owned());
    let hint = saver
        .published
        .then(|| "It cannot change once the event is published.".to_owned());
    view! {
        <Select
            id="event-currency"
            label="Currency"
            value=saver.form.basics.currency
            options=Currency::all().map(code).collect()
            disabled=saver.published
            error=errors.of("currency")
            hint=hint.unwrap_or_default()
        />
    }
}

#[component]
fn TypeCard(form: Form, row: Row, errors: FormErrors) -> impl IntoView {
    let number = Memo::new(move |_| form.position(row.key) + 1);
    let of = Signal::derive(move || format!(" of ticket type {}", number.get()));
    let error = move |name: &'static str| {
        errors.of_item(move || format!("ticket_types.{}.{name}", number.get() - 1))
    };
    let id = |name: &str| type_element(row.key, name);
    let fields = row.fields;
    let only = move || form.rows.with(Vec::len) == 1;
    let remove = move || {
        form.remove_type(row.key);
        request_animation_frame(focus_add);
    };
    view! {
        <fieldset class="type-card">
            <legend class="visually-hidden">"Ticket type " {number}</legend>
            <div class="type-card__head">
                <Field
                    id=id("name")
                    label="Name"
                    of=of
                    value=fields.name
                    error=error("name")
                    autocomplete="off"
                />
                <Show when=move || row.sold == 0 && !only()>
                    <IconButton
                        icon=icondata::LuTrash2
                        label=format!("Remove ticket type {}", number.get())
                        on_press=remove
                    />
                </Show>
            </div>
            <div class="editor__pair">
                <Field
                    id=id("price")
                    label="Price"
                    of=of
                    kind=FieldKind::Amount
                    value=fields.price
                    error=error("price")
                    hint="0 is free."
                    autocomplete="off"
                />
                <Field
                    id=id("capacity")
                    label="How many"
                    of=of
                    kind=FieldKind::Count
                    value=fields.capacity
                    error=error("capacity")
                    hint=sold(row.sold)
                    autocomplete="off"
                />
            </div>
            <MoreAboutType row=row of=of error=error />
        </fieldset>
    }
}

/// What most ticket types do not need.
#[component]
fn MoreAboutType(
    row: Row,
    of: Signal<String>,
    error: impl Fn(&'static str) -> Signal<Option<String>>,
) -> impl IntoView {
    let id = |name: &str| type_element(row.key, name);
    let fields = row.fields;
    let moment = |name: &'static str, label: &str, when: super::fields::When<RwSignal<String>>| {
        view! {
            <div class="editor__pair">
                <Field
                    id=id(name)
                    label=format!("{label} date")
                    of=of
                    kind=FieldKind::Date
                    value=when.date
                    error=error(name)
                />
                <Field
                    id=id(&format!("{name}-time"))
                    label=format!("{label} time")
                    of=of
                    kind=FieldKind::Time
                    value=when.time
                />
            </div>
        }
    };
    view! {
        <details class="fold type-card__more">
            <summary class="fold__summary">
                "More " <span class="visually-hidden">{of}</span>
            </summary>
            <div class="type-card__fields">
                <TextArea
                    id=id("description")
                    label="What it includes"
                    of=of
                    value=fields.description
                    error=error("description")
                />
                <Field
                    id=id("max_per_order")
                    label="Most per order"
                    of=of
                    kind=FieldKind::Count
                    value=fields.max_per_order
                    error=error("max_per_order")
                    autocomplete="off"
                />
                {moment("sale_starts_at", "Sale start", fields.sale_starts)}
                {moment("sale_ends_at", "Sale end", fields.sale_ends)}
                <p class="field__note">
                    "Without dates it is sold from publishing until the event ends."
                </p>
            </div>
        </details>
    }
}

fn sold(sold: i32) -> String {
    match sold {
        0 => String::new(),
        1 => "1 is sold.".to_owned(),
        sold => format!("{sold} are sold."),
    }
}

fn focus_name(key: u32) {
    focus(&type_element(key, "name"));
}

fn focus_add() {
    focus("event-ticket_types");
}

fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _focused = element.focus();
    }
}
