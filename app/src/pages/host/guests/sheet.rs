use std::future::Future;

use ::api::EventId;
use ::api::door::Scan;
use ::api::guests::{Guest, Revoke};
use ::api::tickets::TicketState;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::refund::{self, RefundGuest};
use super::row::badge;
use crate::api::Error;
use crate::components::{Badge, Button, Kind, Sheet, TextArea, use_toasts};
use crate::focus::focus_in_place;
use crate::history::Close;
use crate::pages::host::door::words;
use crate::{api, format};

/// One guest's ticket, and what can be done about it.
#[component]
pub(super) fn GuestSheet(
    event: EventId,
    guest: Guest,
    #[prop(into)] on_change: Callback<()>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let close = Close::new(move || on_close.run(()));
    let done = Callback::new(move |()| {
        on_change.run(());
        close.run();
    });
    let badge = badge(&guest).map(|(tone, text)| view! { <Badge tone=tone text=text /> });
    let price = if guest.comp {
        t!(guests.given).to_owned()
    } else {
        format::price(guest.price)
    };
    let about = t!(
        guests.about_paid,
        number = guest.number,
        kind = &guest.ticket_type,
        price = price
    );
    let due = guest
        .due
        .map(|due| view! { <p>{t!(guests.due, price = format::money(due))}</p> });
    let reason = guest
        .revoked_because
        .clone()
        .map(|reason| view! { <p dir="auto">{t!(guests.taken_back_because, reason = reason)}</p> });
    let refunding = RwSignal::new(false);
    let keep = move |()| {
        refunding.set(false);
        request_animation_frame(|| focus(REFUND));
    };
    view! {
        <Sheet title=guest.name.clone() on_close=close>
            <div class="guest-sheet">
                {badge}
                <p class="muted">{guest.email.clone()}</p>
                <p dir="auto">{about}</p>
                {due}
                {guest.from.clone().map(|from| view! { <p class="muted" dir="auto">{t!(guests.from_buyer, name = from)}</p> })}
                {reason}
            </div>
            {move || {
                let guest = guest.clone();
                match refunding.get() {
                    true => view! {
                        <RefundGuest event=event guest=guest on_keep=keep on_done=done />
                    }
                    .into_any(),
                    false => view! {
                        <Actions event=event guest=guest refunding=refunding on_done=done />
                    }
                    .into_any(),
                }
            }}
        </Sheet>
    }
}

/// The button that leads to the refund.
const REFUND: &str = "guest-refund";

fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        focus_in_place(&element);
    }
}

/// What can be done about the ticket as it stands.
#[component]
fn Actions(
    event: EventId,
    guest: Guest,
    refunding: RwSignal<bool>,
    on_done: Callback<()>,
) -> impl IntoView {
    let can_refund = guest.state.is_live() && !guest.comp;
    let can_revoke = guest.state == TicketState::Valid;
    let ask = match refund::is_paid(&guest) {
        true => t!(guests.refund_ask),
        false => t!(guests.cancel_ask),
    };
    let refund = can_refund.then(|| {
        view! {
            <section class="guest-sheet__action">
                <Button
                    id=REFUND
                    kind=Kind::Quiet
                    on_press=move |()| refunding.set(true)
                >
                    {ask}
                </Button>
            </section>
        }
    });
    view! {
        <Admission event=event guest=guest.clone() on_done=on_done />
        {refund}
        {can_revoke.then(|| view! { <RevokeGuest event=event guest=guest on_done=on_done /> })}
    }
}

/// Letting a guest in who cannot show the ticket, and taking that back.
#[component]
fn Admission(event: EventId, guest: Guest, on_done: Callback<()>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let (number, toasts) = (guest.number, use_toasts());
    let let_in = move |()| {
        let scan = Scan {
            nonce: Uuid::new_v4(),
            code: None,
            number: Some(number),
            gate: String::new(),
        };
        let ask = async move { api::check_in(event, &scan).await };
        run(busy, ask, move |answer| match answer {
            Ok(answer) => {
                toasts.say(words::sentence(&answer));
                on_done.try_run(());
            }
            Err(error) => toasts.say(error.to_string()),
        });
    };
    let undo = move |check_in| {
        run(
            busy,
            api::undo_check_in(event, check_in),
            move |answer| match answer {
                Ok(()) => {
                    toasts.say(t!(door.undone_text));
                    on_done.try_run(());
                }
                Err(error) => toasts.say(error.to_string()),
            },
        );
    };
    let action = match (guest.state, guest.check_in) {
        (TicketState::Valid, _) if !guest.waiting => {
            view! { <Button busy=busy on_press=let_in>{t!(guests.let_in)}</Button> }.into_any()
        }
        (TicketState::CheckedIn, Some(check_in)) => view! {
            <Button kind=Kind::Quiet busy=busy on_press=move |()| undo(check_in)>
                {t!(guests.undo_check_in)}
            </Button>
        }
        .into_any(),
        _ => return ().into_any(),
    };
    view! { <section class="guest-sheet__action">{action}</section> }.into_any()
}

#[component]
fn RevokeGuest(event: EventId, guest: Guest, on_done: Callback<()>) -> impl IntoView {
    let (busy, reason) = (RwSignal::new(false), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<String>);
    let number = guest.number;
    let toasts = use_toasts();
    let send = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let body = Revoke {
            reason: reason.get_untracked(),
        };
        if let Err(errors) = body.validate() {
            error.set(errors.0.get("reason").map(|said| api::sentence(said)));
            return;
        }
        error.set(None);
        let revoke = async move { api::revoke_guest(event, number, &body).await };
        run(busy, revoke, move |answer| match answer {
            Ok(_) => {
                toasts.say(t!(guests.is_taken_back, number = number));
                on_done.try_run(());
            }
            Err(refused) => {
                error.try_set(Some(refused.to_string()));
            }
        });
    };
    let money = if guest.comp {
        t!(guests.place_again)
    } else {
        t!(guests.no_money)
    };
    view! {
        <form class="guest-sheet__action" novalidate on:submit=send>
            <p class="muted">{t!(guests.or_take_back)} " " {money}</p>
            <TextArea id="revoke-reason" label=t!(guests.why) value=reason error=error />
            <div>
                <Button submit=true kind=Kind::Danger busy=busy>
                    {t!(guests.revoke)}
                </Button>
            </div>
        </form>
    }
}

pub(super) fn run<T: 'static>(
    busy: RwSignal<bool>,
    action: impl Future<Output = Result<T, Error>> + 'static,
    done: impl FnOnce(Result<T, Error>) + 'static,
) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        let answer = action.await;
        busy.try_set(false);
        done(answer);
    });
}
