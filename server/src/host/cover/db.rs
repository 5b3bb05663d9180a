//! The SQL of covers. A cover belongs to one event and is never changed, so that it can be cached
//! for ever.

use api::EventId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Keeps a picture under `id`.
pub async fn insert(connection: &mut PgConnection, id: Uuid, jpeg: &[u8]) -> Result<Uuid> {
    sqlx::query!(
        "insert into covers (id, content_type, content) values ($1, 'image/jpeg', $2)",
        id,
        jpeg,
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Gives the event another cover, or none; the one it had. Call it with the stock locked.
pub async fn replace(
    connection: &mut PgConnection,
    event: EventId,
    cover: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let old = sqlx::query_scalar!(
        "with old as (select cover_id from events where id = $1)
        update events set cover_id = $2, updated_at = now() from old where id = $1
        returning old.cover_id",
        event,
        cover,
    )
    .fetch_one(connection)
    .await?;
    Ok(old)
}

/// Removes a picture that no event shows.
pub async fn delete(connection: &mut PgConnection, cover: Uuid) -> Result<()> {
    sqlx::query!("delete from covers where id = $1", cover)
        .execute(connection)
        .await?;
    Ok(())
}
