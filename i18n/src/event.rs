//! What is said of an event wherever it is shown: in the app, and on the page that the server
//! writes before the app is there.

use std::fmt::Display;

use api::events::{EventDetail, EventSummary, SaleState, TicketType};
use api::{Money, Time};
use leptos_i18n::td_string;

use crate::{Language, PluralOperands};

/// Who reads: their language, and how numbers, money and times are written where they are.
pub trait Reader {
    fn language(&self) -> Language;
    /// `1,234`, which decides the plural of the text that it stands in.
    fn count(&self, number: i32) -> impl Display + Clone + Into<PluralOperands>;
    /// `€25.00`
    fn money(&self, money: Money) -> String;
    /// `Fri, 28 Nov`, by the clock of `timezone`.
    fn day(&self, time: Time, timezone: &str) -> String;
    /// `20:00`
    fn clock(&self, time: Time, timezone: &str) -> String;

    /// `Fri, 28 Nov · 20:00`
    fn day_and_clock(&self, time: Time, timezone: &str) -> String {
        let (day, clock) = (self.day(time, timezone), self.clock(time, timezone));
        format!("{day} · {clock}")
    }

    /// A price: money, or the word for nothing to pay.
    fn price(&self, price: Money) -> String {
        if price.is_zero() {
            td_string!(self.language(), common.free).to_owned()
        } else {
            self.money(price)
        }
    }
}

/// What a badge says beside its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Good,
    Warn,
    Bad,
}

/// The one thing to know about an event's tickets, if there is one.
pub fn badge(reader: &impl Reader, event: &EventSummary) -> Option<(Tone, String)> {
    let language = reader.language();
    let free = event.price_from.is_some_and(|price| price.is_zero());
    let (tone, words) = match event.state {
        SaleState::SoldOut => (Tone::Neutral, td_string!(language, common.sold_out)),
        SaleState::FewLeft if event.left <= 10 => {
            let left = td_string!(language, common.left, count = event.left);
            return Some((Tone::Warn, left));
        }
        SaleState::FewLeft => (Tone::Warn, td_string!(language, common.few_left)),
        SaleState::Cancelled => (Tone::Bad, td_string!(language, common.cancelled)),
        SaleState::Ended => (Tone::Neutral, td_string!(language, common.ended)),
        SaleState::NotYet => (Tone::Neutral, td_string!(language, common.on_sale_soon)),
        SaleState::Paused => (Tone::Neutral, td_string!(language, common.sales_paused)),
        SaleState::Closed => (Tone::Neutral, td_string!(language, common.sale_closed)),
        SaleState::OnSale if free => (Tone::Good, td_string!(language, common.free)),
        SaleState::OnSale => return None,
    };
    Some((tone, words.to_owned()))
}

/// Where it is, in a list.
pub fn place(event: &EventSummary) -> String {
    joined(&[&event.venue, &event.city])
}

/// Where it is, below the name of the venue.
pub fn street(event: &EventDetail) -> String {
    joined(&[&event.address, &event.summary.city])
}

/// Where a map finds it.
pub fn whole_place(event: &EventDetail) -> String {
    joined(&[&event.summary.venue, &event.address, &event.summary.city])
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(", ")
}

/// What it costs, while it can be had.
pub fn price_from(reader: &impl Reader, event: &EventSummary) -> Option<String> {
    let is_had = event.state.is_open() || event.state == SaleState::NotYet;
    let price = event.price_from.filter(|_| is_had)?;
    Some(from(reader, price))
}

fn from(reader: &impl Reader, price: Money) -> String {
    if price.is_zero() {
        td_string!(reader.language(), common.free).to_owned()
    } else {
        td_string!(
            reader.language(),
            common.from_price,
            price = reader.money(price)
        )
    }
}

/// How many are going, or went, if any.
pub fn going(reader: &impl Reader, event: &EventSummary) -> Option<String> {
    (event.going > 0).then(|| going_or_went(reader, event))
}

fn going_or_went(reader: &impl Reader, event: &EventSummary) -> String {
    let (language, count) = (reader.language(), reader.count(event.going));
    match event.state {
        SaleState::Ended => td_string!(language, events.went, count = count),
        _ => td_string!(language, events.going, count = count),
    }
}

/// Whether an event is over before one would say on which day it ends.
pub fn is_one_night(starts_at: Time, ends_at: Time) -> bool {
    (ends_at - starts_at).num_hours() < 18
}

/// `20:00 – 23:30`, or with the day where it ends on another.
pub fn hours(reader: &impl Reader, event: &EventSummary) -> String {
    let (starts_at, ends_at, timezone) = (event.starts_at, event.ends_at, &event.timezone);
    let start = reader.clock(starts_at, timezone);
    let end = if is_one_night(starts_at, ends_at) {
        reader.clock(ends_at, timezone)
    } else {
        reader.day_and_clock(ends_at, timezone)
    };
    format!("{start} – {end}")
}

/// How many tickets of a type are left, or why none can be had.
pub fn left(reader: &impl Reader, kind: &TicketType, timezone: &str) -> String {
    let (language, count) = (reader.language(), reader.count(kind.left));
    match (kind.state, kind.sale_starts_at) {
        (SaleState::OnSale, _) => td_string!(language, common.left, count = count),
        (SaleState::FewLeft, _) => td_string!(language, common.only_left, count = count),
        (SaleState::SoldOut, _) => td_string!(language, common.sold_out).to_owned(),
        (SaleState::NotYet, Some(start)) => {
            let when = reader.day_and_clock(start, timezone);
            td_string!(language, common.on_sale_from, when = when)
        }
        (SaleState::NotYet, None) => td_string!(language, common.not_on_sale_yet).to_owned(),
        (SaleState::Paused, _) => td_string!(language, common.sales_paused).to_owned(),
        (SaleState::Closed | SaleState::Cancelled | SaleState::Ended, _) => {
            td_string!(language, common.sale_closed).to_owned()
        }
    }
}

