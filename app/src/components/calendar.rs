use ::api::calendar;
use ::api::events::EventRef;
use i18n::t;
use leptos::prelude::*;

use super::{Button, Icon, Kind};
use crate::{api, format, platform, route};

/// Gives events to the person's calendar, as a file. The installed app has no downloads.
#[component]
pub(crate) fn AddToCalendar(events: Vec<EventRef>) -> impl IntoView {
    let save = move |()| {
        let linked = events
            .iter()
            .map(|event| (event, api::public_url(&route::event(event.id))));
        let file = calendar::file(calendar::Method::Publish, linked, format::now());
        platform::download("event.ics", "text/calendar", &file);
    };
    (!platform::is_native()).then(|| {
        view! {
            <Button kind=Kind::Quiet on_press=save>
                <Icon icon=icondata::LuCalendarPlus />
                {t!(common.add_to_calendar)}
            </Button>
        }
    })
}
