//! The SQL of guests.

use api::guests::Guest;
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;

use crate::error::Result;
use crate::orders::db::{parse_ticket_state, ticket_price};
use crate::payment::due_at_door;
use crate::refunds::decide::SoldTicket;

/// Which guests are looked for.
pub struct Search<'a> {
    /// The start of a code that was typed: one ticket.
    pub number: Option<TicketNumber>,
    /// Words of names and addresses.
    pub text: Option<&'a str>,
    /// Whether addresses are searched and shown.
    pub emails: bool,
}

/// The guests of `event` with a ticket numbered above `after`.
pub async fn list(
    connection: &mut PgConnection,
    event: EventId,
    search: &Search<'_>,
    after: Option<TicketNumber>,
    limit: i64,
) -> Result<Vec<Guest>> {
    let rows = sqlx::query!(
        r#"
        with wanted as materialized (select search_words($4) as words)
        select t.number as "number!", t.state as "state!", y.name as ticket_type, o.kind, o.currency, o.payment,
            l.unit_price, l.discount, l.quantity, t.number - l.first_number as "index!",
            coalesce(holder.name, invited.name, case when $6 then p.recipient_email end, '') as "name!",
            case when $6 then coalesce(holder.email, p.recipient_email) end as email,
            p.id is not null as "waiting!",
            case when o.user_id is distinct from holder.id then buyer.name end as "from",
            c.scanned_at as "checked_in_at?: Time", c.id as "check_in?", v.reason as "revoked_because?"
        from all_tickets t
        cross join wanted
        join ticket_types y on y.id = t.ticket_type_id
        join order_lines l on l.order_id = t.order_id and l.line = t.line
        join orders o on o.id = t.order_id
        join users buyer on buyer.id = o.user_id
        left join all_ticket_user h on h.event_id = t.event_id and h.number = t.number
        left join revoked_tickets v on v.event_id = t.event_id and v.number = t.number
        left join refunded_tickets r on r.event_id = t.event_id and r.number = t.number
        left join users holder on holder.id = coalesce(h.user_id, v.holder_id, r.holder_id)
        left join transfers p
            on p.event_id = t.event_id and p.number = t.number and p.state = 'pending'
        left join comp_guests invited
            on invited.event_id = t.event_id and invited.number = t.number
        left join check_ins c
            on c.event_id = t.event_id and c.number = t.number and c.undone_at is null
        where t.event_id = $1 and t.number > coalesce($2, 0)
            and ($3::int is null or t.number = $3)
            and ($4::text is null or search_text(concat_ws(' ', holder.name, invited.name, buyer.name,
                case when $6 then concat_ws(' ', holder.email, p.recipient_email, buyer.email) end))
                like all (wanted.words))
        order by t.number limit $5
        "#,
        event,
        after,
        search.number,
        search.text,
        limit,
        search.emails,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let price = ticket_price(
                row.unit_price,
                row.discount,
                row.quantity,
                row.index,
                &row.currency,
            )?;
            let state = parse_ticket_state(&row.state)?;
            Ok(Guest {
                number: row.number,
                ticket_type: row.ticket_type,
                state,
                name: row.name,
                email: row.email,
                waiting: row.waiting,
                comp: row.kind == "comp",
                from: row.from,
                price,
                due: due_at_door(&row.payment, price, state),
                checked_in_at: row.checked_in_at,
                check_in: row.check_in,
                revoked_because: row.revoked_because,
            })
        })
        .collect()
}

/// Keeps why tickets are taken back, and from whom.
pub async fn insert_revocations(
    connection: &mut PgConnection,
    tickets: &[SoldTicket],
    by: UserId,
    reason: &str,
) -> Result<()> {
    let events: Vec<EventId> = tickets.iter().map(|ticket| ticket.event).collect();
    let numbers: Vec<TicketNumber> = tickets.iter().map(|ticket| ticket.number).collect();
    let holders: Vec<Option<UserId>> = tickets.iter().map(SoldTicket::possessor).collect();
    sqlx::query!(
        "insert into revoked_tickets (event_id, number, holder_id, revoked_by, reason)
        select event_id, number, holder_id, $4, $5
        from unnest($1::uuid[], $2::int[], $3::uuid[]) as t (event_id, number, holder_id)",
        &events,
        &numbers,
        &holders as &[Option<UserId>],
        by,
        reason,
    )
    .execute(connection)
    .await?;
    Ok(())
}
