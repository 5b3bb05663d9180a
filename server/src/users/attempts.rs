//! Guessing passwords. Wrong passwords count for the account and where they come from together, so
//! that strangers cannot lock the owner out; and for an address as a whole, so that nobody tries one
//! password on many accounts. On a device that the account signed in on before only what is tried
//! there counts.

use sqlx::PgPool;

use crate::config::RateLimits;
use crate::error::Result;
use crate::rate_limit::ClientAddress;
use crate::throttle::{Key, Limit};

/// Where a password is tried.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'a> {
    /// Somewhere with this address.
    Address(ClientAddress),
    /// The device with this token, on which the account signed in before.
    Device(&'a str),
    /// In a session of the account.
    Session(uuid::Uuid),
}

/// A password that is being tried. It counts as wrong until it is known to be right.
pub(super) struct Attempt {
    account: (Limit, Key),
    address: Option<(Limit, Key)>,
}

impl Attempt {
    /// Counts a try of the account with this address; refuses when too many were wrong lately.
    pub(super) async fn begin(
        db: &PgPool,
        limits: &RateLimits,
        email: &str,
        place: Place<'_>,
    ) -> Result<Self> {
        let limit = Limit::per_minute("wrong_password", limits.account_logins_per_minute);
        let key = match place {
            Place::Address(address) => limit.key(&["address", email, &address.to_string()]),
            Place::Device(token) => limit.key(&["device", email, token]),
            Place::Session(session) => limit.key(&["session", email, &session.to_string()]),
        };
        let address = match place {
            Place::Address(address) => {
                let limit = Limit::per_minute("wrong_passwords", limits.logins_per_minute);
                Some((limit, limit.key(&[&address.to_string()])))
            }
            Place::Device(_) | Place::Session(_) => None,
        };
        let mut transaction = db.begin().await?;
        for (limit, key) in [Some((limit, key)), address].into_iter().flatten() {
            limit.take(&mut transaction, key).await?;
        }
        transaction.commit().await?;
        Ok(Self {
            account: (limit, key),
            address,
        })
    }

    /// The password was the right one.
    pub(super) async fn succeed(self, db: &PgPool) -> Result<()> {
        let mut connection = db.acquire().await?;
        let (limit, key) = self.account;
        limit.forget(&mut connection, key).await?;
        if let Some((limit, key)) = self.address {
            limit.give_back(&mut connection, key).await?;
        }
        Ok(())
    }
}
