//! The event's promo codes.

mod change;
mod limits;
mod new;

use ::api::Money;
use ::api::events::SaleState;
use ::api::host::{EventStatus, HostEvent};
use ::api::promo_codes::{Discount, PromoCode, PromoCodes};
use i18n::t;
use leptos::prelude::*;

use crate::components::{Badge, Button, Kind, Tone};
use crate::fetch::Fetch;
use crate::format;
use change::ChangeCode;
use new::NewCode;

/// The event's promo codes: how they are used, and the way to another.
#[component]
pub(super) fn PromoSection(event: Fetch<HostEvent>, codes: Fetch<PromoCodes>) -> impl IntoView {
    let Some(known) = event.value.get_untracked() else {
        return ().into_any();
    };
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
    let event = StoredValue::new(known.clone());
    // Apart from the rows, which follow the news: in its sheet something is typed.
    let changing = RwSignal::new(None::<PromoCode>);
    let rows = move || {
        let items = codes.value.get().map(|codes| codes.items);
        items
            .unwrap_or_default()
            .into_iter()
            .map(|promo| view! { <Row event=event promo=promo changing=changing /> })
            .collect_view()
    };
    let change = move || {
        let promo = changing.get()?;
        let close = move |()| changing.set(None);
        let event = event.get_value();
        Some(view! { <ChangeCode event=event promo=promo codes=codes on_close=close /> })
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
                {change}
            </section>
        }
    };
    view! { <Show when=move || to_come || some.get()>{section.clone()}</Show> }.into_any()
}

#[component]
fn Row(
    event: StoredValue<HostEvent>,
    promo: PromoCode,
    changing: RwSignal<Option<PromoCode>>,
) -> impl IntoView {
    let ended = promo.ends_at.is_some_and(|end| end <= format::now());
    let window = event.with_value(|event| window(&promo, &event.timezone));
    let (code, about) = (promo.code.clone(), usage(&promo));
    let name = code.clone();
    view! {
        <li class="helpers__row">
            <div class="helpers__text">
                <p class="helpers__email" dir="auto">{code}</p>
                <p class="muted">{about}</p>
                {window.map(|window| view! { <p class="muted">{window}</p> })}
            </div>
            {ended.then(|| view! { <Badge tone=Tone::Neutral text=t!(common.ended) /> })}
            <Button kind=Kind::Plain on_press=move |()| changing.set(Some(promo.clone()))>
                {t!(host.change)} " " <span class="visually-hidden">{name}</span>
            </Button>
        </li>
    }
}

/// `From Fri, 4 Dec · 10:00 · until Sat, 5 Dec · 20:00`
fn window(promo: &PromoCode, timezone: &str) -> Option<String> {
    let when = |time| format::day_and_clock(time, timezone);
    match (promo.starts_at, promo.ends_at) {
        (None, None) => None,
        (Some(from), None) => Some(t!(host.good_from, from = when(from))),
        (None, Some(until)) => Some(t!(host.good_until, until = when(until))),
        (Some(from), Some(until)) => Some(t!(
            host.good_from_until,
            from = when(from),
            until = when(until)
        )),
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
