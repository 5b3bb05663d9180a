//! What goes with an account that is deleted, and what stands against it.

use api::UserId;
use sqlx::PgConnection;

use crate::error::Result;

/// Locks the stock of the user's events that are on sale, so that nothing is sold meanwhile.
pub(in crate::users) async fn lock_own_stock(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "select from event_stock s join events e on e.id = s.event_id
        where e.organizer_id = $1 and e.status = 'published' and e.ends_at > now()
        order by s.event_id for update of s",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether tickets are sold for an event of the user's that is not over.
pub(in crate::users) async fn has_sold_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<bool> {
    let sold = sqlx::query_scalar!(
        r#"
        select exists (
            select from events e join ticket_types t on t.event_id = e.id
            where e.organizer_id = $1 and e.status = 'published' and e.ends_at > now()
                and t.sold > 0
        ) as "sold!"
        "#,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(sold)
}

/// Cancels the user's events that are not over.
pub(in crate::users) async fn cancel_events_to_come(
    connection: &mut PgConnection,
    user: UserId,
) -> Result<()> {
    sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = now(), updated_at = now()
        where organizer_id = $1 and status = 'published' and ends_at > now()",
        user,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes everything personal out of an account; false when `password_hash` is no longer its own.
pub(in crate::users) async fn anonymise(
    connection: &mut PgConnection,
    user: UserId,
    password_hash: &str,
) -> Result<bool> {
    let deleted = sqlx::query!(
        "with forgotten as (delete from email_tokens where user_id = $1)
        update users set name = 'Deleted account', email = null, email_verified_at = null,
            locale = default, password_hash = null, deleted_at = now()
        where id = $1 and password_hash = $2",
        user,
        password_hash,
    )
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}
