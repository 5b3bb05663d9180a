//! Verdicts in words.

use ::api::door::{CheckIn, Verdict};

use crate::format;
use i18n::t;

/// How a verdict looks: nobody has to tell colours apart, since each has its word and picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Good,
    Caution,
    Bad,
}

impl Look {
    pub(super) fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Valid => Self::Good,
            Verdict::AlreadyUsed | Verdict::NotYet => Self::Caution,
            Verdict::Refunded
            | Verdict::Revoked
            | Verdict::Transferred
            | Verdict::WrongEvent
            | Verdict::NotATicket => Self::Bad,
        }
    }

    pub(super) fn icon(self) -> icondata::Icon {
        match self {
            Self::Good => icondata::LuCheck,
            Self::Caution => icondata::LuClock,
            Self::Bad => icondata::LuX,
        }
    }
}

/// The one word across the screen.
pub(super) fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => t!(door.valid),
        Verdict::AlreadyUsed => t!(door.already_used),
        Verdict::NotYet => t!(door.not_yet),
        Verdict::Refunded => t!(common.refunded),
        Verdict::Revoked => t!(common.revoked),
        Verdict::Transferred => t!(door.passed_on),
        Verdict::WrongEvent => t!(door.wrong_event),
        Verdict::NotATicket => t!(door.not_a_ticket),
    }
}

/// What to know besides, and what to tell the person at the door.
pub(super) fn reason(answer: &CheckIn, timezone: &str) -> Option<String> {
    Some(match answer.verdict {
        Verdict::Valid => t!(door.take, price = format::money(answer.due?)),
        Verdict::AlreadyUsed => {
            let used = answer.used.as_ref()?;
            let at = format::clock(used.at, timezone);
            match used.gate.as_str() {
                "" => at,
                gate => format!("{at} · {gate}"),
            }
        }
        Verdict::NotYet => t!(
            door.opens,
            when = format::day_and_clock(answer.opens_at?, timezone)
        ),
        Verdict::Refunded => t!(door.refunded).to_owned(),
        Verdict::Revoked => t!(door.revoked).to_owned(),
        Verdict::Transferred => t!(door.sent_on).to_owned(),
        Verdict::WrongEvent => t!(door.other_event).to_owned(),
        Verdict::NotATicket => t!(door.not_ours).to_owned(),
    })
}

/// The answer about someone who was picked from the list, in a line; times by the clock here.
pub(in crate::pages::host) fn sentence(answer: &CheckIn) -> String {
    let parts = [Some(title(answer.verdict).to_owned()), reason(answer, "")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

/// Whose ticket it is: `Ada · Standing · No. 12`.
pub(super) fn ticket(answer: &CheckIn) -> Option<String> {
    let number = answer.number.map(|number| t!(door.number, number = number));
    let parts = [answer.holder.clone(), answer.ticket_type.clone(), number];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    // A dot that begins a line belongs to nothing.
    (!parts.is_empty()).then(|| parts.join("\u{a0}· "))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn a_used_ticket_says_when_and_where() {
        use ::api::{Time, door::Admission};

        let mut answer = CheckIn::of_nothing(Uuid::nil(), Verdict::AlreadyUsed);
        let at = Time::from_timestamp(1_800_000_000, 0).expect("a time");
        let mut used = |gate: &str| {
            answer.used = Some(Admission {
                id: Uuid::nil(),
                at,
                gate: gate.to_owned(),
            });
            reason(&answer, "UTC").expect("words")
        };
        assert_eq!(
            used("Gate A"),
            format!("{} · Gate A", format::clock(at, "UTC"))
        );
        assert_eq!(used(""), format::clock(at, "UTC"));
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn a_good_ticket_says_what_to_collect() {
        use ::api::{Currency, Money};

        let mut answer = CheckIn::of_nothing(Uuid::nil(), Verdict::Valid);
        assert_eq!(reason(&answer, "UTC"), None);
        let due = Money::new(1250, Currency::EUR);
        answer.due = Some(due);
        let words = format!("Collect {}", format::money(due));
        assert_eq!(reason(&answer, "UTC"), Some(words));
    }

    #[test]
    fn a_ticket_is_named_by_what_is_known() {
        let mut answer = CheckIn::of_nothing(Uuid::nil(), Verdict::Valid);
        assert_eq!(ticket(&answer), None);
        answer.number = Some(12);
        answer.holder = Some("Ada".to_owned());
        assert_eq!(ticket(&answer).as_deref(), Some("Ada\u{a0}· No.\u{a0}12"));
    }
}
