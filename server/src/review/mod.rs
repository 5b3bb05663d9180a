//! Names and titles with links. They stand in emails to people who did not ask for them, so a person
//! looks at them first: `boxoffice admin` lists what is held and releases it.

mod links;

use api::{EventId, UserId};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

pub use links::has_link;

use crate::error::{Error, Result};

/// Refuses what holds a link and was not released for the account, and has it looked at. `connection`
/// is of the transaction that would make it public; what is held outlasts its end.
pub async fn require_clear(
    db: &PgPool,
    connection: &mut PgConnection,
    user: UserId,
    event: Option<EventId>,
    texts: &[&str],
) -> Result<()> {
    let linked: Vec<String> = texts
        .iter()
        .filter(|text| has_link(text))
        .map(|text| text.trim().to_owned())
        .collect();
    if linked.is_empty() {
        return Ok(());
    }
    let released = sqlx::query_scalar!(
        r#"select count(*) as "released!" from reviews
        where user_id = $1 and text = any($2) and released_at is not null"#,
        user,
        &linked,
    )
    .fetch_one(connection)
    .await?;
    let distinct: std::collections::BTreeSet<&String> = linked.iter().collect();
    if usize::try_from(released).is_ok_and(|released| released == distinct.len()) {
        return Ok(());
    }
    hold(&mut *db.acquire().await?, user, event, &linked).await?;
    Err(Error::held_for_review())
}

async fn hold(
    connection: &mut PgConnection,
    user: UserId,
    event: Option<EventId>,
    texts: &[String],
) -> Result<()> {
    let ids: Vec<Uuid> = texts.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "insert into reviews (id, user_id, event_id, text)
        select id, $3, $4, text from unnest($1::uuid[], $2::text[]) as held (id, text)
        on conflict on constraint reviews_text_key do nothing",
        &ids,
        texts,
        user,
        event,
    )
    .execute(connection)
    .await?;
    Ok(())
}
