//! The rule about refunds: a pure function of the ticket as it was read under the lock.

use api::refunds::NotRefundable;
use api::tickets::TicketName;
use api::tickets::TicketState;
use api::{Code, OrderId, TicketNumber, TicketTypeId, Time, UserId};

use crate::error::Error;

/// Who asks for the refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Who paid.
    Buyer,
    /// The organizer or their staff.
    Organizer,
}

/// A ticket with all that the decision about it depends on.
#[derive(Clone, Debug)]
pub struct SoldTicket {
    /// For which event.
    pub event: api::EventId,
    /// Its number within the event.
    pub number: TicketNumber,
    /// Of which type.
    pub ticket_type: TicketTypeId,
    /// Where it stands.
    pub state: TicketState,
    /// The order it came from, and the line of that.
    pub order: OrderId,
    /// See `order`.
    pub line: i32,
    /// Whether the organizer gave it instead of selling it.
    pub comp: bool,
    /// Who paid.
    pub buyer: UserId,
    /// Who holds it; nobody while it waits to be accepted, or once it is dead.
    pub holder: Option<UserId>,
    /// Who sent it, while it waits to be accepted.
    pub sender: Option<UserId>,
    /// As it was when bought.
    pub unit_price: i64,
    /// What was paid for it: its price less its part of the line's discount.
    pub paid: i64,
    /// When its event begins.
    pub begins_at: Time,
}

impl SoldTicket {
    /// How requests name it.
    pub fn name(&self) -> TicketName {
        TicketName {
            event_id: self.event,
            number: self.number,
        }
    }

    /// Who has it: its holder, or who sent it and may still take it back.
    pub fn possessor(&self) -> Option<UserId> {
        self.holder.or(self.sender)
    }

    /// Why `asker` cannot have it refunded at `now`; none when they can.
    pub fn refusal(&self, asker: Asker, now: Time) -> Option<NotRefundable> {
        match self.state {
            _ if self.comp => Some(NotRefundable::Comp),
            TicketState::Refunded => Some(NotRefundable::Refunded),
            TicketState::Revoked => Some(NotRefundable::Revoked),
            TicketState::Valid | TicketState::CheckedIn if asker == Asker::Organizer => None,
            TicketState::CheckedIn => Some(NotRefundable::CheckedIn),
            TicketState::Valid if now >= self.begins_at => Some(NotRefundable::Begun),
            TicketState::Valid if self.holder == Some(self.buyer) => None,
            TicketState::Valid if self.sender == Some(self.buyer) => Some(NotRefundable::Sent),
            TicketState::Valid => Some(NotRefundable::Gifted),
        }
    }
}

/// What was paid for the ticket at `index` of a line: each bears its part of the discount, to the
/// smallest unit, so that all of them together come to the line's total.
pub fn paid(unit_price: i64, discount: i64, quantity: i32, index: i32) -> i64 {
    let upto = |tickets: i32| discount * i64::from(tickets) / i64::from(quantity);
    unit_price - (upto(index + 1) - upto(index))
}

/// How a refusal looks on the wire.
pub fn conflict(number: TicketNumber, refusal: NotRefundable) -> Error {
    let code = match refusal {
        NotRefundable::Sent => Code::TransferPending,
        NotRefundable::CheckedIn => Code::AlreadyCheckedIn,
        NotRefundable::Comp
        | NotRefundable::Refunded
        | NotRefundable::Revoked
        | NotRefundable::Begun
        | NotRefundable::Gifted
        | NotRefundable::Other => Code::NotRefundable,
    };
    let detail = format!("Ticket {number}: {}", refusal.sentence());
    Error::Conflict { code, detail }
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, Utc};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn tickets_of_a_line_come_to_its_total(
            unit_price in 0_i64..100_000_000, share in 0_i64..=1000, quantity in 1_i32..=100
        ) {
            let gross = unit_price * i64::from(quantity);
            let discount = gross * share / 1000;
            let paid: Vec<i64> = (0..quantity)
                .map(|index| paid(unit_price, discount, quantity, index))
                .collect();
            prop_assert_eq!(paid.iter().sum::<i64>(), gross - discount);
            prop_assert!(paid.iter().all(|paid| (0..=unit_price).contains(paid)));
        }
    }

    #[test]
    fn who_may_have_what_refunded() {
        use Asker::{Buyer, Organizer};
        use TicketState::{CheckedIn, Refunded, Revoked, Valid};
        let (buyer, friend) = (Uuid::now_v7(), Uuid::now_v7());
        let now = Utc::now();
        let bought = SoldTicket {
            event: Uuid::now_v7(),
            number: 1,
            ticket_type: Uuid::now_v7(),
            state: Valid,
            order: Uuid::now_v7(),
            line: 1,
            comp: false,
            buyer,
            holder: Some(buyer),
            sender: None,
            unit_price: 100,
            paid: 100,
            begins_at: now + Duration::hours(1),
        };
        let with = |change: &dyn Fn(&mut SoldTicket)| {
            let mut ticket = bought.clone();
            change(&mut ticket);
            ticket
        };
        let gifted = with(&|ticket| ticket.holder = Some(friend));
        let sent = with(&|ticket| (ticket.holder, ticket.sender) = (None, Some(buyer)));
        let sent_on = with(&|ticket| (ticket.holder, ticket.sender) = (None, Some(friend)));
        let begun = with(&|ticket| ticket.begins_at = now);
        let used = with(&|ticket| ticket.state = CheckedIn);
        let comp = with(&|ticket| ticket.comp = true);
        let dead = |state| with(&|ticket| ticket.state = state);
        for (ticket, to_buyer, to_organizer) in [
            (bought.clone(), None, None),
            (gifted, Some(NotRefundable::Gifted), None),
            (sent, Some(NotRefundable::Sent), None),
            (sent_on, Some(NotRefundable::Gifted), None),
            (begun, Some(NotRefundable::Begun), None),
            (used, Some(NotRefundable::CheckedIn), None),
            (comp, Some(NotRefundable::Comp), Some(NotRefundable::Comp)),
            (
                dead(Refunded),
                Some(NotRefundable::Refunded),
                Some(NotRefundable::Refunded),
            ),
            (
                dead(Revoked),
                Some(NotRefundable::Revoked),
                Some(NotRefundable::Revoked),
            ),
        ] {
            assert_eq!(ticket.refusal(Buyer, now), to_buyer, "{ticket:?}");
            assert_eq!(ticket.refusal(Organizer, now), to_organizer, "{ticket:?}");
        }
    }
}
