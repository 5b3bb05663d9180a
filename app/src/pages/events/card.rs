use api::events::{EventSummary, SaleState};
use i18n::t;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::{Cover, DateBlock, SaleBadge};
use crate::{format, route};

/// An event in the list. All of it is one link.
#[component]
pub(super) fn EventCard(event: EventSummary) -> impl IntoView {
    let free = event.price_from.is_some_and(|price| price.is_zero());
    let over = matches!(event.state, SaleState::Ended | SaleState::Cancelled);
    view! {
        <article class="card" class:card--over=over>
            <div class="card__cover">
                <Cover id=event.id cover_url=event.cover_url.clone() />
                <SaleBadge state=event.state left=event.left free=free />
            </div>
            <CardBody event=event />
        </article>
    }
}

/// What a card says below its picture.
#[component]
pub(crate) fn CardBody(event: EventSummary) -> impl IntoView {
    let when = format::day_and_clock(event.starts_at, &event.timezone);
    let (place, facts) = (place(&event), facts(&event));
    view! {
        <div class="card__body">
            <DateBlock time=event.starts_at timezone=event.timezone.clone() />
            <div class="card__text">
                <h2 class="card__title">
                    <A href=route::event(event.id)>{event.title.clone()}</A>
                </h2>
                <p class="card__when">{when}</p>
                <p class="card__where">{place}</p>
                <p class="card__facts">{facts}</p>
            </div>
        </div>
    }
}

fn place(event: &EventSummary) -> String {
    let parts = [event.venue.as_str(), event.city.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// What it costs while it can be had, and how many are going.
fn facts(event: &EventSummary) -> impl IntoView + use<> {
    let price = event
        .price_from
        .filter(|_| event.state.is_open() || event.state == SaleState::NotYet);
    let price = price.map(|price| {
        let words = if price.is_zero() {
            t!(common.free).to_owned()
        } else {
            t!(common.from_price, price = format::money(price))
        };
        view! { <span class="card__price">{words}</span> }
    });
    let going = (event.going > 0).then(|| {
        let past = event.state == SaleState::Ended;
        let count = format::Count(event.going);
        let words = if past {
            t!(events.went, count = count)
        } else {
            t!(events.going, count = count)
        };
        view! { <span>{words}</span> }
    });
    view! {
        {price}
        {going}
    }
}
