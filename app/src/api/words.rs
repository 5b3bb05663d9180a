//! What went wrong, in words.

use std::fmt;

use api::{Code, Problem};
use i18n::{Language, language, t};
use leptos_i18n::td_string;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str(&match self {
            Self::Refused(problem) => words(problem),
            Self::Unreachable => t!(errors.unreachable).to_owned(),
            Self::Unreadable => t!(errors.unreadable).to_owned(),
            Self::Blocked(status) => t!(errors.blocked, status = status.to_string()),
            Self::Nowhere => t!(common.old_link).to_owned(),
        })
    }
}

/// What the server says in English, and may say more of than its code does; in other languages the
/// same where the catalogue has it, else what the code says.
pub(crate) fn words(problem: &Problem) -> String {
    match language() {
        Language::en => problem.detail.clone(),
        Language::de => {
            let known = known(&problem.detail);
            known.unwrap_or_else(|| by_code(problem.code).to_owned())
        }
    }
}

fn by_code(code: Code) -> &'static str {
    match code {
        Code::Invalid => t!(errors.invalid),
        Code::Unauthenticated => t!(errors.unauthenticated),
        Code::InvalidCredentials => t!(errors.invalid_credentials),
        Code::TokenExpired => t!(errors.token_expired),
        Code::Forbidden => t!(errors.forbidden),
        Code::NotFound => t!(errors.not_found),
        Code::EmailTaken => t!(errors.email_taken),
        Code::SoldOut => t!(errors.sold_out),
        Code::LimitReached => t!(errors.limit_reached),
        Code::SalesClosed => t!(errors.sales_closed),
        Code::SalesPaused => t!(errors.sales_paused),
        Code::NotOnSaleYet => t!(errors.not_on_sale_yet),
        Code::PriceChanged => t!(errors.price_changed),
        Code::PromoInvalid => t!(errors.promo_invalid),
        Code::PromoOtherTickets => t!(errors.promo_other_tickets),
        Code::PromoUsedUp => t!(errors.promo_used_up),
        Code::KeyReused => t!(errors.key_reused),
        Code::MixedCurrencies => t!(errors.mixed_currencies),
        Code::Conflict => t!(errors.conflict),
        Code::NotRefundable => t!(errors.not_refundable),
        Code::TransferPending => t!(errors.transfer_pending),
        Code::TransferDecided => t!(errors.transfer_decided),
        Code::EmailUnverified => t!(errors.email_unverified),
        Code::HoldsTickets => t!(errors.holds_tickets),
        Code::HeldForReview => t!(errors.held_for_review),
        Code::AccountSuspended => t!(errors.account_suspended),
        Code::AlreadyCheckedIn => t!(errors.already_checked_in),
        Code::PaymentDeclined => t!(errors.payment_declined),
        Code::RateLimited => t!(errors.rate_limited),
        Code::Busy => t!(errors.busy),
        _ => t!(errors.internal),
    }
}

/// What is wrong with a field, in the language of now.
pub(crate) fn sentence(said: &str) -> String {
    known(said).unwrap_or_else(|| said.to_owned())
}

/// What the server, or a check that it shares with the app, says in English: that is how it is found
/// in the catalogue.
fn known(said: &str) -> Option<String> {
    macro_rules! in_catalogue {
        ($($file:ident . $name:ident,)*) => {
            [$((td_string!(Language::en, $file.$name), t!($file.$name)),)*]
        };
    }
    let known = in_catalogue![
        errors.not_asked,
        errors.nothing_held,
        errors.publish_first,
        errors.currency_fixed,
        errors.no_longer_held,
        errors.tickets_left,
        errors.event_cancelled,
        errors.event_over,
        errors.over,
        errors.ticket_dead,
        errors.account_sells,
        errors.waiting_already,
        errors.own_ticket,
        errors.letter_sent,
        errors.not_on_sale,
        errors.invitations_used_up,
        errors.organizer_gone,
        errors.per_person,
        fields.fill_in,
        fields.enter_name,
        fields.title_missing,
        fields.venue_missing,
        fields.city_missing,
        fields.code_missing,
        fields.reason_missing,
        fields.one_line,
        fields.control,
        fields.email_local,
        fields.password,
        fields.password_current,
        fields.password_min,
        fields.password_max,
        fields.password_long,
        fields.password_wrong,
        fields.password_common,
        fields.password_own,
        fields.name_link,
        fields.names_link,
        fields.link_old,
        fields.megapixels,
        fields.name_missing,
        fields.name_long,
        fields.address_missing,
        fields.no_address,
        fields.not_a_picture,
        fields.own_address,
        fields.guests_min,
        fields.list_beyond,
        fields.list_columns,
        fields.list_encoding,
        fields.list_has_all,
        fields.list_has_one,
        fields.list_long,
        fields.list_not_a_list,
        fields.list_old_excel,
        fields.list_quote,
        give.too_large,
        fields.guests_max,
        fields.tickets_min,
        fields.tickets_between,
        fields.refund_max,
        fields.send_max,
        fields.kinds_max,
        fields.end_after_start,
        fields.sale_end,
        fields.sale_begins_late,
        fields.sale_ends_late,
        fields.code_begins_late,
        fields.it_end,
        fields.past,
        fields.year,
        fields.type_min,
        fields.type_max,
        fields.type_name,
        fields.price,
        fields.capacity,
        fields.per_order,
        fields.limit,
        fields.spaces,
        fields.percent,
        fields.amount,
        fields.uses,
        fields.uses_zero,
        fields.code_taken,
        fields.role,
        fields.no_code,
        fields.code_or_number,
        fields.scans_max,
    ];
    let max: String = said.chars().filter(char::is_ascii_digit).collect();
    if td_string!(Language::en, fields.shorten, max = &max) == said {
        return Some(t!(fields.shorten, max = max));
    }
    if td_string!(Language::en, fields.list_twice, number = &max) == said {
        return Some(t!(fields.list_twice, number = max));
    }
    if td_string!(Language::en, errors.wait_seconds, count = &max) == said {
        return Some(t!(errors.wait_seconds, count = max));
    }
    if td_string!(Language::en, errors.wait_minutes, count = &max) == said {
        return Some(t!(errors.wait_minutes, count = max));
    }
    let found = known.iter().find(|(english, _)| *english == said);
    found.map(|(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_field_is_said_in_the_language_of_now() {
        assert_eq!(sentence("Fill in this field."), "Fill in this field.");
        i18n::set_language(Language::de);
        assert_eq!(sentence("Fill in this field."), "Füll dieses Feld aus.");
        assert_eq!(
            sentence("Shorten this to 120 characters."),
            "Kürze das auf 120 Zeichen."
        );
        assert_eq!(
            sentence("Too many attempts. Try again in 12 seconds."),
            "Zu viele Versuche. Versuch es in 12 Sekunden noch einmal."
        );
        assert_eq!(sentence("Something new."), "Something new.");
    }

    #[test]
    fn a_refusal_is_worded_by_its_sentence_or_its_code() {
        i18n::set_language(Language::de);
        let problem = |detail: &str| Problem::new(409, Code::Conflict, detail);
        let over = words(&problem("This event has ended."));
        assert_eq!(over, "Dieses Event ist vorbei.");
        assert_eq!(words(&problem("Something new.")), by_code(Code::Conflict));
    }
}
