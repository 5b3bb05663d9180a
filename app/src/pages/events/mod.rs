//! Finding an event.

mod card;
mod filter;
mod list;

use leptos::html;
use leptos::prelude::*;

use crate::components::{Heading, IconButton, Panes, PullToRefresh};
use crate::feed::use_feeds;
use crate::refresh::use_refresh;
use crate::route::Tab;
use crate::scroll::remember_scroll;
use filter::{FilterBar, use_filter};
use list::EventList;

/// The list of events, and the one that is open.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let feed = use_feeds().events;
    let refresh = use_refresh();
    let filter = use_filter();
    let pane = NodeRef::<html::Div>::new();
    let scrolled = remember_scroll("events", pane);
    Effect::new(move || filter.with(|filter| filter.show(feed)));
    Effect::new(move |first: Option<()>| {
        refresh.track();
        if first.is_some() {
            feed.refresh();
        }
    });
    view! {
        <Panes tab=Tab::Events>
            <div class="pane" node_ref=pane on:scroll=move |_| scrolled()>
                <PullToRefresh pane=pane busy=feed.loading on_refresh=move |()| refresh.all()>
                    <div class="events">
                        <header class="events__header">
                            <Heading text="Events" />
                            <IconButton
                                icon=icondata::LuRefreshCw
                                label="Refresh"
                                on_press=move || refresh.all()
                            />
                        </header>
                        <FilterBar filter=filter />
                        <EventList feed=feed filter=filter />
                    </div>
                </PullToRefresh>
            </div>
        </Panes>
    }
}
