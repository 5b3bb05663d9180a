//! Making an event, and changing it.

mod basics;
mod cover;
mod fields;
mod foot;
mod form;
mod notify;
mod preview;
mod saver;
mod shrink;
mod summary;
mod tickets;
mod zones;

use std::time::Duration;

use ::api::host::{EventStatus, HostEvent};
use ::api::{EventId, FieldErrors};
use i18n::t;
use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use crate::api::Error;
use crate::components::{
    Detail, EmptyState, ErrorState, Gate, Heading, LinkButton, Skeleton, SkeletonShape, TopBar,
};
use crate::fetch::Fetch;
use crate::forms::FormErrors;
use crate::history::use_replace;
use crate::pages::host::confirm::ConfirmFirst;
use crate::pages::host::leave::{LeaveGuard, LeaveSheet};
use crate::{api, route, zoned};
use basics::{About, WhenAndWhere};
use cover::CoverSection;
use fields::Part;
pub(super) use fields::{LATER, When, parse_amount};
use foot::Foot;
use form::Form;
use preview::Preview;
use saver::{Progress, Saver};
use summary::ErrorSummary;
pub(super) use summary::names_of;
use tickets::Tickets;

/// How long typing must rest before what is wrong is marked.
const REST: Duration = Duration::from_millis(1000);

/// What is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    New,
    /// Nothing, when the address names no event.
    Event(Option<EventId>),
}

impl Target {
    fn of(path: &str) -> Self {
        if path.trim_end_matches('/') == route::HOST_NEW {
            return Self::New;
        }
        let id = path.split('/').nth(3).unwrap_or_default();
        Self::Event(id.parse().ok())
    }
}

/// The form for a new event and for one there is. It stays when the new event gets its address by
/// being saved for the first time.
#[component]
pub(crate) fn EditPage() -> impl IntoView {
    let path = use_location().pathname;
    let made = RwSignal::new(None);
    let shown = Memo::new(move |before: Option<&Target>| {
        let now = path.with(|path| Target::of(path));
        let same = before == Some(&Target::New) && now == Target::Event(made.get_untracked());
        if same { Target::New } else { now }
    });
    let screen = move || match shown.get() {
        Target::New => view! { <Editor event=None made=made /> }.into_any(),
        Target::Event(id) => view! { <Existing id=id made=made /> }.into_any(),
    };
    view! {
        <Gate
            icon=icondata::LuMegaphone
            title=t!(host.put_on)
            text=t!(host.sign_in)
        >
            {screen}
        </Gate>
    }
}

/// Loads the event once: what is typed is not replaced by news from the server.
#[component]
fn Existing(id: Option<EventId>, made: RwSignal<Option<EventId>>) -> impl IntoView {
    let fetch = Fetch::new(
        || (),
        move |()| async move { api::host_event(id.ok_or(Error::Nowhere)?).await },
    );
    let event = Memo::new(move |before: Option<&Option<HostEvent>>| {
        let before = before.cloned().flatten();
        before.or_else(|| fetch.value.get())
    });
    // What goes wrong later is not asked for here: it would build the form anew.
    move || match event.get() {
        Some(event) if is_over(&event) => view! { <Over event=event /> }.into_any(),
        Some(event) => view! { <Editor event=Some(event) made=made /> }.into_any(),
        None => view! { <NotThere error=fetch.error.get() fetch=fetch /> }.into_any(),
    }
}

#[component]
fn NotThere(error: Option<Error>, fetch: Fetch<HostEvent>) -> impl IntoView {
    let state = match error {
        Some(error) => {
            let retry = move |()| fetch.reload();
            view! { <ErrorState error=error busy=fetch.loading on_retry=retry whole=true /> }
                .into_any()
        }
        None => view! { <Skeleton shape=SkeletonShape::Detail /> }.into_any(),
    };
    view! {
        <Detail>
            <TopBar back=route::HOST back_label=t!(host.all_mine) />
            {state}
        </Detail>
    }
}

fn is_over(event: &HostEvent) -> bool {
    let sells = matches!(event.status, EventStatus::Draft | EventStatus::Published);
    !sells || event.state == ::api::events::SaleState::Ended && event.status != EventStatus::Draft
}

#[component]
fn Over(event: HostEvent) -> impl IntoView {
    let text = if event.status == EventStatus::Cancelled {
        t!(edit.was_cancelled)
    } else {
        t!(edit.was)
    };
    view! {
        <Detail>
            <TopBar back=route::host_event(event.id) back_label=t!(common.back) />
            <Heading text=event.title class="visually-hidden" />
            <EmptyState icon=icondata::LuCalendarPlus title=t!(edit.has_been) text=text>
                <LinkButton href=route::host_event(event.id)>{t!(edit.see_sales)}</LinkButton>
            </EmptyState>
        </Detail>
    }
}

