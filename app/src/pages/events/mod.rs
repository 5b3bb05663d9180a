//! Finding an event.

mod card;
mod filter;

use std::time::Duration;

use i18n::t;
use leptos::prelude::*;

use crate::cart::{Cart, use_cart};
use crate::components::{
    Button, EmptyState, FeedFrame, Icon, Kind, LinkButton, ListScreen, Panes, SkeletonShape,
};
use crate::feed::use_feeds;
use crate::format;
use crate::route::{self, Tab};
pub(crate) use card::CardBody;
use card::EventCard;
use filter::{Filter, FilterBar, use_filter};

/// The list of events, and the one that is open.
#[component]
pub(crate) fn EventsPage() -> impl IntoView {
    let feed = use_feeds().events;
    let (filter, choose) = use_filter();
    Effect::new(move || {
        let filter = filter.get();
        // After the screen: both at once would keep a finger waiting.
        set_timeout(move || filter.show(feed), Duration::ZERO);
    });
    let empty = move || view! { <NoEvents filter=filter choose=choose /> };
    view! {
        <Panes tab=Tab::Events>
            <ListScreen title=t!(common.events) feed=feed class="events" action=|| view! { <CartLink /> }>
                <FilterBar filter=filter choose=choose />
                <FeedFrame feed=feed skeleton=SkeletonShape::Cards empty=empty>
                    <ul class="cards">
                        <For each=move || feed.entries.get() key=|entry| entry.key let:entry>
                            <li class="cards__item">
                                <EventCard event=entry.item />
                            </li>
                        </For>
                    </ul>
                </FeedFrame>
            </ListScreen>
        </Panes>
    }
}

/// The way to the cart, while there is something in it.
#[component]
fn CartLink() -> impl IntoView {
    let cart = use_cart();
    let tickets = Memo::new(move |_| cart.with(Cart::tickets));
    view! {
        <Show when=move || { tickets.get() > 0 }>
            <LinkButton href=route::CART kind=Kind::Quiet>
                <Icon icon=icondata::LuShoppingBag />
                {move || t!(events.cart, count = format::Count(tickets.get()))}
            </LinkButton>
        </Show>
    }
}

/// Nothing matches: what to do instead.
#[component]
fn NoEvents(filter: Memo<Filter>, choose: Callback<Filter>) -> impl IntoView {
    let (title, text) = filter.with_untracked(Filter::nothing);
    let narrowed = filter.with_untracked(|filter| *filter != Filter::default());
    view! {
        <EmptyState icon=icondata::LuTicket title=title text=text>
            {if narrowed {
                view! {
                    <Button kind=Kind::Quiet on_press=move |()| choose.run(Filter::default())>
                        {t!(common.see_all_events)}
                    </Button>
                }
                .into_any()
            } else {
                view! {
                    <LinkButton href=route::HOST kind=Kind::Quiet>
                        {t!(host.create_event)}
                    </LinkButton>
                }
                .into_any()
            }}
        </EmptyState>
    }
}
