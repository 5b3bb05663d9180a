//! The cart: tickets of several events, bought in one order.

use ::api::orders::QUANTITY_MAX;
use ::api::{EventId, TicketTypeId};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::buy::{Outcome, Promo, PromoField};
use super::later;
use crate::cart::{Cart, CartEvent, CartLine, use_cart};
use crate::components::{
    Button, Cover, Detail, EmptyState, Heading, LinkButton, Steady, Stepper, TopBar,
};
use crate::history::use_replace;
use crate::purchase::{Phase, Purchase, Purpose, use_purchase};
use crate::session::use_session;
use crate::{api, format, route};

#[component]
pub(crate) fn CartPage() -> impl IntoView {
    let cart = use_cart();
    let purchase = use_purchase();
    show_confirmation(purchase);
    renew_prices(cart, purchase);
    // What is taken out keeps its line for as long as the screen is there.
    cart.update(Cart::prune);
    on_cleanup(move || cart.update(Cart::prune));
    let empty = Memo::new(move |_| cart.with(|cart| cart.events.is_empty()));
    let content = move || match empty.get() {
        true => view! { <Empty /> }.into_any(),
        false => view! { <Filled cart=cart purchase=purchase /> }.into_any(),
    };
    view! {
        <Detail>
            <TopBar back=route::EVENTS back_label=t!(common.all_events) />
            <div class="cart">
                <Heading text=t!(buy.cart) />
                {content}
            </div>
        </Detail>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <EmptyState
            icon=icondata::LuShoppingBag
            title=t!(buy.cart_empty)
            text=t!(buy.cart_empty_text)
        >
            <LinkButton href=route::EVENTS>{t!(common.find_events)}</LinkButton>
        </EmptyState>
    }
}

/// Leaves for the confirmation as soon as the cart's order is placed.
fn show_confirmation(purchase: Purchase) {
    let replace = use_replace();
    purchase.watch(Purpose::Cart);
    Effect::new(move || {
        let ours = purchase.purpose.get() == Some(Purpose::Cart);
        if let (true, Phase::Placed(order)) = (ours, purchase.phase.get()) {
            purchase.settle();
            replace(&route::confirmation(order));
        }
    });
    on_cleanup(move || purchase.settle());
}

/// Prices may have changed since they were added: they are asked for when the cart is opened, and
/// after a refusal.
fn renew_prices(cart: RwSignal<Cart>, purchase: Purchase) {
    Effect::new(move |first: Option<()>| {
        let refused = purchase
            .phase
            .with(|phase| matches!(phase, Phase::Refused(_)));
        if first.is_some() && !refused {
            return;
        }
        for event in cart.with_untracked(|cart| cart.events.clone()) {
            spawn_local(async move {
                if let Ok(now) = api::event(event.id).await {
                    let mut renewed = cart.get_untracked();
                    renewed.renew(&now);
                    if cart.with_untracked(|cart| *cart != renewed) {
                        cart.set(renewed);
                    }
                }
            });
        }
    });
}

#[component]
fn Filled(cart: RwSignal<Cart>, purchase: Purchase) -> impl IntoView {
    let session = use_session();
    let signing_in = RwSignal::new(false);
    let body = Memo::new(move |_| cart.with(Cart::order));
    let name = move |id: TicketTypeId| cart.with_untracked(|cart| cart.name(id));
    let promo = Promo::new(body, name);
    Effect::new(move || {
        if session.user_id().is_some() {
            signing_in.set(false);
        }
    });
    let change = Callback::new(move |(id, count): (TicketTypeId, i32)| {
        cart.update(|cart| cart.set(id, count));
    });
    let start = move |()| {
        let (Some(body), Some(user)) = (body.get_untracked(), session.user_id()) else {
            return signing_in.set(true);
        };
        purchase.start(user, Purpose::Cart, promo.on(body));
    };
    // Rows stay while their numbers change: anyone who presses one presses the same one again.
    let events = move || cart.with(|cart| cart.events.clone());
    let rows = move || {
        view! {
            <For each=events key=|event| event.id let:event>
                <EventRows event=event cart=cart on_change=change />
            </For>
        }
    };
    view! {
        <Show
            when=move || signing_in.get() && session.user_id().is_none()
            fallback=move || {
                view! {
                    {rows()}
                    <PromoField promo=promo />
                    <div class="cart__pay">
                        <Outcome
                            purchase=purchase
                            purpose=Signal::stored(Some(Purpose::Cart))
                            name=name
                            on_take=change
                        />
                        <Pay cart=cart promo=promo purchase=purchase on_pay=start />
                    </div>
                }
            }
        >
            {later::sign_in_step()}
        </Show>
    }
}

