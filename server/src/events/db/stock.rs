//! Ticket types, and what of them is left.

use std::collections::HashMap;

use api::events::{LiveStock, LiveTicketType, TicketType};
use api::{Currency, EventId, Money, Time};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::events::sale::{EventSale, TypeSale};

/// A row of `ticket_types`.
pub struct TypeRow {
    id: Uuid,
    event_id: Uuid,
    name: String,
    description: String,
    pub(super) price: i64,
    pub(super) capacity: i32,
    pub(super) sold: i32,
    held: i32,
    max_per_order: i32,
    sale_starts_at: Option<Time>,
    sale_ends_at: Option<Time>,
}

impl TypeRow {
    /// What decides about its sale.
    pub fn sale(&self) -> TypeSale {
        TypeSale {
            capacity: self.capacity,
            sold: self.sold,
            starts_at: self.sale_starts_at,
            ends_at: self.sale_ends_at,
        }
    }

    pub(super) fn going(&self) -> i32 {
        self.sold - self.held
    }

    /// As attendees see it, in an event that is sold like `event`.
    pub fn into_ticket_type(self, currency: Currency, event: &EventSale<'_>) -> TicketType {
        let sale = self.sale();
        TicketType {
            id: self.id,
            name: self.name,
            description: self.description,
            price: Money::new(self.price, currency),
            capacity: self.capacity,
            sold: self.sold,
            left: sale.left(),
            max_per_order: self.max_per_order,
            sale_starts_at: self.sale_starts_at,
            sale_ends_at: self.sale_ends_at,
            state: event.of_type(&sale),
        }
    }
}

/// The ticket types of `events`, each event's in the organizer's order.
pub async fn ticket_types(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, Vec<TypeRow>>> {
    let rows = sqlx::query_as!(
        TypeRow,
        "select id, event_id, name, description, price, capacity, sold, held, max_per_order,
            sale_starts_at, sale_ends_at
        from ticket_types where event_id = any($1) order by event_id, position, id",
        events,
    )
    .fetch_all(connection)
    .await?;
    let mut types = HashMap::<_, Vec<_>>::new();
    for row in rows {
        types.entry(row.event_id).or_default().push(row);
    }
    Ok(types)
}

/// The stock of those of `events` that are published.
pub async fn live_stock(
    connection: &mut PgConnection,
    events: &[EventId],
) -> Result<HashMap<EventId, LiveStock>> {
    let rows = sqlx::query!(
        r#"
        select e.id, e.status, e.ends_at, s.sales_open, clock_timestamp() as "now!"
        from events e join event_stock s on s.event_id = e.id
        where e.id = any($1) and e.status <> 'draft'
        "#,
        events,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut types = ticket_types(connection, events).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let event = EventSale {
                status: &row.status,
                sales_open: row.sales_open,
                ends_at: row.ends_at,
                now: row.now,
            };
            let types = types.remove(&row.id).unwrap_or_default();
            (row.id, live_stock_of(&event, &types))
        })
        .collect())
}

fn live_stock_of(event: &EventSale<'_>, types: &[TypeRow]) -> LiveStock {
    let sales: Vec<TypeSale> = types.iter().map(TypeRow::sale).collect();
    LiveStock {
        sold: types.iter().map(|row| row.sold).sum(),
        left: sales.iter().map(TypeSale::left).sum(),
        going: types.iter().map(TypeRow::going).sum(),
        state: event.of_event(&sales),
        ticket_types: types
            .iter()
            .zip(&sales)
            .map(|(row, sale)| LiveTicketType {
                id: row.id,
                left: sale.left(),
                state: event.of_type(sale),
            })
            .collect(),
    }
}
