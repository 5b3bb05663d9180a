//! The SQL of staff.

use api::EventId;
use api::staff::{Role, StaffMember};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;
use crate::host::db::parse_role;

/// Everyone who helps with `event`, by address.
pub async fn list(connection: &mut PgConnection, event: EventId) -> Result<Vec<StaffMember>> {
    let rows = sqlx::query!(
        "select id, email, role from event_staff where event_id = $1 order by email",
        event,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StaffMember {
                id: row.id,
                email: row.email,
                role: parse_role(&row.role)?,
            })
        })
        .collect()
}

/// Adds the address, or changes its role.
pub async fn put(
    connection: &mut PgConnection,
    event: EventId,
    email: &str,
    role: Role,
) -> Result<StaffMember> {
    let written = match role {
        Role::Door => "door",
        Role::Manager | Role::Organizer => "manager",
    };
    let row = sqlx::query!(
        "insert into event_staff (id, event_id, email, role) values ($1, $2, $3, $4)
        on conflict (event_id, email) do update set role = excluded.role
        returning id, email",
        Uuid::now_v7(),
        event,
        email,
        written,
    )
    .fetch_one(connection)
    .await?;
    Ok(StaffMember {
        id: row.id,
        email: row.email,
        role,
    })
}

/// Takes someone off the list; false when they are not on it.
pub async fn delete(connection: &mut PgConnection, event: EventId, member: Uuid) -> Result<bool> {
    let done = sqlx::query!(
        "delete from event_staff where event_id = $1 and id = $2",
        event,
        member,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
