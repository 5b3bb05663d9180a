use api::EventId;
use leptos::prelude::*;

use crate::api::server_url;
use crate::poster;

/// An event's picture: the organizer's, else the poster drawn from the event's id. Decorative: the
/// title is always beside it.
#[component]
pub(crate) fn Cover(id: EventId, cover_url: Option<String>) -> impl IntoView {
    match cover_url {
        Some(path) => view! {
            <img class="cover" src=server_url(&path) alt="" loading="lazy" decoding="async" />
        }
        .into_any(),
        None => {
            let side = poster::SIDE;
            view! {
                <svg
                    class="cover"
                    viewBox=format!("0 0 {side} {side}")
                    preserveAspectRatio="xMidYMid slice"
                    aria-hidden="true"
                    inner_html=poster::draw(id)
                ></svg>
            }
            .into_any()
        }
    }
}
