use api::EventId;
use leptos::prelude::*;

use crate::api::server_url;

/// An event's picture: the organizer's, else the poster drawn from the event's id. Decorative: the
/// title is always beside it.
#[component]
pub(crate) fn Cover(id: EventId, cover_url: Option<String>) -> impl IntoView {
    // Without a network there may be no picture.
    let shown = RwSignal::new(cover_url);
    move || match shown.get() {
        Some(path) => view! {
            <img
                class="cover"
                src=server_url(&path)
                alt=""
                loading="lazy"
                decoding="async"
                on:error=move |_| shown.set(None)
            />
        }
        .into_any(),
        None => {
            let side = poster::SIDE;
            view! {
                <svg
                    class="cover"
                    viewBox=format!("0 0 {side} {side}")
                    preserveAspectRatio=poster::FILL
                    aria-hidden="true"
                    inner_html=poster::draw(id)
                ></svg>
            }
            .into_any()
        }
    }
}
