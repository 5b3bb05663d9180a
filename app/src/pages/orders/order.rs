use ::api::OrderId;
use ::api::orders::{Order, OrderKind, OrderLine, OrderTicket, RefundSummary};
use ::api::tickets::TicketState;
use i18n::t;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

use super::words;
use crate::api::Error;
use crate::components::{
    Badge, Detail, Gate, Heading, Icon, Kind, LinkButton, Loaded, SkeletonShape, TopBar,
};
use crate::fetch::Fetch;
use crate::kept::Name;
use crate::{api, format, route};

/// One order, as a receipt.
#[component]
pub(crate) fn OrderPage() -> impl IntoView {
    let (id, fetch) = use_order();
    provide_context(OpenOrder(fetch));
    view! {
        <Detail of=id>
            <TopBar back=route::ORDERS back_label=t!(orders.all) />
            <Gate
                icon=icondata::LuReceiptText
                title=t!(orders.sign_in_to_see)
                text=t!(orders.belongs_to_account)
            >
                <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:order>
                    <Receipt order=order />
                </Loaded>
                <Outlet />
            </Gate>
        </Detail>
    }
}

/// The order that is open, for the sheet over it.
#[derive(Clone, Copy)]
struct OpenOrder(Fetch<Order>);

pub(super) fn use_open_order() -> Fetch<Order> {
    let OpenOrder(fetch) = expect_context();
    fetch
}

/// The order that the address names.
pub(super) fn use_order() -> (Memo<Option<OrderId>>, Fetch<Order>) {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()));
    let fetch = Fetch::new(
        move || id.get(),
        async |id: Option<OrderId>| api::order(id.ok_or(Error::Nowhere)?).await,
    );
    fetch.prefill_kept(move || id.get().map(Name::Order));
    (id, fetch)
}

#[component]
fn Receipt(order: Order) -> impl IntoView {
    let (tone, state) = words::state(order.kind, order.state);
    let (title, event) = words::title(&order);
    let about = format!(
        "{} {} · {}",
        words::kind(order.kind),
        words::number(order.id),
        format::stamp(order.created_at)
    );
    let named = event.is_none();
    let when = event.map(|event| {
        let when = format::day_and_clock(event.starts_at, &event.timezone);
        view! {
            <p>
                <a class="receipt__link" href=route::event(event.id)>
                    {when}
                </a>
            </p>
        }
    });
    let purchase = order.purchase_id.map(|purchase| {
        view! {
            <LinkButton href=route::order(purchase) kind=Kind::Plain>
                {t!(orders.view_purchase)}
            </LinkButton>
        }
    });
    let owed = order.due.map(|owed| {
        view! {
            <div class="receipt__sum receipt__sum--total">
                <dt>{t!(orders.pay_at_door)}</dt>
                <dd>{format::money(owed)}</dd>
            </div>
        }
    });
    let payment = match order.kind {
        OrderKind::Purchase => owed.is_none().then(|| words::payment(&order)).flatten(),
        OrderKind::Refund => words::refunded(&order),
        OrderKind::Comp => None,
    };
    let payment = payment.map(|payment| view! { <p class="receipt__payment">{payment}</p> });
    let message = order.message.clone().map(|message| {
        view! {
            <section class="receipt__message">
                <h2 class="receipt__event">{t!(orders.message)}</h2>
                <p dir="auto">{message}</p>
            </section>
        }
    });
    let returns_money = words::returns_money(&order.payment);
    let refunds = order
        .refunds
        .iter()
        .map(|one| refund(one, returns_money))
        .collect_view();
    let give_back = can_refund(&order).then(|| {
        view! {
            <LinkButton href=route::refund(order.id) kind=Kind::Quiet>
                <Icon icon=icondata::LuUndo2 />
                {match returns_money {
                    true => t!(orders.refund_tickets),
                    false => t!(orders.cancel_tickets),
                }}
            </LinkButton>
        }
    });
    view! {
        <div class="receipt">
            <header class="receipt__head">
                <Heading text=title class="receipt__title" />
                {when}
                <p class="muted">{about}</p>
                <Badge tone=tone text=state />
            </header>
            {order.lines.into_iter().map(|one| line(one, named)).collect_view()}
            <dl class="receipt__sums">
                <div class="receipt__sum receipt__sum--total">
                    <dt>{t!(orders.total)}</dt>
                    <dd>{format::money(order.total)}</dd>
                </div>
                {refunds}
                {owed}
            </dl>
            {payment}
            {message}
            {give_back}
            {purchase}
        </div>
    }
}

/// Whether the order has a ticket that might be refunded; which ones can, the server says.
fn can_refund(order: &Order) -> bool {
    let mut tickets = order.lines.iter().flat_map(|line| &line.tickets);
    order.kind == OrderKind::Purchase && tickets.any(|ticket| ticket.state.is_live())
}

/// What was bought of one type; `named` where the order has several events, so that each line says
/// which is its own.
fn line(line: OrderLine, named: bool) -> impl IntoView {
    let event = line.event;
    let name = named.then(|| {
        view! {
            <h2 class="receipt__event" dir="auto">
                <a href=route::event(event.id)>{event.title.clone()}</a>
            </h2>
            <p class="muted">{format::day_and_clock(event.starts_at, &event.timezone)}</p>
        }
    });
    let discount = (!line.discount.is_zero()).then(|| {
        let off = ::api::Money::new(-line.discount.amount, line.discount.currency);
        view! {
            <div class="receipt__sum">
                <dt>{t!(orders.discount)}</dt>
                <dd>{format::money(off)}</dd>
            </div>
        }
    });
    let tickets = line
        .tickets
        .into_iter()
        .map(|ticket| ticket_link(event.id, ticket));
    let tickets = tickets.collect_view();
    view! {
        <section class="receipt__line">
            {name}
            <dl class="receipt__sums">
                <div class="receipt__sum">
                    <dt dir="auto">{format!("{} × {}", line.quantity, line.ticket_type)}</dt>
                    <dd>
                        {format::money(
                            ::api::Money::new(
                                line.total.amount + line.discount.amount,
                                line.total.currency,
                            ),
                        )}
                    </dd>
                </div>
                {discount}
            </dl>
            <ul class="receipt__tickets">{tickets}</ul>
        </section>
    }
}

fn ticket_link(event: ::api::EventId, ticket: OrderTicket) -> impl IntoView {
    let number = ticket.number;
    let text = match ticket.state {
        TicketState::Valid if ticket.yours => t!(orders.number, number = number),
        TicketState::Valid => t!(orders.number_sent, number = number),
        TicketState::CheckedIn => t!(orders.number_used, number = number),
        TicketState::Refunded => t!(orders.number_refunded, number = number),
        TicketState::Revoked => t!(orders.number_revoked, number = number),
    };
    let content = if ticket.yours {
        let href = route::ticket(event, ticket.number);
        view! {
            <a class="ticket-link" href=href>
                {text}
            </a>
        }
        .into_any()
    } else {
        view! { <span class="ticket-link ticket-link--gone">{text}</span> }.into_any()
    };
    view! { <li>{content}</li> }
}

fn refund(refund: &RefundSummary, returns_money: bool) -> impl IntoView + use<> {
    let href = route::order(refund.id);
    let when = format::stamp(refund.created_at);
    let label = match returns_money {
        true => t!(orders.refund_of, when = when),
        false => t!(orders.cancelled_when, when = when),
    };
    view! {
        <div class="receipt__sum">
            <dt>
                <a class="receipt__link" href=href>
                    {label}
                </a>
            </dt>
            <dd>{format::money(refund.total)}</dd>
        </div>
    }
}
