//! What an answer, or none, means for a purchase.

use ::api::{Code, Money, OrderId, Problem, TicketTypeId};

use crate::api::{Error, Placed};
use crate::format;
use crate::retry::Backoff;
use i18n::t;

const BACKOFF: Backoff = Backoff {
    first_ms: 1_000,
    last_ms: 10_000,
};

/// What to do now.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    Placed(OrderId),
    Refused(Refusal),
    /// The session is over: nothing was done this time.
    SignIn,
    /// The server has not seen it this time. Ask whether it has an order with this key: if not, this
    /// is the end.
    Ask(Refusal),
    /// Send the same again.
    Again {
        after_ms: u32,
        /// Whether the request may have been carried out.
        unknown: bool,
    },
}

/// Why there is no order, and what could be done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    /// Fewer are left than were wanted.
    SoldOut {
        ticket_type_id: Option<TicketTypeId>,
        left: i32,
    },
    PriceChanged(Option<Money>),
    /// In the server's words.
    Other {
        ticket_type_id: Option<TicketTypeId>,
        words: String,
    },
}

impl Refusal {
    fn of(problem: &Problem) -> Self {
        match problem.code {
            Code::SoldOut => Self::SoldOut {
                ticket_type_id: problem.ticket_type_id,
                left: problem.left.unwrap_or(0),
            },
            Code::PriceChanged => Self::PriceChanged(problem.total),
            // It names the type to choose, not one that is at fault.
            Code::PromoOtherTickets => Self::Other {
                ticket_type_id: None,
                words: crate::api::words(problem),
            },
            _ => Self::Other {
                ticket_type_id: problem.ticket_type_id,
                words: crate::api::words(problem),
            },
        }
    }

    /// The ticket type at fault, where it is one's.
    pub(crate) fn ticket_type(&self) -> Option<TicketTypeId> {
        match self {
            Self::SoldOut { ticket_type_id, .. } | Self::Other { ticket_type_id, .. } => {
                *ticket_type_id
            }
            Self::PriceChanged(_) => None,
        }
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::SoldOut { left: 0, .. } => t!(buy.just_sold_out).to_owned(),
            Self::SoldOut { left, .. } => t!(buy.only_remain, count = format::Count(*left)),
            Self::PriceChanged(Some(total)) => {
                t!(buy.price_is_now, price = format::money(*total))
            }
            Self::PriceChanged(None) => t!(buy.price_changed).to_owned(),
            Self::Other { words, .. } => words.clone(),
        }
    }
}

/// What the answer to attempt number `attempt`, from 0, means.
pub(super) fn judge(attempt: u32, answer: Result<Placed, Error>) -> Verdict {
    let error = match answer {
        Ok(Placed { id }) => return Verdict::Placed(id),
        Err(error) => error,
    };
    let asked = error.retry_after();
    let again = |unknown| Verdict::Again {
        after_ms: BACKOFF.pause(attempt, asked),
        unknown,
    };
    match error {
        Error::Unreachable | Error::Unreadable | Error::Nowhere => again(true),
        // Too slow, or too much at once.
        Error::Blocked(408 | 425 | 429) => again(true),
        Error::Blocked(_) => Verdict::Ask(Refusal::Other {
            ticket_type_id: None,
            words: error.to_string(),
        }),
        Error::Refused(problem) => match problem.code {
            Code::Internal => again(true),
            Code::Busy | Code::RateLimited => again(false),
            Code::Unauthenticated | Code::TokenExpired => Verdict::SignIn,
            _ => Verdict::Refused(Refusal::of(&problem)),
        },
    }
}

/// How long after it was sent the server may still carry out what was not answered: a little longer
/// than it works on a request.
const CARRIED_OUT_MS: f64 = 30_000.0;

