//! Accounts.

use api::users::User;
use api::{Code, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::{Error, Result, violates};

/// An account that is not deleted.
pub(in crate::users) struct Account {
    /// As its owner sees it.
    pub(in crate::users) user: User,
    /// Its argon2id hash.
    pub(in crate::users) password_hash: String,
    /// Whether it may sign in.
    pub(in crate::users) suspended: bool,
}

struct AccountRow {
    id: Uuid,
    name: String,
    email: String,
    email_verified: bool,
    locale: String,
    created_at: Time,
    password_hash: String,
    suspended: bool,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            user: User {
                id: row.id,
                name: row.name,
                email: row.email,
                email_verified: row.email_verified,
                locale: row.locale,
                created_at: row.created_at,
            },
            password_hash: row.password_hash,
            suspended: row.suspended,
        }
    }
}

/// Adds an account; refuses an address that has one.
pub(in crate::users) async fn create(
    connection: &mut PgConnection,
    name: &str,
    email: &str,
    password_hash: &str,
    locale: &str,
) -> Result<Account> {
    sqlx::query_as!(
        AccountRow,
        r#"
        insert into users (id, name, email, password_hash, locale) values ($1, $2, $3, $4, $5)
        returning id, name, email as "email!", false as "email_verified!", locale, created_at,
            password_hash as "password_hash!",
            suspended_at is not null as "suspended!"
        "#,
        Uuid::now_v7(),
        name,
        email,
        password_hash,
        locale,
    )
    .fetch_one(connection)
    .await
    .map(Account::from)
    .map_err(|error| {
        if violates(&error, "users_email_key") {
            Error::Conflict {
                code: Code::EmailTaken,
                detail: "This email already has an account. Sign in instead.".to_owned(),
            }
        } else {
            error.into()
        }
    })
}

/// The account with this id.
pub(in crate::users) async fn find(
    connection: &mut PgConnection,
    id: UserId,
) -> Result<Option<Account>> {
    let row = sqlx::query_as!(
        AccountRow,
        r#"
        select id, name, email as "email!", email_verified_at is not null as "email_verified!",
            locale, created_at, password_hash as "password_hash!",
            suspended_at is not null as "suspended!"
        from users where id = $1 and deleted_at is null
        "#,
        id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Account::from))
}

/// The account with this address, which is normalised.
pub(in crate::users) async fn find_by_email(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<Account>> {
    let row = sqlx::query_as!(
        AccountRow,
        r#"
        select id, name, email as "email!", email_verified_at is not null as "email_verified!",
            locale, created_at, password_hash as "password_hash!",
            suspended_at is not null as "suspended!"
        from users where email = $1 and deleted_at is null
        "#,
        email,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Account::from))
}

/// Gives a user another name.
pub(in crate::users) async fn rename(
    connection: &mut PgConnection,
    user: UserId,
    name: &str,
) -> Result<()> {
    sqlx::query!(
        "update users set name = $2 where id = $1 and deleted_at is null",
        user,
        name,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes to a user in another language from now on.
pub(in crate::users) async fn set_locale(
    connection: &mut PgConnection,
    user: UserId,
    locale: &str,
) -> Result<()> {
    sqlx::query!(
        "update users set locale = $2 where id = $1 and deleted_at is null",
        user,
        locale,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces the hash `current`; false when that is no longer the user's. Links to set another end.
pub(in crate::users) async fn change_password(
    connection: &mut PgConnection,
    user: UserId,
    current: &str,
    new: &str,
) -> Result<bool> {
    let changed = sqlx::query!(
        "with closed as (delete from email_tokens where user_id = $1 and purpose = 'reset')
        update users set password_hash = $3 where id = $1 and password_hash = $2",
        user,
        current,
        new,
    )
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() == 1)
}
