//! The person's tickets.

mod group;
mod siblings;
mod stub;
mod ticket;

use ::api::UserId;
use ::api::tickets::{Ticket, TicketsWhen};
use futures::FutureExt;
use i18n::t;
use leptos::prelude::*;

use crate::api;
use crate::components::{
    Chip, EmptyState, FeedFrame, Gate, LinkButton, ListScreen, Panes, Skeleton, SkeletonShape,
};
use crate::feed::{Feed, use_feeds};
use crate::kept::{self, Name};
use crate::list_filter::use_list_filter;
use crate::pages::event::{AllWaitingPlaces, fetch_all_waiting_places};
use crate::pages::transfers::{Received, fetch_pending};
use crate::route::{self, Tab};
use crate::session::use_session;
use group::group;
use stub::Stub;
pub(crate) use ticket::TicketPage;

const PAST: &str = "/tickets?when=past";

/// The tickets by event, and the one that is open.
#[component]
pub(crate) fn TicketsPage() -> impl IntoView {
    let feed = use_feeds().tickets;
    let session = use_session();
    let (when, choose) = use_when();
    Effect::new(move || {
        let when = when.get();
        if !session.is_signed_out() {
            show_tickets(feed, session.user_id(), when);
        }
    });
    view! {
        <Panes tab=Tab::Tickets own=true>
            <ListScreen title=t!(common.tickets_title) feed=feed class="list--column">
                <Gate
                    icon=icondata::LuTicket
                    title=t!(tickets.live_here)
                    text=t!(tickets.sign_in)
                    whole=false
                >
                    <Everything when=when choose=choose />
                </Gate>
            </ListScreen>
        </Panes>
    }
}

/// What is sent and held, and below it the tickets: once it is known how much is above them, or
/// at once where they are on this device.
#[component]
fn Everything(when: Memo<TicketsWhen>, choose: Callback<TicketsWhen>) -> impl IntoView {
    let feed = use_feeds().tickets;
    let (pending, waiting) = (fetch_pending(), fetch_all_waiting_places());
    let come = [pending.has_come(), waiting.has_come()];
    let is_kept = kept::has(Name::Tickets(when.get_untracked()));
    let groups = Memo::new(move |_| feed.entries.with(|entries| group(entries)));
    let known = move || is_kept || come.iter().all(|come| come.get());
    view! {
        <Received pending=pending />
        <AllWaitingPlaces waiting=waiting />
        <Show when=known fallback=|| view! { <Skeleton shape=SkeletonShape::Rows /> }>
            <Choice when=when choose=choose />
            <FeedFrame
                feed=feed
                skeleton=SkeletonShape::Rows
                empty=move || view! { <NoTickets when=when /> }
            >
                <ul class="stubs">
                    <For each=move || groups.get() key=|group| group.key let:group>
                        <li class="stubs__item">
                            <Stub group=group />
                        </li>
                    </For>
                </ul>
            </FeedFrame>
        </Show>
    }
}

/// Lets the feed show these tickets.
pub(crate) fn show_tickets(feed: Feed<Ticket>, user: Option<UserId>, when: TicketsWhen) {
    feed.show_own(user, Name::Tickets(when), move |limit, cursor| {
        api::tickets(when, limit, cursor).boxed_local()
    });
}

/// Upcoming or past, and how to choose.
fn use_when() -> (Memo<TicketsWhen>, Callback<TicketsWhen>) {
    use_list_filter(
        route::TICKETS,
        |query| match query.get_str("when") {
            Some("past") => TicketsWhen::Past,
            _ => TicketsWhen::Upcoming,
        },
        |when| match when {
            TicketsWhen::Upcoming => route::TICKETS.to_owned(),
            TicketsWhen::Past => PAST.to_owned(),
        },
    )
}

#[component]
fn Choice(when: Memo<TicketsWhen>, choose: Callback<TicketsWhen>) -> impl IntoView {
    let chip = move |(this, label): (TicketsWhen, &'static str)| {
        view! {
            <Chip
                selected=Memo::new(move |_| when.get() == this)
                on_select=move |()| choose.run(this)
            >
                {label}
            </Chip>
        }
    };
    let choices = [
        (TicketsWhen::Upcoming, t!(tickets.upcoming)),
        (TicketsWhen::Past, t!(tickets.past)),
    ];
    view! {
        <div class="chips" role="group" aria-label=t!(tickets.which)>
            {choices.map(chip).collect_view()}
        </div>
    }
}

#[component]
fn NoTickets(when: Memo<TicketsWhen>) -> impl IntoView {
    let (title, text) = match when.get_untracked() {
        TicketsWhen::Upcoming => (t!(tickets.none), t!(tickets.none_text)),
        TicketsWhen::Past => (t!(tickets.none_past), t!(tickets.none_past_text)),
    };
    view! {
        <EmptyState icon=icondata::LuTicket title=title text=text>
            <LinkButton href=route::EVENTS>{t!(common.find_events)}</LinkButton>
        </EmptyState>
    }
}