/// What the answer to the question for an order with the key means, when the request itself was
/// refused with `refusal` before it came to the server. `since_unknown` is how long ago, in
/// milliseconds, it may have come there without an answer.
pub(super) fn judge_key(
    attempt: u32,
    refusal: Refusal,
    found: Result<Placed, Error>,
    since_unknown: Option<f64>,
) -> Verdict {
    let asked = found.as_ref().err().and_then(Error::retry_after);
    let again = Verdict::Again {
        after_ms: BACKOFF.pause(attempt, asked),
        unknown: false,
    };
    match found {
        Ok(Placed { id }) => Verdict::Placed(id),
        Err(error) if error.code() == Some(Code::NotFound) => {
            match since_unknown.filter(|elapsed| *elapsed < CARRIED_OUT_MS) {
                None => Verdict::Refused(refusal),
                // It may still be carried out.
                Some(_) => again,
            }
        }
        Err(error) if error.needs_sign_in() => Verdict::SignIn,
        Err(_) => again,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn refused(code: Code) -> Result<Placed, Error> {
        Err(Error::Refused(Box::new(Problem {
            left: Some(3),
            ..Problem::new(409, code, "No.")
        })))
    }

    #[test]
    fn an_order_ends_it() {
        let id = Uuid::from_u128(1);
        assert_eq!(judge(7, Ok(Placed { id })), Verdict::Placed(id));
    }

    #[test]
    fn no_answer_is_never_an_end() {
        for attempt in [0, 1, 50] {
            for error in [Error::Unreachable, Error::Unreadable] {
                let verdict = judge(attempt, Err(error));
                assert!(
                    matches!(verdict, Verdict::Again { unknown: true, .. }),
                    "{verdict:?}"
                );
            }
        }
        let fault = judge(0, refused(Code::Internal));
        assert!(
            matches!(fault, Verdict::Again { unknown: true, .. }),
            "{fault:?}"
        );
    }

    #[test]
    fn what_a_proxy_refuses_ends_when_the_server_has_no_order_with_the_key() {
        for status in [400, 401, 403, 404, 405, 407, 413, 451, 499] {
            let Verdict::Ask(refusal) = judge(3, Err(Error::Blocked(status))) else {
                panic!("no question after {status}");
            };
            let after = |found, since| judge_key(3, refusal.clone(), found, since);
            let missing = || refused(Code::NotFound);
            let refused_for_good = Verdict::Refused(refusal.clone());
            assert_eq!(after(missing(), None), refused_for_good);
            assert_eq!(after(missing(), Some(31_000.0)), refused_for_good);
            // An earlier request may still be carried out.
            let again = |verdict| matches!(verdict, Verdict::Again { .. });
            assert!(again(after(missing(), Some(5_000.0))));
            let id = Uuid::from_u128(1);
            assert_eq!(after(Ok(Placed { id }), Some(0.0)), Verdict::Placed(id));
            for error in [
                Error::Unreachable,
                Error::Unreadable,
                Error::Blocked(status),
            ] {
                assert!(again(after(Err(error), None)));
            }
            assert_eq!(after(refused(Code::TokenExpired), None), Verdict::SignIn);
        }
        for status in [408, 425, 429] {
            let verdict = judge(0, Err(Error::Blocked(status)));
            assert!(matches!(verdict, Verdict::Again { .. }), "{verdict:?}");
        }
    }

    #[test]
    fn a_full_shop_is_tried_again_and_nothing_has_happened() {
        let verdict = judge(0, refused(Code::Busy));
        assert!(
            matches!(verdict, Verdict::Again { unknown: false, .. }),
            "{verdict:?}"
        );
    }

    #[test]
    fn a_lost_session_keeps_the_purchase() {
        assert_eq!(judge(3, refused(Code::TokenExpired)), Verdict::SignIn);
    }

    #[test]
    fn a_refusal_ends_it_and_says_how_many_are_left() {
        let expected = Refusal::SoldOut {
            ticket_type_id: None,
            left: 3,
        };
        assert_eq!(
            judge(0, refused(Code::SoldOut)),
            Verdict::Refused(expected.clone())
        );
        assert_eq!(expected.words(), "Only 3 left.");
        let limit = judge(0, refused(Code::LimitReached));
        assert_eq!(
            limit,
            Verdict::Refused(Refusal::Other {
                ticket_type_id: None,
                words: "No.".to_owned(),
            })
        );
    }

    #[test]
    fn a_full_shop_says_when_to_come_again() {
        let Err(Error::Refused(mut problem)) = refused(Code::Busy) else {
            panic!("it was refused");
        };
        problem.retry_after = Some(7);
        let Verdict::Again { after_ms, .. } = judge(0, Err(Error::Refused(problem))) else {
            panic!("it is tried again");
        };
        assert!((7_000..8_000).contains(&after_ms), "{after_ms}");
    }

    #[test]
    fn pauses_grow_up_to_ten_seconds() {
        let pause = |attempt| match judge(attempt, refused(Code::Busy)) {
            Verdict::Again { after_ms, .. } => after_ms,
            verdict => panic!("{verdict:?}"),
        };
        for (attempt, longest) in [
            (0, 1_000),
            (1, 2_000),
            (3, 8_000),
            (4, 10_000),
            (60, 10_000),
        ] {
            let pause = pause(attempt);
            assert!(
                (longest / 2..=longest).contains(&pause),
                "{attempt}: {pause}"
            );
        }
    }
}
