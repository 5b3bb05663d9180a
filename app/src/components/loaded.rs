use std::sync::Arc;

use leptos::prelude::*;

use super::{ErrorState, Skeleton, SkeletonShape, Stale};
use crate::fetch::Fetch;

/// Something from the server in every state: outline, error with Retry, or the thing itself, with
/// a note while it cannot be brought up to date.
#[component]
pub(crate) fn Loaded<T, V>(
    fetch: Fetch<T>,
    skeleton: SkeletonShape,
    /// Whether it is the whole screen, so that an error has its heading.
    #[prop(default = true)]
    whole: bool,
    /// Whether something is typed or chosen in it: then news of the same thing leave it as it is.
    #[prop(optional)]
    once: bool,
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children = Arc::new(children);
    let value = Memo::new(move |before: Option<&(u32, Option<T>)>| {
        let now = (fetch.thing.get(), fetch.value.get());
        let is_news = |before: &&(u32, Option<T>)| {
            once && before.0 == now.0 && before.1.is_some() && now.1.is_some()
        };
        before.filter(is_news).cloned().unwrap_or(now)
    });
    let retry = Callback::new(move |()| fetch.reload());
    let stale = move || {
        let error = fetch.error.get()?;
        let as_of = fetch.as_of.get();
        value.with(|(_, value)| value.is_some()).then(|| {
            view! { <Stale error=error as_of=as_of on_retry=retry /> }
        })
    };
    let content = move || match value.get().1 {
        Some(value) => children(value).into_any(),
        None => match fetch.error.get() {
            Some(error) => {
                view! { <ErrorState error=error busy=fetch.loading on_retry=retry whole=whole /> }
                    .into_any()
            }
            None => view! { <Skeleton shape=skeleton /> }.into_any(),
        },
    };
    view! {
        {stale}
        {content}
    }
}
