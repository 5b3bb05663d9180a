use ::api::EventId;
use ::api::events::EventDetail;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{IconButton, use_toasts};
use crate::fetch::Fetch;
use crate::{api, platform, route};

/// Hands the event's link on: through the system where it can, else by the clipboard.
#[component]
pub(super) fn ShareButton(id: EventId, fetch: Fetch<EventDetail>) -> impl IntoView {
    let toasts = use_toasts();
    let share = move || {
        let title = fetch.value.with_untracked(|event| {
            let title = event.as_ref().map(|event| event.summary.title.clone());
            title.unwrap_or_default()
        });
        let link = api::public_url(&route::event(id));
        spawn_local(async move {
            if platform::share(&title, &link).await {
                return;
            }
            if platform::copy(&link).await {
                toasts.say(t!(common.link_copied));
            } else {
                toasts.say(link);
            }
        });
    };
    view! { <IconButton icon=icondata::LuShare label=t!(common.share) on_press=share /> }
}
