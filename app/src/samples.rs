//! Events and what is chosen at them, for tests.

use api::events::{EventDetail, EventRef, EventSummary, Organizer, SaleState, TicketType};
use api::tickets::{Ticket, TicketState};
use api::{Currency, Money, Time};
use uuid::Uuid;

use crate::choice::Choice;

pub(crate) fn ticket_type(id: u128, price: i64, left: i32) -> TicketType {
    TicketType {
        id: Uuid::from_u128(id),
        name: format!("Type {id}"),
        description: String::new(),
        price: Money::new(price, Currency::EUR),
        capacity: 100,
        sold: 100 - left,
        left,
        max_per_order: 4,
        sale_starts_at: None,
        sale_ends_at: None,
        state: SaleState::of_stock(left, 100),
    }
}

pub(crate) fn event(ticket_types: Vec<TicketType>) -> EventDetail {
    EventDetail {
        summary: EventSummary {
            id: Uuid::nil(),
            title: "Concert".to_owned(),
            starts_at: Time::default(),
            ends_at: Time::default(),
            timezone: "Europe/Berlin".to_owned(),
            venue: "Hall".to_owned(),
            city: "Berlin".to_owned(),
            cover_url: None,
            price_from: None,
            capacity: 100,
            sold: 0,
            left: 100,
            going: 0,
            state: SaleState::OnSale,
        },
        description: String::new(),
        address: String::new(),
        currency: Currency::EUR,
        organizer: Organizer {
            id: Uuid::nil(),
            name: "Organizer".to_owned(),
        },
        max_per_user: None,
        may_buy: None,
        ticket_types,
        yours: 0,
    }
}

pub(crate) fn chosen(counts: &[(u128, i32)]) -> Choice {
    let mut choice = Choice::default();
    for (id, count) in counts {
        choice.set(Uuid::from_u128(*id), *count);
    }
    choice
}

/// A ticket that is good at the door, or refunded.
pub(crate) fn ticket(number: i32, good: bool) -> Ticket {
    Ticket {
        event: EventRef {
            id: Uuid::nil(),
            title: "Concert".to_owned(),
            starts_at: Time::default(),
            ends_at: Time::default(),
            timezone: "Europe/Berlin".to_owned(),
            venue: "Hall".to_owned(),
            address: String::new(),
            city: "Berlin".to_owned(),
            cover_url: None,
            cancelled: false,
            sequence: 0,
        },
        number,
        ticket_type: "Standing".to_owned(),
        holder: "Ada".to_owned(),
        state: match good {
            true => TicketState::Valid,
            false => TicketState::Refunded,
        },
        checked_in_at: None,
        transfer: None,
        due: None,
        asked_back_by: None,
        revoked_because: None,
        code: good.then(|| "code".to_owned()),
        short_code: None,
        order_id: None,
    }
}
