//! What a person sees until the app is there: the first screen as the app is about to show it, of
//! the same words and styles, with links that work before it. The app takes its place; an
//! end-to-end test holds the two side by side.

mod event;
mod list;
mod parts;

use i18n::{Language, tag};
use leptos_i18n::td_string;
use maud::{Markup, PreEscaped, html};

pub(super) use event::event;
pub(super) use list::list;
use parts::{icon, logo};

/// The answer that the screen was made of, for the app: as if the device had kept it.
pub(super) fn kept(name: &str, answer: &str) -> Markup {
    // In a script nothing is escaped; a `<` could end it.
    let answer = answer.replace('<', "\\u003c");
    html! {
        script type="application/json" data-kept=(name) { (PreEscaped(answer)) }
    }
}

/// The frame of the app around a list and what is open from it, if something is.
fn shell(language: Language, list: Option<&Markup>, open: Option<&Markup>) -> Markup {
    html! {
        div #prerendered .shell .has-foot-bar[open.is_some()] lang=(tag(language)) {
            a .skip-link href="#prerendered-main" { (td_string!(language, common.skip_to_content)) }
            (tabs(language))
            main .shell__main #prerendered-main {
                div .panes .panes--open[open.is_some()] .panes--alone[open.is_some()] {
                    section .panes__list aria-label=(td_string!(language, common.events)) {
                        @if let Some(list) = list { (list) }
                    }
                    div .panes__detail {
                        @if let Some(open) = open { (open) }
                    }
                }
            }
        }
    }
}

fn tabs(language: Language) -> Markup {
    let tabs = [
        (
            "/",
            icondata::LuSparkles,
            td_string!(language, common.events),
        ),
        (
            "/tickets",
            icondata::LuTicket,
            td_string!(language, common.tickets_title),
        ),
        (
            "/orders",
            icondata::LuReceiptText,
            td_string!(language, common.orders),
        ),
        (
            "/host",
            icondata::LuMegaphone,
            td_string!(language, common.host),
        ),
        (
            "/you",
            icondata::LuCircleUserRound,
            td_string!(language, common.you),
        ),
    ];
    html! {
        nav .tabs aria-label=(td_string!(language, common.main)) {
            a .tabs__logo href="/" aria-label=(td_string!(language, common.brand)) { (logo()) }
            ul .tabs__list {
                @for (path, picture, label) in tabs {
                    li .tabs__item {
                        a .tabs__link href=(path) aria-current=[(path == "/").then_some("page")] {
                            (icon(picture))
                            span .tabs__label { (label) }
                        }
                    }
                }
            }
        }
    }
}
