use api::events::EventSummary;
use i18n::event::{self, Reader as _};
use leptos_i18n::td_string;
use maud::{Markup, html};

use super::parts::{cover, icon, icon_button, sale_badge};
use super::shell;
use crate::reader::Reader;

/// The list of events.
pub(in crate::web) fn list(reader: &Reader, events: &[EventSummary]) -> Markup {
    let language = reader.language;
    let chips = [
        td_string!(language, events.all),
        td_string!(language, events.this_week),
        td_string!(language, common.free),
        td_string!(language, events.past),
    ];
    let list = html! {
        div .pane {
            div .list .events {
                header .list__header {
                    h1 .heading { (td_string!(language, common.events)) }
                    div .list__actions {
                        (icon_button(icondata::LuRefreshCw, td_string!(language, common.refresh)))
                    }
                }
                // What is typed before the app is there would be lost with it.
                div .events__filter inert {
                    div .search role="search" {
                        (icon(icondata::LuSearch))
                        input .search__input type="search" dir="auto"
                            placeholder=(td_string!(language, events.search_hint))
                            aria-label=(td_string!(language, events.search));
                    }
                    div .chips role="group" aria-label=(td_string!(language, events.which)) {
                        @for (index, chip) in chips.iter().enumerate() {
                            button .chip type="button" aria-pressed=(index == 0) { (chip) }
                        }
                    }
                }
                div .feed {
                    ul .cards {
                        @for event in events { li .cards__item { (card(reader, event)) } }
                    }
                }
            }
        }
    };
    shell(language, Some(&list), None)
}

fn card(reader: &Reader, event: &EventSummary) -> Markup {
    let (month, day) = reader.month_and_day(event.starts_at, &event.timezone);
    html! {
        article .card .card--over[event.state.is_over()] {
            div .card__cover {
                (cover(event.id, event.cover_url.as_deref()))
                (sale_badge(reader, event))
            }
            div .card__body {
                span .date-block aria-hidden="true" {
                    span .date-block__month { (month) }
                    span .date-block__day { (day) }
                }
                div .card__text {
                    h2 .card__title dir="auto" {
                        a href=(format!("/events/{}", event.id)) { (event.title) }
                    }
                    p .card__when { (reader.day_and_clock(event.starts_at, &event.timezone)) }
                    p .card__where dir="auto" { (event::place(event)) }
                    p .card__facts {
                        @if let Some(price) = event::price_from(reader, event) {
                            span .card__price { (price) }
                        }
                        @if let Some(going) = event::going(reader, event) { span { (going) } }
                    }
                }
            }
        }
    }
}
