use api::events::EventSummary;
use i18n::event;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::{Cover, DateBlock, SaleBadge};
use crate::format::{self, Here};
use crate::route;

/// An event in the list. All of it is one link.
#[component]
pub(super) fn EventCard(event: EventSummary) -> impl IntoView {
    let over = event.state.is_over();
    view! {
        <article class="card" class:card--over=over>
            <div class="card__cover">
                <Cover id=event.id cover_url=event.cover_url.clone() />
                <SaleBadge event=&event />
            </div>
            <CardBody event=event />
        </article>
    }
}

/// What a card says below its picture.
#[component]
pub(crate) fn CardBody(event: EventSummary) -> impl IntoView {
    let when = format::day_and_clock(event.starts_at, &event.timezone);
    let place = event::place(&event);
    let price = event::price_from(&Here, &event);
    let going = event::going(&Here, &event);
    view! {
        <div class="card__body">
            <DateBlock time=event.starts_at timezone=event.timezone.clone() />
            <div class="card__text">
                <h2 class="card__title" dir="auto">
                    <A href=route::event(event.id)>{event.title.clone()}</A>
                </h2>
                <p class="card__when">{when}</p>
                <p class="card__where" dir="auto">{place}</p>
                <p class="card__facts">
                    {price.map(|price| view! { <span class="card__price">{price}</span> })}
                    {going.map(|going| view! { <span>{going}</span> })}
                </p>
            </div>
        </div>
    }
}
