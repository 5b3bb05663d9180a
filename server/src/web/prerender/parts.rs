//! What the screens are made of, with the classes of the app's components of the same names.

use api::EventId;
use api::events::EventSummary;
use i18n::event::{self, Tone};
use maud::{Markup, PreEscaped, html};

use crate::reader::Reader;

pub(super) fn icon(icon: icondata::Icon) -> Markup {
    html! {
        span .icon aria-hidden="true" {
            svg width="1em" height="1em" viewBox=[icon.view_box]
                fill=(icon.fill.unwrap_or("currentColor")) stroke=[icon.stroke]
                stroke-width=[icon.stroke_width] stroke-linecap=[icon.stroke_linecap]
                stroke-linejoin=[icon.stroke_linejoin] { (PreEscaped(icon.data)) }
        }
    }
}

pub(super) fn logo() -> Markup {
    html! {
        svg .logo viewBox="0 0 1024 1024" aria-hidden="true" {
            path fill="currentColor" fill-rule="evenodd" d=(poster::LOGO) {}
        }
    }
}

/// The organizer's picture, else the poster.
pub(super) fn cover(id: EventId, url: Option<&str>) -> Markup {
    let side = poster::SIDE;
    html! {
        @if let Some(url) = url {
            img .cover src=(url) alt="";
        } @else {
            svg .cover viewBox=(format!("0 0 {side} {side}")) preserveAspectRatio=(poster::FILL)
                aria-hidden="true" { (PreEscaped(poster::draw(id))) }
        }
    }
}

pub(super) fn sale_badge(reader: &Reader, event: &EventSummary) -> Markup {
    html! {
        @if let Some((tone, words)) = event::badge(reader, event) {
            span .badge .badge--good[tone == Tone::Good] .badge--warn[tone == Tone::Warn]
                .badge--bad[tone == Tone::Bad] { (words) }
        }
    }
}

/// A button of a picture. Those need the app.
pub(super) fn icon_button(picture: icondata::Icon, label: &str) -> Markup {
    html! {
        button .icon-button type="button" title=(label) aria-label=(label) { (icon(picture)) }
    }
}
