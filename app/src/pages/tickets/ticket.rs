use ::api::tickets::{Ticket, TicketState};
use ::api::{EventId, TicketNumber};
use i18n::t;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use super::siblings::{Place, Siblings, open_by_keys_and_swipes, use_place};
use crate::api::Error;
use crate::components::{
    AddToCalendar, Button, Cover, Detail, Gate, Heading, Icon, Kind, LinkButton, Loaded, QrCode,
    SkeletonShape, TopBar, use_toasts,
};
use crate::feed::use_feeds;
use crate::fetch::Fetch;
use crate::history::use_go_back;
use crate::kept::Name as Kept;
use crate::mark::mark_page;
use crate::pages::transfers::{OnItsWay, SendTickets, provide_sending};
use crate::{api, format, platform, route};

/// How the address names a ticket.
pub(super) type Name = (EventId, TicketNumber);

pub(super) fn name_of(ticket: &Ticket) -> Name {
    (ticket.event.id, ticket.number)
}

/// One ticket, ready for the door.
#[component]
pub(crate) fn TicketPage() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| {
        params.with(|params| {
            let event = params.get("event")?.parse().ok()?;
            Some((event, params.get("number")?.parse().ok()?))
        })
    });
    let fetch = Fetch::new(
        move || name.get(),
        async |name: Option<Name>| {
            let (event, number) = name.ok_or(Error::Nowhere)?;
            api::ticket(event, number).await
        },
    );
    let feed = use_feeds().tickets;
    Effect::new(move || {
        let name = name.get();
        let ticket = feed.entries.with(|known| {
            let mut tickets = known.iter().map(|entry| &entry.item);
            tickets
                .find(|ticket| Some(name_of(ticket)) == name)
                .cloned()
        });
        if let Some(ticket) = ticket {
            fetch.prefill(ticket, feed.as_of.get_untracked());
        }
    });
    fetch.prefill_kept(move || {
        name.get()
            .map(|(event, number)| Kept::Ticket(event, number))
    });
    stay_awake();
    let place = use_place(name);
    let sending = provide_sending();
    view! {
        <Detail of=Signal::derive(move || name.get().map(|(event, _)| event))>
            <TopBar back=route::TICKETS back_label=t!(tickets.all)>
                <Siblings place=place />
            </TopBar>
            <Gate
                icon=icondata::LuTicket
                title=t!(tickets.sign_in_to_see)
                text=t!(common.belongs_to_account)
            >
                <Loaded fetch=fetch skeleton=SkeletonShape::Detail let:ticket>
                    <TicketScreen ticket=ticket place=place />
                </Loaded>
            </Gate>
            {sending}
        </Detail>
    }
}

/// The screen stays on at the door.
fn stay_awake() {
    let awake = StoredValue::new_local(None);
    spawn_local(async move {
        let guard = platform::keep_awake().await;
        // Where the screen was left meanwhile, the guard is dropped here.
        awake.try_set_value(guard);
    });
}

#[component]
fn TicketScreen(ticket: Ticket, place: Memo<Option<Place>>) -> impl IntoView {
    mark_page("has-ticket");
    let event = ticket.event.clone();
    let fact = |label: &'static str, value: String| {
        view! {
            <div class="ticket__fact">
                <dt>{label}</dt>
                <dd dir="auto">{value}</dd>
            </div>
        }
    };
    let order = ticket.order_id.map(|order| {
        let refund = (ticket.state == TicketState::Valid).then(|| {
            view! {
                <LinkButton href=route::refund(order) kind=Kind::Plain>
                    {t!(orders.cancel_or_refund)}
                </LinkButton>
            }
        });
        view! {
            {refund}
            <LinkButton href=route::order(order) kind=Kind::Plain>
                {t!(common.view_order)}
            </LinkButton>
        }
    });
    let asked = ticket
        .asked_back_by
        .clone()
        .map(|buyer| view! { <AskedBack name=name_of(&ticket) buyer=buyer /> });
    let screen = NodeRef::<html::Div>::new();
    open_by_keys_and_swipes(screen, place);
    let dead = !ticket.state.is_live() || event.cancelled;
    let one_each = move || {
        let several = place.get().is_some_and(|place| place.of > 1);
        (several && !dead).then(|| view! { <p class="siblings__note">{t!(tickets.one_each)}</p> })
    };
    view! {
        <div class="ticket-screen" node_ref=screen>
            <div class="ticket" class:ticket--dead=dead>
                <div class="ticket__cover">
                    <Cover id=event.id cover_url=event.cover_url.clone() />
                </div>
                <div class="ticket__main">
                    <Heading text=event.title.clone() class="ticket__title" />
                    <dl class="ticket__facts">
                        {fact(t!(common.date), format::day(event.starts_at, &event.timezone))}
                        {fact(t!(tickets.starts), format::clock(event.starts_at, &event.timezone))}
                        {fact(t!(common.ticket), ticket.ticket_type.clone())}
                        {fact(t!(tickets.number), ticket.number.to_string())}
                        {fact(t!(tickets.holder), ticket.holder.clone())}
                        {fact(t!(events.where_), event.venue.clone())}
                        {ticket.due.map(|due| fact(t!(orders.pay_at_door), format::money(due)))}
                    </dl>
                </div>
                <div class="ticket__tear"></div>
                <div class="ticket__stub">
                    <Verdict ticket=ticket.clone() />
                </div>
            </div>
            {asked}
            <div class="actions actions--centre">
                <SendTickets ticket=ticket.clone() />
                {(!dead).then(|| view! { <AddToCalendar events=vec![event] /> })}
                {order}
            </div>
            {one_each}
        </div>
    }
}

