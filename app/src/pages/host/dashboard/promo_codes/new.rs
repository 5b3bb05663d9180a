use ::api::Currency;
use ::api::host::HostEvent;
use ::api::promo_codes::{CreatePromoCode, Discount, PromoCodes};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::limits::{LimitFields, Limits};
use crate::api;
use crate::components::{Button, Field, FieldKind, Select, Sheet};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::pages::host::edit::parse_amount;

/// Asks for another code.
#[component]
pub(super) fn NewCode(
    event: HostEvent,
    codes: Fetch<PromoCodes>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let (id, currency) = (event.id, event.currency);
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (code, off, unit, only) = (text(""), text("10"), text("percent"), text(""));
    let limits = Limits::blank();
    let timezone = Signal::stored(event.timezone.clone());
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let units = vec![
        ("percent".to_owned(), t!(host.percent_of_price).to_owned()),
        (
            "amount".to_owned(),
            t!(host.a_ticket, currency = currency.code()),
        ),
    ];
    let mut types = vec![(String::new(), t!(tickets.all).to_owned())];
    for kind in &event.ticket_types {
        types.push((kind.id.to_string(), kind.name.clone()));
    }
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (limits, mut wrong) = timezone.with_untracked(|timezone| limits.read(timezone));
        let body = CreatePromoCode {
            code: code.get_untracked(),
            discount: discount(&unit.get_untracked(), &off.get_untracked(), currency),
            ticket_type_id: only.get_untracked().parse().ok(),
            starts_at: limits.starts_at,
            ends_at: limits.ends_at,
            max_uses: limits.max_uses,
            max_per_user: limits.max_per_user,
        };
        wrong.0.extend(body.validate().err().unwrap_or_default().0);
        if busy.get_untracked() || !errors.check(wrong.into_result()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::create_promo_code(id, &body).await {
                Ok(_) => {
                    codes.reload();
                    close.run();
                }
                Err(error) => errors.refuse(&error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Sheet title=t!(host.new_code) on_close=close tall=true>
            <form class="form" novalidate on:submit=send>
                <Field
                    id="new-code"
                    label=t!(host.code)
                    value=code
                    error=errors.of("code")
                    autocomplete="off"
                    hint=t!(host.code_hint)
                />
                <div class="promo-form__row">
                    <Field
                        id="new-code-off"
                        label=t!(host.takes_off)
                        kind=FieldKind::Amount
                        value=off
                        error=errors.of("discount")
                        autocomplete="off"
                    />
                    <Select id="new-code-unit" label=t!(host.of_what) value=unit options=units />
                </div>
                <Select
                    id="new-code-only"
                    label=t!(host.good_for)
                    value=only
                    options=types
                    error=errors.of("ticket_type_id")
                />
                <LimitFields id="new-code" limits=limits timezone=timezone errors=errors />
                <FormError errors=errors />
                <Button submit=true busy=busy>
                    {t!(common.create)}
                </Button>
            </form>
        </Sheet>
    }
}

/// What was typed; what cannot be read is no discount, which is refused at its field.
fn discount(unit: &str, off: &str, currency: Currency) -> Discount {
    match unit {
        "amount" => Discount::Amount(parse_amount(off, currency.minor_digits()).unwrap_or(0)),
        _ => Discount::Percent(off.trim().trim_end_matches('%').trim().parse().unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_typed_by_people() {
        let read = |unit, off| discount(unit, off, Currency::EUR);
        assert_eq!(read("percent", " 15 % "), Discount::Percent(15));
        assert_eq!(read("amount", "2.50"), Discount::Amount(250));
        assert_eq!(read("percent", "some"), Discount::Percent(0));
    }
}
