use ::api::calendar;
use ::api::events::EventRef;
use leptos::prelude::*;

use super::{Button, Icon, Kind};
use crate::{api, format, platform, route};

/// Gives the event to the person's calendar, as a file. The installed app has no downloads.
#[component]
pub(crate) fn AddToCalendar(event: EventRef) -> impl IntoView {
    let save = move |()| {
        let url = api::public_url(&route::event(event.id));
        let file = calendar::file([(&event, url)], format::now());
        platform::download("event.ics", "text/calendar", &file);
    };
    (!platform::is_native()).then(|| {
        view! {
            <Button kind=Kind::Quiet on_press=save>
                <Icon icon=icondata::LuCalendarPlus />
                "Add to calendar"
            </Button>
        }
    })
}
