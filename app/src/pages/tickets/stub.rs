use ::api::tickets::Ticket;
use i18n::t;
use leptos::prelude::*;
use leptos_router::components::A;

use super::group::Group;
use crate::components::{Badge, Cover, Tone};
use crate::{format, route};

/// The tickets for one event, torn off at the right: how many.
#[component]
pub(super) fn Stub(group: Group) -> impl IntoView {
    let first = group.first().cloned()?;
    let event = first.event;
    // Of an event that will not be, all are as dead.
    let counts = |ticket: &&Ticket| event.cancelled || ticket.state.is_live();
    let count = group.tickets.iter().filter(counts).count();
    let soon = format::in_days(event.starts_at, format::now(), &event.timezone);
    let on_its_way = group
        .tickets
        .iter()
        .filter(|ticket| ticket.transfer.is_some());
    let badge = if event.cancelled {
        Some(view! { <Badge tone=Tone::Bad text=t!(common.cancelled) /> })
    } else if let count @ 1.. = on_its_way.count() {
        Some(view! { <Badge tone=Tone::Neutral text=t!(tickets.on_the_way, count = count) /> })
    } else {
        soon.map(|soon| view! { <Badge tone=Tone::Warn text=soon /> })
    };
    Some(view! {
        <article class="stub">
            <div class="stub__cover">
                <Cover id=event.id cover_url=event.cover_url.clone() />
            </div>
            <div class="stub__text">
                {badge}
                <h2 class="stub__title" dir="auto">
                    <A href=route::ticket(event.id, first.number)>{event.title.clone()}</A>
                </h2>
                <p class="stub__when">{format::day_and_clock(event.starts_at, &event.timezone)}</p>
                <p class="stub__where" dir="auto">{event.venue.clone()}</p>
            </div>
            <p class="stub__count">
                <span class="stub__number">{count}</span>
                <span>{t!(tickets.unit, count = count)}</span>
            </p>
        </article>
    })
}
