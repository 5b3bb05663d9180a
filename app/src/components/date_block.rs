use api::Time;
use leptos::prelude::*;

use crate::format;

/// Month and day, to be found at a glance. The text beside it says the date in full.
#[component]
pub(crate) fn DateBlock(time: Time, timezone: String) -> impl IntoView {
    let (month, day) = format::month_and_day(time, &timezone);
    view! {
        <span class="date-block" aria-hidden="true">
            <span class="date-block__month">{month}</span>
            <span class="date-block__day">{day}</span>
        </span>
    }
}
