use ::api::orders::{Order, OrderState};
use leptos::prelude::*;

use super::order::use_order;
use super::words;
use crate::components::{
    AddToCalendar, Cover, Detail, Gate, Heading, Kind, LinkButton, Loaded, SkeletonShape, TopBar,
};
use crate::purchase::{Phase, use_purchase};
use crate::{format, route};

/// It worked.
#[component]
pub(crate) fn ConfirmationPage() -> impl IntoView {
    let (id, fetch) = use_order();
    let purchase = use_purchase();
    Effect::new(move || {
        if let Phase::Placed(order) = purchase.phase.get()
            && id.get() == Some(order)
        {
            purchase.settle();
        }
    });
    view! {
        <Detail of=id>
            <TopBar back=route::ORDERS back_label="All orders" />
            <Gate
                icon=icondata::LuReceiptText
                title="Sign in to see this order"
                text="It belongs to an account."
            >
                <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:order>
                    <Confirmation order=order />
                </Loaded>
            </Gate>
        </Detail>
    }
}

#[component]
fn Confirmation(order: Order) -> impl IntoView {
    let tickets: i32 = order.lines.iter().map(|line| line.quantity).sum();
    let first = order.lines.first().map(|line| line.event.clone());
    let show = order.lines.iter().find_map(|line| {
        let ticket = line.tickets.first()?;
        Some(route::ticket(line.event.id, ticket.number))
    });
    let heading = match order.state {
        OrderState::Pending => "Almost there",
        _ => "You’re going",
    };
    let event = first.clone().map(|event| {
        view! {
            <div class="confirmation__cover">
                <Cover id=event.id cover_url=event.cover_url.clone() />
            </div>
            <h2 class="confirmation__event">{event.title.clone()}</h2>
            <p class="muted">
                {format::day_and_clock(event.starts_at, &event.timezone)} " · " {event.venue}
            </p>
        }
    });
    view! {
        <div class="confirmation">
            <Heading text=heading class="confirmation__title" />
            <p class="confirmation__lead">
                {format::tickets(tickets)} " · " {format::price(order.total)} " · order "
                <span class="confirmation__number">{words::number(order.id)}</span>
            </p>
            <div class="confirmation__card">{event}</div>
            <div class="actions actions--stack">
                <LinkButton href=show.unwrap_or_else(|| route::TICKETS.to_owned()) wide=true>
                    {if tickets == 1 { "View ticket" } else { "View tickets" }}
                </LinkButton>
                {first.map(|event| view! { <AddToCalendar event=event /> })}
                <LinkButton href=route::order(order.id) kind=Kind::Plain>
                    "View receipt"
                </LinkButton>
            </div>
        </div>
    }
}
