//! Who reads what we write: the language that they speak, and how dates, numbers and money are
//! written where they are. The app asks the browser; both go by the Unicode CLDR.

mod time;

use std::fmt;

use api::{Money, Time};
use axum::http::{HeaderMap, header};
use i18n::{Language, PluralOperands};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_locale::Locale;

/// Somebody who is written to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// What they speak, of what we do.
    pub language: Language,
    locale: Locale,
}

impl Reader {
    /// By what an account keeps.
    pub fn of(locale: &str) -> Self {
        Self::wanting(&[locale])
    }

    /// By locales, most wanted first: `de-AT`, `en`.
    pub fn wanting(locales: &[impl AsRef<str>]) -> Self {
        Self::speaking(None, locales)
    }

    /// By what a request asks for.
    pub fn asking(headers: &HeaderMap) -> Self {
        Self::wanting(&asked(headers))
    }

    /// By the language that somebody chose, where the browser of a request is.
    pub fn choosing(language: Option<Language>, headers: &HeaderMap) -> Self {
        Self::speaking(language, &asked(headers))
    }

    fn speaking(language: Option<Language>, locales: &[impl AsRef<str>]) -> Self {
        let known = locales.iter().filter_map(|locale| plain(locale.as_ref()));
        let known: Vec<String> = known.collect();
        let language = language.unwrap_or_else(|| i18n::spoken(&known));
        let locale = i18n::locale(language, &known).parse();
        Self {
            language,
            locale: locale.unwrap_or(Locale::UNKNOWN),
        }
    }

    /// What an account keeps: `de-AT`.
    pub fn locale(&self) -> String {
        self.locale.to_string()
    }

    /// `€25`, `12,50 €`, `−€5`.
    pub fn money(&self, money: Money) -> String {
        let exact = money.to_string();
        let written = self.money_as_usual(money);
        let short = money.is_whole() && i18n::writes_whole_amounts(&self.locale());
        // Usually nobody writes the hundredths of a forint; where there are some, they count.
        let is_rounded = |written: &String| digits(written) < digits(&exact) && !money.is_whole();
        let written = written.filter(|written| !is_rounded(written));
        let written = match written {
            Some(written) if short && digits(&written) == digits(&exact) => {
                without_fraction(&written, money.currency.minor_digits())
            }
            written => written.unwrap_or(exact),
        };
        i18n::with_minus(&written)
    }

    fn money_as_usual(&self, money: Money) -> Option<String> {
        let currency = CurrencyType::try_from_str(money.currency.code()).ok()?;
        let locale = (&self.locale).into();
        let format = CurrencyFormatter::try_new_symbol(locale, currency, Default::default());
        let mut units = Decimal::from(money.amount);
        units.multiply_pow10(-i16::try_from(money.currency.minor_digits()).ok()?);
        Some(format.ok()?.format_fixed_decimal(&units).to_string())
    }

    /// A number in a text.
    pub fn count(&self, number: impl TryInto<i32>) -> Count<'_> {
        let number = number.try_into().unwrap_or(i32::MAX);
        Count {
            number,
            reader: self,
        }
    }
}

impl i18n::event::Reader for Reader {
    fn language(&self) -> Language {
        self.language
    }

    fn count(&self, number: i32) -> impl fmt::Display + Clone + Into<PluralOperands> {
        self.count(number)
    }

    fn money(&self, money: Money) -> String {
        self.money(money)
    }

    fn day(&self, time: Time, timezone: &str) -> String {
        self.short_day(time, timezone)
    }

    fn clock(&self, time: Time, timezone: &str) -> String {
        self.time_of_day(time, timezone)
    }
}

/// A number in a text, which decides the text's plural.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a> {
    number: i32,
    reader: &'a Reader,
}

impl fmt::Display for Count<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let locale = (&self.reader.locale).into();
        match DecimalFormatter::try_new(locale, Default::default()) {
            Ok(format) => write!(text, "{}", format.format(&Decimal::from(self.number))),
            Err(_) => write!(text, "{}", self.number),
        }
    }
}

impl From<Count<'_>> for PluralOperands {
    fn from(count: Count<'_>) -> Self {
        count.number.into()
    }
}

