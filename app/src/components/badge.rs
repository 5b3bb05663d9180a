use api::events::EventSummary;
use i18n::event;
pub(crate) use i18n::event::Tone;
use leptos::prelude::*;

use crate::format::Here;

/// A word or two about a state.
#[component]
pub(crate) fn Badge(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=class(tone)>{text}</span> }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "badge",
        Tone::Good => "badge badge--good",
        Tone::Warn => "badge badge--warn",
        Tone::Bad => "badge badge--bad",
    }
}

/// The one thing to know about an event's tickets, if there is one.
#[component]
pub(crate) fn SaleBadge<'a>(event: &'a EventSummary) -> impl IntoView + use<> {
    event::badge(&Here, event).map(|(tone, text)| view! { <Badge tone=tone text=text /> })
}
