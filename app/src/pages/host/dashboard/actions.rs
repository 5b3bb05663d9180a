use std::future::Future;

use ::api::door::opens_at;
use ::api::host::{EventStatus, HostEvent};
use ::api::staff::Role;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Head, Open};
use crate::api::Error;
use crate::components::{Button, Icon, Kind, LinkButton, ToastBox, use_toasts};
use crate::pages::host::confirm::ConfirmFirst;
use crate::pages::host::edit::names_of;
use crate::{api, format, platform, route};

/// What the organizer can do with the event as it stands.
#[component]
pub(super) fn Actions(head: Head, open: Open) -> impl IntoView {
    let manages = head.role >= Role::Manager;
    if head.status == EventStatus::Draft {
        return manages
            .then(|| view! { <DraftActions head=head open=open /> })
            .into_any();
    }
    let live = head.live;
    // Until the doors open, it is people that are needed.
    let doors = format::now() >= opens_at(head.starts_at);
    let first = live && !doors;
    let (share, scan) = match first {
        true => (Kind::Primary, Kind::Quiet),
        false => (Kind::Quiet, Kind::Primary),
    };
    let share = |head: Head| view! { <ShareButton kind=share head=head /> };
    view! {
        <div class="dashboard__actions">
            {first.then(|| share(head.clone()))}
            {live
                .then(|| {
                    view! {
                        <LinkButton kind=scan href=route::host_door(head.id)>
                            <Icon icon=icondata::LuScanQrCode />
                            {t!(host.scan_tickets)}
                        </LinkButton>
                    }
                })}
            <LinkButton kind=Kind::Quiet href=route::event(head.id)>
                <Icon icon=icondata::LuEye />
                {t!(host.view_page)}
            </LinkButton>
            {(!first).then(|| share(head.clone()))}
            <LinkButton kind=Kind::Quiet href=route::host_guests(head.id)>
                            <Icon icon=icondata::LuUsers />
                            {t!(host.guests)}
                        </LinkButton>
            {(live && manages).then(|| view! { <LiveActions head=head open=open /> })}
        </div>
    }
    .into_any()
}

#[component]
fn DraftActions(head: Head, open: Open) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let missing = RwSignal::new(None::<String>);
    let id = head.id;
    let publish = move |()| {
        missing.set(None);
        run(
            busy,
            open,
            api::publish_event(id),
            move |answer| match answer {
                Ok(_) => toasts.say_with_link(t!(host.is_live), t!(host.see_it), route::event(id)),
                Err(error) => {
                    missing.try_set(Some(why_not(&error)));
                }
            },
        );
    };
    view! {
        <ConfirmFirst />
        <section class="draft">
            <p>{t!(host.draft_text)}</p>
            <p class="field__error" role="alert">
                {missing}
            </p>
            <div class="actions">
                <Button busy=busy on_press=publish>
                    {t!(host.publish)}
                </Button>
                <LinkButton kind=Kind::Quiet href=route::host_edit(id)>
                    <Icon icon=icondata::LuPencil />
                    {t!(host.edit)}
                </LinkButton>
            </div>
        </section>
    }
}

fn why_not(error: &Error) -> String {
    let fields = error.problem().map(|problem| &problem.errors);
    match fields.filter(|fields| !fields.is_empty()) {
        Some(fields) => t!(host.not_ready, fields = names_of(fields)),
        None => error.to_string(),
    }
}

#[component]
fn LiveActions(head: Head, open: Open) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let (id, selling) = (head.id, head.sales_open);
    let switch = move |()| {
        let done = move |answer: Result<HostEvent, Error>| match answer {
            Ok(_) if selling => toasts.say(t!(host.paused)),
            Ok(_) => toasts.say(t!(host.resumed)),
            Err(error) => toasts.say(error.to_string()),
        };
        if selling {
            run(busy, open, api::pause_sales(id), done);
        } else {
            run(busy, open, api::resume_sales(id), done);
        }
    };
    let (icon, words) = if selling {
        (icondata::LuPause, t!(host.pause))
    } else {
        (icondata::LuPlay, t!(host.resume))
    };
    view! {
        <LinkButton kind=Kind::Quiet href=route::host_give(id)>
            <Icon icon=icondata::LuGift />
            {t!(host.give_tickets)}
        </LinkButton>
        <LinkButton kind=Kind::Quiet href=route::host_edit(id)>
            <Icon icon=icondata::LuPencil />
            {t!(host.edit)}
        </LinkButton>
        <Button kind=Kind::Quiet busy=busy on_press=switch>
            <Icon icon=icon />
            {words}
        </Button>
    }
}

#[component]
fn ShareButton(kind: Kind, head: Head) -> impl IntoView {
    let toasts = use_toasts();
    let share = move |()| {
        let link = api::public_url(&route::event(head.id));
        let title = head.title.clone();
        spawn_local(async move {
            if !platform::share(&title, &link).await {
                copy(&link, toasts).await;
            }
        });
    };
    view! {
        <Button kind=kind on_press=share>
            <Icon icon=icondata::LuShare />
            {t!(common.share)}
        </Button>
    }
}

async fn copy(link: &str, toasts: ToastBox) {
    if platform::copy(link).await {
        toasts.say(t!(common.link_copied));
    } else {
        toasts.say(link);
    }
}

/// Carries an action out once, says how it went, and shows the event as it is then.
pub(super) fn run(
    busy: RwSignal<bool>,
    open: Open,
    action: impl Future<Output = Result<HostEvent, Error>> + 'static,
    done: impl FnOnce(Result<HostEvent, Error>) + 'static,
) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    spawn_local(async move {
        let answer = action.await;
        busy.try_set(false);
        if !open.event.value.is_disposed() {
            open.reload();
        }
        done(answer);
    });
}
