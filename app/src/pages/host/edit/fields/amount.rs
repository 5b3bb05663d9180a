//! Prices as people write them.

use i18n::t;

/// Minor units from what a person writes: `25`, `12.50`, `12,5`.
pub(in crate::pages::host) fn parse_amount(text: &str, digits: u32) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits as usize;
    if whole.is_empty() || fraction.len() > digits || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

pub(super) fn amount_text(amount: i64, digits: u32) -> String {
    let unit = 10_i64.pow(digits);
    let (whole, fraction, width) = (amount / unit, amount % unit, digits as usize);
    if fraction == 0 {
        whole.to_string()
    } else {
        format!("{whole}{}{fraction:0width$}", t!(edit.decimal_mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_as_people_write_them() {
        for (text, digits, amount) in [
            ("25", 2, Some(2500)),
            (" 12,5 ", 2, Some(1250)),
            ("0", 2, Some(0)),
            ("0.05", 2, Some(5)),
            ("1500", 0, Some(1500)),
            ("15.5", 0, None),
            ("1.234", 2, None),
            ("-1", 2, None),
            ("", 2, None),
            (".", 2, None),
            ("ten", 2, None),
            ("99999999999999999999", 2, None),
        ] {
            assert_eq!(parse_amount(text, digits), amount, "{text:?}");
        }
    }

    #[test]
    fn prices_are_written_as_they_are_read() {
        for (amount, digits, text) in [(2500, 2, "25"), (1205, 2, "12.05"), (7, 0, "7")] {
            assert_eq!(amount_text(amount, digits), text);
            assert_eq!(parse_amount(text, digits), Some(amount));
        }
        i18n::set_language(i18n::Language::de);
        assert_eq!(amount_text(1205, 2), "12,05");
    }
}
