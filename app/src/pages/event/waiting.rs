use std::time::Duration;

use ::api::waiting::{Offer, WaitingPlace};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use super::{OpenEvent, use_open_event};
use crate::components::{Button, Kind, use_toasts};
use crate::feed::use_feeds;
use crate::{api, format, route};

/// How often one's place is asked for while it is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// One's places on the waiting list of the event, and what is held for one.
#[component]
pub(crate) fn WaitingPlaces() -> impl IntoView {
    let open = use_open_event();
    let waiting = open.waiting;
    let again = move || {
        let waits = waiting
            .value
            .with_untracked(|places| places.as_ref().is_some_and(|places| !places.is_empty()));
        if waits && !waiting.loading.get_untracked() && !document().hidden() {
            waiting.reload();
        }
    };
    if let Ok(timer) = set_interval_with_handle(again, EVERY) {
        on_cleanup(move || timer.clear());
    }
    let places = Memo::new(move |_| waiting.value.get().unwrap_or_default());
    move || {
        let place = |place: WaitingPlace| view! { <Place place=place open=open /> };
        places.get().into_iter().map(place).collect_view()
    }
}

#[component]
fn Place(place: WaitingPlace, open: OpenEvent) -> impl IntoView {
    let (toasts, feeds) = (use_toasts(), use_feeds());
    let navigate = use_navigate();
    let busy = RwSignal::new(false);
    let id = place.id;
    let leave = move |()| {
        busy.set(true);
        spawn_local(async move {
            if let Err(error) = api::leave_waiting_list(id).await {
                toasts.say(error.to_string());
            }
            busy.try_set(false);
            open.waiting.reload();
        });
    };
    let take = move |()| {
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = api::take_offer(id).await;
            busy.try_set(false);
            match answer {
                Ok(order) => {
                    feeds.tickets.expire();
                    feeds.orders.expire();
                    navigate(&route::confirmation(order.id), Default::default());
                }
                Err(error) => toasts.say(error.to_string()),
            }
            open.waiting.reload();
        });
    };
    let what = format!("{} × {}", place.quantity, place.ticket_type);
    let (title, text) = words(&place, &what, open);
    let action = match place.offer {
        Some(Offer { total, .. }) => {
            let label = if total.is_zero() {
                "Take it".to_owned()
            } else {
                format!("Take for {}", format::money(total))
            };
            view! {
                <Button busy=busy on_press=take>
                    {label}
                </Button>
                <Button kind=Kind::Plain busy=busy on_press=leave>
                    "Let go"
                </Button>
            }
            .into_any()
        }
        None => view! {
            <Button kind=Kind::Plain busy=busy on_press=leave>
                "Leave the list"
            </Button>
        }
        .into_any(),
    };
    view! {
        <section class="waiting" class:waiting--held=place.offer.is_some() aria-live="polite">
            <p class="waiting__title">{title}</p>
            <p class="muted">{text}</p>
            <div class="actions">{action}</div>
        </section>
    }
}

fn words(place: &WaitingPlace, what: &str, open: OpenEvent) -> (String, String) {
    let Some(offer) = &place.offer else {
        let title = match place.ahead {
            0 => "You are next in line".to_owned(),
            1 => "1 party is before you".to_owned(),
            ahead => format!("{} parties are before you", format::count(ahead)),
        };
        let text =
            format!("Waiting for {what}. What comes back is held for you, and we write to you.");
        return (title, text);
    };
    let timezone = open.fetch.value.with_untracked(|event| {
        let event = event.as_ref();
        event.map(|event| event.summary.timezone.clone())
    });
    let until = format::clock(offer.expires_at, &timezone.unwrap_or_default());
    let text = format!("Yours until {until}. Then it is offered to the next in line.");
    (format!("{what} held for you"), text)
}
