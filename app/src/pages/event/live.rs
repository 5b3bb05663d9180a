use ::api::EventId;
use ::api::events::LiveStock;
use futures::StreamExt;
use futures::future::abortable;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::listen::on;

/// Keeps `stock` up to date until the screen is left, while it can be seen: a browser opens few
/// connections to a server, and what is hidden would keep the rest waiting.
pub(super) fn follow_stock(id: Memo<Option<EventId>>, stock: RwSignal<Option<LiveStock>>) {
    let seen = RwSignal::new(!document().hidden());
    on(&document(), ev::visibilitychange, move |_| {
        seen.set(!document().hidden());
    });
    Effect::new(move || {
        id.track();
        stock.set(None);
    });
    Effect::new(move || {
        if let (Some(id), true) = (id.get(), seen.get()) {
            follow(id, stock);
        }
    });
}

/// Until the effect it is called in runs again.
fn follow(id: EventId, stock: RwSignal<Option<LiveStock>>) {
    let (following, stop) = abortable(async move {
        let Some(mut news) = api::live_stock(id) else {
            return;
        };
        while let Some(latest) = news.next().await {
            stock.try_set(Some(latest));
        }
    });
    spawn_local(async move {
        let _stopped = following.await;
    });
    on_cleanup(move || stop.abort());
}
