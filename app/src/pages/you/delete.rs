use ::api::Page;
use ::api::tickets::{Ticket, TicketsWhen};
use ::api::users::DeleteMe;
use i18n::t;
use leptos::prelude::*;

use crate::components::{
    Button, Kind, Loaded, PasswordField, Pick, Sheet, SkeletonShape, use_toasts,
};
use crate::fetch::Fetch;
use crate::forms::{FormError, FormErrors};
use crate::history::Close;
use crate::{api, format, route, session};

/// As many tickets as are looked for; who has more is told of the others by the server.
const TICKETS_MAX: usize = 100;

/// The way out for good, behind a question.
#[component]
pub(super) fn DeleteAccount() -> impl IntoView {
    let asking = RwSignal::new(false);
    view! {
        <Button kind=Kind::Plain on_press=move |()| asking.set(true)>
            {t!(you.delete_ask)}
        </Button>
        <Show when=move || asking.get()>
            <Sheet
                title=t!(you.delete_title)
                on_close=Close::new(move || asking.set(false))
            >
                <DeleteForm />
            </Sheet>
        </Show>
    }
}

/// Asks once it is known which tickets would be lost.
#[component]
fn DeleteForm() -> impl IntoView {
    let tickets = Fetch::new(
        || (),
        |()| api::tickets(TicketsWhen::Upcoming, TICKETS_MAX, None),
    );
    view! {
        <Loaded fetch=tickets skeleton=SkeletonShape::Row whole=false let:tickets>
            <Ask held=held(tickets) />
        </Loaded>
    }
}

/// Those that are good at the door.
fn held(tickets: Page<Ticket>) -> Vec<Ticket> {
    let mut tickets = tickets.items;
    tickets.retain(|ticket| ticket.code.is_some() && !ticket.event.cancelled);
    tickets
}

#[component]
fn Ask(held: Vec<Ticket>) -> impl IntoView {
    let toasts = use_toasts();
    let password = RwSignal::new(String::new());
    let give_up = RwSignal::new(false);
    let errors = FormErrors::new();
    let busy = RwSignal::new(false);
    let holds = !held.is_empty();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let body = DeleteMe {
            password: password.get_untracked(),
            give_up_tickets: give_up.get_untracked(),
        };
        if holds && !body.give_up_tickets {
            errors.clear();
            errors.whole.set(Some(t!(you.tickets_first).to_owned()));
            return;
        }
        let call = async move {
            api::delete_me(&body).await?;
            session::end().await;
            Ok(())
        };
        errors.send(busy, call, move |()| toasts.say(t!(you.deleted)));
    };
    view! {
        <form class="form" novalidate on:submit=send>
            <p>
                {t!(you.delete_text)}
            </p>
            {holds.then(|| view! { <Held held=held give_up=give_up /> })}
            <PasswordField
                id="delete-password"
                label=t!(you.password)
                value=password
                error=errors.of("password")
                autocomplete="current-password"
            />
            <FormError errors=errors />
            <Button submit=true kind=Kind::Danger wide=true busy=busy>
                {t!(you.delete)}
            </Button>
        </form>
    }
}

/// The tickets that would be lost, each event's with the way to them, and whether they are given up.
#[component]
fn Held(held: Vec<Ticket>, give_up: RwSignal<bool>) -> impl IntoView {
    let count = i32::try_from(held.len()).unwrap_or(i32::MAX);
    let rows = held.chunk_by(|one, other| one.event.id == other.event.id);
    let row = |tickets: &[Ticket]| {
        let first = tickets.first()?;
        let count = i32::try_from(tickets.len()).unwrap_or(i32::MAX);
        let href = route::ticket(first.event.id, first.number);
        let when = format::day_and_clock(first.event.starts_at, &first.event.timezone);
        Some(view! {
            <li class="held__event">
                <a class="held__link" href=href dir="auto">
                    {first.event.title.clone()}
                </a>
                <span class="muted">{format!("{when} · {}", format::tickets(count))}</span>
            </li>
        })
    };
    let rows = rows.filter_map(row).collect_view();
    view! {
        <section class="held">
            <p>{t!(you.still_holds, count = format::Count(count))}</p>
            <ul class="held__events">{rows}</ul>
            <Pick
                label=t!(you.give_up, count = format::Count(count))
                note=Some(t!(you.give_up_note).to_owned())
                end=None
                chosen=give_up
                on_change=move |chosen| give_up.set(chosen)
            />
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::ticket;

    #[test]
    fn only_what_is_good_at_the_door_would_be_lost() {
        let mut off = ticket(2, true);
        off.event.cancelled = true;
        let items = vec![ticket(1, true), off, ticket(3, false)];
        let page = Page {
            items,
            next_cursor: None,
        };
        let numbers: Vec<i32> = held(page).iter().map(|ticket| ticket.number).collect();
        assert_eq!(numbers, [1]);
    }
}
