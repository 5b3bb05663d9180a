//! The scanner at the door.

mod camera;
mod deck;
mod desk;
mod feedback;
mod recent;
mod sync;
mod verdict;
pub(super) mod words;

use ::api::EventId;
use ::api::door::{CODE_MAX, GATE_MAX};
use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::api::Error;
use crate::components::{
    Badge, Button, Detail, ErrorState, Field, Gate, Heading, Skeleton, SkeletonShape, Tone, TopBar,
};
use crate::listen::on_window;
use crate::{format, route};
use camera::Viewfinder;
use desk::Desk;
use recent::{DoubleEntries, Recent};
use verdict::VerdictScreen;

#[component]
pub(crate) fn DoorPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse::<EventId>().ok()));
    let screen = move || match id.get() {
        Some(id) => view! { <Opened id=id /> }.into_any(),
        None => {
            view! { <ErrorState error=Error::Nowhere busy=false on_retry=|()| () whole=true /> }
                .into_any()
        }
    };
    view! {
        <Gate
            icon=icondata::LuScanQrCode
            title=t!(door.let_in)
            text=t!(door.sign_in)
        >
            <Detail>{screen}</Detail>
        </Gate>
    }
}

#[component]
fn Opened(id: EventId) -> impl IntoView {
    let desk = Desk::open(id);
    let known = Memo::new(move |_| desk.deck.with(Option::is_some));
    let retry = Callback::new(move |()| desk.renew());
    // Once there are tickets, errors are not asked for here: they would build the screen anew, and
    // turn the camera off.
    let screen = move || match known.get() {
        true => view! { <Scanning desk=desk /> }.into_any(),
        false => match desk.error.get() {
            Some(error) => {
                view! { <ErrorState error=error busy=false on_retry=retry whole=true /> }.into_any()
            }
            None => view! { <Skeleton shape=SkeletonShape::Detail /> }.into_any(),
        },
    };
    view! {
        <TopBar back=route::host_event(id) back_label=t!(host.back_to_event) />
        {screen}
    }
}

#[component]
fn Scanning(desk: Desk) -> impl IntoView {
    let event = desk
        .deck
        .with_untracked(|deck| deck.as_ref().map(|deck| deck.door.event.clone()));
    let (title, timezone) = event
        .map(|event| (event.title, event.timezone))
        .unwrap_or_default();
    let timezone = Signal::stored(timezone);
    view! {
        <div class="door">
            <header class="door__head">
                <Heading text=t!(door.title, title = title) class="door__title" />
                <Standing desk=desk />
            </header>
            <Viewfinder desk=desk />
            <CodeEntry desk=desk />
            <Recent desk=desk timezone=timezone />
            <DoubleEntries desk=desk timezone=timezone />
            <section class="door__section">
                <Field
                    id="gate"
                    label=t!(door.gate)
                    value=desk.gate
                    autocomplete="off"
                    maxlength=GATE_MAX
                    hint=t!(door.gate_hint)
                />
            </section>
            <VerdictScreen desk=desk timezone=timezone />
        </div>
    }
}

/// How many are in, and whether the server is in reach.
#[component]
fn Standing(desk: Desk) -> impl IntoView {
    let counts = Memo::new(move |_| {
        let deck = desk.deck.get()?;
        Some((deck.counts(), deck.queue.len()))
    });
    let number = |count: usize| format::count(i32::try_from(count).unwrap_or(i32::MAX));
    let within = move || {
        let ((within, going), _) = counts.get()?;
        Some(t!(
            door.inside,
            inside = number(within),
            all = number(going)
        ))
    };
    let line = move || {
        let waiting = counts.get().map_or(0, |(_, waiting)| waiting);
        match (desk.connected.get(), waiting) {
            (true, 0) => view! { <Badge tone=Tone::Good text=t!(door.connected) /> },
            (false, 0) => view! { <Badge tone=Tone::Warn text=t!(common.no_connection) /> },
            (true, waiting) => {
                view! { <Badge tone=Tone::Warn text=t!(door.to_be_sent, count = waiting) /> }
            }
            (false, waiting) => {
                view! { <Badge tone=Tone::Warn text=t!(door.offline_to_be_sent, count = waiting) /> }
            }
        }
    };
    view! {
        <p class="door__standing">
            <b class="door__count">{within}</b>
            {line}
        </p>
    }
}

/// For typing a code, and for scanners that type: whatever is typed anywhere on the screen goes
/// here, and Enter scans it.
#[component]
fn CodeEntry(desk: Desk) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let field = NodeRef::<html::Input>::new();
    on_window(ev::keydown, move |event| {
        let types = event.key().chars().count() == 1
            && !event.ctrl_key()
            && !event.meta_key()
            && !event.alt_key();
        if types
            && !is_typing(&document())
            && event.key() != " "
            && let Some(field) = field.get_untracked()
        {
            let _focused = field.focus();
        }
    });
    let scan = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let code = typed.get_untracked().trim().to_owned();
        typed.set(String::new());
        if !code.is_empty() {
            desk.scan(code);
        }
    };
    view! {
        <form class="code-entry" on:submit=scan>
            <label class="visually-hidden" for="code">
                {t!(door.code)}
            </label>
            <input
                class="field__input code-entry__input"
                dir="auto"
                id="code"
                node_ref=field
                placeholder="12-K7QF2M"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                enterkeyhint="go"
                maxlength=CODE_MAX
                bind:value=typed
            />
            <Button submit=true>{t!(door.check)}</Button>
        </form>
    }
}

/// Whether the person is writing into a field.
fn is_typing(document: &web_sys::Document) -> bool {
    let active = document.active_element();
    active.is_some_and(|active| matches!(active.tag_name().as_str(), "INPUT" | "TEXTAREA"))
}
