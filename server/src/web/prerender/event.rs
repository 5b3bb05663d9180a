use api::events::{EventDetail, SaleState, TicketType};
use i18n::event::{self, Next, Reader as _};
use leptos_i18n::td_string;
use maud::{Markup, html};

use super::parts::{cover, icon, icon_button, sale_badge};
use super::shell;
use crate::reader::Reader;

/// The screen of one event.
pub(in crate::web) fn event(reader: &Reader, event: &EventDetail) -> Markup {
    let (language, summary) = (reader.language, &event.summary);
    let back = td_string!(language, common.all_events);
    let screen = html! {
        article .pane {
            div .top-bar .top-bar--floating {
                a .icon-button href="/" title=(back) aria-label=(back) {
                    (icon(icondata::LuArrowLeft))
                }
                div .top-bar__actions {
                    (icon_button(icondata::LuShare, td_string!(language, common.share)))
                }
            }
            div .event {
                div .event__cover .event__cover--picture[summary.cover_url.is_some()] { (cover(summary.id, summary.cover_url.as_deref())) }
                div .event__body {
                    div .event__head {
                        (sale_badge(reader, summary))
                        h1 .heading dir="auto" { (summary.title) }
                        p .event__by dir="auto" {
                            (td_string!(language, events.by, name = &event.organizer.name))
                        }
                    }
                    (facts(reader, event))
                    (ticket_types(reader, event))
                    @if !event.description.trim().is_empty() {
                        section .section {
                            h2 .section__title { (td_string!(language, common.about)) }
                            p .event__about dir="auto" { (event.description) }
                        }
                    }
                }
            }
            (foot(reader, event))
        }
    };
    shell(language, None, Some(&screen))
}

fn facts(reader: &Reader, event: &EventDetail) -> Markup {
    let (language, summary) = (reader.language, &event.summary);
    html! {
        dl .facts {
            div .facts__row {
                dt .facts__icon {
                    (icon(icondata::LuCalendarDays))
                    span .visually-hidden { (td_string!(language, events.when)) }
                }
                dd {
                    p .facts__main { (reader.long_day(summary.starts_at, &summary.timezone)) }
                    p .muted { (event::hours(reader, summary)) }
                }
            }
            div .facts__row {
                dt .facts__icon {
                    (icon(icondata::LuMapPin))
                    span .visually-hidden { (td_string!(language, events.where_)) }
                }
                dd {
                    p .facts__main dir="auto" { (summary.venue) }
                    p .muted dir="auto" { (event::street(event)) }
                    a .facts__link { (td_string!(language, events.open_map)) }
                }
            }
        }
    }
}

fn ticket_types(reader: &Reader, event: &EventDetail) -> Markup {
    let language = reader.language;
    let summary = &event.summary;
    let offer = |kind: &TicketType| {
        html! {
            li .offer {
                div .offer__text {
                    h3 .offer__name dir="auto" { (kind.name) }
                    p .muted { (event::left(reader, kind, &summary.timezone)) }
                    @if kind.state == SaleState::SoldOut {
                        a .offer__wait href=(format!("/events/{}/wait", summary.id)) {
                            (td_string!(language, events.join_waiting_list))
                        }
                    }
                }
                p .offer__price { (reader.price(kind.price)) }
            }
        }
    };
    html! {
        section .section {
            h2 .section__title { (td_string!(language, common.tickets_title)) }
            ul .offers { @for kind in &event.ticket_types { (offer(kind)) } }
        }
    }
}

fn foot(reader: &Reader, event: &EventDetail) -> Markup {
    let (language, id) = (reader.language, event.summary.id);
    let offer = event::offer(reader, event);
    let (path, is_main, words) = match offer.next {
        Next::Buy => (
            format!("/events/{id}/buy"),
            true,
            td_string!(language, events.get_tickets),
        ),
        Next::Wait => (
            format!("/events/{id}/wait"),
            true,
            td_string!(language, events.join_waiting_list_short),
        ),
        Next::MoreEvents => (
            "/".to_owned(),
            false,
            td_string!(language, events.more_events),
        ),
    };
    html! {
        div .foot-bar {
            div .foot-bar__text {
                p .foot-bar__main { (offer.main) }
                p .foot-bar__note { (offer.note) }
            }
            a .button .button--primary[is_main] .button--quiet[!is_main] href=(path) {
                span .button__label { (words) }
            }
        }
    }
}
