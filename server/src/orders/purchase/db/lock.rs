//! What an order is about, and the lock on it.

use std::collections::HashMap;

use api::{EventId, TicketNumber, TicketTypeId};
use sqlx::PgConnection;

use crate::error::Result;

/// The events of ticket types, and of the other types of these events. What a type belongs to never changes, so no lock is needed.
pub async fn events_of(
    connection: &mut PgConnection,
    ticket_types: &[TicketTypeId],
) -> Result<HashMap<TicketTypeId, EventId>> {
    let rows = sqlx::query!(
        "select id, event_id from ticket_types
        where event_id in (select event_id from ticket_types where id = any($1))",
        ticket_types,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.event_id)).collect())
}

/// A stock row that is locked until the transaction ends.
pub struct LockedStock {
    /// Whose.
    pub event_id: EventId,
    /// The number of the next ticket.
    pub next_number: TicketNumber,
    /// False while the organizer pauses sales.
    pub sales_open: bool,
}

/// Locks the stock of `events`, in the order of their ids: the one lock of a transaction, so that
/// no two wait for each other.
pub async fn lock_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<Vec<LockedStock>> {
    let locked = sqlx::query_as!(
        LockedStock,
        "select event_id, next_number, sales_open from event_stock
        where event_id = any($1) order by event_id for update",
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(locked)
}

/// The same without a lock, for what is only asked and not bought.
pub async fn read_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<Vec<LockedStock>> {
    let read = sqlx::query_as!(
        LockedStock,
        "select event_id, next_number, sales_open from event_stock where event_id = any($1)",
        events,
    )
    .fetch_all(connection)
    .await?;
    Ok(read)
}
