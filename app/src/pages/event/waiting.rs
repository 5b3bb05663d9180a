use std::time::Duration;

use ::api::waiting::{Offer, WaitingPlace};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

use crate::components::{Button, Kind, use_toasts};
use crate::feed::use_feeds;
use crate::fetch::Fetch;
use crate::kept::Name;
use crate::session::use_session;
use crate::{api, format, route};

/// How often one's place is asked for while it is looked at.
const EVERY: Duration = Duration::from_secs(5);

/// The places that a screen shows.
#[derive(Clone, Copy)]
pub(crate) struct Waits {
    pub(super) places: Fetch<Vec<WaitingPlace>>,
    /// Whether it has to be said which event each is at.
    pub(super) named: bool,
}

/// The places of the person who is signed in, at whatever event.
pub(crate) fn fetch_all_waiting_places() -> Fetch<Vec<WaitingPlace>> {
    let session = use_session();
    let waiting = Fetch::new(
        move || session.user_id(),
        async |user| match user {
            Some(_) => api::all_waiting_places().await,
            None => Ok(Vec::new()),
        },
    );
    waiting.prefill_kept(move || session.user_id().map(|_| Name::WaitingPlaces));
    waiting
}

/// Everything one waits for, above one's tickets. It needs no place while there is nothing.
#[component]
pub(crate) fn AllWaitingPlaces(waiting: Fetch<Vec<WaitingPlace>>) -> impl IntoView {
    provide_context(Waits {
        places: waiting,
        named: true,
    });
    let some = Memo::new(move |_| {
        waiting
            .value
            .with(|places| places.as_ref().is_some_and(|places| !places.is_empty()))
    });
    view! {
        <Show when=move || some.get()>
            <section class="waits" aria-label=t!(events.waiting_lists)>
                <WaitingPlaces />
            </section>
        </Show>
    }
}

/// One's places on waiting lists, and what is held for one.
#[component]
pub(crate) fn WaitingPlaces() -> impl IntoView {
    let Waits {
        places: waiting,
        named,
    } = expect_context();
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
        let place =
            |place: WaitingPlace| view! { <Place place=place waiting=waiting named=named /> };
        places.get().into_iter().map(place).collect_view()
    }
}

#[component]
fn Place(place: WaitingPlace, waiting: Fetch<Vec<WaitingPlace>>, named: bool) -> impl IntoView {
    let (toasts, feeds) = (use_toasts(), use_feeds());
    let navigate = use_navigate();
    let busy = RwSignal::new(false);
    let id = place.id;
    // Nothing depends on it, so it is believed at once, and undone where it fails.
    let leave = move |()| {
        let before = waiting.value.get_untracked();
        waiting.value.update(|places| {
            if let Some(places) = places {
                places.retain(|place| place.id != id);
            }
        });
        spawn_local(async move {
            if let Err(error) = api::leave_waiting_list(id).await {
                waiting.value.try_set(before);
                toasts.say(error.to_string());
            }
            waiting.reload();
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
            waiting.reload();
        });
    };
    let (title, text) = words(&place);
    let event = named.then(|| {
        let event = place.event.clone();
        view! {
            <p class="waiting__event">
                <a href=route::event(event.id) dir="auto">{event.title}</a>
                <span class="muted">
                    {format::day_and_clock(event.starts_at, &event.timezone)}
                </span>
            </p>
        }
    });
    let action = match place.offer {
        Some(Offer { total, .. }) => {
            let label = if total.is_zero() {
                t!(events.take_it).to_owned()
            } else {
                t!(events.take_for, price = format::money(total))
            };
            view! {
                <Button busy=busy on_press=take>
                    {label}
                </Button>
                <Button kind=Kind::Plain busy=busy on_press=leave>
                    {t!(events.let_go)}
                </Button>
            }
            .into_any()
        }
        None => view! {
            <Button kind=Kind::Plain busy=busy on_press=leave>
                {t!(events.leave_list)}
            </Button>
        }
        .into_any(),
    };
    view! {
        <section class="waiting" class:waiting--held=place.offer.is_some() aria-live="polite">
            {event}
            <p class="waiting__title" dir="auto">{title}</p>
            <p class="muted" dir="auto">{text}</p>
            <div class="actions">{action}</div>
        </section>
    }
}

/// What to say of a place, and below it.
pub(super) fn words(place: &WaitingPlace) -> (String, String) {
    let what = format!("{} × {}", place.quantity, place.ticket_type);
    let Some(offer) = &place.offer else {
        let title = match place.ahead {
            0 => t!(events.next_in_line).to_owned(),
            ahead => t!(events.ahead, count = format::Count(ahead)),
        };
        let text = t!(events.waiting_for, what = what);
        return (title, text);
    };
    let until = format::clock(offer.expires_at, &place.event.timezone);
    let text = t!(events.yours_until, until = until);
    (t!(events.held_for_you, what = what), text)
}
