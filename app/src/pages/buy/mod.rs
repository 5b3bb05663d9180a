//! Buying: choose, sign in where needed, pay, learn the outcome. Closing the sheet is Back.

mod outcome;
mod promo;
mod row;

use ::api::events::EventDetail;
use ::api::orders::QUANTITY_MAX;
use i18n::t;
use leptos::prelude::*;

use crate::choice::Choice;
use crate::components::{
    Button, ErrorState, Kind, Sheet, Skeleton, SkeletonShape, Steady, use_toasts,
};
use crate::focus::{focus_first, focus_soon};
use crate::history::{Close, use_go_back, use_replace};
use crate::pages::event::{OpenEvent, use_open_event};
use crate::pages::later;
use crate::pages::you::{AuthForm, AuthMode};
use crate::purchase::{Phase, Purchase, Purpose, Refusal, use_purchase};
use crate::session::use_session;
use crate::{cart, format, route};
pub(crate) use outcome::Outcome;
pub(crate) use promo::{Promo, PromoCode, PromoField};
use row::Row;

#[component]
pub(crate) fn BuySheet() -> impl IntoView {
    let open = use_open_event();
    let purchase = use_purchase();
    let event_id = Memo::new(move |_| {
        let event = open.fetch.value;
        event.with(|event| event.as_ref().map(|event| event.summary.id))
    });
    let go_back = use_go_back();
    let close = Close::by_address(move || {
        let above = event_id
            .get_untracked()
            .map_or(route::EVENTS.to_owned(), route::event);
        go_back(&above);
    });
    show_confirmation(event_id, purchase);
    let retry = move |()| open.fetch.reload();
    let content = move || match event_id.get() {
        Some(_) => view! { <Choosing open=open purchase=purchase close=close /> }.into_any(),
        None => match open.fetch.error.get() {
            Some(error) => {
                view! { <ErrorState error=error busy=open.fetch.loading on_retry=retry /> }
                    .into_any()
            }
            None => view! { <Skeleton shape=SkeletonShape::Rows /> }.into_any(),
        },
    };
    view! {
        <Sheet title=t!(events.get_tickets) on_close=close tall=true>
            {content}
        </Sheet>
    }
}

/// Leaves for the confirmation as soon as this event's order is placed.
fn show_confirmation(event_id: Memo<Option<::api::EventId>>, purchase: Purchase) {
    let replace = use_replace();
    Effect::new(move || {
        if let Some(id) = event_id.get() {
            purchase.watch(Purpose::Event(id));
        }
    });
    Effect::new(move || {
        let ours = event_id.get().map(Purpose::Event) == purchase.purpose.get();
        if let (true, Phase::Placed(order)) = (ours, purchase.phase.get()) {
            purchase.settle();
            replace(&route::confirmation(order));
        }
    });
    on_cleanup(move || purchase.settle());
}

#[component]
fn Choosing(open: OpenEvent, purchase: Purchase, close: Close) -> impl IntoView {
    let session = use_session();
    let now = Memo::new(move |_| open.now());
    let Some(first) = now.get_untracked() else {
        return ().into_any();
    };
    let choice = RwSignal::new(Choice::of(&first));
    let signing_in = RwSignal::new(false);
    let order = Memo::new(move |_| {
        let event = now.get()?;
        let chosen = choice.get();
        (!chosen.is_empty()).then(|| chosen.order(&event))
    });
    let promo = Promo::new(order, move |id| {
        now.with_untracked(|event| {
            let mut kinds = event.as_ref()?.ticket_types.iter();
            Some(kinds.find(|kind| kind.id == id)?.name.clone())
        })
    });
    learn_from_refusals(open, choice, purchase);
    Effect::new(move || {
        if session.user_id().is_some() {
            signing_in.set(false);
        }
    });
    let start = move || {
        let (Some(event), Some(user)) = (now.get_untracked(), session.user_id()) else {
            return signing_in.set(true);
        };
        let body = choice.with_untracked(|choice| choice.order(&event));
        purchase.start(user, Purpose::Event(event.summary.id), promo.on(body));
    };
    let purpose = Memo::new(move |_| Some(Purpose::Event(now.get()?.summary.id)));
    let take = move |(id, left)| choice.update(|choice: &mut Choice| choice.set(id, left));
    let rows = move || {
        let kinds = first.ticket_types.iter().map(|kind| kind.id);
        kinds
            .map(|id| view! { <Row id=id now=now choice=choice /> })
            .collect_view()
    };
    view! {
        <Show
            when=move || signing_in.get() && session.user_id().is_none()
            fallback=move || {
                view! {
                    <ul class="rows">{rows.clone()()}</ul>
                    <PromoField promo=promo />
                    <div class="pay">
                        <Outcome purchase=purchase purpose=purpose name=|_| None on_take=take />
                        <Pay
                            now=now
                            choice=choice
                            promo=promo
                            purchase=purchase
                            on_pay=move |()| start()
                        />
                        <AddToCart now=now choice=choice on_done=close />
                    </div>
                }
            }
        >
            {later::sign_in_step()}
        </Show>
    }
    .into_any()
}

