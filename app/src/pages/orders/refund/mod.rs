//! Giving tickets back for money: choose which, see what it comes to, send it. Closing the sheet is
//! Back.

mod choice;

use ::api::orders::Order;
use ::api::refunds::{NotRefundable, QuotedTicket, RefundQuote, RefundTickets};
use ::api::tickets::TicketName;
use ::api::{Code, OrderId};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::order::use_open_order;
use super::words;
use crate::components::{Button, Kind, Loaded, Pick, Sheet, SkeletonShape, use_toasts};
use crate::feed::use_feeds;
use crate::fetch::Fetch;
use crate::history::{Close, use_go_back};
use crate::{api, format, route};
use choice::{Chosen, Group};

#[component]
pub(crate) fn RefundSheet() -> impl IntoView {
    let open = use_open_order();
    let go_back = use_go_back();
    let close = Close::by_address(move || {
        let order = open
            .value
            .with_untracked(|order| order.as_ref().map(|order| order.id));
        go_back(&order.map_or(route::ORDERS.to_owned(), route::order));
    });
    view! {
        <Sheet title=t!(orders.cancel_or_refund) on_close=close tall=true>
            <Loaded fetch=open skeleton=SkeletonShape::Rows once=true let:order>
                <Choosing order=order open=open on_done=close />
            </Loaded>
        </Sheet>
    }
}

#[component]
fn Choosing(order: Order, open: Fetch<Order>, on_done: Close) -> impl IntoView {
    let (id, all) = (order.id, choice::all(&order));
    let refunds = words::returns_money(&order.payment);
    let quote = Fetch::new(
        || (),
        move |()| {
            let all = all.clone();
            async move { api::refund_quote(id, &all).await }
        },
    );
    let chosen = RwSignal::new(Chosen::new());
    // It says why there is another quote, so it stays when that is there.
    let error = RwSignal::new(None::<String>);
    view! {
        <Loaded fetch=quote skeleton=SkeletonShape::Rows let:known>
            {
                let groups = choice::groups(&order, &known);
                if groups.is_empty() {
                    view! { <p>{t!(orders.all_back)}</p> }.into_any()
                } else {
                    view! {
                        <p class="muted">{words::refund(&order.payment)}</p>
                        {groups
                            .into_iter()
                            .map(|group| view! { <Tickets group=group order=id chosen=chosen /> })
                            .collect_view()}
                        <Send
                            order=id
                            refunds=refunds
                            quote=quote
                            known=known
                            open=open
                            chosen=chosen
                            error=error
                            on_done=on_done
                        />
                    }
                        .into_any()
                }
            }
        </Loaded>
    }
}

/// The tickets of one line.
#[component]
fn Tickets(group: Group, order: OrderId, chosen: RwSignal<Chosen>) -> impl IntoView {
    let Group { title, tickets } = group;
    let can: Vec<TicketName> = choice::refundable(&tickets).collect();
    let every = {
        let can = can.clone();
        Signal::derive(move || chosen.with(|chosen| can.iter().all(|name| chosen.contains(name))))
    };
    let choose_all = (can.len() > 1).then(|| {
        let label = t!(orders.all_tickets, count = can.len());
        let change = move |all: bool| {
            chosen.update(|chosen| {
                for name in &can {
                    if all {
                        chosen.insert(*name);
                    } else {
                        chosen.remove(name);
                    }
                }
            });
        };
        view! { <Pick label=label chosen=every on_change=change /> }
    });
    view! {
        <fieldset class="refund">
            <legend class="refund__title" dir="auto">{title}</legend>
            {choose_all}
            {tickets
                .into_iter()
                .map(|ticket| view! { <OneTicket ticket=ticket order=order chosen=chosen /> })
                .collect_view()}
        </fieldset>
    }
}

#[component]
fn OneTicket(ticket: QuotedTicket, order: OrderId, chosen: RwSignal<Chosen>) -> impl IntoView {
    let name = choice::name(&ticket);
    let change = move |on: bool| {
        chosen.update(|chosen| {
            if on {
                chosen.insert(name);
            } else {
                chosen.remove(&name);
            }
        });
    };
    let gifted = ticket.refusal == Some(NotRefundable::Gifted);
    let amount = ticket
        .refusal
        .is_none()
        .then(|| format::money(ticket.amount));
    view! {
        <Pick
            label=t!(common.ticket_number, number = ticket.number)
            note=ticket.refusal.map(|refusal| words::not_refundable(refusal).to_owned())
            end=amount
            chosen=Signal::derive(move || chosen.with(|chosen| chosen.contains(&name)))
            disabled=ticket.refusal.is_some()
            on_change=change
        />
        {gifted.then(|| view! { <AskBack order=order name=name /> })}
    }
}

