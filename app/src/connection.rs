//! Whether the server can be reached. While it cannot, it is asked again and again, ever less often;
//! once it answers, the screens load what they could not.

use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Error};
use crate::listen::on_window;

/// How long until it is asked for the first time, and at most.
const FIRST_MS: u32 = 2_000;
const LAST_MS: u32 = 30_000;

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
    let mut pause = FIRST_MS;
    while !is_reached() {
        TimeoutFuture::new(pause).await;
        // Not all at the same moment when a server comes back.
        pause = (pause + pause / 2).min(LAST_MS - (js_sys::Math::random() * 5_000.0) as u32);
        if !is_reached() {
            api::is_alive().await;
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
        spawn_local(api::is_alive());
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