/// After a refusal the event is not what it seemed: it is loaded again, and what is gone is no
/// longer chosen. Where fewer are left than wanted, that is the person's to decide.
fn learn_from_refusals(open: OpenEvent, choice: RwSignal<Choice>, purchase: Purchase) {
    let phase = purchase.phase;
    Effect::new(move || {
        if let Phase::Refused(_) = phase.get() {
            open.fetch.reload();
        }
    });
    Effect::new(move || match (phase.get(), open.now()) {
        (Phase::Refused(Refusal::SoldOut { left: 1.., .. }), _) => {}
        (Phase::Refused(_), Some(event)) => choice.update(|choice| {
            choice.trim(&event);
        }),
        _ => {}
    });
}

/// Stands in for what is being bought until the person is signed in. The keyboard goes to it, and
/// back to the beginning of what is being bought after it.
#[component]
pub(crate) fn SignInStep() -> impl IntoView {
    focus_soon(|| focus_first("#sign-in-step"));
    view! {
        <p class="muted" id="sign-in-step" tabindex="-1">
            {t!(buy.sign_in)}
        </p>
        <AuthForm mode=RwSignal::new(AuthMode::CreateAccount) on_done=|()| () />
    }
}

/// The total, and the button that says it.
#[component]
fn Pay(
    now: Memo<Option<EventDetail>>,
    choice: RwSignal<Choice>,
    promo: Promo,
    purchase: Purchase,
    #[prop(into)] on_pay: Callback<()>,
) -> impl IntoView {
    let busy = Memo::new(move |_| purchase.phase.with(Phase::is_under_way));
    let sum = move || {
        let event = now.get()?;
        let (tickets, total) = choice.with(|choice| (choice.tickets(), choice.total(&event)));
        Some((tickets, promo.total().unwrap_or(total)))
    };
    let label = move || {
        let (tickets, total) = sum()?;
        Some(match tickets {
            0 => t!(buy.choose).to_owned(),
            _ if total.is_zero() => t!(buy.get_free).to_owned(),
            _ => t!(buy.get_for, price = format::money(total)),
        })
    };
    let words = |tickets: i32, free: bool| match (tickets, free) {
        (0, _) => String::new(),
        (tickets, true) => format::tickets(tickets),
        (tickets, false) => t!(buy.pay_at_door, tickets = format::tickets(tickets)),
    };
    let summary = Signal::derive(move || {
        let sum = sum().map(|(tickets, total)| words(tickets, total.is_zero()));
        sum.unwrap_or_default()
    });
    let longest = Signal::derive(move || {
        let costs =
            |event: EventDetail| event.ticket_types.iter().any(|kind| !kind.price.is_zero());
        vec![words(QUANTITY_MAX, !now.get().is_some_and(costs))]
    });
    // The total is on the button, which is not read out when it changes.
    let spoken = move || {
        let (tickets, total) = sum()?;
        (tickets > 0).then(|| format::money(total))
    };
    view! {
        <p class="pay__summary" aria-live="polite">
            <Steady text=summary longest=longest /> <span class="visually-hidden">{spoken}</span>
        </p>
        <Button
            wide=true
            busy=busy
            disabled=Signal::derive(move || choice.with(Choice::is_empty))
            on_press=on_pay
        >
            {label}
        </Button>
    }
}

/// For those who want more than this event's tickets in one order.
#[component]
fn AddToCart(
    now: Memo<Option<EventDetail>>,
    choice: RwSignal<Choice>,
    on_done: Close,
) -> impl IntoView {
    let toasts = use_toasts();
    let refused = RwSignal::new(None::<&'static str>);
    let added = StoredValue::new(false);
    // The sheet is closed by going back, which would take back a step to the cart before it.
    on_cleanup(move || {
        if added.try_get_value() == Some(true) {
            toasts.say_with_link(t!(buy.in_cart), t!(buy.view_cart), route::CART.to_owned());
        }
    });
    let add = move |()| {
        let Some(event) = now.get_untracked() else {
            return;
        };
        match choice.with_untracked(|choice| cart::put(&event, choice)) {
            Ok(()) => {
                added.set_value(true);
                on_done.run();
            }
            Err(why) => refused.set(Some(why)),
        }
    };
    view! {
        <p class="form__error" role="alert">
            {refused}
        </p>
        <Button
            kind=Kind::Plain
            disabled=Signal::derive(move || choice.with(Choice::is_empty))
            on_press=add
        >
            {t!(buy.add_to_cart)}
        </Button>
    }
}
