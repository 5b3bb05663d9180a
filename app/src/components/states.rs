use std::time::Duration;

use ::api::Time;
use i18n::t;
use leptos::prelude::*;

use super::{Button, Heading, Icon, Kind, LinkButton};
use crate::api::Error;
use crate::{format, route};

const MINUTE: Duration = Duration::from_secs(60);

/// Nothing here yet, and what to do about it.
#[component]
pub(crate) fn EmptyState(
    icon: icondata::Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// It stands for the whole screen, so it has its heading.
    #[prop(optional)]
    whole: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state">
            <div class="state__icon">
                <Icon icon=icon />
            </div>
            {title_of_state(title, whole)}
            <p class="state__text" dir="auto">{text}</p>
            {children.map(|children| view! { <div class="state__actions">{children()}</div> })}
        </div>
    }
}

/// What a state is called: the heading of the screen where it is the `whole` of it.
fn title_of_state(title: String, whole: bool) -> AnyView {
    if whole {
        view! { <Heading text=title class="state__title" /> }.into_any()
    } else {
        view! { <h2 class="state__title" dir="auto">{title}</h2> }.into_any()
    }
}

/// What happened, and Retry; where there is nothing to retry, the way home.
#[component]
pub(crate) fn ErrorState(
    error: Error,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_retry: Callback<()>,
    /// It stands for the whole screen, so it has its heading.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let missing = error.is_missing();
    let (icon, title) = match error {
        _ if missing => (icondata::LuTicketX, t!(common.not_here)),
        Error::Unreachable => (icondata::LuWifiOff, t!(common.no_connection)),
        Error::Unreadable => (icondata::LuCloudAlert, t!(common.update_needed)),
        _ => (icondata::LuCloudAlert, t!(common.did_not_work)),
    };
    let action = if missing {
        view! {
            <LinkButton href=route::EVENTS kind=Kind::Quiet>
                {t!(common.see_all_events)}
            </LinkButton>
        }
        .into_any()
    } else {
        view! {
            <Button kind=Kind::Quiet busy=busy on_press=on_retry>
                {t!(common.try_again)}
            </Button>
        }
        .into_any()
    };
    view! {
        <div class="state" role="alert">
            <div class="state__icon">
                <Icon icon=icon />
            </div>
            {title_of_state(title.to_owned(), whole)}
            <p class="state__text" dir="auto">{error.to_string()}</p>
            <div class="state__actions">{action}</div>
        </div>
    }
}

/// What is shown could not be brought up to date; it says how old it is.
#[component]
pub(crate) fn Stale(
    error: Error,
    as_of: Option<Time>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let trouble = match error {
        Error::Unreachable => t!(common.no_connection_now).to_owned(),
        error => error.to_string(),
    };
    let now = RwSignal::new(format::now());
    if let Ok(timer) = set_interval_with_handle(move || now.set(format::now()), MINUTE) {
        on_cleanup(move || timer.clear());
    }
    let age = move || {
        let ago = format::ago(as_of?, now.get());
        Some(format!(" {}", t!(common.as_of, ago = ago)))
    };
    view! {
        <div class="stale" role="status">
            <Icon icon=icondata::LuWifiOff />
            <p class="stale__text">{trouble} {age}</p>
            <Button kind=Kind::Plain on_press=on_retry>
                {t!(common.try_again)}
            </Button>
        </div>
    }
}
