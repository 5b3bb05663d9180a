use ::api::{Code, Time};
use leptos::prelude::*;

use super::{Button, Icon, Kind};
use crate::api::Error;
use crate::format;

/// Nothing here yet, and what to do about it.
#[component]
pub(crate) fn EmptyState(
    icon: icondata::Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state">
            <div class="state__icon">
                <Icon icon=icon />
            </div>
            <h2 class="state__title">{title}</h2>
            <p class="state__text">{text}</p>
            {children.map(|children| view! { <div class="state__actions">{children()}</div> })}
        </div>
    }
}

/// What happened, and Retry.
#[component]
pub(crate) fn ErrorState(
    error: Error,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let (icon, title) = match (&error, error.code()) {
        (Error::Unreachable, _) => (icondata::LuWifiOff, "No connection"),
        (Error::Unreadable, _) => (icondata::LuCloudAlert, "Update needed"),
        (_, Some(Code::NotFound)) => (icondata::LuTicketX, "Not here"),
        _ => (icondata::LuCloudAlert, "That did not work"),
    };
    view! {
        <div class="state" role="alert">
            <div class="state__icon">
                <Icon icon=icon />
            </div>
            <h2 class="state__title">{title}</h2>
            <p class="state__text">{error.to_string()}</p>
            <div class="state__actions">
                <Button kind=Kind::Quiet busy=busy on_press=on_retry>
                    "Try again"
                </Button>
            </div>
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
    let age = as_of.map(|as_of| format!("From {}. ", format::ago(as_of, format::now())));
    view! {
        <div class="stale" role="status">
            <Icon icon=icondata::LuWifiOff />
            <p class="stale__text">{age} {error.to_string()}</p>
            <Button kind=Kind::Plain on_press=on_retry>
                "Try again"
            </Button>
        </div>
    }
}
