//! How scans that were decided without the server are brought to it: in batches, and one by one
//! where the server does not take a batch, so that no scan keeps others from being synced.

use ::api::Code;
use ::api::door::{CheckIn, OfflineScan, SYNC_MAX, Verdict};
use uuid::Uuid;

use super::deck::Decided;
use crate::api::Error;

/// The most bytes in one batch.
const BATCH_BYTES: usize = 48 * 1024;
/// When the server has failed at so many single scans in a row, more would only burden it.
const FAILURES_MAX: usize = 3;

/// What a refusal says of the scans that were sent.
enum Meaning {
    /// The server will never take what was sent.
    NeverTaken,
    /// The server, or what stands before it, fails at what was sent.
    Failed,
    /// It has nothing to do with the scans.
    Unrelated,
}

impl Meaning {
    fn of(error: &Error) -> Self {
        match error {
            Error::Unreadable | Error::Blocked(_) => Self::Failed,
            // A request that took too long (408) is no fault of the scans.
            _ => match error
                .problem()
                .map(|problem| (problem.code, problem.status))
            {
                Some((Code::Invalid, 400 | 413 | 422)) => Self::NeverTaken,
                Some((Code::Internal, _)) => Self::Failed,
                _ => Self::Unrelated,
            },
        }
    }
}

/// Sends `queue`, oldest first, and calls `on_answers` with the scans that are done with. Returns
/// those that have no answer yet, by nonce.
pub(super) async fn sync(
    queue: Vec<Decided>,
    send: impl AsyncFn(Vec<OfflineScan>) -> Result<Vec<CheckIn>, Error>,
    on_answers: impl Fn(&[(Decided, CheckIn)]),
) -> Result<Vec<Uuid>, Error> {
    let mut batches = batches(queue);
    batches.reverse();
    let mut unanswered = Vec::new();
    let mut failures = 0;
    while let Some(mut batch) = batches.pop() {
        let scans = batch.iter().map(|kept| kept.scan.clone()).collect();
        match send(scans)
            .await
            .map_err(|error| (Meaning::of(&error), error))
        {
            Ok(answers) => {
                failures = 0;
                let left = batch.split_off(answers.len().min(batch.len()));
                unanswered.extend(left.iter().map(|kept| kept.answer.nonce));
                let answered: Vec<_> = batch.into_iter().zip(answers).collect();
                on_answers(&answered);
            }
            Err((Meaning::Unrelated, error)) => return Err(error),
            Err(_) if batch.len() > 1 => {
                let second = batch.split_off(batch.len() / 2);
                batches.extend([second, batch]);
            }
            Err((Meaning::NeverTaken, _)) => {
                let refused = batch.into_iter().map(|kept| {
                    let answer = CheckIn::of_nothing(kept.answer.nonce, Verdict::NotATicket);
                    (kept, answer)
                });
                on_answers(&refused.collect::<Vec<_>>());
            }
            Err((Meaning::Failed, _)) => {
                unanswered.extend(batch.iter().map(|kept| kept.answer.nonce));
                failures += 1;
                if failures == FAILURES_MAX {
                    break;
                }
            }
        }
    }
    Ok(unanswered)
}

