use ::api::Currency;
use ::api::host::TICKET_TYPES_MAX;
use i18n::t;
use leptos::prelude::*;

use super::form::{Form, Row};
use super::saver::Saver;
use super::summary::type_element;
use crate::components::{Button, Field, FieldKind, Icon, IconButton, Kind, Select, TextArea};
use crate::focus::{focus_first, focus_soon};
use crate::forms::FormErrors;
use crate::pages::host::when::WhenFields;

/// The kinds of ticket, their prices and their numbers.
#[component]
pub(super) fn Tickets(saver: Saver, errors: FormErrors) -> impl IntoView {
    let form = saver.form;
    let add = move |()| {
        let key = form.add_type();
        focus_soon(move || focus_first(&format!("#{}", type_element(key, "name"))));
    };
    let full = Signal::derive(move || form.rows.with(Vec::len) >= TICKET_TYPES_MAX);
    view! {
        <section class="editor__section">
            <h2 class="editor__title">{t!(common.tickets_title)}</h2>
            <CurrencyField saver=saver errors=errors />
            <For each=move || form.rows.get() key=|row| row.key let:row>
                <TypeCard form=form row=row errors=errors />
            </For>
            <p class="field__error">{errors.of("ticket_types")}</p>
            <div>
                <Button kind=Kind::Quiet on_press=add disabled=full id="event-ticket_types">
                    <Icon icon=icondata::LuPlus />
                    {t!(edit.add_type)}
                </Button>
            </div>
            <Field
                id="event-max_per_user"
                label=t!(edit.max_per_user)
                kind=FieldKind::Count
                value=form.basics.max_per_user
                error=errors.of("max_per_user")
                hint=t!(edit.max_per_user_hint)
            />
        </section>
    }
}

#[component]
fn CurrencyField(saver: Saver, errors: FormErrors) -> impl IntoView {
    let code = |currency: Currency| (currency.code().to_owned(), currency.code().to_owned());
    let hint = saver.published.then(|| t!(edit.currency_fixed).to_owned());
    view! {
        <Select
            id="event-currency"
            label=t!(edit.currency)
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
    let of = Signal::derive(move || format!(" {}", t!(edit.of_type, number = number.get())));
    let error = move |name: &'static str| {
        errors.of_item(move || format!("ticket_types.{}.{name}", number.get() - 1))
    };
    let id = |name: &str| type_element(row.key, name);
    let fields = row.fields;
    let only = move || form.rows.with(Vec::len) == 1;
    let remove = move || {
        form.remove_type(row.key);
        focus_soon(|| focus_first("#event-ticket_types"));
    };
    view! {
        <fieldset class="type-card">
            <legend class="visually-hidden">{move || t!(edit.type_number, number = number.get())}</legend>
            <div class="type-card__head">
                <Field
                    id=id("name")
                    label=t!(common.name)
                    of=of
                    value=fields.name
                    error=error("name")
                    autocomplete="off"
                />
                <Show when=move || row.sold == 0 && !only()>
                    <IconButton
                        icon=icondata::LuTrash2
                        label=t!(edit.remove_type, number = number.get())
                        on_press=remove
                    />
                </Show>
            </div>
            <div class="editor__pair">
                <Field
                    id=id("price")
                    label=t!(edit.price)
                    of=of
                    kind=FieldKind::Amount
                    value=fields.price
                    error=error("price")
                    hint=t!(edit.price_hint)
                    autocomplete="off"
                />
                <Field
                    id=id("capacity")
                    label=t!(edit.capacity)
                    of=of
                    kind=FieldKind::Count
                    value=fields.capacity
                    error=error("capacity")
                    hint=sold(row.sold)
                    autocomplete="off"
                />
            </div>
            <MoreAboutType row=row timezone=form.basics.timezone of=of error=error />
        </fieldset>
    }
}

/// What most ticket types do not need.
#[component]
fn MoreAboutType(
    row: Row,
    timezone: RwSignal<String>,
    of: Signal<String>,
    error: impl Fn(&'static str) -> Signal<Option<String>>,
) -> impl IntoView {
    let id = |name: &str| type_element(row.key, name);
    let fields = row.fields;
    let moment = |name: &'static str,
                  labels: [&'static str; 2],
                  when: super::fields::When<RwSignal<String>>| {
        view! {
            <WhenFields
                class="editor__when"
                id=id(name)
                time_id=id(&format!("{name}-time"))
                labels=labels
                of=of
                when=when
                timezone=timezone
                error=error(name)
            />
        }
    };
    view! {
        <details class="fold type-card__more">
            <summary class="fold__summary">
                {t!(edit.more)} " " <span class="visually-hidden">{of}</span>
            </summary>
            <div class="type-card__fields">
                <TextArea
                    id=id("description")
                    label=t!(edit.includes)
                    of=of
                    value=fields.description
                    error=error("description")
                />
                <Field
                    id=id("max_per_order")
                    label=t!(edit.max_per_order)
                    of=of
                    kind=FieldKind::Count
                    value=fields.max_per_order
                    error=error("max_per_order")
                    autocomplete="off"
                />
                {moment("sale_starts_at", [t!(edit.sale_start_date), t!(edit.sale_start_time)], fields.sale_starts)}
                {moment("sale_ends_at", [t!(edit.sale_end_date), t!(edit.sale_end_time)], fields.sale_ends)}
                <p class="field__note">
                    {t!(edit.no_dates)}
                </p>
            </div>
        </details>
    }
}

fn sold(sold: i32) -> String {
    match sold {
        0 => String::new(),
        sold => t!(edit.sold, count = crate::format::Count(sold)),
    }
}
