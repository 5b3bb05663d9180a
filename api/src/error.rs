//! What a refusal looks like: `application/problem+json` (RFC 9457) with a stable code.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The error code. Clients match on this, never on the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Code {
    /// 400, 413, 415 or 422: the request is malformed or a field is wrong; `errors` names the fields.
    Invalid,
    /// 401: no user is signed in.
    Unauthenticated,
    /// 401: the email or the password is wrong.
    InvalidCredentials,
    /// 401: the access or refresh token has expired; refresh it or sign in again.
    TokenExpired,
    /// 403: signed in, but not allowed to do this.
    Forbidden,
    /// 404: not found, or it belongs to someone else.
    NotFound,
    /// 409: an account with this email exists.
    EmailTaken,
    /// 409: fewer tickets are left than asked for; `left` says how many.
    SoldOut,
    /// 409: over the limit per order or per person; `left` says how many are still allowed.
    LimitReached,
    /// 409: the sale is over, or the event cancelled.
    SalesClosed,
    /// 409: the organizer has paused the sale.
    SalesPaused,
    /// 409: sales have not started.
    NotOnSaleYet,
    /// 409: the total has changed; `total` is the new one.
    PriceChanged,
    /// 409: the promo code does not exist or is not valid now.
    PromoInvalid,
    /// 409: the promo code applies to another ticket type, named by `ticket_type_id`.
    PromoOtherTickets,
    /// 409: the promo code has been used up.
    PromoUsedUp,
    /// 409: the idempotency key was used for another request.
    KeyReused,
    /// 409: the tickets of one order are priced in different currencies.
    MixedCurrencies,
    /// 409: the change conflicts with the current state, such as a capacity below the number sold.
    Conflict,
    /// 409: this ticket cannot be refunded.
    NotRefundable,
    /// 409: the ticket is waiting to be accepted.
    TransferPending,
    /// 409: the transfer was already accepted, declined or taken back, or is void.
    TransferDecided,
    /// 409: the email has to be confirmed first.
    EmailUnverified,
    /// 409: the account still holds tickets for events to come.
    HoldsTickets,
    /// 409: a name or title contains a link and is held for review.
    HeldForReview,
    /// 403: the account is suspended.
    AccountSuspended,
    /// 409: the ticket has already been used.
    AlreadyCheckedIn,
    /// 409: everyone who was to be given a ticket has one of the event.
    HasTicket,
    /// 402: the payment was declined.
    PaymentDeclined,
    /// 429: too many requests; try again after `Retry-After`.
    RateLimited,
    /// 503: the server is busy; try again after `Retry-After`.
    Busy,
    /// 500: an internal error; `request_id` identifies it in the log.
    Internal,
    /// A code this version of the app does not know.
    #[serde(other)]
    Unknown,
}

/// The body of every error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The error code, stable for programs.
    pub code: Code,
    /// A sentence for people.
    pub detail: String,
    /// Invalid fields, each with a sentence.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, String>,
    /// With `rate_limited` and `busy`: how many seconds to wait, as `Retry-After` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Identifies the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// With `sold_out` and `limit_reached`: how many tickets are available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<i32>,
    /// With `sold_out` and other refusals of one order line: the ticket type at fault. With
    /// `promo_other_tickets`: the one to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_type_id: Option<Uuid>,
    /// With `price_changed`: the new total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<crate::Money>,
    /// With `not_on_sale_yet`: when sales start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<DateTime<Utc>>,
}

impl Problem {
    /// A refusal that says no more than its sentence.
    pub fn new(status: u16, code: Code, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            errors: BTreeMap::new(),
            retry_after: None,
            request_id: None,
            left: None,
            ticket_type_id: None,
            total: None,
            opens_at: None,
        }
    }
}
