//! How one event sells, and what can be done about it.

mod actions;
mod cancel;
mod course;
mod numbers;
mod promo_codes;
mod staff;
mod under_way;

use std::time::Duration;

use ::api::events::SaleState;
use ::api::host::{EventStatus, HostEvent, Sales};
use ::api::staff::Role;
use ::api::{Code, EventId, Time};
use i18n::t;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::row::status_badge;
use crate::api::Error;
use crate::components::{
    Badge, Button, Cover, Detail, ErrorState, Gate, Heading, Kind, Skeleton, SkeletonShape, Stale,
    Tone, TopBar,
};
use crate::feed::use_feeds;
use crate::fetch::Fetch;
use crate::{api, format, route};
use actions::Actions;
use cancel::CancelSheet;
use numbers::{ByType, Numbers, SalesChart};
use promo_codes::PromoSection;
use staff::StaffSection;
use under_way::UnderWay;

/// How often the numbers are asked for while they are looked at.
const EVERY: Duration = Duration::from_secs(3);

/// What of an event does not change with every ticket.
#[derive(Clone, Debug, PartialEq)]
struct Head {
    id: EventId,
    role: Role,
    status: EventStatus,
    /// Published, and still to come.
    live: bool,
    sales_open: bool,
    title: String,
    starts_at: Time,
    timezone: String,
    place: String,
    cover_url: Option<String>,
}

impl Head {
    fn of(event: &HostEvent) -> Self {
        let place = [event.venue.as_str(), event.city.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
        Self {
            id: event.id,
            role: event.role,
            status: event.status,
            live: event.status == EventStatus::Published && event.state != SaleState::Ended,
            sales_open: event.sales_open,
            title: event.title.clone(),
            starts_at: event.starts_at,
            timezone: event.timezone.clone(),
            place: place.join(", "),
            cover_url: event.cover_url.clone(),
        }
    }
}

/// What the person may do with an event as it stands, below its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Rights {
    id: EventId,
    manages: bool,
    organizes: bool,
    cancels: bool,
}

impl Rights {
    fn of(head: &Head) -> Self {
        let organizes = head.role == Role::Organizer;
        Self {
            id: head.id,
            manages: head.role >= Role::Manager,
            organizes: organizes && (head.status == EventStatus::Draft || head.live),
            cancels: organizes && head.live,
        }
    }
}

/// The event that is open, and how it sells.
#[derive(Clone, Copy)]
struct Open {
    event: Fetch<HostEvent>,
    sales: Fetch<Sales>,
}

#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<EventId>().ok()));
    view! {
        <Detail of=Signal::derive(move || id.get())>
            <TopBar back=route::HOST back_label=t!(host.all_mine) />
            <Gate
                icon=icondata::LuMegaphone
                title=t!(host.sign_in_to_manage)
                text=t!(host.for_team)
            >
                <OpenEvent id=id />
            </Gate>
        </Detail>
    }
}

#[component]
fn OpenEvent(id: Memo<Option<EventId>>) -> impl IntoView {
    let open = Open {
        event: Fetch::new(
            move || id.get(),
            |id| async move { api::host_event(id.ok_or(Error::Nowhere)?).await },
        ),
        sales: Fetch::new(
            move || id.get(),
            |id| async move { api::sales(id.ok_or(Error::Nowhere)?).await },
        ),
    };
    keep_true(open);
    let head = Memo::new(move |_| open.event.value.with(|event| event.as_ref().map(Head::of)));
    // Where a picture hides the poster, its colours would be anybody's.
    let colours = Memo::new(move |_| {
        head.with(|head| {
            let head = head.as_ref().filter(|head| head.cover_url.is_none())?;
            Some(poster::chart_colours(head.id))
        })
    });
    // Who works at the door has no sales to see.
    let sales_error = move || open.sales.error.get().filter(|error| !is_forbidden(error));
    let error = Memo::new(move |_| open.event.error.get().or_else(sales_error));
    let retry = Callback::new(move |()| open.reload());
    // Here, because the screen is drawn anew whenever its head changes, also under an open sheet.
    let cancelling = RwSignal::new(None::<Head>);
    let sheet = move || {
        let head = cancelling.get().filter(|head| Some(head.id) == id.get())?;
        let close = move |()| cancelling.set(None);
        Some(view! { <CancelSheet id=head.id open=open on_close=close /> })
    };
    let stale = move || {
        let error = error.get().filter(|_| head.with(Option::is_some))?;
        let as_of = open.sales.as_of.get_untracked();
        Some(view! { <Stale error=error as_of=as_of on_retry=retry /> })
    };
    // With an event, what goes wrong is not asked for here: it would build the screen anew, and
    // what is typed into it would be lost.
    let content = move || match head.get() {
        Some(head) => view! { <Dashboard head=head open=open /> }.into_any(),
        None => match error.get() {
            Some(error) => {
                let busy = open.event.loading;
                view! { <ErrorState error=error busy=busy on_retry=retry whole=true /> }.into_any()
            }
            None => view! { <Skeleton shape=SkeletonShape::Detail /> }.into_any(),
        },
    };
    // Apart from the rest, which is drawn anew whenever the head changes: here something is typed.
    let can = Memo::new(move |_| head.with(|head| head.as_ref().map(Rights::of)));
    let forms = move || {
        let can = can.get()?;
        let cancel = move |()| cancelling.set(head.get_untracked());
        let codes = can.manages.then(|| {
            Fetch::new(
                move || can.id,
                |id| async move { api::promo_codes(id).await },
            )
        });
        let staff = can
            .organizes
            .then(|| Fetch::new(move || can.id, |id| async move { api::staff(id).await }));
        let come = [
            Some(open.sales.has_come()),
            codes.map(Fetch::has_come),
            staff.map(Fetch::has_come),
        ];
        let all_come = move || come.iter().flatten().all(|come| come.get());
        Some(view! {
            <Show when=all_come>
                {codes.map(|codes| view! { <PromoSection event=open.event codes=codes /> })}
                {staff.map(|staff| view! { <StaffSection id=can.id staff=staff /> })}
                {can.cancels.then(|| view! { <CancelButton on_press=cancel /> })}
            </Show>
        })
    };
    view! {
        <div
            class="dashboard"
            class:poster-colours=move || colours.with(Option::is_some)
            style:--poster-1=move || colours.get().map(|[first, _]| first)
            style:--poster-2=move || colours.get().map(|[_, second]| second)
        >
            {stale}
            {content}
            {forms}
        </div>
        {sheet}
    }
}

