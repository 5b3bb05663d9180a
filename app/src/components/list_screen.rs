use i18n::t;
use leptos::html;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{Heading, IconButton, PullToRefresh};
use crate::connection::on_return;
use crate::feed::Feed;
use crate::refresh::use_refresh;
use crate::scroll::remember_scroll;

/// The list of a tab: heading, Refresh by button and by pull, and a place that is kept.
#[component]
pub(crate) fn ListScreen<T>(
    /// Of the tab; its scroll position is kept under it.
    title: &'static str,
    feed: Feed<T>,
    /// What it is besides a list screen.
    class: &'static str,
    /// What can be done here besides, at the end of the header.
    #[prop(optional, into)]
    action: ViewFn,
    children: Children,
) -> impl IntoView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let refresh = use_refresh();
    let pane = NodeRef::<html::Div>::new();
    let scrolled = remember_scroll(title, pane);
    Effect::new(move |first: Option<()>| {
        refresh.track();
        if first.is_some() {
            feed.refresh();
        }
    });
    on_return(Box::new(move || feed.refresh_if_old()));
    view! {
        <div class="pane" node_ref=pane on:scroll=move |_| scrolled()>
            <PullToRefresh pane=pane busy=feed.loading on_refresh=move |()| refresh.all()>
                <div class=format!("list {class}")>
                    <header class="list__header">
                        <Heading text=title />
                        <div class="list__actions">
                            <IconButton
                                icon=icondata::LuRefreshCw
                                label=t!(common.refresh)
                                on_press=move || refresh.all()
                            />
                            {move || action.run()}
                        </div>
                    </header>
                    {children()}
                </div>
            </PullToRefresh>
        </div>
    }
}