/// Asking the holder of a gifted ticket to give it back.
#[component]
fn AskBack(order: OrderId, name: TicketName) -> impl IntoView {
    let busy = RwSignal::new(false);
    let asked = RwSignal::new(false);
    let toasts = use_toasts();
    let ask = move |()| {
        busy.set(true);
        spawn_local(async move {
            let tickets = RefundTickets {
                tickets: vec![name],
            };
            match api::ask_back(order, &tickets).await {
                Ok(()) => {
                    asked.try_set(true);
                }
                Err(error) => toasts.say(error.to_string()),
            }
            busy.try_set(false);
        });
    };
    view! {
        <div class="refund__ask" role="status">
            <Show
                when=move || asked.get()
                fallback=move || {
                    view! {
                        <Button kind=Kind::Plain busy=busy on_press=ask>
                            {t!(orders.ask_back, number = name.number)}
                        </Button>
                    }
                }
            >
                <p class="muted">{t!(orders.asked)}</p>
            </Show>
        </div>
    }
}

/// What it comes to, and the button that says it.
#[component]
fn Send(
    order: OrderId,
    /// Whether money returns, or the tickets are only cancelled.
    refunds: bool,
    quote: Fetch<RefundQuote>,
    known: RefundQuote,
    open: Fetch<Order>,
    chosen: RwSignal<Chosen>,
    error: RwSignal<Option<String>>,
    on_done: Close,
) -> impl IntoView {
    let (toasts, feeds) = (use_toasts(), use_feeds());
    let busy = RwSignal::new(false);
    // Kept until there is an answer, so that trying again is the same refund.
    let key = StoredValue::new(Uuid::new_v4());
    Effect::new(move |before: Option<()>| {
        chosen.track();
        if before.is_some() && !busy.get_untracked() {
            key.set_value(Uuid::new_v4());
            error.set(None);
        }
    });
    let total = Memo::new(move |_| chosen.with(|chosen| choice::total(&known, chosen)));
    let label = move || {
        let tickets = i32::try_from(chosen.with(Chosen::len)).unwrap_or(i32::MAX);
        match (tickets, total.get()) {
            (0, _) => t!(buy.choose).to_owned(),
            (tickets, total) if !refunds || total.is_zero() => {
                t!(orders.give_back, tickets = format::tickets(tickets))
            }
            (tickets, total) => {
                t!(
                    orders.refund_for,
                    tickets = format::tickets(tickets),
                    price = format::money(total)
                )
            }
        }
    };
    let send = move |()| {
        busy.set(true);
        error.set(None);
        let body = RefundTickets {
            tickets: chosen.with_untracked(|chosen| chosen.iter().copied().collect()),
        };
        let count = format::Count(i32::try_from(body.tickets.len()).unwrap_or(i32::MAX));
        spawn_local(async move {
            let answer = api::refund(order, key.get_value(), &body).await;
            busy.try_set(false);
            match answer {
                Ok(refund) => {
                    feeds.orders.refresh();
                    feeds.tickets.expire();
                    feeds.events.expire();
                    open.reload();
                    let text = match refunds {
                        true => t!(orders.refunded, count = count),
                        false => t!(orders.went_back, count = count),
                    };
                    toasts.say_with_link(text, t!(orders.view_refund), route::order(refund.id));
                    on_done.run();
                }
                Err(refused) => {
                    // What was chosen is not what it seemed.
                    if refused.code().is_some_and(|code| code != Code::Busy) {
                        quote.reload();
                    }
                    error.try_set(Some(refused.to_string()));
                }
            }
        });
    };
    view! {
        <div class="pay">
            <p class="form__error" role="alert">
                {error}
            </p>
            <p class="visually-hidden" aria-live="polite">
                {label}
            </p>
            <Button
                wide=true
                kind=Kind::Danger
                busy=busy
                disabled=Signal::derive(move || chosen.with(Chosen::is_empty))
                on_press=send
            >
                {label}
            </Button>
        </div>
    }
}