fn is_forbidden(error: &Error) -> bool {
    error.code() == Some(Code::Forbidden)
}

impl Open {
    fn reload(self) {
        self.event.reload();
        let seen = |error: &Option<Error>| !error.as_ref().is_some_and(is_forbidden);
        if self.sales.error.with_untracked(seen) {
            self.sales.reload();
        }
    }
}

/// Asks again while the screen is looked at, and keeps the list beside it in step.
fn keep_true(open: Open) {
    let again = move || {
        let loading = open.event.loading.get_untracked() || open.sales.loading.get_untracked();
        let there = open.event.value.with_untracked(Option::is_some);
        if there && !loading && !document().hidden() {
            open.reload();
        }
    };
    if let Ok(timer) = set_interval_with_handle(again, EVERY) {
        on_cleanup(move || timer.clear());
    }
    let feeds = use_feeds();
    let facts = Memo::new(move |_| {
        let sold = open.sales.value.with(|sales| {
            sales
                .as_ref()
                .map(|it| (it.sold, it.given, it.received, it.due))
        });
        let status = open
            .event
            .value
            .with(|event| event.as_ref().map(|event| event.status));
        sold.zip(status)
    });
    Effect::new(move |before: Option<bool>| {
        let known = facts.with(Option::is_some);
        if before == Some(true) && known {
            feeds.event_changed();
        }
        known
    });
}

#[component]
fn Dashboard(head: Head, open: Open) -> impl IntoView {
    let when = format::day_and_clock(head.starts_at, &head.timezone);
    let place = head.place.clone();
    let place = (!place.is_empty()).then(|| view! { " · " <bdi>{place}</bdi> });
    let badge = if head.live && head.sales_open {
        view! { <Badge tone=Tone::Good text=t!(host.on_sale) /> }.into_any()
    } else if head.live {
        view! { <Badge tone=Tone::Warn text=t!(common.sales_paused) /> }.into_any()
    } else if head.status == EventStatus::Published {
        view! { <Badge tone=Tone::Neutral text=t!(common.ended) /> }.into_any()
    } else {
        status_badge(head.status).into_any()
    };
    let timezone = head.timezone.clone();
    let draft = head.status == EventStatus::Draft;
    let cancelled = head.status == EventStatus::Cancelled;
    let sales = open.sales;
    let known = Memo::new(move |_| sales.value.with(Option::is_some));
    view! {
        <header class="dashboard__head">
            <div class="dashboard__cover">
                <Cover id=head.id cover_url=head.cover_url.clone() />
            </div>
            <div class="dashboard__name">
                {badge}
                <Heading text=head.title.clone() class="dashboard__title" />
                <p class="muted">{when} {place}</p>
            </div>
        </header>
        <Actions head=head open=open />
        <UnderWay open=open />
        <Show when=move || !draft && known.get()>
            <Numbers sales=sales.value cancelled=cancelled />
            <SalesChart sales=sales.value timezone=timezone.clone() />
            <ByType sales=sales.value />
        </Show>
    }
}

#[component]
fn CancelButton(#[prop(into)] on_press: Callback<()>) -> impl IntoView {
    view! {
        <div>
            <Button kind=Kind::Plain on_press=on_press>
                {t!(host.cancel_ask)}
            </Button>
        </div>
    }
}
