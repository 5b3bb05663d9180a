use ::api::events::{EventSummary, When};
use leptos::prelude::*;

use super::card::EventCard;
use super::filter::Filter;
use crate::components::{
    EmptyState, ErrorState, Kind, LinkButton, More, Skeleton, SkeletonShape, Stale,
};
use crate::feed::Feed;
use crate::route;

/// The cards, or why there are none.
#[component]
pub(super) fn EventList(feed: Feed<EventSummary>, filter: Memo<Filter>) -> impl IntoView {
    let retry = Callback::new(move |()| feed.refresh());
    let stale = move || {
        let error = feed.error.get()?;
        let as_of = feed.as_of.get();
        feed.loaded.get().then(|| {
            view! { <Stale error=error as_of=as_of on_retry=retry /> }
        })
    };
    let instead = move || {
        if feed.loaded.get() {
            let empty = feed.entries.with(Vec::is_empty);
            return empty.then(|| view! { <NoEvents filter=filter /> }.into_any());
        }
        Some(match feed.error.get() {
            Some(error) => {
                view! { <ErrorState error=error busy=feed.loading on_retry=retry /> }.into_any()
            }
            None => view! { <Skeleton shape=SkeletonShape::Cards /> }.into_any(),
        })
    };
    view! {
        {stale}
        {instead}
        <ul class="cards" aria-busy=move || feed.loading.get().then_some("true")>
            <For each=move || feed.entries.get() key=|entry| entry.key let:entry>
                <li class="cards__item">
                    <EventCard event=entry.item />
                </li>
            </For>
        </ul>
        <Show when=move || feed.has_more()>
            <More busy=feed.loading_more on_more=move |()| feed.more() />
        </Show>
    }
}

/// Nothing matches: what to do instead.
#[component]
fn NoEvents(filter: Memo<Filter>) -> impl IntoView {
    let (title, text) = filter.with(|filter| {
        if !filter.query.is_empty() {
            (
                format!("Nothing for “{}”", filter.query),
                "Try fewer words, or another place.",
            )
        } else {
            match filter.when {
                When::Free => ("No free events".to_owned(), "There are others, though."),
                When::Week => ("A quiet week".to_owned(), "There is more later on."),
                When::Past => (
                    "Nothing has happened yet".to_owned(),
                    "See what is to come.",
                ),
                When::All => (
                    "No events yet".to_owned(),
                    "They appear here as soon as they are published.",
                ),
            }
        }
    });
    let narrowed = filter.with(|filter| *filter != Filter::default());
    view! {
        <EmptyState icon=icondata::LuTicket title=title text=text>
            {narrowed
                .then(|| {
                    view! {
                        <LinkButton href=route::EVENTS kind=Kind::Quiet replace=true>
                            "See all events"
                        </LinkButton>
                    }
                })}
        </EmptyState>
    }
}
