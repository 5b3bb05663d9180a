//! The tickets of an account that is deleted: named, and given up where that is asked for.

use api::{Code, EventId, UserId};
use sqlx::PgConnection;

use super::db::{self, HeldTicket};
use crate::error::{Error, Result};
use crate::host::guests::take_back;
use crate::refunds::decide::{Asker, SoldTicket};
use crate::refunds::{db as refunds, refund_all};

/// What the organizer reads of a ticket that was given up.
const REASON: &str = "Its holder has deleted their account.";

/// Refuses while `user` holds tickets for events to come, unless they are to be given up: what they
/// bought is refunded while that is possible, what they were sent goes back to its buyer, and the rest
/// is void. Call it with the stock of the `locked` events locked.
pub(super) async fn settle(
    connection: &mut PgConnection,
    user: UserId,
    locked: &[EventId],
    give_up: bool,
) -> Result<()> {
    let held = db::held_tickets(connection, user).await?;
    if held.is_empty() {
        return Ok(());
    }
    if !give_up {
        return Err(holds_tickets(&held));
    }
    let names: Vec<_> = held.iter().map(|ticket| ticket.name).collect();
    if names.iter().any(|name| !locked.contains(&name.event_id)) {
        return Err(Error::conflict(
            "Your tickets have just changed. Try again.",
        ));
    }
    let (tickets, now) = refunds::tickets(connection, &names).await?;
    let buyers: Vec<UserId> = tickets.iter().map(|ticket| ticket.buyer).collect();
    let buyers = db::existing(connection, &buyers).await?;
    let (mut own, mut void) = (Vec::new(), Vec::new());
    for ticket in tickets {
        if ticket.refusal(Asker::Buyer, now).is_none() {
            own.push(ticket);
        } else if was_sent(&ticket, user) && buyers.contains(&ticket.buyer) {
            refunds::hand_over(connection, ticket.event, ticket.number).await?;
        } else {
            void.push(ticket);
        }
    }
    refund_all(connection, own, user).await?;
    take_back(connection, &void, user, REASON).await
}

/// Whether somebody else bought it.
fn was_sent(ticket: &SoldTicket, user: UserId) -> bool {
    !ticket.comp && ticket.buyer != user
}

fn holds_tickets(held: &[HeldTicket]) -> Error {
    let mut titles: Vec<String> = held.iter().map(|ticket| quoted(&ticket.title)).collect();
    titles.dedup();
    let titles = titles.join(", ");
    Error::Conflict {
        code: Code::HoldsTickets,
        detail: format!("You still have tickets for {titles}. Send, refund or give them up first."),
    }
}

fn quoted(title: &str) -> String {
    format!("“{title}”")
}
