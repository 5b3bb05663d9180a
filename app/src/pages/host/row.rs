use ::api::Money;
use ::api::host::{EventStatus, HostEventSummary};
use i18n::t;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::components::{Badge, Cover, Meter, Tone};
use crate::{format, route};

/// One of my events in the list. All of it is one link: to work on a draft, else to its sales.
#[component]
pub(super) fn HostedRow(event: HostEventSummary) -> impl IntoView {
    let draft = event.status == EventStatus::Draft;
    let href = if draft {
        route::host_edit(event.id)
    } else {
        route::host_event(event.id)
    };
    let when = format::day_and_clock(event.starts_at, &event.timezone);
    let title = event.title.clone();
    let place = if event.venue.is_empty() {
        event.city.clone()
    } else {
        event.venue.clone()
    };
    let place = (!place.is_empty()).then(|| view! { " · " <bdi>{place}</bdi> });
    view! {
        <article class="hosted-row">
            <div class="hosted-row__cover">
                <Cover id=event.id cover_url=event.cover_url.clone() />
            </div>
            <div class="hosted-row__text">
                <h3 class="hosted-row__title" dir="auto">
                    <A href=href>{title}</A>
                </h3>
                <p class="hosted-row__when">{when} {place}</p>
                {status_badge(event.status)}
                {(!draft).then(|| view! { <Sold event=event /> })}
            </div>
        </article>
    }
}

#[component]
fn Sold(event: HostEventSummary) -> impl IntoView {
    let HostEventSummary {
        sold,
        given,
        capacity,
        received,
        due,
        ..
    } = event;
    let money = money(received, due).map(|money| view! { <b>{money}</b> });
    view! {
        <Meter part=sold + given whole=capacity />
        <p class="hosted-row__numbers">
            <span>{sold_of(sold, given, capacity)}</span>
            <span class="hosted-row__money">{money.collect_view()}</span>
        </p>
    }
}

/// How many of how many are sold, and how many were given besides.
pub(super) fn sold_of(sold: i32, given: i32, capacity: i32) -> String {
    let (sold, all) = (format::Count(sold), format::Count(capacity));
    match given {
        0 => t!(host.sold_of, sold = sold, all = all),
        given => t!(
            host.sold_and_given,
            sold = sold,
            all = all,
            given = format::Count(given)
        ),
    }
}

/// What was received and what is due, which are never added up; what is nothing is left out.
pub(super) fn money(received: Money, due: Money) -> impl Iterator<Item = String> {
    let received =
        (!received.is_zero()).then(|| t!(host.amount_received, amount = format::money(received)));
    let due = (!due.is_zero()).then(|| t!(host.amount_due, amount = format::money(due)));
    received.into_iter().chain(due)
}

/// How an event stands; nothing for one that is simply live.
pub(super) fn status_badge(status: EventStatus) -> Option<impl IntoView> {
    let (tone, text) = match status {
        EventStatus::Published => return None,
        EventStatus::Draft => (Tone::Warn, t!(host.draft)),
        EventStatus::Ended | EventStatus::Archived => (Tone::Neutral, t!(common.ended)),
        EventStatus::Cancelled => (Tone::Bad, t!(common.cancelled)),
    };
    Some(view! { <Badge tone=tone text=text /> })
}
