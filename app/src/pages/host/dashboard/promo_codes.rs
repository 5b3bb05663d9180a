use ::api::events::SaleState;
use ::api::host::{EventStatus, HostEvent};
use ::api::promo_codes::{CreatePromoCode, Discount, PromoCode, PromoCodes, UpdatePromoCode};
use ::api::{Currency, EventId, Money};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Badge, Button, Field, FieldKind, Kind, Select, Sheet, Tone, use_toasts};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::pages::host::edit::parse_amount;
use crate::{api, format};

/// The event's promo codes: how they are used, and the way to another.
#[component]
pub(super) fn PromoSection(event: Fetch<HostEvent>) -> impl IntoView {
    let Some(known) = event.value.get_untracked() else {
        return ().into_any();
    };
    let id = known.id;
    let codes =
        Fetch::<PromoCodes>::new(move || id, |id| async move { api::promo_codes(id).await });
    let adding = RwSignal::new(false);
    let to_come = match known.status {
        EventStatus::Draft => true,
        EventStatus::Published => known.state != SaleState::Ended,
        EventStatus::Cancelled | EventStatus::Ended | EventStatus::Archived => false,
    };
    let some = Memo::new(move |_| {
        codes
            .value
            .with(|codes| codes.as_ref().is_some_and(|codes| !codes.items.is_empty()))
    });
    let rows = move || {
        let items = codes.value.get().map(|codes| codes.items);
        items
            .unwrap_or_default()
            .into_iter()
            .map(|promo| view! { <Row id=id promo=promo codes=codes /> })
            .collect_view()
    };
    let section = move || {
        let known = known.clone();
        let add = to_come.then(|| {
            view! {
                <div>
                    <Button kind=Kind::Quiet on_press=move |()| adding.set(true)>
                        {t!(host.new_code)}
                    </Button>
                </div>
            }
        });
        view! {
            <section class="dashboard__section">
                <h2 class="dashboard__subtitle">{t!(host.codes)}</h2>
                <ul class="helpers">{rows}</ul>
                {add}
                <Show when=move || adding.get()>
                    <NewCode
                        event=known.clone()
                        codes=codes
                        on_close=move |()| adding.set(false)
                    />
                </Show>
            </section>
        }
    };
    view! { <Show when=move || to_come || some.get()>{section.clone()}</Show> }.into_any()
}

#[component]
fn Row(id: EventId, promo: PromoCode, codes: Fetch<PromoCodes>) -> impl IntoView {
    let toasts = use_toasts();
    let ended = promo.ends_at.is_some_and(|end| end <= format::now());
    let (promo_id, code) = (promo.id, promo.code.clone());
    let stop = move |()| {
        let code = code.clone();
        spawn_local(async move {
            let now = UpdatePromoCode {
                ends_at: Some(format::now()),
                ..UpdatePromoCode::default()
            };
            match api::update_promo_code(id, promo_id, &now).await {
                Ok(_) => toasts.say(t!(host.code_over, code = code)),
                Err(error) => toasts.say(error.to_string()),
            }
            codes.reload();
        });
    };
    view! {
        <li class="helpers__row">
            <div class="helpers__text">
                <p class="helpers__email">{promo.code.clone()}</p>
                <p class="muted">{usage(&promo)}</p>
            </div>
            {if ended {
                view! { <Badge tone=Tone::Neutral text=t!(common.ended) /> }.into_any()
            } else {
                view! {
                    <Button kind=Kind::Plain on_press=stop>
                        {t!(host.end_code)}
                    </Button>
                }
                    .into_any()
            }}
        </li>
    }
}

/// `20% off · 12 of 100 used · €60.00 given`
fn usage(promo: &PromoCode) -> String {
    let off = match promo.discount {
        Discount::Percent(percent) => t!(host.percent_off, percent = percent),
        Discount::Amount(amount) => {
            let money = Money::new(amount, promo.given.currency);
            t!(host.amount_off, amount = format::money(money))
        }
    };
    let used = match promo.max_uses {
        Some(max) => t!(
            host.used_of,
            used = format::Count(promo.used),
            max = format::Count(max)
        ),
        None => t!(host.used, used = format::Count(promo.used)),
    };
    let given =
        (!promo.given.is_zero()).then(|| t!(host.given, amount = format::money(promo.given)));
    let parts: Vec<String> = [Some(off), Some(used), given]
        .into_iter()
        .flatten()
        .collect();
    parts.join(" · ")
}

#[component]
fn NewCode(
    event: HostEvent,
    codes: Fetch<PromoCodes>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let (id, currency) = (event.id, event.currency);
    let text = |text: &str| RwSignal::new(text.to_owned());
    let (code, off, unit, only) = (text(""), text("10"), text("percent"), text(""));
    let (uses, person) = (text(""), text(""));
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
        let body = CreatePromoCode {
            code: code.get_untracked(),
            discount: discount(&unit.get_untracked(), &off.get_untracked(), currency),
            ticket_type_id: only.get_untracked().parse().ok(),
            starts_at: None,
            ends_at: None,
            max_uses: limit(&uses.get_untracked()),
            max_per_user: limit(&person.get_untracked()),
        };
        if busy.get_untracked() || !errors.check(body.validate()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::create_promo_code(id, &body).await {
                Ok(_) => {
                    codes.reload();
                    on_close.try_run(());
                }
                Err(error) => errors.refuse(&error),
            }
            busy.try_set(false);
        });
    };
    view! {
        <Sheet title=t!(host.new_code) on_close=on_close>
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
                <div class="promo-form__row">
                    <Field
                        id="new-code-uses"
                        label=t!(host.uses)
                        kind=FieldKind::Count
                        value=uses
                        error=errors.of("max_uses")
                        autocomplete="off"
                        hint=t!(host.uses_hint)
                    />
                    <Field
                        id="new-code-person"
                        label=t!(host.uses_per_person)
                        kind=FieldKind::Count
                        value=person
                        error=errors.of("max_per_user")
                        autocomplete="off"
                        hint=t!(host.uses_hint)
                    />
                </div>
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

/// No number is no limit; what cannot be read is refused at its field.
fn limit(text: &str) -> Option<i32> {
    match text.trim() {
        "" => None,
        number => Some(number.parse().unwrap_or(0)),
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
        assert_eq!(
            (limit(""), limit(" 5 "), limit("x")),
            (None, Some(5), Some(0))
        );
    }
}
