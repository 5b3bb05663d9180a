//! Floods: what one address may ask for at all (IPv6 by /64), counted by each server for itself. What
//! protects accounts is counted in the database, see [`crate::throttle`].

use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config;
use crate::error::{Error, Result};
use crate::state::AppState;

/// How many keys are told apart. Keys share the counts of this many slots, so a flood of made-up
/// addresses cannot fill the memory; which keys share one is not to be foreseen.
const SLOTS: u64 = 1 << 17;

/// Sign-ins, quotes and the like a minute from one address: hundreds of people may be behind it.
const FLOOD_PER_MINUTE: u32 = 600;

/// Every limit that a server counts for itself.
pub struct RateLimiters {
    /// What takes an account's password or sends email, by address.
    pub accounts: Limiter<ClientAddress>,
    /// Quotes by address.
    pub quotes: Limiter<ClientAddress>,
    /// New accounts by address.
    pub registrations: Limiter<ClientAddress>,
}

impl RateLimiters {
    /// Limits as configured.
    pub fn new(limits: config::RateLimits) -> Self {
        let flood = || Limiter::new(Quota::per_minute(at_least_one(FLOOD_PER_MINUTE)));
        Self {
            accounts: flood(),
            quotes: flood(),
            registrations: Limiter::new(Quota::per_hour(at_least_one(
                limits.registrations_per_hour,
            ))),
        }
    }
}

fn at_least_one(times: u32) -> NonZeroU32 {
    NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN)
}

/// One limit, for each key on its own.
pub struct Limiter<K: Hash> {
    slots: RateLimiter<u64, DefaultKeyedStateStore<u64>, DefaultClock>,
    hasher: RandomState,
    keys: PhantomData<fn(&K)>,
}

impl<K: Hash> Limiter<K> {
    fn new(quota: Quota) -> Self {
        Self {
            slots: RateLimiter::keyed(quota),
            hasher: RandomState::new(),
            keys: PhantomData,
        }
    }

    /// Counts a try of `key`; refuses when there were too many.
    pub fn check(&self, key: &K) -> Result<()> {
        let slot = self.hasher.hash_one(key) % SLOTS;
        self.slots
            .check_key(&slot)
            .map_err(|denied| Error::RateLimited {
                retry_after: denied.wait_time_from(self.slots.clock().now()),
            })
    }
}

/// The address a request comes from, by which it is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The peer, or behind trusted proxies the rightmost hop that is not one of them.
    fn find(peer: IpAddr, forwarded_for: &str, trusted: &[IpAddr]) -> Self {
        let mut address = peer.to_canonical();
        for hop in forwarded_for.rsplit(',') {
            if !trusted.contains(&address) {
                break;
            }
            let Ok(hop) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            address = hop.to_canonical();
        }
        Self::of(address)
    }

    /// A peer itself: an IPv6 network is one client.
    pub(crate) fn of(peer: IpAddr) -> Self {
        Self(match peer.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }

    /// Who sent a request with these headers through `peer`.
    pub(crate) fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let forwarded_for = headers
            .get_all("x-forwarded-for")
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect::<Vec<_>>()
            .join(",");
        Self::find(peer, &forwarded_for, trusted)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.0.ip());
        let trusted = &state.config.trusted_proxies;
        Ok(Self::behind(peer, &parts.headers, trusted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxy = [ip("10.0.0.1")];
        let find = |peer, forwarded| ClientAddress::find(ip(peer), forwarded, &proxy).0;
        assert_eq!(find("192.0.2.7", "203.0.113.9"), ip("192.0.2.7"));
        assert_eq!(
            find("10.0.0.1", "198.51.100.1, 203.0.113.9"),
            ip("203.0.113.9")
        );
        assert_eq!(find("10.0.0.1", "203.0.113.9, 10.0.0.1"), ip("203.0.113.9"));
        assert_eq!(find("10.0.0.1", "nonsense"), ip("10.0.0.1"));
    }

    #[test]
    fn an_ipv6_network_is_one_client() {
        let find = |peer| ClientAddress::find(ip(peer), "", &[]).0;
        assert_eq!(find("2001:db8:1:2:a::1"), find("2001:db8:1:2:b::9"));
        assert_ne!(find("2001:db8:1:2::1"), find("2001:db8:1:3::1"));
        assert_eq!(find("::ffff:192.0.2.7"), ip("192.0.2.7"));
    }

    #[test]
    fn a_flood_of_keys_is_bounded() {
        let limiter = Limiter::new(Quota::per_hour(at_least_one(1000)));
        for key in 0..2 * SLOTS {
            assert!(limiter.check(&key).is_ok());
        }
        assert!(limiter.slots.len() as u64 <= SLOTS);
    }

    #[test]
    fn the_limit_is_per_key() {
        let limiter = Limiter::new(Quota::per_hour(at_least_one(2)));
        assert!(limiter.check(&1).is_ok());
        assert!(limiter.check(&1).is_ok());
        assert!(matches!(limiter.check(&1), Err(Error::RateLimited { .. })));
        assert!(limiter.check(&2).is_ok());
    }
}
