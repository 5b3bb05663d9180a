use std::future::Future;

use ::api::EventId;
use ::api::guests::{Guest, Revoke};
use ::api::tickets::TicketState;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::row::badge;
use crate::api::Error;
use crate::components::{Badge, Button, Kind, Sheet, TextArea, use_toasts};
use crate::{api, format};

/// One guest's ticket, and what can be done about it. Closing it tells whether something was.
#[component]
pub(super) fn GuestSheet(
    event: EventId,
    guest: Guest,
    #[prop(into)] on_close: Callback<bool>,
) -> impl IntoView {
    let badge = badge(&guest).map(|(tone, text)| view! { <Badge tone=tone text=text /> });
    let price = if guest.comp {
        "given".to_owned()
    } else {
        format::price(guest.paid)
    };
    let about = format!("No. {} · {} · {price}", guest.number, guest.ticket_type);
    let reason = guest
        .revoked_because
        .clone()
        .map(|reason| view! { <p>{format!("Taken back: “{reason}”")}</p> });
    let can_refund = guest.state.is_live() && !guest.comp;
    let can_revoke = guest.state == TicketState::Valid;
    view! {
        <Sheet title=guest.name.clone() on_close=move |()| on_close.run(false)>
            <div class="guest-sheet">
                {badge}
                <p class="muted">{guest.email.clone()}</p>
                <p>{about}</p>
                {guest.from.clone().map(|from| view! { <p class="muted">{format!("From {from}")}</p> })}
                {reason}
            </div>
            {can_refund
                .then(|| view! { <RefundGuest event=event guest=guest.clone() on_done=on_close /> })}
            {can_revoke.then(|| view! { <RevokeGuest event=event guest=guest on_done=on_close /> })}
        </Sheet>
    }
}

#[component]
fn RefundGuest(event: EventId, guest: Guest, on_done: Callback<bool>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let number = guest.number;
    let toasts = use_toasts();
    let refund = move |()| {
        run(
            busy,
            api::refund_guest(event, number),
            move |answer| match answer {
                Ok(_) => {
                    toasts.say(format!("Ticket {number} is refunded."));
                    on_done.try_run(true);
                }
                Err(error) => toasts.say(error.to_string()),
            },
        );
    };
    let label = if guest.paid.is_zero() {
        "Give the ticket back".to_owned()
    } else {
        format!("Refund {}", format::money(guest.paid))
    };
    view! {
        <section class="guest-sheet__action">
            <p class="muted">
                "The money goes to whoever paid. The ticket is no longer good, and its place can be sold again."
            </p>
            <Button kind=Kind::Danger busy=busy on_press=refund>
                {label}
            </Button>
        </section>
    }
}

#[component]
fn RevokeGuest(event: EventId, guest: Guest, on_done: Callback<bool>) -> impl IntoView {
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
            error.set(errors.0.get("reason").cloned());
            return;
        }
        error.set(None);
        let revoke = async move { api::revoke_guest(event, number, &body).await };
        run(busy, revoke, move |answer| match answer {
            Ok(_) => {
                toasts.say(format!("Ticket {number} is taken back."));
                on_done.try_run(true);
            }
            Err(refused) => {
                error.try_set(Some(refused.to_string()));
            }
        });
    };
    let money = if guest.comp {
        "Its place can be given or sold again."
    } else {
        "No money goes back; its place can be sold again."
    };
    view! {
        <form class="guest-sheet__action" novalidate on:submit=send>
            <p class="muted">"Or take the ticket back. " {money}</p>
            <TextArea id="revoke-reason" label="Why? The holder reads this." value=reason error=error />
            <div>
                <Button submit=true kind=Kind::Danger busy=busy>
                    "Revoke ticket"
                </Button>
            </div>
        </form>
    }
}

fn run(
    busy: RwSignal<bool>,
    action: impl Future<Output = Result<Guest, Error>> + 'static,
    done: impl FnOnce(Result<Guest, Error>) + 'static,
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
