use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{ErrorState, More, Skeleton, SkeletonShape, Stale};
use crate::connection::when_back;
use crate::feed::Feed;

/// Around an endless list: its outline, what went wrong, what to do when it is empty, and more.
#[component]
pub(crate) fn FeedFrame<T, E>(
    feed: Feed<T>,
    skeleton: SkeletonShape,
    empty: impl Fn() -> E + Send + Sync + 'static,
    children: Children,
) -> impl IntoView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
    E: IntoView + 'static,
{
    let retry = Callback::new(move |()| feed.refresh());
    when_back(feed.error, Box::new(move || feed.refresh()));
    let stale = move || {
        let error = feed.error.get()?;
        let as_of = feed.as_of.get();
        feed.loaded.get().then(|| {
            view! { <Stale error=error as_of=as_of on_retry=retry /> }
        })
    };
    let instead = move || {
        if feed.loaded.get() {
            return feed.entries.with(Vec::is_empty).then(|| empty().into_any());
        }
        Some(match feed.error.get() {
            Some(error) => {
                view! { <ErrorState error=error busy=feed.loading on_retry=retry /> }.into_any()
            }
            None => view! { <Skeleton shape=skeleton /> }.into_any(),
        })
    };
    view! {
        <div class="feed" aria-busy=move || feed.loading.get().then_some("true")>
            {stale}
            {instead}
            {children()}
            <Show when=move || feed.has_more()>
                <More busy=feed.loading_more on_more=move |()| feed.more() />
            </Show>
        </div>
    }
}
