use api::orders::{OrderKind, OrderSummary};
use i18n::t;
use leptos::prelude::*;
use leptos_router::components::A;

use super::words;
use crate::components::{Badge, Cover};
use crate::{format, route};

/// A line of the ledger.
#[component]
pub(super) fn OrderRow(order: OrderSummary) -> impl IntoView {
    let (tone, state) = words::state(order.kind, order.state);
    let title = match &order.events[..] {
        [] => words::kind(order.kind).to_owned(),
        [event] => event.title.clone(),
        [event, rest @ ..] => t!(orders.and_more, title = &event.title, count = rest.len()),
    };
    let cover = order.events.first().map(|event| {
        view! { <Cover id=event.id cover_url=event.cover_url.clone() /> }
    });
    let about = format!(
        "{} · {}",
        format::tickets(order.quantity),
        format::date(order.created_at)
    );
    let kind = (order.kind != OrderKind::Purchase).then(|| words::kind(order.kind));
    view! {
        <article class="entry">
            <div class="entry__cover">{cover}</div>
            <div class="entry__text">
                <h2 class="entry__title" dir="auto">
                    <A href=route::order(order.id)>{title}</A>
                </h2>
                <p class="entry__about">{kind.map(|kind| format!("{kind} · "))} {about}</p>
                <Badge tone=tone text=state />
            </div>
            <p class="entry__total">{format::price(order.total)}</p>
        </article>
    }
}
