//! Guessing promo codes. Whatever tells whether there is a code counts wrong ones, by account and by
//! address: a code is a secret, if a small one.

use api::UserId;
use api::orders::PlaceOrder;

use super::Refusal;
use crate::error::{Error, Result};
use crate::rate_limit::ClientAddress;
use crate::state::AppState;
use crate::throttle::{Key, Limit};

/// Wrong codes a minute that one account may try; hundreds may be behind an address.
const PER_ACCOUNT: u32 = 10;

/// Asks about an order. Refuses before that when too many wrong codes came from the same account or
/// address lately.
pub(super) async fn limited<T>(
    state: &AppState,
    address: ClientAddress,
    buyer: Option<UserId>,
    order: &PlaceOrder,
    ask: impl Future<Output = Result<T>>,
) -> Result<T> {
    if order.promo_code.is_none() {
        return ask.await;
    }
    let limits = limits(state, address, buyer);
    let mut connection = state.db.acquire().await?;
    for (limit, key) in &limits {
        limit.check(&mut connection, *key).await?;
    }
    drop(connection);
    let answer = ask.await;
    if let Err(Error::Order(Refusal::PromoInvalid | Refusal::PriceChanged { total: None })) =
        &answer
    {
        let mut connection = state.db.acquire().await?;
        for (limit, key) in &limits {
            limit.count(&mut connection, *key).await?;
        }
    }
    answer
}

fn limits(state: &AppState, address: ClientAddress, buyer: Option<UserId>) -> Vec<(Limit, Key)> {
    let of_address = Limit::per_minute("promo_address", state.config.rate_limits.quotes_per_minute);
    let of_account = Limit::per_minute("promo_account", PER_ACCOUNT);
    let mut limits = vec![(of_address, of_address.key(&[&address.to_string()]))];
    if let Some(buyer) = buyer {
        limits.push((of_account, of_account.key(&[&buyer.to_string()])));
    }
    limits
}