/// `€25` of `€25.00`: without the last `digits` digits and the mark before them.
fn without_fraction(written: &str, digits: u32) -> String {
    let mut chars: Vec<char> = written.chars().collect();
    if let Some(last) = chars.iter().rposition(char::is_ascii_digit)
        && digits > 0
        && last > digits as usize
    {
        chars.drain(last - digits as usize..=last);
    }
    chars.into_iter().collect()
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// A locale without what else may be said in one, as it is usually spelled.
fn plain(locale: &str) -> Option<String> {
    let mut id = Locale::try_from_str(locale.trim()).ok()?.id;
    id.variants.clear();
    Some(id.to_string())
}

/// The locales that a request asks for, most wanted first.
fn asked(headers: &HeaderMap) -> Vec<&str> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE);
    let wanted = wanted.and_then(|value| value.to_str().ok());
    by_preference(wanted.unwrap_or_default())
}

/// The locales of `de-AT,de;q=0.9,en;q=0.8`, most wanted first.
fn by_preference(header: &str) -> Vec<&str> {
    let mut wanted: Vec<(&str, f32)> = header
        .split(',')
        .filter_map(|part| {
            let (locale, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((locale, weight.trim().parse().ok()?))
        })
        .collect();
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted.into_iter().map(|(locale, _)| locale).collect()
}

#[cfg(test)]
mod tests {
    use api::Currency;

    use super::*;

    fn asking(header: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, header.parse().expect("a header"));
        Reader::asking(&headers).locale()
    }

    #[test]
    fn a_request_says_what_its_sender_speaks() {
        assert_eq!(asking("de-AT,de;q=0.9,en;q=0.8"), "de-AT");
        assert_eq!(asking("en;q=0.5, de"), "de");
        assert_eq!(asking("fr-CA, fr;q=0.9, de;q=0.1"), "de");
        assert_eq!(asking("*"), "en");
        assert_eq!(asking("nonsense of many words; q=?"), "en");
        assert_eq!(Reader::asking(&HeaderMap::new()).locale(), "en");
    }

    #[test]
    fn what_is_kept_of_a_locale_is_short() {
        for (wanted, kept) in [
            ("de-at", "de-AT"),
            ("de-Latn-AT-1996-u-nu-thai", "de-Latn-AT"),
            ("tlh", "en"),
            ("", "en"),
            ("de; drop table users", "en"),
        ] {
            assert_eq!(Reader::of(wanted).locale(), kept, "{wanted}");
        }
    }

    #[test]
    fn what_somebody_chose_is_written_as_where_they_are() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "en-GB".parse().expect("a header"));
        let chosen = Reader::choosing(Some(Language::de), &headers);
        assert_eq!(chosen.locale(), "de-GB");
        assert_eq!(Reader::choosing(None, &headers).locale(), "en-GB");
    }

    #[test]
    fn money_is_written_as_is_done_there() {
        let money = |locale: &str, amount, code| {
            let currency = Currency::parse(code).expect("a currency");
            let written = Reader::of(locale).money(Money::new(amount, currency));
            written.replace('\u{a0}', " ")
        };
        assert_eq!(money("en-US", 123_450, "EUR"), "€1,234.50");
        assert_eq!(money("en-GB", -5, "EUR"), "−€0.05");
        assert_eq!(money("en-US", 123_400, "EUR"), "€1,234");
        assert_eq!(money("en-US", -2500, "EUR"), "−€25");
        assert_eq!(money("en-US", 0, "EUR"), "€0");
        assert_eq!(money("de", 2500, "EUR"), "25 €");
        assert_eq!(money("de-AT", 2500, "EUR"), "€ 25");
        assert_eq!(money("de-CH", 2500, "CHF"), "CHF 25.00");
        assert_eq!(money("de", 123_450, "EUR"), "1.234,50 €");
        assert_eq!(money("de-AT", 1250, "EUR"), "€ 12,50");
        assert_eq!(money("de", 1234, "JPY"), "1.234 ¥");
        assert_eq!(money("de", 5000, "ISK"), "5.000 ISK");
        assert_eq!(money("de", 500_000, "HUF"), "5.000 HUF");
    }

    #[test]
    fn no_amount_is_rounded() {
        for currency in Currency::all() {
            for locale in ["en", "de", "de-CH"] {
                let written = Reader::of(locale).money(Money::new(123_405, currency));
                let digits: String = written.chars().filter(char::is_ascii_digit).collect();
                assert_eq!(digits, "123405", "{written}");
            }
        }
    }

    #[test]
    fn counts_are_written_as_is_done_there() {
        assert_eq!(Reader::of("en").count(1234).to_string(), "1,234");
        assert_eq!(Reader::of("de").count(12_345_usize).to_string(), "12.345");
    }
}