fn batches(queue: Vec<Decided>) -> Vec<Vec<Decided>> {
    let mut batches: Vec<Vec<Decided>> = Vec::new();
    let mut bytes = 0;
    for kept in queue {
        let text = serde_json::to_string(&kept.scan);
        let size = text.map_or(BATCH_BYTES, |text| text.len() + 1);
        match batches.last_mut() {
            Some(last) if last.len() < SYNC_MAX && bytes + size <= BATCH_BYTES => {
                last.push(kept);
                bytes += size;
            }
            _ => {
                batches.push(vec![kept]);
                bytes = size;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use ::api::Time;
    use ::api::door::Scan;
    use futures::FutureExt;

    use super::*;

    fn decided(nonce: u128, code: &str) -> Decided {
        let nonce = Uuid::from_u128(nonce);
        let scan = Scan {
            nonce,
            code: Some(code.to_owned()),
            number: None,
            gate: "A".to_owned(),
        };
        Decided {
            scan: OfflineScan {
                scan,
                at: Time::default(),
                let_in: true,
            },
            answer: CheckIn::of_nothing(nonce, Verdict::Valid),
        }
    }

    fn refusal(status: u16, code: &str) -> Error {
        let problem = serde_json::json!({"status": status, "code": code, "detail": ""});
        Error::Refused(serde_json::from_value(problem).expect("a problem"))
    }

    /// What was answered, what was not, and how many requests it took. The server refuses a batch
    /// with a scan of `poison` with `error`.
    fn synced(queue: Vec<Decided>, poison: &str, error: &Error) -> (Vec<u128>, Vec<u128>, usize) {
        let (answered, requests) = (RefCell::new(Vec::new()), RefCell::new(0));
        let send = async |scans: Vec<OfflineScan>| {
            *requests.borrow_mut() += 1;
            let is_poison = |scan: &OfflineScan| scan.scan.code.as_deref() == Some(poison);
            if scans.iter().any(is_poison) {
                return Err(error.clone());
            }
            let answer = |scan: &OfflineScan| CheckIn::of_nothing(scan.scan.nonce, Verdict::Valid);
            Ok(scans.iter().map(answer).collect())
        };
        let on_answers = |new: &[(Decided, CheckIn)]| {
            let nonces = new.iter().map(|(kept, _)| kept.answer.nonce.as_u128());
            answered.borrow_mut().extend(nonces);
        };
        let unanswered = sync(queue, send, on_answers).now_or_never();
        let unanswered = unanswered.expect("done").expect("synced");
        let unanswered = unanswered.iter().map(Uuid::as_u128).collect();
        (answered.into_inner(), unanswered, requests.into_inner())
    }

    #[test]
    fn a_scan_that_is_never_taken_leaves_the_queue_and_holds_up_no_other() {
        for poison in 0..5 {
            let code = |nonce| if nonce == poison { "poison" } else { "good" };
            let queue = (0..5).map(|nonce| decided(nonce, code(nonce))).collect();
            let (answered, unanswered, _) = synced(queue, "poison", &refusal(422, "invalid"));
            assert_eq!(answered, [0, 1, 2, 3, 4]);
            assert_eq!(unanswered, [0; 0]);
        }
    }

    #[test]
    fn a_scan_that_the_server_fails_at_is_tried_again_later() {
        for error in [
            refusal(500, "internal"),
            Error::Unreadable,
            Error::Blocked(403),
        ] {
            let queue = vec![decided(1, "poison"), decided(2, "good"), decided(3, "good")];
            let (answered, unanswered, _) = synced(queue, "poison", &error);
            assert_eq!((answered, unanswered), (vec![2, 3], vec![1]));
        }
    }

    #[test]
    fn a_server_that_fails_at_everything_is_left_alone() {
        let queue = (0..100).map(|nonce| decided(nonce, "x")).collect();
        let (answered, unanswered, requests) = synced(queue, "x", &refusal(500, "internal"));
        assert_eq!((answered.len(), unanswered), (0, vec![0, 1, 2]));
        assert!(requests < 15, "{requests}");
    }

    #[test]
    fn no_batch_is_larger_than_the_server_takes() {
        let long = "\u{1}".repeat(300);
        let queue: Vec<_> = (0..450).map(|nonce| decided(nonce, &long)).collect();
        let batches = batches(queue.clone());
        for batch in &batches {
            let scans: Vec<_> = batch.iter().map(|kept| &kept.scan).collect();
            let body = serde_json::to_string(&scans).expect("JSON");
            assert!(body.len() < 50 * 1024, "{}", body.len());
        }
        assert_eq!(batches.concat(), queue);
        let short = (0..250).map(|nonce| decided(nonce, "12-K7QF2M")).collect();
        let sizes: Vec<_> = super::batches(short).iter().map(Vec::len).collect();
        assert_eq!(sizes, [100, 100, 50]);
    }

    #[test]
    fn a_refusal_that_is_not_about_the_scans_keeps_them_all() {
        let about_others = [
            refusal(408, "invalid"),
            refusal(401, "unauthenticated"),
            refusal(404, "not_found"),
            refusal(503, "busy"),
            Error::Unreachable,
        ];
        for error in about_others {
            let send = async |_scans: Vec<OfflineScan>| Err(error.clone());
            let none = |_: &[(Decided, CheckIn)]| panic!("an answer to {error:?}");
            let synced = sync(vec![decided(1, "x")], send, none).now_or_never();
            assert_eq!(synced, Some(Err(error.clone())));
        }
    }

    #[test]
    fn answers_that_are_missing_end_nothing() {
        let send = async |_scans: Vec<OfflineScan>| Ok(Vec::new());
        let queue = vec![decided(1, "x"), decided(2, "x")];
        let unanswered = sync(queue, send, |_| ()).now_or_never().expect("done");
        let both = vec![Uuid::from_u128(1), Uuid::from_u128(2)];
        assert_eq!(unanswered, Ok(both));
    }
}
