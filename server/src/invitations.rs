//! Writing to people who did not ask for it: how many an account may invite or send tickets to. It
//! grows with the account's age and with what it has done, so that one made a moment ago cannot write
//! to thousands of strangers.

use std::collections::BTreeMap;

use api::UserId;
use sqlx::PgConnection;

use crate::config::RateLimits;
use crate::error::{Error, Result};
use crate::throttle::Limit;

/// To one person from all accounts, as a multiple of what one account may write.
const ALL_ACCOUNTS: u32 = 5;
/// What no account exceeds a day.
const PER_DAY_MAX: u32 = 50_000;

/// What is known of an account that writes to others.
struct Standing {
    days: i32,
    /// How many tickets of its past events people have used.
    guests: i64,
}

/// Counts an email from `sender` to each of `recipients`, who may be named more than once; refuses
/// all of them when there were too many. Call it in the transaction that queues them.
pub async fn count(
    connection: &mut PgConnection,
    limits: &RateLimits,
    sender: UserId,
    recipients: &[&str],
) -> Result<()> {
    let sender_name = sender.to_string();
    let standing = standing(connection, sender).await?;
    let of_day = Limit::per_day("invitations", per_day(limits, &standing));
    let all = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
    let key = of_day.key(&[&sender_name]);
    match of_day.take_all(connection, &[(key, all)]).await {
        Err(Error::RateLimited { retry_after }) => {
            return Err(Error::InvitationsUsedUp { retry_after });
        }
        taken => taken?,
    }
    let from_sender = Limit::per_hour("invited_by", limits.letters_per_hour);
    let from_all = Limit::per_hour(
        "invited",
        limits.letters_per_hour.saturating_mul(ALL_ACCOUNTS),
    );
    let mut times = BTreeMap::<&str, u32>::new();
    for recipient in recipients {
        *times.entry(*recipient).or_default() += 1;
    }
    let pairs: Vec<_> = times
        .iter()
        .map(|(email, times)| (from_sender.key(&[&sender_name, email]), *times))
        .collect();
    from_sender.take_all(connection, &pairs).await?;
    let people: Vec<_> = times
        .iter()
        .map(|(email, times)| (from_all.key(&[email]), *times))
        .collect();
    from_all.take_all(connection, &people).await
}

/// How many people the account may write to a day.
fn per_day(limits: &RateLimits, standing: &Standing) -> u32 {
    let by_age = match standing.days {
        ..7 => 1,
        7..30 => 4,
        30..365 => 100,
        365.. => 400,
    };
    let by_guests = match standing.days {
        ..7 => 0,
        // Twice as many as have come before.
        _ => u32::try_from(standing.guests.saturating_mul(2)).unwrap_or(u32::MAX),
    };
    let most = limits.invitations_per_day.max(PER_DAY_MAX);
    (limits.invitations_per_day.saturating_mul(by_age))
        .saturating_add(by_guests)
        .min(most)
}

async fn standing(connection: &mut PgConnection, user: UserId) -> Result<Standing> {
    let standing = sqlx::query_as!(
        Standing,
        r#"
        select extract(day from now() - u.created_at)::int as "days!", (
            select count(*) from events e join check_ins c on c.event_id = e.id
            where e.organizer_id = u.id and e.ends_at < now() and c.undone_at is null
        ) as "guests!"
        from users u where u.id = $1
        "#,
        user,
    )
    .fetch_one(connection)
    .await?;
    Ok(standing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_grows_with_age_and_guests() {
        use crate::config::{Cli, Command};
        use clap::Parser;
        let Command::Serve(config) = Cli::parse_from(["boxoffice", "serve"]).command else {
            panic!("not `serve`");
        };
        let per_day = |days, guests| per_day(&config.rate_limits, &Standing { days, guests });
        let new = per_day(0, 0);
        assert!(new <= 100, "{new}");
        assert_eq!(
            per_day(6, 10_000),
            new,
            "guests of a new account do not count"
        );
        let all = [(0, 0), (7, 0), (30, 0), (365, 0), (365, 1000)];
        assert!(all.is_sorted_by(|a, b| per_day(a.0, a.1) < per_day(b.0, b.1)));
        assert_eq!(per_day(10_000, i64::MAX), PER_DAY_MAX);
    }
}
