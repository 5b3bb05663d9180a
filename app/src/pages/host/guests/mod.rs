//! Who has an event's tickets, and what can be done about each.

mod refund;
mod row;
mod sheet;

use std::time::Duration;

use ::api::EventId;
use ::api::guests::Guest;
use futures::FutureExt;
use i18n::t;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::components::{
    Detail, EmptyState, FeedFrame, Field, Gate, Heading, SkeletonShape, TopBar,
};
use crate::feed::Feed;
use crate::{api, route};
use row::GuestRow;
use sheet::GuestSheet;

/// How long typing must rest before it is searched for.
const REST: Duration = Duration::from_millis(250);

#[component]
pub(crate) fn GuestsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<EventId>().ok()));
    let back = move || {
        id.get_untracked()
            .map_or(route::HOST.to_owned(), route::host_event)
    };
    view! {
        <Detail of=Signal::derive(move || id.get())>
            <TopBar back=back() back_label=t!(host.back_to_event) />
            <Gate
                icon=icondata::LuMegaphone
                title=t!(guests.sign_in)
                text=t!(guests.sign_in_text)
            >
                {move || id.get().map(|id| view! { <Guests event=id /> })}
            </Gate>
        </Detail>
    }
}

#[component]
fn Guests(event: EventId) -> impl IntoView {
    let feed = Feed::new(|one: &Guest, other: &Guest| one.number == other.number);
    let typed = RwSignal::new(String::new());
    let search = RwSignal::new(String::new());
    let mut settle = leptos::leptos_dom::helpers::debounce(REST, move |text: String| {
        search.try_set(text.trim().to_owned());
    });
    Effect::new(move || settle(typed.get()));
    Effect::new(move || {
        let search = search.get();
        feed.show(search.clone(), None, false, move |limit, cursor| {
            let search = search.clone();
            async move { api::guests(event, &search, limit, cursor).await }.boxed_local()
        });
    });
    let open = RwSignal::new(None::<Guest>);
    let empty = move || view! { <NoGuests searched=search.get() /> };
    view! {
        <div class="guests">
            <Heading text=t!(host.guests) class="guests__title" />
            <Field
                id="guest-search"
                label=t!(guests.find)
                value=typed
                autocomplete="off"
            />
            <FeedFrame feed=feed skeleton=SkeletonShape::Rows empty=empty>
                <ul class="guests__list">
                    <For each=move || feed.entries.get() key=|entry| entry.key let:entry>
                        <li>
                            <GuestRow guest=entry.item on_open=move |guest| open.set(Some(guest)) />
                        </li>
                    </For>
                </ul>
            </FeedFrame>
        </div>
        {move || {
            open.get()
                .map(|guest| {
                    let close = move |()| open.set(None);
                    let change = move |()| feed.refresh();
                    view! {
                        <GuestSheet event=event guest=guest on_change=change on_close=close />
                    }
                })
        }}
    }
}

#[component]
fn NoGuests(searched: String) -> impl IntoView {
    let (title, text) = if searched.is_empty() {
        (t!(guests.none).to_owned(), t!(guests.none_text))
    } else {
        (
            t!(guests.nobody_for, query = searched),
            t!(guests.nobody_text),
        )
    };
    view! { <EmptyState icon=icondata::LuUsers title=title text=text /> }
}
