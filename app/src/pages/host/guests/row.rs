use ::api::guests::Guest;
use ::api::tickets::TicketState;
use leptos::prelude::*;

use crate::components::{Badge, Icon, Tone};

/// A guest in the list; pressing it opens what can be done.
#[component]
pub(super) fn GuestRow(guest: Guest, #[prop(into)] on_open: Callback<Guest>) -> impl IntoView {
    let about = format!("No. {} · {}", guest.number, guest.ticket_type);
    let from = guest
        .from
        .as_ref()
        .map(|from| view! { <span>{format!(" · from {from}")}</span> });
    let email = guest.email.clone().filter(|email| *email != guest.name);
    let badge = badge(&guest).map(|(tone, text)| view! { <Badge tone=tone text=text /> });
    view! {
        <button class="guest" type="button" on:click={
            let guest = guest.clone();
            move |_| on_open.run(guest.clone())
        }>
            <span class="guest__text">
                <span class="guest__name">{guest.name.clone()}</span>
                {email.map(|email| view! { <span class="guest__note">{email}</span> })}
                <span class="guest__note">{about} {from}</span>
            </span>
            {badge}
            <Icon icon=icondata::LuChevronRight />
        </button>
    }
}

/// What is not as usual about a ticket.
pub(super) fn badge(guest: &Guest) -> Option<(Tone, &'static str)> {
    match guest.state {
        TicketState::Valid if guest.waiting => Some((Tone::Warn, "Not accepted yet")),
        TicketState::Valid => guest.comp.then_some((Tone::Neutral, "Given")),
        TicketState::CheckedIn => Some((Tone::Good, "Inside")),
        TicketState::Refunded => Some((Tone::Neutral, "Refunded")),
        TicketState::Revoked => Some((Tone::Bad, "Revoked")),
    }
}
