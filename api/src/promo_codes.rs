//! Promo codes: a part of the price off, for a time and a number of uses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::host::PRICE_MAX;
use crate::text;
use crate::time::require_year;
use crate::validate::FieldErrors;
use crate::{Money, Time};

/// The longest code, in characters.
pub const PROMO_CODE_MAX: usize = 40;
/// The most codes of one event.
pub const PROMO_CODES_MAX: usize = 200;

/// The discount of a code on each ticket it applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// A percentage of the price, 1–100.
    Percent(i32),
    /// An amount in minor units of the event's currency, at most the price.
    Amount(i64),
}

impl Discount {
    /// What it takes off a ticket of this price, in minor units; never more than the price.
    pub fn off(self, price: i64) -> i64 {
        match self {
            Self::Percent(percent) => price * i64::from(percent) / 100,
            Self::Amount(amount) => amount.min(price),
        }
    }
}

/// `POST /host/events/{id}/promo-codes`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePromoCode {
    /// 1–40 characters without spaces; case-insensitive.
    #[serde(deserialize_with = "text::read_line")]
    pub code: String,
    /// The discount on each ticket.
    pub discount: Discount,
    /// The only ticket type it applies to; null for all.
    #[serde(default)]
    pub ticket_type_id: Option<Uuid>,
    /// When it becomes valid; null: immediately.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
    /// When it stops being valid; null: when tickets sell out.
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    /// The most orders that can use it; null for no limit.
    #[serde(default)]
    pub max_uses: Option<i32>,
    /// The most orders of one person that can use it; null for no limit.
    #[serde(default)]
    pub max_per_user: Option<i32>,
}

/// `PATCH /host/events/{id}/promo-codes/{promo_code}`: absent fields are unchanged. The code and
/// its discount cannot change, because orders used them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdatePromoCode {
    /// See [`CreatePromoCode`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<DateTime<Utc>>,
    /// See [`CreatePromoCode`]; a time that has passed ends the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime<Utc>>,
    /// See [`CreatePromoCode`]; never less than used; 0 removes the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_uses: Option<i32>,
    /// See [`CreatePromoCode`]; 0 removes the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_user: Option<i32>,
}

/// A promo code as the organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromoCode {
    /// The code's id.
    pub id: Uuid,
    /// In upper case.
    pub code: String,
    /// The discount on each ticket.
    pub discount: Discount,
    /// The only ticket type it applies to.
    pub ticket_type_id: Option<Uuid>,
    /// When it becomes valid.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it stops being valid.
    pub ends_at: Option<DateTime<Utc>>,
    /// The most orders that can use it.
    pub max_uses: Option<i32>,
    /// The most orders of one person that can use it.
    pub max_per_user: Option<i32>,
    /// The number of orders that used it.
    pub used: i32,
    /// The total of its discounts.
    pub given: Money,
}

/// `GET /host/events/{id}/promo-codes`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromoCodes {
    /// All of them, newest first.
    pub items: Vec<PromoCode>,
}

/// A code as it is stored and compared.
pub fn normalize_code(code: &str) -> String {
    text::line(&text::line(code).to_uppercase())
}

fn require_window(errors: &mut FieldErrors, starts_at: Option<Time>, ends_at: Option<Time>) {
    for (field, time) in [("starts_at", starts_at), ("ends_at", ends_at)] {
        if let Some(time) = time {
            require_year(errors, time, field);
        }
    }
    if let (Some(start), Some(end)) = (starts_at, ends_at) {
        errors.require(start < end, "ends_at", "The end must be after the start.");
    }
}

impl CreatePromoCode {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        let code = normalize_code(&self.code);
        errors.require_line(&code, 1, PROMO_CODE_MAX, "code");
        errors.require(
            !code.contains(char::is_whitespace),
            "code",
            "Remove the spaces.",
        );
        match self.discount {
            Discount::Percent(percent) => errors.require(
                (1..=100).contains(&percent),
                "discount",
                "Enter a percentage from 1 to 100.",
            ),
            Discount::Amount(amount) => errors.require(
                (1..=PRICE_MAX).contains(&amount),
                "discount",
                "Enter an amount above 0.",
            ),
        }
        require_window(&mut errors, self.starts_at, self.ends_at);
        for (field, limit) in [
            ("max_uses", self.max_uses),
            ("max_per_user", self.max_per_user),
        ] {
            errors.require(
                limit.is_none_or(|limit| limit >= 1),
                field,
                "Enter a number above 0, or leave blank for no limit.",
            );
        }
        errors.into_result()
    }
}

impl UpdatePromoCode {
    /// Checks the request and returns the errors by field.
    pub fn validate(&self) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        require_window(&mut errors, self.starts_at, self.ends_at);
        for (field, limit) in [
            ("max_uses", self.max_uses),
            ("max_per_user", self.max_per_user),
        ] {
            errors.require(
                limit.is_none_or(|limit| limit >= 0),
                field,
                "Enter a number above 0, or 0 for no limit.",
            );
        }
        errors.into_result()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_never_more_than_the_price() {
        assert_eq!(Discount::Percent(15).off(999), 149);
        assert_eq!(Discount::Percent(100).off(999), 999);
        assert_eq!(Discount::Amount(500).off(2500), 500);
        assert_eq!(Discount::Amount(500).off(300), 300);
        assert_eq!(Discount::Amount(500).off(0), 0);
    }

    #[test]
    fn a_code_is_one_word_in_any_case() {
        let promo = |code: &str| CreatePromoCode {
            code: code.to_owned(),
            discount: Discount::Percent(10),
            ticket_type_id: None,
            starts_at: None,
            ends_at: None,
            max_uses: None,
            max_per_user: None,
        };
        assert_eq!(normalize_code(" early "), "EARLY");
        assert!(promo(" early ").validate().is_ok());
        assert!(promo("early bird").validate().is_err());
        assert!(promo("  ").validate().is_err());
        assert_eq!(normalize_code("ear\u{200b}ly\u{2060}"), "EARLY");
        #[cfg(feature = "unicode")]
        assert_eq!(normalize_code("cafe\u{301}"), normalize_code("CAFÉ"));
        assert!(promo("\u{200b}\u{2800}").validate().is_err());
        // Upper case may be longer.
        assert!(promo(&"ß".repeat(21)).validate().is_err());
    }
}