#[component]
fn EventRows(
    event: CartEvent,
    cart: RwSignal<Cart>,
    on_change: Callback<(TicketTypeId, i32)>,
) -> impl IntoView {
    let when = format::day_and_clock(event.starts_at, &event.timezone);
    let id = event.id;
    let lines = move || cart.with(|cart| lines_of(cart, id));
    view! {
        <section class="cart__event">
            <header class="cart__head">
                <div class="cart__cover">
                    <Cover id=event.id cover_url=event.cover_url />
                </div>
                <div>
                    <h2 class="cart__title" dir="auto">
                        <a href=route::event(event.id)>{event.title}</a>
                    </h2>
                    <p class="muted">{when}</p>
                </div>
            </header>
            <ul class="rows">
                <For each=lines key=|line| line.ticket_type let:line>
                    <LineRow line=line cart=cart on_change=on_change />
                </For>
            </ul>
        </section>
    }
}

fn lines_of(cart: &Cart, id: EventId) -> Vec<CartLine> {
    let event = cart.events.iter().find(|event| event.id == id);
    event.map(|event| event.lines.clone()).unwrap_or_default()
}

#[component]
fn LineRow(
    line: CartLine,
    cart: RwSignal<Cart>,
    on_change: Callback<(TicketTypeId, i32)>,
) -> impl IntoView {
    let (id, name) = (line.ticket_type, line.name.clone());
    // Until the row is gone there is a line, or was.
    let now = Memo::new(move |_| {
        cart.with(|cart| cart.line(id).cloned())
            .unwrap_or(line.clone())
    });
    let full = Memo::new(move |_| now.with(|line| line.quantity >= line.max));
    let limit = Signal::derive(move || t!(buy.per_order, max = now.with(|line| line.max)));
    let note = Signal::derive(move || {
        if full.get() {
            limit.get()
        } else {
            String::new()
        }
    });
    view! {
        <li class="row">
            <div class="row__text">
                <h3 class="row__name" dir="auto">{name.clone()}</h3>
                <p class="row__price">{move || now.with(|line| format::price(line.price))}</p>
                <p class="row__note" aria-live="polite">
                    <Steady text=note longest=Signal::derive(move || vec![limit.get()]) />
                </p>
            </div>
            <Stepper
                label=name
                value=Memo::new(move |_| now.with(|line| line.quantity))
                can_add=Signal::derive(move || !full.get())
                on_change=Callback::new(move |count| on_change.run((id, count)))
            />
        </li>
    }
}

#[component]
fn Pay(
    cart: RwSignal<Cart>,
    promo: Promo,
    purchase: Purchase,
    #[prop(into)] on_pay: Callback<()>,
) -> impl IntoView {
    let busy = Memo::new(move |_| purchase.phase.with(Phase::is_under_way));
    let total = Memo::new(move |_| promo.total().or_else(|| cart.with(Cart::total)));
    let none = Memo::new(move |_| cart.with(Cart::is_empty));
    let label = move || {
        let total = total.get()?;
        Some(match total.is_zero() {
            _ if none.get() => t!(buy.choose).to_owned(),
            true => t!(buy.get_free).to_owned(),
            false => t!(buy.get_for, price = format::money(total)),
        })
    };
    let summary = move |tickets: i32, events: i32| {
        t!(
            buy.cart_summary,
            tickets = format::tickets(tickets),
            count = format::Count(events)
        )
    };
    let now = Signal::derive(move || match none.get() {
        true => String::new(),
        false => cart.with(|cart| summary(cart.tickets(), cart.events())),
    });
    let longest = Signal::derive(move || {
        let events = i32::try_from(cart.with(|cart| cart.events.len()));
        vec![summary(QUANTITY_MAX, events.unwrap_or(i32::MAX))]
    });
    // The total is on the button, which is not read out when it changes.
    let spoken = move || total.get().map(format::money);
    view! {
        <p class="pay__summary" aria-live="polite">
            <Steady text=now longest=longest /> <span class="visually-hidden">{spoken}</span>
        </p>
        <Button wide=true busy=busy disabled=none on_press=on_pay>
            {label}
        </Button>
    }
}
