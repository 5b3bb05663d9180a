use ::api::guests::Guest;
use ::api::tickets::TicketState;
use i18n::t;
use leptos::prelude::*;

use crate::components::{Badge, Icon, Tone};
use crate::format;

/// A guest in the list; pressing it opens what can be done.
#[component]
pub(super) fn GuestRow(guest: Guest, #[prop(into)] on_open: Callback<Guest>) -> impl IntoView {
    let about = t!(
        guests.about,
        number = guest.number,
        kind = &guest.ticket_type
    );
    let from = guest
        .from
        .as_ref()
        .map(|from| view! { <bdi>{format!(" · {}", t!(guests.from, name = from))}</bdi> });
    let email = guest.email.clone().filter(|email| *email != guest.name);
    let due = guest
        .due
        .map(|due| view! { <span class="guest__note">{t!(guests.due, price = format::money(due))}</span> });
    let badge = badge(&guest).map(|(tone, text)| view! { <Badge tone=tone text=text /> });
    view! {
        <button class="guest" type="button" on:click={
            let guest = guest.clone();
            move |_| on_open.run(guest.clone())
        }>
            <span class="guest__text">
                <span class="guest__name" dir="auto">{guest.name.clone()}</span>
                {email.map(|email| view! { <span class="guest__note">{email}</span> })}
                <span class="guest__note" dir="auto">{about} {from}</span>
                {due}
            </span>
            {badge}
            <Icon icon=icondata::LuChevronRight />
        </button>
    }
}

/// What is not as usual about a ticket.
pub(super) fn badge(guest: &Guest) -> Option<(Tone, &'static str)> {
    match guest.state {
        TicketState::Valid if guest.waiting => Some((Tone::Warn, t!(guests.not_accepted))),
        TicketState::Valid => guest.comp.then_some((Tone::Neutral, t!(guests.given))),
        TicketState::CheckedIn => Some((Tone::Good, t!(guests.inside))),
        TicketState::Refunded => Some((Tone::Neutral, t!(common.refunded))),
        TicketState::Revoked => Some((Tone::Bad, t!(common.revoked))),
    }
}
