use ::api::EventId;
use ::api::guests::{Guest, RefundGuest as Refund};
use i18n::t;
use leptos::html;
use leptos::prelude::*;

use super::sheet::run;
use crate::components::{Button, Kind, TextArea, use_toasts};
use crate::focus::focus_in_place;
use crate::{api, format};

/// Whether money was taken for the ticket, which goes back.
pub(super) fn is_paid(guest: &Guest) -> bool {
    !guest.price.is_zero() && guest.due.is_none()
}

/// Says who gets what back before it is done, and takes a message to the buyer.
#[component]
pub(super) fn RefundGuest(
    event: EventId,
    guest: Guest,
    #[prop(into)] on_keep: Callback<()>,
    on_done: Callback<()>,
) -> impl IntoView {
    let (busy, message) = (RwSignal::new(false), RwSignal::new(String::new()));
    let error = RwSignal::new(None::<String>);
    let toasts = use_toasts();
    let (number, paid) = (guest.number, is_paid(&guest));
    let heading = NodeRef::<html::H3>::new();
    heading.on_load(|heading| request_animation_frame(move || focus_in_place(&heading)));
    let send = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let body = Refund {
            message: message.get_untracked(),
        };
        if let Err(errors) = body.validate() {
            error.set(errors.0.get("message").map(|said| api::sentence(said)));
            return;
        }
        error.set(None);
        let refund = async move { api::refund_guest(event, number, &body).await };
        run(busy, refund, move |answer| match answer {
            Ok(_) => {
                toasts.say(match paid {
                    true => t!(guests.is_refunded, number = number),
                    false => t!(guests.is_cancelled, number = number),
                });
                on_done.try_run(());
            }
            Err(refused) => {
                error.try_set(Some(refused.to_string()));
            }
        });
    };
    let (title, label) = if paid {
        let label = t!(guests.refund, price = format::money(guest.price));
        (t!(guests.refund_title, number = number), label)
    } else {
        let label = t!(guests.cancel_ticket).to_owned();
        (t!(guests.cancel_title, number = number), label)
    };
    let buyer = buyer(&guest).to_owned();
    view! {
        <form class="guest-sheet__action" novalidate on:submit=send>
            <h3 class="guest-sheet__title" tabindex="-1" node_ref=heading>{title}</h3>
            <p>{money(&guest)}</p>
            <p>{consequence(&guest)}</p>
            <TextArea
                id="refund-message"
                label=t!(guests.message, name = buyer)
                value=message
                error=error
                hint=t!(guests.message_hint)
            />
            <div class="actions">
                <Button submit=true kind=Kind::Danger busy=busy>
                    {label}
                </Button>
                <Button kind=Kind::Plain on_press=on_keep>
                    {t!(guests.keep)}
                </Button>
            </div>
        </form>
    }
}

/// Who paid, or is to pay.
fn buyer(guest: &Guest) -> &str {
    guest.from.as_deref().unwrap_or(&guest.name)
}

/// Who gets what back.
fn money(guest: &Guest) -> String {
    let (name, price) = (buyer(guest), format::money(guest.price));
    match () {
        () if guest.price.is_zero() => t!(guests.was_free).to_owned(),
        () if is_paid(guest) => t!(guests.gets_back, name = name, price = price),
        () => t!(guests.nothing_paid, name = name, price = price),
    }
}

/// What becomes of the ticket, and who is told.
fn consequence(guest: &Guest) -> String {
    let buyer = buyer(guest);
    match &guest.from {
        None => t!(guests.stops_working, name = buyer),
        Some(_) => t!(
            guests.stops_working_held,
            holder = &guest.name,
            name = buyer
        ),
    }
}
