//! The ledger of what was bought, refunded and given.

mod confirmation;
mod order;
mod refund;
mod row;
mod words;

use futures::FutureExt;
use i18n::t;
use leptos::prelude::*;

use crate::api;
use crate::components::{
    EmptyState, FeedFrame, Gate, LinkButton, ListScreen, Panes, SkeletonShape,
};
use crate::feed::use_feeds;
use crate::kept::Name;
use crate::route::{self, Tab};
use crate::session::use_session;
pub(crate) use confirmation::ConfirmationPage;
pub(crate) use order::OrderPage;
pub(crate) use refund::RefundSheet;
use row::OrderRow;

/// The orders, and the one that is open.
#[component]
pub(crate) fn OrdersPage() -> impl IntoView {
    let feed = use_feeds().orders;
    let session = use_session();
    Effect::new(move || {
        if !session.is_signed_out() {
            feed.show_own(session.user_id(), Name::Orders, |limit, cursor| {
                api::orders(limit, cursor).boxed_local()
            });
        }
    });
    view! {
        <Panes tab=Tab::Orders own=true>
            <ListScreen title=t!(common.orders) feed=feed class="list--column">
                <Gate
                    icon=icondata::LuReceiptText
                    title=t!(orders.in_one_place)
                    text=t!(orders.sign_in)
                    whole=false
                >
                    <FeedFrame feed=feed skeleton=SkeletonShape::Rows empty=|| view! { <NoOrders /> }>
                        <ul class="ledger">
                            <For each=move || feed.entries.get() key=|entry| entry.key let:entry>
                                <li>
                                    <OrderRow order=entry.item />
                                </li>
                            </For>
                        </ul>
                    </FeedFrame>
                </Gate>
            </ListScreen>
        </Panes>
    }
}

#[component]
fn NoOrders() -> impl IntoView {
    view! {
        <EmptyState
            icon=icondata::LuReceiptText
            title=t!(orders.none)
            text=t!(orders.none_text)
        >
            <LinkButton href=route::EVENTS>{t!(common.find_events)}</LinkButton>
        </EmptyState>
    }
}
