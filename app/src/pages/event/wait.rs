//! Joining the waiting list of what is sold out. Closing the sheet is Back.

use ::api::events::{EventDetail, SaleState, TicketType};
use ::api::waiting::JoinWaitingList;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{OpenEvent, use_open_event};
use crate::components::{Button, Loaded, Select, Sheet, SkeletonShape, Stepper, use_toasts};
use crate::history::{Close, use_go_back};
use crate::pages::later;
use crate::pages::you::{AuthForm, AuthMode};
use crate::session::use_session;
use crate::{api, format, route};

#[component]
pub(crate) fn WaitSheet() -> impl IntoView {
    let open = use_open_event();
    let go_back = use_go_back();
    let close = Close::by_address(move || {
        let event = open.fetch.value;
        let above = event.with_untracked(|event| event.as_ref().map(|event| event.summary.id));
        go_back(&above.map_or(route::EVENTS.to_owned(), route::event));
    });
    provide_context(close);
    view! {
        <Sheet title=t!(events.join_waiting_list) on_close=close tall=true>
            {later::wait()}
        </Sheet>
    }
}

/// What the sheet holds.
#[component]
pub(crate) fn Wait() -> impl IntoView {
    let open = use_open_event();
    let session = use_session();
    let close: Close = expect_context();
    let sign_in = || {
        view! {
            <p class="muted">{t!(events.sign_in_to_wait)}</p>
            <AuthForm mode=RwSignal::new(AuthMode::CreateAccount) on_done=|()| () />
        }
    };
    view! {
        <Show when=move || session.user_id().is_some() fallback=sign_in>
            <Loaded fetch=open.fetch skeleton=SkeletonShape::Rows once=true let:event>
                <Wish event=event open=open on_done=close />
            </Loaded>
        </Show>
    }
}

/// Of which type, and for how many people.
#[component]
fn Wish(event: EventDetail, open: OpenEvent, on_done: Close) -> impl IntoView {
    let toasts = use_toasts();
    let gone: Vec<TicketType> = event
        .ticket_types
        .iter()
        .filter(|kind| kind.state == SaleState::SoldOut)
        .cloned()
        .collect();
    let Some(first) = gone.first() else {
        return view! { <p>{t!(events.there_are_tickets)}</p> }.into_any();
    };
    let kind = RwSignal::new(first.id.to_string());
    let quantity = RwSignal::new(1);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let options = gone.iter().map(|kind| {
        let words = format!("{} · {}", kind.name, format::price(kind.price));
        (kind.id.to_string(), words)
    });
    let options: Vec<_> = options.collect();
    let most = Memo::new(move |_| {
        let chosen = gone
            .iter()
            .find(|one| kind.with(|id| one.id.to_string() == *id));
        chosen.map_or(1, |kind| kind.max_per_order)
    });
    let id = event.summary.id;
    let join = move |()| {
        let Ok(ticket_type_id) = kind.get_untracked().parse() else {
            return;
        };
        let body = JoinWaitingList {
            ticket_type_id,
            quantity: quantity.get_untracked().min(most.get_untracked()),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::join_waiting_list(id, &body).await {
                Ok(places) => {
                    open.waiting.value.try_set(Some(places));
                    toasts.say(t!(events.in_line));
                    on_done.run();
                }
                Err(refused) => {
                    error.try_set(Some(refused.to_string()));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <p class="muted">
            {t!(events.how_waiting_works)}
        </p>
        <Select id="wait-type" label=t!(common.ticket) value=kind options=options />
        <div class="waiting__party">
            <p>{t!(events.how_many)}</p>
            <Stepper
                label=t!(common.tickets_title)
                value=quantity
                can_add=Signal::derive(move || quantity.get() < most.get())
                least=1
                on_change=move |wanted: i32| quantity.set(wanted)
            />
        </div>
        <p class="form__error" role="alert">
            {error}
        </p>
        <Button wide=true busy=busy on_press=join>
            {t!(events.get_in_line)}
        </Button>
    }
    .into_any()
}
