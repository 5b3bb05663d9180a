//! Giving tickets away: to one guest, or to a list that is looked through first.

mod choices;
mod list;
mod preview;

use ::api::comps::{GiveComps, Invited};
use ::api::host::HostEvent;
use ::api::{Code, EventId};
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use crate::api::Error;
use crate::components::{
    Button, Chip, Detail, Field, FieldKind, Gate, Heading, Loaded, Pick, Select, SkeletonShape,
    TopBar, use_toasts,
};
use crate::fetch::Fetch;
use crate::history::use_go_back;
use crate::pages::host::leave::{LeaveGuard, LeaveSheet};
use crate::{api, format, route};
use list::GuestFile;

#[component]
pub(crate) fn GivePage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<EventId>().ok()));
    let fetch = Fetch::new(
        move || id.get(),
        |id| async move { api::host_event(id.ok_or(Error::Nowhere)?).await },
    );
    let back = id
        .get_untracked()
        .map_or(route::HOST.to_owned(), route::host_event);
    view! {
        <Detail of=Signal::derive(move || id.get())>
            <TopBar back=back back_label=t!(host.back_to_event) />
            <Gate
                icon=icondata::LuMegaphone
                title=t!(give.sign_in)
                text=t!(give.sign_in_text)
            >
                <Loaded fetch=fetch skeleton=SkeletonShape::Detail once=true let:event>
                    <Give event=event />
                </Loaded>
            </Gate>
        </Detail>
    }
}

/// Whom the tickets are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    One,
    Many,
}

/// What is typed, for one guest and for many.
#[derive(Clone, Copy)]
struct Typed {
    name: RwSignal<String>,
    email: RwSignal<String>,
    list: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            name: text(),
            email: text(),
            list: text(),
        }
    }

    fn is_some(self) -> bool {
        let texts = [self.name, self.email, self.list];
        texts
            .iter()
            .any(|text| text.with(|text| !text.trim().is_empty()))
    }
}

#[component]
fn Give(event: HostEvent) -> impl IntoView {
    let options = event.ticket_types.iter().map(|kind| {
        let words = t!(
            give.kind_left,
            kind = &kind.name,
            count = format::Count(kind.left)
        );
        (kind.id.to_string(), words)
    });
    let options: Vec<_> = options.collect();
    let kind = RwSignal::new(
        options
            .first()
            .map_or_else(String::new, |(id, _)| id.clone()),
    );
    let to = RwSignal::new(To::One);
    let guests = RwSignal::new(Vec::<Invited>::new());
    let again = RwSignal::new(false);
    let typed = Typed::new();
    let would_lose = Signal::derive(move || {
        let from_file = to.get() == To::Many && guests.with(|guests| !guests.is_empty());
        from_file || typed.is_some()
    });
    let guard = LeaveGuard::new(would_lose, would_lose);
    let chip = move |choice: To, label: &'static str| {
        let selected = Signal::derive(move || to.get() == choice);
        let select = move |()| {
            guests.set(Vec::new());
            again.set(false);
            to.set(choice);
        };
        view! {
            <Chip selected=selected on_select=select>
                {label}
            </Chip>
        }
    };
    let whom = move || match to.get() {
        To::One => view! { <OneGuest typed=typed guests=guests /> }.into_any(),
        To::Many => view! {
            <GuestFile event=event.id text=typed.list guests=guests again=again />
        }
        .into_any(),
    };
    view! {
        <div class="guests give">
            <Heading text=t!(host.give_tickets) class="guests__title" />
            <p class="muted">
                {t!(give.text)}
            </p>
            <Select id="give-type" label=t!(common.ticket) value=kind options=options />
            <div class="give__to" role="group" aria-label=t!(give.to_whom)>
                {chip(To::One, t!(give.one))} {chip(To::Many, t!(give.list))}
            </div>
            {whom}
            <Send event=event.id kind=kind guests=guests again=again guard=guard />
        </div>
        <LeaveSheet guard=guard title=t!(common.discard_title) text=t!(common.discard_text) />
    }
}

#[component]
fn OneGuest(typed: Typed, guests: RwSignal<Vec<Invited>>) -> impl IntoView {
    let Typed { name, email, .. } = typed;
    Effect::new(move || {
        let (name, email) = (name.get(), email.get());
        guests.set(vec![Invited { name, email }]);
    });
    view! {
        <Field id="give-name" label=t!(common.name) value=name autocomplete="off" />
        <Field
            id="give-email"
            label=t!(common.email)
            value=email
            kind=FieldKind::Email
            autocomplete="off"
        />
    }
}

/// The button that says how many, and what keeps it from working.
#[component]
fn Send(
    event: EventId,
    kind: RwSignal<String>,
    guests: RwSignal<Vec<Invited>>,
    again: RwSignal<bool>,
    guard: LeaveGuard,
) -> impl IntoView {
    let toasts = use_toasts();
    let go_back = use_go_back();
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let has_ticket = RwSignal::new(false);
    // Kept until there is an answer, so that trying again gives nothing twice.
    let key = StoredValue::new(Uuid::new_v4());
    Effect::new(move || {
        guests.track();
        again.track();
        kind.track();
        key.set_value(Uuid::new_v4());
    });
    let send = move |()| {
        let Ok(ticket_type_id) = kind.get_untracked().parse() else {
            return;
        };
        let body = GiveComps {
            ticket_type_id,
            guests: guests.get_untracked(),
            again: again.get_untracked(),
        };
        if let Err(errors) = body.validate() {
            let first = errors.0.into_values().next();
            error.set(first.map(|said| api::sentence(&said)));
            return;
        }
        busy.set(true);
        error.set(None);
        let go_back = go_back.clone();
        spawn_local(async move {
            match api::give_comps(event, key.get_value(), &body).await {
                Ok(batch) => {
                    let tickets = format::tickets(batch.progress.total);
                    let text = if batch.progress.done < batch.progress.total {
                        t!(give.under_way, tickets = tickets)
                    } else {
                        t!(give.done, tickets = tickets)
                    };
                    toasts.say(text);
                    guard.open();
                    go_back(&route::host_event(event));
                }
                Err(refused) => {
                    error.try_set(Some(refused.to_string()));
                    has_ticket.try_set(refused.code() == Some(Code::HasTicket));
                }
            }
            busy.try_set(false);
        });
    };
    let label = move || match guests.with(Vec::len) {
        0 => t!(host.give_tickets).to_owned(),
        many => t!(
            give.give,
            tickets = format::tickets(i32::try_from(many).unwrap_or(i32::MAX))
        ),
    };
    // At the foot of the screen, whatever stands above it.
    view! {
        <Show when=move || has_ticket.get()>
            <Pick
                label=t!(give.again)
                chosen=again
                on_change=move |chosen| again.set(chosen)
            />
        </Show>
        <div class="give__send">
            <p class="form__error" role="alert">
                {error}
            </p>
            <Button
                busy=busy
                disabled=Signal::derive(move || guests.with(Vec::is_empty))
                on_press=send
            >
                {label}
            </Button>
        </div>
    }
}