/// The way on from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Buy,
    /// There is nothing to buy, but to wait for.
    Wait,
    MoreEvents,
}

/// What stands beside the way to tickets, or why there is none and what there is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub main: String,
    pub note: String,
    pub next: Next,
}

/// What an event offers now.
pub fn offer(reader: &impl Reader, event: &EventDetail) -> Offer {
    let (language, summary) = (reader.language(), &event.summary);
    let going =
        going(reader, summary).unwrap_or_else(|| td_string!(language, events.be_first).to_owned());
    let price = || {
        let price = summary.price_from.map(|price| from(reader, price));
        price.unwrap_or_default()
    };
    let (main, note) = match summary.state {
        SaleState::OnSale => (price(), going),
        SaleState::FewLeft => {
            let count = reader.count(summary.left);
            let left = td_string!(
                language,
                events.left_and_going,
                count = count,
                going = going
            );
            (price(), left)
        }
        SaleState::SoldOut => (
            td_string!(language, common.sold_out).to_owned(),
            td_string!(language, events.returned_tickets).to_owned(),
        ),
        SaleState::NotYet => (
            td_string!(language, common.not_on_sale_yet).to_owned(),
            opens(reader, event),
        ),
        SaleState::Paused => (
            td_string!(language, common.sales_paused).to_owned(),
            td_string!(language, events.check_back).to_owned(),
        ),
        SaleState::Closed => (td_string!(language, common.sale_closed).to_owned(), going),
        SaleState::Cancelled => (
            td_string!(language, common.cancelled).to_owned(),
            td_string!(language, events.will_not_take_place).to_owned(),
        ),
        SaleState::Ended => (
            td_string!(language, events.is_over).to_owned(),
            going_or_went(reader, summary),
        ),
    };
    let next = match summary.state {
        SaleState::SoldOut => Next::Wait,
        state if state.is_open() => Next::Buy,
        _ => Next::MoreEvents,
    };
    Offer { main, note, next }
}

/// When the first tickets can be had.
fn opens(reader: &impl Reader, event: &EventDetail) -> String {
    let starts = event.ticket_types.iter();
    let first = starts.filter_map(|kind| kind.sale_starts_at).min();
    first.map_or_else(String::new, |first| {
        let when = reader.day_and_clock(first, &event.summary.timezone);
        td_string!(reader.language(), events.tickets_from, when = when)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::Currency;

    struct German;

    impl Reader for German {
        fn language(&self) -> Language {
            Language::de
        }

        fn count(&self, number: i32) -> impl Display + Clone + Into<PluralOperands> {
            number
        }

        fn money(&self, money: Money) -> String {
            money.to_string()
        }

        fn day(&self, time: Time, _timezone: &str) -> String {
            time.format("%d.%m.").to_string()
        }

        fn clock(&self, time: Time, _timezone: &str) -> String {
            time.format("%H:%M").to_string()
        }
    }

    fn event(state: SaleState) -> EventSummary {
        EventSummary {
            id: Default::default(),
            title: "Konzert".to_owned(),
            starts_at: Time::default(),
            ends_at: Time::default() + chrono::TimeDelta::hours(3),
            timezone: "Europe/Berlin".to_owned(),
            venue: "Halle".to_owned(),
            city: String::new(),
            cover_url: None,
            price_from: Some(Money::new(2500, Currency::EUR)),
            capacity: 100,
            sold: 0,
            left: 3,
            going: 7,
            state,
        }
    }

    #[test]
    fn one_badge_and_the_weightiest() {
        let text = |event: &EventSummary| badge(&German, event).map(|(_, text)| text);
        let free = |state| EventSummary {
            price_from: Some(Money::new(0, Currency::EUR)),
            ..event(state)
        };
        assert_eq!(text(&event(SaleState::OnSale)), None);
        assert_eq!(text(&free(SaleState::OnSale)).as_deref(), Some("Kostenlos"));
        let few = free(SaleState::FewLeft);
        assert_eq!(text(&few).as_deref(), Some("Noch 3"));
        let more = EventSummary { left: 40, ..few };
        assert_eq!(text(&more).as_deref(), Some("Nur noch wenige"));
        let paused = text(&event(SaleState::Paused));
        assert_eq!(paused.as_deref(), Some("Verkauf pausiert"));
    }

    #[test]
    fn a_price_is_told_while_it_can_be_had() {
        let price = |state| price_from(&German, &event(state));
        assert_eq!(price(SaleState::FewLeft).as_deref(), Some("Ab 25.00 EUR"));
        assert_eq!(price(SaleState::NotYet).as_deref(), Some("Ab 25.00 EUR"));
        assert_eq!(price(SaleState::SoldOut), None);
    }

    #[test]
    fn who_was_there_is_not_going() {
        let going = |state| going(&German, &event(state));
        assert_eq!(going(SaleState::OnSale).as_deref(), Some("7 gehen hin"));
        assert_eq!(going(SaleState::Ended).as_deref(), Some("7 waren da"));
    }

    #[test]
    fn an_end_on_another_day_is_told_with_it() {
        let night = event(SaleState::OnSale);
        assert_eq!(hours(&German, &night), "00:00 – 03:00");
        let festival = EventSummary {
            ends_at: night.starts_at + chrono::TimeDelta::hours(30),
            ..night
        };
        assert_eq!(hours(&German, &festival), "00:00 – 02.01. · 06:00");
    }

    #[test]
    fn what_is_not_known_of_a_place_leaves_no_comma() {
        assert_eq!(place(&event(SaleState::OnSale)), "Halle");
    }
}
