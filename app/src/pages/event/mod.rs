//! One event: when, where, what is left, and the way to its tickets.

mod foot;
mod live;
mod share;
mod wait;
mod waiting;

use ::api::events::{EventDetail, LiveStock, SaleState, TicketType};
use ::api::waiting::WaitingPlace;
use ::api::{EventId, TicketTypeId, UserId};
use i18n::{event, t};
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

use crate::api::Error;
use crate::choice::with_stock;
use crate::components::{Cover, Detail, Heading, Icon, Loaded, SaleBadge, SkeletonShape, TopBar};
use crate::fetch::Fetch;
use crate::format::{self, Here};
use crate::kept::Name;
use crate::pages::later;
use crate::session::use_session;
use crate::{api, platform, route};
use foot::Foot;
use live::follow_stock;
use share::ShareButton;
pub(crate) use wait::{Wait, WaitSheet};
use waiting::Waits;
pub(crate) use waiting::{AllWaitingPlaces, WaitingPlaces, fetch_all_waiting_places};

/// The event that is open, for its screen and the sheet over it.
#[derive(Clone, Copy)]
pub(crate) struct OpenEvent {
    pub(crate) fetch: Fetch<EventDetail>,
    stock: RwSignal<Option<LiveStock>>,
    /// One's places on its waiting list.
    waiting: Fetch<Vec<WaitingPlace>>,
    /// Whether it is known if one is in line: who is, is not asked to join.
    knows_line: Memo<bool>,
}

impl OpenEvent {
    /// The event with the latest news of its stock.
    pub(crate) fn now(self) -> Option<EventDetail> {
        let event = self.fetch.value.get()?;
        Some(self.stock.with(|stock| with_stock(&event, stock.as_ref())))
    }
}

impl OpenEvent {
    /// Whether the person is in line for tickets of this type, or of any.
    fn waits_for(self, kind: Option<TicketTypeId>) -> bool {
        let is_for = |place: &WaitingPlace| kind.is_none_or(|kind| place.ticket_type_id == kind);
        self.waiting.value.with(|places| {
            places
                .as_ref()
                .is_some_and(|places| places.iter().any(is_for))
        })
    }
}

impl OpenEvent {
    /// What is held for the person, and until when.
    fn held(self) -> Option<(String, String)> {
        self.waiting.value.with(|places| {
            let held = places
                .as_ref()?
                .iter()
                .find(|place| place.offer.is_some())?;
            Some(waiting::words(held))
        })
    }
}

pub(crate) fn use_open_event() -> OpenEvent {
    expect_context()
}

#[component]
pub(crate) fn EventPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<EventId>().ok()));
    let session = use_session();
    let fetch = Fetch::new(
        move || id.get(),
        move |id| {
            // Somebody else holds other tickets for it.
            session.user_id();
            async move { api::event(id.ok_or(Error::Nowhere)?).await }
        },
    );
    fetch.prefill_kept(move || id.get().map(Name::Event));
    let shown = Memo::new(move |_| fetch.value.with(Option::is_some));
    Effect::new(move || {
        if shown.get() {
            later::fetch_buying();
        }
    });
    let stock = RwSignal::new(None);
    follow_stock(id, stock);
    let waiting = Fetch::new(
        move || (id.get(), session.user_id()),
        async |(id, user): (Option<EventId>, Option<UserId>)| match id.zip(user) {
            Some((id, _)) => api::waiting_places(id).await,
            None => Ok(Vec::new()),
        },
    );
    let open = OpenEvent {
        fetch,
        stock,
        waiting,
        knows_line: waiting.has_come(),
    };
    provide_context(open);
    provide_context(Waits {
        places: waiting,
        named: false,
    });
    let share = move || {
        id.get()
            .map(|id| view! { <ShareButton id=id fetch=fetch /> })
    };
    view! {
        <Detail of=Signal::derive(move || id.get())>
            <TopBar back=route::EVENTS back_label=t!(common.all_events) floating=true>
                {share}
            </TopBar>
            <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:event>
                <EventScreen event=event open=open />
            </Loaded>
        </Detail>
        <Outlet />
    }
}