#[component]
fn Editor(event: Option<HostEvent>, made: RwSignal<Option<EventId>>) -> impl IntoView {
    let form = Form::of(event.as_ref());
    let saver = Saver::new(form, event.as_ref());
    let errors = FormErrors::new();
    if event.is_none() {
        price_as_before(saver);
    }
    keep_address(saver, made);
    keep_errors_true(form, errors);
    mark_what_is_wrong(form, errors);
    let guard = LeaveGuard::new(
        Signal::derive(move || saver.is_unsaved()),
        Signal::derive(move || saver.would_lose()),
    );
    let title = if event.is_some() {
        t!(edit.edit_event)
    } else {
        t!(edit.new_event)
    };
    let above = match &event {
        Some(event) if event.status == EventStatus::Published => route::host_event(event.id),
        _ => route::HOST.to_owned(),
    };
    let loss = Signal::derive(move || would_be_lost(saver));
    view! {
        <Detail>
            <TopBar back=above back_label=t!(common.back) />
            <div class="editor">
                <div class="editor__form">
                    <Heading text=title />
                    <ErrorSummary errors=errors form=form />
                    {(!saver.published).then(|| view! { <ConfirmFirst /> })}
                    <About form=form errors=errors />
                    <WhenAndWhere saver=saver errors=errors />
                    <Tickets saver=saver errors=errors />
                    <CoverSection saver=saver />
                </div>
                <Preview saver=saver />
            </div>
            <Foot saver=saver errors=errors />
        </Detail>
        <LeaveSheet guard=guard title=t!(edit.leave_title) text=loss />
    }
}

/// Who puts on one event after the other does so in one currency.
fn price_as_before(saver: Saver) {
    spawn_local(async move {
        if let Ok(Some(last)) = api::last_host_event().await
            && !saver.id.is_disposed()
        {
            saver.preset_currency(last.due.currency);
        }
    });
}

/// A new event has an address of its own from its first save on.
fn keep_address(saver: Saver, made: RwSignal<Option<EventId>>) {
    let replace = use_replace();
    let path = use_location().pathname;
    Effect::new(move || {
        let Some(id) = saver.id.get() else { return };
        if path.get_untracked().trim_end_matches('/') == route::HOST_NEW {
            made.set(Some(id));
            replace(&route::host_edit(id));
        }
    });
}

/// Once complaints are shown, they go away as they are met.
fn keep_errors_true(form: Form, errors: FormErrors) {
    Effect::new(move |before: Option<()>| {
        form.snapshot();
        let shown = errors.fields.with_untracked(|fields| !fields.is_empty());
        if before.is_some() && shown {
            errors.update(form.check().map(drop));
        }
    });
}

/// What was typed and cannot be kept is marked once typing rests, and no longer once it is put right.
/// What is yet to be filled in is not: that is said before publishing.
fn mark_what_is_wrong(form: Form, errors: FormErrors) {
    let mut mark = debounce(REST, move |wrong: FieldErrors| errors.mark(wrong));
    Effect::new(move |before: Option<()>| {
        let wrong = form.snapshot().wrongly_typed(&zoned::moments);
        if before.is_some() {
            let still = errors.typed.with_untracked(|typed| {
                let still = wrong
                    .0
                    .iter()
                    .filter(|(field, _)| typed.contains_key(*field));
                still
                    .map(|(field, said)| (field.clone(), said.clone()))
                    .collect()
            });
            errors.mark(FieldErrors(still));
            mark(wrong);
        }
    });
}

fn would_be_lost(saver: Saver) -> String {
    match saver.progress.get() {
        Progress::Partly(parts) => {
            t!(edit.lost_parts, parts = Part::names(&parts))
        }
        Progress::Untitled => t!(edit.lost_untitled).to_owned(),
        Progress::Failed(sentence) => t!(edit.lost_failed, reason = sentence),
        _ => t!(edit.lost_changes).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_is_edited() {
        let id = EventId::from_u128(7);
        assert_eq!(Target::of(route::HOST_NEW), Target::New);
        assert_eq!(Target::of(&route::host_edit(id)), Target::Event(Some(id)));
        assert_eq!(Target::of("/host/events/x/edit"), Target::Event(None));
    }
}
