//! How money is taken. A provider either leaves an order paid at once or asks for time, in which
//! the order is pending and holds its tickets.

use std::time::Duration;

use api::Money;
use api::tickets::TicketState;

/// What a provider says to a purchase before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStep {
    /// Nothing has to happen elsewhere: the order is paid in the transaction that writes it.
    Settled,
    /// The buyer pays elsewhere; the tickets are held this long.
    Hold(Duration),
}

/// Takes the money.
///
/// `begin` is asked inside the purchase transaction, under the lock: it must answer from memory.
/// A provider that talks to another system does so from a job, and then calls
/// [`crate::orders::pending::settle`].
pub trait PaymentProvider: Send + Sync {
    /// How orders name it: `pay_at_door`.
    fn name(&self) -> &'static str;

    /// What has to happen for `total`, which is more than nothing.
    fn begin(&self, total: Money) -> PaymentStep;
}

const AT_DOOR: &str = "pay_at_door";

/// The buyer pays when they arrive.
pub struct PayAtDoor;

impl PaymentProvider for PayAtDoor {
    fn name(&self) -> &'static str {
        AT_DOOR
    }

    fn begin(&self, _total: Money) -> PaymentStep {
        PaymentStep::Settled
    }
}

/// What is due at the door for a ticket in this state that was sold for `price` in an order paid by
/// `payment`. Anyone who has the ticket owes it: its holder, or who sent it until it is accepted. So
/// nobody else is asked for it, and every place that shows what is due asks here.
pub fn due_at_door(payment: &str, price: Money, state: TicketState) -> Option<Money> {
    let due = payment == AT_DOOR && state == TicketState::Valid && !price.is_zero();
    due.then_some(price)
}