#[component]
fn EventScreen(event: EventDetail, open: OpenEvent) -> impl IntoView {
    let summary = event.summary.clone();
    let badge = move || {
        let now = open.now()?.summary;
        Some(view! { <SaleBadge event=&now /> })
    };
    view! {
        <div class="event">
            <div class="event__cover" class:event__cover--picture=summary.cover_url.is_some()>
                <Cover id=summary.id cover_url=summary.cover_url.clone() />
            </div>
            <div class="event__body">
                <div class="event__head">
                    {badge}
                    <Heading text=summary.title.clone() />
                    <p class="event__by" dir="auto">{t!(events.by, name = &event.organizer.name)}</p>
                </div>
                // Not above the facts, whose link it would move when it comes.
                <Facts event=event.clone() />
                <Yours event=event.clone() />
                <Show when=move || open.waits_for(None)>{later::waiting_places()}</Show>
                <TicketTypes open=open />
                <About text=event.description />
            </div>
        </div>
        <Foot open=open />
    }
}

/// When, where, and how many are going.
#[component]
fn Facts(event: EventDetail) -> impl IntoView {
    let place = event::whole_place(&event);
    let map = format!(
        "https://www.openstreetmap.org/search?query={}",
        String::from(js_sys::encode_uri_component(&place))
    );
    let street = event::street(&event);
    let summary = event.summary;
    let href = map.clone();
    let open_map = move |click: leptos::ev::MouseEvent| {
        click.prevent_default();
        platform::open_outside(&map);
    };
    view! {
        <dl class="facts">
            <div class="facts__row">
                <dt class="facts__icon">
                    <Icon icon=icondata::LuCalendarDays />
                    <span class="visually-hidden">{t!(events.when)}</span>
                </dt>
                <dd>
                    <p class="facts__main">{format::long_day(summary.starts_at, &summary.timezone)}</p>
                    <p class="muted">{event::hours(&Here, &summary)}</p>
                </dd>
            </div>
            <div class="facts__row">
                <dt class="facts__icon">
                    <Icon icon=icondata::LuMapPin />
                    <span class="visually-hidden">{t!(events.where_)}</span>
                </dt>
                <dd>
                    <p class="facts__main" dir="auto">{summary.venue.clone()}</p>
                    <p class="muted" dir="auto">{street}</p>
                    <a class="facts__link" href=href on:click=open_map>
                        {t!(events.open_map)}
                    </a>
                </dd>
            </div>
        </dl>
    }
}

/// How many tickets one has.
#[component]
fn Yours(event: EventDetail) -> impl IntoView {
    (event.yours > 0).then(|| {
        view! {
            <a class="event__yours" href=route::TICKETS>
                <Icon icon=icondata::LuTicketCheck />
                <span>{t!(events.you_have, tickets = format::tickets(event.yours))}</span>
                <Icon icon=icondata::LuChevronRight />
            </a>
        }
    })
}

/// What there is to buy, with what is left of it.
#[component]
fn TicketTypes(open: OpenEvent) -> impl IntoView {
    let rows = move || {
        let event = open.now()?;
        let timezone = event.summary.timezone.clone();
        let row = |kind: &TicketType| {
            let note = event::left(&Here, kind, &timezone);
            let can_wait = kind.state == SaleState::SoldOut
                && open.knows_line.get()
                && !open.waits_for(Some(kind.id));
            let wait = can_wait.then(|| {
                view! {
                    <a class="offer__wait" href=route::wait(event.summary.id)>
                        {t!(events.join_waiting_list)}
                    </a>
                }
            });
            view! {
                <li class="offer">
                    <div class="offer__text">
                        <h3 class="offer__name" dir="auto">{kind.name.clone()}</h3>
                        <p class="muted">{note}</p>
                        {wait}
                    </div>
                    <p class="offer__price">{format::price(kind.price)}</p>
                </li>
            }
        };
        Some(event.ticket_types.iter().map(row).collect_view())
    };
    view! {
        <section class="section">
            <h2 class="section__title">{t!(common.tickets_title)}</h2>
            <ul class="offers">{rows}</ul>
        </section>
    }
}

#[component]
fn About(text: String) -> impl IntoView {
    (!text.trim().is_empty()).then(|| {
        view! {
            <section class="section">
                <h2 class="section__title">{t!(common.about)}</h2>
                <p class="event__about" dir="auto">{text}</p>
            </section>
        }
    })
}
