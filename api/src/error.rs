//! What a refusal looks like: `application/problem+json` (RFC 9457) with a stable code.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a request was refused. Clients match on this, never on the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// 400, 413, 415 or 422: the request is malformed or a field is wrong; `errors` names the fields.
    Invalid,
    /// 401: no one is signed in.
    Unauthenticated,
    /// 401: email or password is wrong; it is not said which.
    InvalidCredentials,
    /// 401: the access or refresh token is no longer good; refresh or sign in again.
    TokenExpired,
    /// 403: signed in, but not allowed to do this.
    Forbidden,
    /// 404: there is no such thing, or it is somebody else's.
    NotFound,
    /// 409: an account with this email exists.
    EmailTaken,
    /// 409: fewer tickets are left than asked for; `left` says how many.
    SoldOut,
    /// 409: more than one order or one person may have; `left` says how many are still allowed.
    LimitReached,
    /// 409: the sale is over, or the event cancelled.
    SalesClosed,
    /// 409: the organizer has paused the sale.
    SalesPaused,
    /// 409: the sale has not begun.
    NotOnSaleYet,
    /// 409: the total is no longer what the buyer was shown; `total` is the one of now.
    PriceChanged,
    /// 409: there is no such promo code, or it is not good now.
    PromoInvalid,
    /// 409: the promo code is for another ticket type, which `ticket_type_id` names.
    PromoOtherTickets,
    /// 409: the promo code has been used as often as it may be.
    PromoUsedUp,
    /// 409: the idempotency key was used for another request.
    KeyReused,
    /// 409: the tickets of one order are priced in different currencies.
    MixedCurrencies,
    /// 409: the change does not fit what is: capacity below what is sold, a published event's currency, …
    Conflict,
    /// 409: this ticket cannot be refunded.
    NotRefundable,
    /// 409: the ticket waits to be claimed.
    TransferPending,
    /// 409: the transfer was accepted, declined or recalled before, or is void.
    TransferDecided,
    /// 409: the email address has to be confirmed first.
    EmailUnverified,
    /// 409: the account still holds tickets for events to come.
    HoldsTickets,
    /// 409: the ticket has been used at the door.
    AlreadyCheckedIn,
    /// 402: the payment was declined.
    PaymentDeclined,
    /// 429: too many attempts; wait as long as `Retry-After` says.
    RateLimited,
    /// 503: too much is going on; try again after `Retry-After`.
    Busy,
    /// 500: our fault; `request_id` finds it in the log.
    Internal,
    /// A code this version of the app does not know.
    #[serde(other)]
    Unknown,
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: Code,
    /// A sentence for people.
    pub detail: String,
    /// Field -> sentence, where a field is at fault.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, String>,
    /// Finds the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// With `sold_out` and `limit_reached`: how many can still be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i32>,
    /// With `sold_out` and other refusals of one order line: the ticket type at fault. With
    /// `promo_other_tickets`: the one to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_type_id: Option<Uuid>,
    /// With `price_changed`: the total of now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<crate::Money>,
    /// With `not_on_sale_yet`: when the sale begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<DateTime<Utc>>,
}
