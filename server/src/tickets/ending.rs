//! How tickets die: refunded or revoked. Their stock is free at once, nobody holds them any more,
//! and the people they were sent to cannot accept them.

use api::EventId;
use api::tickets::TicketName;
use sqlx::PgConnection;

use super::db;
use crate::error::{Error, Result};
use crate::waiting;

/// What becomes of a ticket that dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its money went back.
    Refunded,
    /// The organizer took it back.
    Revoked,
}

impl Ending {
    fn state(self) -> &'static str {
        match self {
            Self::Refunded => "refunded",
            Self::Revoked => "revoked",
        }
    }
}

/// Ends live tickets, archived or not, each named once; what that frees is first for those who wait
/// for it. Call it with their events' stock locked.
pub async fn end(
    connection: &mut PgConnection,
    tickets: &[TicketName],
    ending: Ending,
) -> Result<()> {
    let ended = db::end(connection, tickets, ending.state()).await?;
    if usize::try_from(ended) != Ok(tickets.len()) {
        let wanted = tickets.len();
        return Err(Error::internal(format!(
            "{ended} of {wanted} tickets ended"
        )));
    }
    let events: Vec<EventId> = tickets.iter().map(|ticket| ticket.event_id).collect();
    waiting::offer(connection, &events).await?;
    Ok(())
}
