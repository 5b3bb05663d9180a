//! Whether the server can be reached. While it cannot, it is asked again and again, ever less often;
//! once it answers, the screens load what they could not.

use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Error};
use crate::listen::on_window;
use crate::retry::Backoff;

const BACKOFF: Backoff = Backoff {
    first_ms: 3_000,
    last_ms: 30_000,
};

thread_local! {
    static REACHED: ArcRwSignal<bool> = ArcRwSignal::new(true);
}

/// Something was asked of the server, and it answered or not.
pub(crate) fn note(reached: bool) {
    let before =
        REACHED.with(|state| state.try_update_untracked(|state| std::mem::replace(state, reached)));
    if before == Some(reached) {
        return;
    }
    REACHED.with(ArcRwSignal::notify);
    if !reached {
        spawn_local(ask_until_reached());
    }
}

fn is_reached() -> bool {
    REACHED.with(ArcRwSignal::get_untracked)
}

async fn ask_until_reached() {
    let (mut attempt, mut asked) = (0, None);
    while !is_reached() {
        TimeoutFuture::new(BACKOFF.pause(attempt, asked)).await;
        attempt += 1;
        if !is_reached() {
            asked = api::is_alive().await;
        }
    }
}

/// Asks at once when the device finds a network, or the person comes back to the app.
pub(crate) fn watch_connection() {
    on_window(ev::online, |_| ask_now());
    on_return(Box::new(ask_now));
}

fn ask_now() {
    if !is_reached() {
        spawn_local(async {
            api::is_alive().await;
        });
    }
}

/// Calls `again` when the person comes back to the app, until the screen is left.
pub(crate) fn on_return(again: Box<dyn Fn()>) {
    on_window(ev::visibilitychange, move |_| {
        if !document().hidden() {
            again();
        }
    });
}

/// Calls `again` when the server is back after `error` said that it is gone.
pub(crate) fn when_back(error: RwSignal<Option<Error>>, again: Box<dyn Fn()>) {
    let reached: RwSignal<bool> = REACHED.with(|state| state.clone().into());
    Effect::new(move |before: Option<bool>| {
        let reached = reached.get();
        let gone = error.with_untracked(|error| *error == Some(Error::Unreachable));
        if before == Some(false) && reached && gone {
            again();
        }
        reached
    });
}
