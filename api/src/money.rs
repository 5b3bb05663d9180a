//! Money: integer minor units and a currency.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of money in minor units (cents, øre, yen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; negative in refunds.
    pub amount: i64,
    /// The ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// What `amounts` of one currency come to; none for none.
    pub fn total(amounts: impl Iterator<Item = Self>) -> Option<Self> {
        amounts.reduce(|sum, next| Self::new(sum.amount + next.amount, sum.currency))
    }

    /// Whether it has no cents.
    pub fn is_whole(&self) -> bool {
        self.amount % 10_i64.pow(self.currency.minor_digits()) == 0
    }

    /// Whether nothing has to be paid.
    pub fn is_zero(&self) -> bool {
        self.amount == 0
    }
}

/// Digits and code, for logs and programs: `25.00 EUR`. People see it by their locale instead.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits() as usize;
        let sign = if self.amount < 0 { "-" } else { "" };
        let unit = 10_u64.pow(self.currency.minor_digits());
        let amount = self.amount.unsigned_abs();
        write!(f, "{sign}{}", amount / unit)?;
        if digits > 0 {
            write!(f, ".{:0digits$}", amount % unit)?;
        }
        write!(f, " {}", self.currency)
    }
}

/// A currency we sell in, by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(&'static str);

/// The currencies an event can be priced in, with the digits behind the point (ISO 4217).
const CURRENCIES: [(&str, u32); 18] = [
    ("EUR", 2),
    ("USD", 2),
    ("GBP", 2),
    ("CHF", 2),
    ("SEK", 2),
    ("NOK", 2),
    ("DKK", 2),
    ("ISK", 0),
    ("PLN", 2),
    ("CZK", 2),
    ("HUF", 2),
    ("CAD", 2),
    ("AUD", 2),
    ("NZD", 2),
    ("JPY", 0),
    ("KRW", 0),
    ("BRL", 2),
    ("MXN", 2),
];

impl Currency {
    /// The euro.
    pub const EUR: Self = Self("EUR");

    /// The currency with this ISO 4217 code, if we sell in it.
    pub fn parse(code: &str) -> Option<Self> {
        CURRENCIES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|(known, _)| Self(known))
    }

    /// What people pay with in a country, by its ISO 3166 code: as most currencies' codes begin with
    /// their country's, `GBP`. The euro, where we sell in no currency of its own.
    pub fn of_region(region: &str) -> Self {
        CURRENCIES
            .iter()
            .find(|(code, _)| region.len() == 2 && *code != "EUR" && code.starts_with(region))
            .map_or(Self::EUR, |(code, _)| Self(code))
    }

    /// Every currency we sell in.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENCIES.iter().map(|(code, _)| Self(code))
    }

    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// Digits behind the point: 2 for EUR, 0 for JPY.
    pub fn minor_digits(self) -> u32 {
        CURRENCIES
            .iter()
            .find(|(code, _)| *code == self.0)
            .map_or(2, |(_, digits)| *digits)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| {
            serde::de::Error::custom(format!("{code:?} is not a currency we sell in"))
        })
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("ISO 4217 code"))
            .enum_values(Some(Self::all().map(Self::code)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Currency {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_prints_its_minor_digits() {
        let yen = Currency::parse("JPY").expect("JPY is known");
        assert_eq!(Money::new(2505, Currency::EUR).to_string(), "25.05 EUR");
        assert_eq!(Money::new(-5, Currency::EUR).to_string(), "-0.05 EUR");
        assert_eq!(Money::new(2505, yen).to_string(), "2505 JPY");
    }

    #[test]
    fn a_country_pays_with_its_own_currency_or_the_euro() {
        let of = |region| Currency::of_region(region).code();
        assert_eq!(
            ["GB", "CH", "DE", "IN", ""].map(of),
            ["GBP", "CHF", "EUR", "EUR", "EUR"]
        );
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        let money: Result<Money, _> = serde_json::from_str(r#"{"amount":1,"currency":"XXX"}"#);
        assert!(money.is_err());
    }
}
