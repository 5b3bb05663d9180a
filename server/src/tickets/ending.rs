//! How tickets die: refunded or revoked. Their stock is free at once, nobody holds them any more,
//! and whoever they were sent to cannot accept them.

use api::tickets::TicketName;
use sqlx::PgConnection;
use uuid::Uuid;

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
    let (events, numbers): (Vec<Uuid>, Vec<i32>) = tickets
        .iter()
        .map(|ticket| (ticket.event_id, ticket.number))
        .unzip();
    let ended = sqlx::query_scalar!(
        r#"
        with named as materialized (
            select * from unnest($1::uuid[], $2::int[]) as named (event_id, number)
        ), current as (
            update tickets t set state = $3 from named n
            where t.event_id = n.event_id and t.number = n.number
                and t.state in ('valid', 'checked_in')
            returning t.ticket_type_id
        ), archived as (
            update archived_tickets t set state = $3 from named n
            where t.event_id = n.event_id and t.number = n.number
                and t.state in ('valid', 'checked_in')
            returning t.ticket_type_id
        ), holders as (
            delete from ticket_user h using named n
            where h.event_id = n.event_id and h.number = n.number
        ), archived_holders as (
            delete from archived_ticket_user h using named n
            where h.event_id = n.event_id and h.number = n.number
        ), transfers as (
            update transfers t set state = 'void', decided_at = clock_timestamp() from named n
            where t.event_id = n.event_id and t.number = n.number and t.state = 'pending'
        ), ended as (
            select ticket_type_id, count(*)::int as quantity
            from (select * from current union all select * from archived) both_tables
            group by ticket_type_id
        ), stock as (
            update ticket_types t set sold = t.sold - ended.quantity
            from ended where t.id = ended.ticket_type_id
        )
        select coalesce(sum(quantity), 0)::int as "ended!" from ended
        "#,
        &events,
        &numbers,
        ending.state(),
    )
    .fetch_one(&mut *connection)
    .await?;
    if usize::try_from(ended) != Ok(tickets.len()) {
        let wanted = tickets.len();
        return Err(Error::internal(format!(
            "{ended} of {wanted} tickets ended"
        )));
    }
    waiting::offer(connection, &events).await?;
    Ok(())
}
