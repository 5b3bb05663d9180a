use ::api::Money;
use ::api::transfers::{Transfer, TransferState};
use i18n::t;
use leptos::prelude::*;

use crate::api::{self, Error};
use crate::components::{Button, Kind};
use crate::format;

/// What a recipient says to what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Accept,
    Decline,
}

/// Tickets that were sent together and wait for an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pending {
    pub(super) from: String,
    pub(super) transfers: Vec<Transfer>,
}

impl Pending {
    /// Transfers as what was sent together, in the order of `transfers`.
    pub(super) fn group(transfers: Vec<Transfer>) -> Vec<Self> {
        let mut offers: Vec<Self> = Vec::new();
        for transfer in transfers {
            let same = |offer: &&mut Self| offer.transfers[0].offer_id == transfer.offer_id;
            match offers.iter_mut().find(same) {
                Some(offer) => offer.transfers.push(transfer),
                None => offers.push(Self {
                    from: transfer.from.clone(),
                    transfers: vec![transfer],
                }),
            }
        }
        offers
    }

    pub(super) fn title(&self) -> String {
        let count = i32::try_from(self.transfers.len()).unwrap_or(i32::MAX);
        t!(
            transfers.sent_you,
            from = &self.from,
            tickets = format::tickets(count)
        )
    }

    /// Events with when they are, how many tickets of which type, and what they cost at the door.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<(String, &str, Vec<&Transfer>)> = Vec::new();
        for transfer in &self.transfers {
            let event = &transfer.event;
            let when = format::day_and_clock(event.starts_at, &event.timezone);
            let line = format!("{}, {when}", event.title);
            let same = lines
                .iter_mut()
                .find(|(known, kind, _)| *known == line && *kind == transfer.ticket_type);
            match same {
                Some((.., transfers)) => transfers.push(transfer),
                None => lines.push((line, &transfer.ticket_type, vec![transfer])),
            }
        }
        let told = lines.into_iter().map(|(line, kind, transfers)| {
            // The count stays with what it counts.
            let line = format!("{}\u{a0}×\u{a0}{kind} · {line}", transfers.len());
            match Money::total(transfers.iter().filter_map(|transfer| transfer.due)) {
                Some(due) => format!("{line}\u{a0}· {}", t!(door.due, price = format::money(due))),
                None => line,
            }
        });
        told.collect()
    }

    /// Answers ticket by ticket: what has become of one keeps nobody from the others.
    pub(super) async fn reply(&self, reply: Reply) -> Result<(), Error> {
        let mut outcome = Ok(());
        for transfer in &self.transfers {
            let answer = match reply {
                Reply::Accept => api::accept_transfer(transfer.id).await,
                Reply::Decline => api::decline_transfer(transfer.id).await,
            };
            outcome = outcome.and(answer.map(drop));
        }
        outcome
    }

    /// What to say once it is done.
    pub(super) fn done(&self, reply: Reply) -> String {
        let count = self.transfers.len();
        match reply {
            Reply::Accept => t!(transfers.yours_now, count = count),
            Reply::Decline => t!(transfers.theirs_again, count = count, from = &self.from),
        }
    }
}

/// The transfers that can still be answered.
pub(super) fn pending(transfers: &[Transfer]) -> Vec<Transfer> {
    let pending = transfers.iter();
    let pending = pending.filter(|transfer| transfer.state == TransferState::Pending);
    pending.cloned().collect()
}

/// Accept or decline.
#[component]
pub(super) fn ReplyButtons(
    /// The reply that is on its way.
    replying: RwSignal<Option<Reply>>,
    #[prop(into)] on_reply: Callback<Reply>,
) -> impl IntoView {
    let press = move |reply| {
        move |()| {
            if replying.get_untracked().is_none() {
                on_reply.run(reply);
            }
        }
    };
    let busy = move |reply| Signal::derive(move || replying.get() == Some(reply));
    view! {
        <div class="actions">
            <Button busy=busy(Reply::Accept) on_press=press(Reply::Accept)>
                {t!(transfers.accept)}
            </Button>
            <Button kind=Kind::Quiet busy=busy(Reply::Decline) on_press=press(Reply::Decline)>
                {t!(transfers.decline)}
            </Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use ::api::events::EventRef;
    use ::api::{EventId, Time};
    use uuid::Uuid;

    use super::*;

    fn transfer(offer: u128, number: i32, ticket_type: &str) -> Transfer {
        Transfer {
            id: Uuid::from_u128(u128::from(number.unsigned_abs())),
            offer_id: Uuid::from_u128(offer),
            event: EventRef {
                id: EventId::nil(),
                title: "Night".to_owned(),
                starts_at: Time::default(),
                ends_at: Time::default(),
                timezone: "Europe/Berlin".to_owned(),
                venue: "Hall".to_owned(),
                address: String::new(),
                city: "Berlin".to_owned(),
                cover_url: None,
                cancelled: false,
                sequence: 0,
            },
            number,
            ticket_type: ticket_type.to_owned(),
            due: None,
            from: "Ada".to_owned(),
            to: "bob@example.com".to_owned(),
            sent: false,
            state: TransferState::Pending,
            created_at: Time::default(),
            decided_at: None,
        }
    }

    #[test]
    fn what_was_sent_together_is_answered_together() {
        let offers = Pending::group(vec![
            transfer(1, 1, "Standing"),
            transfer(2, 2, "Standing"),
            transfer(1, 3, "Standing"),
        ]);
        let sizes: Vec<usize> = offers.iter().map(|offer| offer.transfers.len()).collect();
        assert_eq!(sizes, [2, 1]);
        assert_eq!(offers[0].title(), "Ada sent you 2 tickets");
        assert_eq!(
            offers[1].done(Reply::Accept),
            "It’s yours! We’ve added it to your tickets."
        );
        assert_eq!(
            offers[0].done(Reply::Decline),
            "Declined. The tickets go back to Ada."
        );
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn tickets_of_one_type_are_one_line() {
        let offers = Pending::group(vec![
            transfer(1, 1, "Standing"),
            transfer(1, 2, "Seated"),
            transfer(1, 3, "Standing"),
        ]);
        let lines = offers[0].lines();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("2\u{a0}×\u{a0}Standing"));
        assert!(lines[1].starts_with("1\u{a0}×\u{a0}Seated"));
    }

    #[cfg(target_arch = "wasm32")]
    #[wasm_bindgen_test::wasm_bindgen_test]
    fn what_is_paid_at_the_door_is_told() {
        let price = |amount| Money::new(amount, ::api::Currency::EUR);
        let mut transfers = [1, 2, 3]
            .map(|number| transfer(1, number, "Standing"))
            .to_vec();
        transfers[0].due = Some(price(1200));
        transfers[2].due = Some(price(1100));
        let lines = Pending::group(transfers)[0].lines();
        let told = format!("{} at the door", format::money(price(2300)));
        assert!(lines[0].ends_with(&told), "{lines:?}");
    }

    #[test]
    fn what_is_decided_cannot_be_answered() {
        let mut recalled = transfer(1, 1, "Standing");
        recalled.state = TransferState::Recalled;
        let waiting = transfer(1, 2, "Standing");
        assert_eq!(pending(&[recalled, waiting.clone()]), [waiting]);
    }
}
