use ::api::EventId;
use ::api::events::LiveStock;
use futures::StreamExt;
use futures::future::abortable;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;

/// Keeps `stock` up to date until the effect it is called in runs again or the screen is left.
pub(super) fn follow_stock(id: EventId, stock: RwSignal<Option<LiveStock>>) {
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
