use std::collections::BTreeSet;

use ::api::TicketNumber;
use ::api::tickets::{Ticket, TicketName};
use ::api::transfers::SendTickets as Body;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Button, Field, FieldKind, Icon, Kind, Pick, Sheet, use_toasts};
use crate::feed::use_feeds;
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::refresh::use_refresh;
use crate::{api, format};

/// The ticket that is being sent, while its sheet is open.
#[derive(Clone, Copy)]
struct Sending(RwSignal<Option<Ticket>>);

/// Lets tickets be sent from the screen. The sheet stays apart from what shows a ticket, which is
/// drawn anew with each news of it: something is typed in it.
pub(crate) fn provide_sending() -> impl Fn() -> Option<AnyView> + Send + 'static {
    let Sending(sent) = Sending(RwSignal::new(None));
    provide_context(Sending(sent));
    move || {
        sent.get()
            .map(|ticket| view! { <SendSheet ticket=ticket /> }.into_any())
    }
}

/// The way to send a ticket, and others for the same event with it.
#[component]
pub(crate) fn SendTickets(ticket: Ticket) -> impl IntoView {
    let Sending(sent) = expect_context();
    let sendable =
        ticket.code.is_some() && !ticket.event.cancelled && ticket.event.ends_at > format::now();
    sendable.then(|| {
        view! {
            <Button kind=Kind::Quiet on_press=move |()| sent.set(Some(ticket.clone()))>
                <Icon icon=icondata::LuSend />
                {t!(transfers.send)}
            </Button>
        }
    })
}

#[component]
fn SendSheet(ticket: Ticket) -> impl IntoView {
    let Sending(sent) = expect_context();
    let close = Close::new(move || sent.set(None));
    let first = ticket.number;
    let known = use_feeds().tickets.entries;
    let mut tickets: Vec<Ticket> = known.with_untracked(|known| {
        let others = known.iter().map(|entry| &entry.item).filter(|other| {
            other.event.id == ticket.event.id && other.number != first && other.code.is_some()
        });
        others.cloned().collect()
    });
    tickets.push(ticket);
    tickets.sort_by_key(|ticket| ticket.number);
    view! {
        <Sheet title=t!(transfers.send_tickets) on_close=close tall=true>
            <SendForm tickets=tickets first=first on_done=close />
        </Sheet>
    }
}

#[component]
fn SendForm(tickets: Vec<Ticket>, first: TicketNumber, on_done: Close) -> impl IntoView {
    let toasts = use_toasts();
    let refresh = use_refresh();
    let email = RwSignal::new(String::new());
    let chosen = RwSignal::new(BTreeSet::from([first]));
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let event_id = tickets.first().map(|ticket| ticket.event.id);
    let send = move |submit: leptos::ev::SubmitEvent| {
        submit.prevent_default();
        let numbers = chosen.get_untracked();
        let names = event_id.into_iter().flat_map(|event_id| {
            let numbers = numbers.iter().copied();
            numbers.map(move |number| TicketName { event_id, number })
        });
        let body = Body {
            email: email.get_untracked(),
            tickets: names.collect(),
        };
        if busy.get_untracked() || !errors.check(body.validate()) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api::send_tickets(&body).await;
            busy.try_set(false);
            match answer {
                Ok(offer) => {
                    toasts.say(t!(transfers.on_the_way_to, to = offer.to));
                    refresh.all();
                    on_done.run();
                }
                Err(error) => errors.refuse(&error),
            }
        });
    };
    let label = move || {
        let count = i32::try_from(chosen.with(BTreeSet::len)).unwrap_or(i32::MAX);
        t!(transfers.send_count, tickets = format::tickets(count))
    };
    view! {
        <form class="form" novalidate on:submit=send>
            <Field
                id="send-email"
                label=t!(transfers.email)
                kind=FieldKind::Email
                value=email
                error=errors.of("email")
                autocomplete="off"
            />
            {(tickets.len() > 1).then(|| view! { <Choice tickets=tickets chosen=chosen /> })}
            <p class="field__hint">
                {t!(transfers.how)}
            </p>
            <FormError errors=errors />
            <Button
                submit=true
                wide=true
                busy=busy
                disabled=Signal::derive(move || chosen.with(BTreeSet::is_empty))
            >
                {label}
            </Button>
        </form>
    }
}

/// Which of the tickets go.
#[component]
fn Choice(tickets: Vec<Ticket>, chosen: RwSignal<BTreeSet<TicketNumber>>) -> impl IntoView {
    let pick = move |ticket: Ticket| {
        let number = ticket.number;
        let choose = move |wanted| {
            chosen.update(|chosen| {
                if wanted {
                    chosen.insert(number);
                } else {
                    chosen.remove(&number);
                }
            });
        };
        view! {
            <Pick
                label=t!(common.ticket_number, number = number)
                note=None
                end=Some(ticket.ticket_type)
                chosen=Signal::derive(move || chosen.with(|chosen| chosen.contains(&number)))
                on_change=choose
            />
        }
    };
    view! {
        <fieldset class="picks">
            <legend class="picks__legend">{t!(tickets.which)}</legend>
            {tickets.into_iter().map(pick).collect_view()}
        </fieldset>
    }
}