/// What the door sees: the code, or why there is none.
#[component]
fn Verdict(ticket: Ticket) -> impl IntoView {
    let called_off = matches!(ticket.state, TicketState::Valid | TicketState::Refunded);
    if ticket.event.cancelled && called_off {
        let text = t!(tickets.event_cancelled);
        return view! { <Mark icon=icondata::LuCalendarX title=t!(common.cancelled) text=text /> }
            .into_any();
    }
    if let Some(transfer) = ticket.transfer {
        return view! { <OnItsWay transfer=transfer /> }.into_any();
    }
    let (icon, title, text) = match (ticket.state, ticket.code) {
        (TicketState::Valid, Some(code)) => {
            let label = t!(tickets.as_qr, number = ticket.number);
            return view! {
                <QrCode text=code label=label />
                <p class="ticket__code">{ticket.short_code}</p>
            }
            .into_any();
        }
        (TicketState::Valid, None) => (
            icondata::LuTicket,
            t!(tickets.no_code).to_owned(),
            t!(tickets.no_code_text),
        ),
        (TicketState::CheckedIn, _) => {
            let used = ticket.checked_in_at;
            let title = used.map_or_else(
                || t!(tickets.used).to_owned(),
                |used| {
                    t!(
                        tickets.used_at,
                        time = format::clock(used, &ticket.event.timezone)
                    )
                },
            );
            (icondata::LuCheckCheck, title, t!(tickets.enjoy))
        }
        (TicketState::Refunded, _) => (
            icondata::LuTicketX,
            t!(common.refunded).to_owned(),
            t!(tickets.refunded_text),
        ),
        (TicketState::Revoked, _) => (
            icondata::LuTicketX,
            t!(common.revoked).to_owned(),
            t!(tickets.revoked_text),
        ),
    };
    let reason = ticket.revoked_because.map(|reason| {
        view! { <p class="ticket__reason" dir="auto">{t!(common.quoted, text = reason)}</p> }
    });
    view! {
        <Mark icon=icon title=title text=text />
        {reason}
    }
    .into_any()
}

/// The buyer of a ticket that was a gift wants it back.
#[component]
fn AskedBack(name: Name, buyer: String) -> impl IntoView {
    let (event, number) = name;
    let (toasts, feeds) = (use_toasts(), use_feeds());
    let go_back = use_go_back();
    let busy = RwSignal::new(false);
    let give = move |()| {
        busy.set(true);
        let go_back = go_back.clone();
        spawn_local(async move {
            match api::give_back(event, number).await {
                Ok(()) => {
                    toasts.say(t!(tickets.gave_back));
                    feeds.tickets.expire();
                    go_back(route::TICKETS);
                }
                Err(error) => toasts.say(error.to_string()),
            }
            busy.try_set(false);
        });
    };
    view! {
        <section class="notice">
            <p class="notice__text" dir="auto">
                {t!(tickets.asked_back, buyer = buyer)}
            </p>
            <Button kind=Kind::Quiet busy=busy on_press=give>
                {t!(tickets.give_back)}
            </Button>
        </section>
    }
}

#[component]
fn Mark(icon: icondata::Icon, #[prop(into)] title: String, text: &'static str) -> impl IntoView {
    view! {
        <div class="ticket__mark">
            <div class="state__icon">
                <Icon icon=icon />
            </div>
            <p class="ticket__verdict">{title}</p>
            <p class="muted">{text}</p>
        </div>
    }
}
