//! Tickets on their way: sending them, taking them back, and what was sent to the person.

mod claim;
mod offer;
mod on_its_way;
mod received;
mod send;

pub(crate) use claim::ClaimPage;
pub(crate) use on_its_way::OnItsWay;
pub(crate) use received::{Received, fetch_pending};
pub(crate) use send::{SendTickets, provide_sending};
