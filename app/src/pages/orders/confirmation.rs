use ::api::TicketNumber;
use ::api::events::EventRef;
use ::api::orders::{Order, OrderState};
use ::api::tickets::TicketsWhen;
use i18n::t;
use leptos::prelude::*;

use super::order::use_order;
use super::words;
use crate::components::{
    AddToCalendar, Cover, Detail, Gate, Heading, Kind, LinkButton, Loaded, SkeletonShape, TopBar,
};
use crate::feed::use_feeds;
use crate::pages::tickets::show_tickets;
use crate::purchase::{Phase, use_purchase};
use crate::session::use_session;
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
    let (tickets, session) = (use_feeds().tickets, use_session());
    Effect::new(move || {
        // There may be no network on the way to the event.
        if let (Some(_), Some(user)) = (fetch.as_of.get(), session.user_id()) {
            show_tickets(tickets, Some(user), TicketsWhen::Upcoming);
        }
    });
    view! {
        <Detail of=id>
            <TopBar back=route::ORDERS back_label=t!(orders.all) />
            <Gate
                icon=icondata::LuReceiptText
                title=t!(orders.sign_in_to_see)
                text=t!(orders.belongs_to_account)
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
    let stops = stops(&order);
    let show = match stops.as_slice() {
        [(event, Some(number))] => route::ticket(event.id, *number),
        _ => route::TICKETS.to_owned(),
    };
    let heading = match order.state {
        OrderState::Pending => t!(orders.almost),
        _ => t!(orders.going),
    };
    let pay = order
        .due
        .map(|owed| t!(orders.pay_later, price = format::money(owed)));
    let (session, paid) = (use_session(), order.state == OrderState::Paid);
    let mailed = move || {
        let user = session.user().filter(|_| paid)?;
        Some(view! { <p>{t!(orders.also_in_mail, email = user.email)}</p> })
    };
    let events: Vec<EventRef> = stops.iter().map(|(event, _)| event.clone()).collect();
    let card = match <[EventRef; 1]>::try_from(events.clone()) {
        Ok([event]) => view! { <OneEvent event=event /> }.into_any(),
        Err(events) => events
            .into_iter()
            .map(|event| view! { <OneOfSeveral event=event /> })
            .collect_view()
            .into_any(),
    };
    view! {
        <div class="confirmation">
            <Heading text=heading class="confirmation__title" />
            <p class="confirmation__lead">
                {format::tickets(tickets)} " · " {format::price(order.total)} " · " {t!(orders.order)} " "
                <span class="confirmation__number">{words::number(order.id)}</span>
            </p>
            <div class="confirmation__card">{card}</div>
            <div class="confirmation__next">
                {pay.map(|pay| view! { <p>{pay}</p> })} {mailed}
                {(tickets > 1).then(|| view! { <p>{t!(tickets.one_each)}</p> })}
            </div>
            <div class="actions actions--stack">
                <LinkButton href=show wide=true>
                    {t!(orders.view_tickets, count = tickets)}
                </LinkButton>
                <AddToCalendar events=events />
                <LinkButton href=route::order(order.id) kind=Kind::Plain>
                    {t!(orders.view_receipt)}
                </LinkButton>
            </div>
        </div>
    }
}

/// The events of the order, each once, with its first ticket.
fn stops(order: &Order) -> Vec<(EventRef, Option<TicketNumber>)> {
    let mut stops: Vec<(EventRef, Option<TicketNumber>)> = Vec::new();
    for line in &order.lines {
        if stops.iter().all(|(event, _)| event.id != line.event.id) {
            let first = line.tickets.first().map(|ticket| ticket.number);
            stops.push((line.event.clone(), first));
        }
    }
    stops
}

#[component]
fn OneEvent(event: EventRef) -> impl IntoView {
    view! {
        <div class="confirmation__cover">
            <Cover id=event.id cover_url=event.cover_url.clone() />
        </div>
        <h2 class="confirmation__event" dir="auto">{event.title.clone()}</h2>
        <p class="muted" dir="auto">{when_and_where(&event)}</p>
    }
}

#[component]
fn OneOfSeveral(event: EventRef) -> impl IntoView {
    let about = when_and_where(&event);
    view! {
        <div class="confirmation__row">
            <div class="cart__cover">
                <Cover id=event.id cover_url=event.cover_url />
            </div>
            <div>
                <h2 class="cart__title" dir="auto">{event.title}</h2>
                <p class="muted" dir="auto">{about}</p>
            </div>
        </div>
    }
}

fn when_and_where(event: &EventRef) -> String {
    let when = format::day_and_clock(event.starts_at, &event.timezone);
    format!("{when} · {}", event.venue)
}
