//! One transaction for any number of scans: read, judge, write. The event's stock is locked, so
//! that an admission, a refund, a revocation and a transfer of one ticket come one after another.

use std::collections::HashMap;

use api::code::{Claim, TicketCode, public_key};
use api::door::{Admission, CheckIn, DoorTicket, Scan, Verdict, judge, read_typed};
use api::tickets::TicketState;
use api::{EventId, TicketNumber, Time, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::db::{self, DoorEvent};
use crate::error::Result;

/// A scan at a time.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What was scanned.
    pub scan: Scan,
    /// When.
    pub at: Time,
    /// Whether a scanner without a network let them in on its own.
    pub let_in: bool,
}

/// What a scan says, before it is known whether there is such a ticket.
enum Reading {
    /// A signed code.
    Signed(Claim),
    /// A typed code.
    Typed(TicketNumber, String),
    /// Picked from the list.
    Picked(TicketNumber),
    Nothing,
}

impl Reading {
    fn of(scan: &Scan) -> Self {
        let text = match (&scan.code, scan.number) {
            (_, Some(number)) => return Self::Picked(number),
            (None, None) => return Self::Nothing,
            (Some(text), None) => text,
        };
        if let Some(claim) = Claim::read(text) {
            return Self::Signed(claim);
        }
        read_typed(text).map_or(Self::Nothing, |(number, check)| Self::Typed(number, check))
    }

    fn number(&self) -> Option<TicketNumber> {
        match self {
            Self::Signed(claim) => Some(claim.code.number),
            Self::Typed(number, _) | Self::Picked(number) => Some(*number),
            Self::Nothing => None,
        }
    }
}

/// Answers `scans` in their order and writes them down; those that were answered before get the
/// same answer. Call it in a transaction that has locked the event's stock.
pub async fn admit(
    connection: &mut PgConnection,
    event: &DoorEvent,
    by: UserId,
    scans: &[Shown],
) -> Result<Vec<CheckIn>> {
    let id = event.event.id;
    let nonces: Vec<Uuid> = scans.iter().map(|shown| shown.scan.nonce).collect();
    let mut answered = db::answered(connection, id, &nonces).await?;
    let readings: Vec<Reading> = scans.iter().map(|shown| Reading::of(&shown.scan)).collect();
    let numbers: Vec<TicketNumber> = readings.iter().filter_map(Reading::number).collect();
    let mut tickets = HashMap::new();
    for row in db::tickets(connection, id, Some(&numbers)).await? {
        let ticket = row.into_ticket(id, &event.seed)?;
        tickets.insert(ticket.number, ticket);
    }
    let elsewhere: Vec<EventId> = readings
        .iter()
        .filter_map(|reading| match reading {
            Reading::Signed(claim) if claim.code.event != id => Some(claim.code.event),
            _ => None,
        })
        .collect();
    let mut known = Known {
        event,
        tickets: &mut tickets,
        other_keys: db::seeds(connection, &elsewhere).await?,
    };
    let mut answers = Vec::new();
    let mut new = Vec::new();
    for (shown, reading) in scans.iter().zip(&readings) {
        let nonce = shown.scan.nonce;
        let answer = match answered.get(&nonce) {
            Some(answer) => answer.clone(),
            None => {
                let answer = known.answer(shown, reading);
                answered.insert(nonce, answer.clone());
                new.push((shown, answer.clone()));
                answer
            }
        };
        answers.push(answer);
    }
    db::write(connection, id, by, &new).await?;
    Ok(answers)
}

/// What answers depend on.
struct Known<'a> {
    event: &'a DoorEvent,
    tickets: &'a mut HashMap<TicketNumber, DoorTicket>,
    other_keys: HashMap<EventId, [u8; 32]>,
}

impl Known<'_> {
    /// The answer; the ticket is then as if it had been written.
    fn answer(&mut self, shown: &Shown, reading: &Reading) -> CheckIn {
        let (scan, event) = (&shown.scan, &self.event.event);
        let version = match self.version(reading) {
            Ok(version) => version,
            Err(verdict) => return CheckIn::of_nothing(scan.nonce, verdict),
        };
        let ticket = reading
            .number()
            .and_then(|number| self.tickets.get_mut(&number));
        let Some(ticket) = ticket else {
            return CheckIn::of_nothing(scan.nonce, Verdict::NotATicket);
        };
        let verdict = judge(event, ticket, version, shown.at);
        if verdict == Verdict::Valid {
            ticket.state = TicketState::CheckedIn;
            ticket.used = Some(Admission {
                id: Uuid::now_v7(),
                at: shown.at,
                gate: scan.gate.clone(),
            });
        }
        CheckIn::of(scan.nonce, verdict, ticket, event)
    }

    /// Which version of the ticket's code was shown, none when it was picked from the list; the
    /// verdict on what is no code of this event.
    fn version(&self, reading: &Reading) -> Result<Option<u16>, Verdict> {
        match reading {
            Reading::Nothing => Err(Verdict::NotATicket),
            Reading::Picked(_) => Ok(None),
            Reading::Typed(number, check) => self.typed(*number, check).map(Some),
            Reading::Signed(claim) if claim.code.event == self.event.event.id => {
                let signed = claim.is_signed_by(&public_key(&self.event.seed));
                signed
                    .then_some(Some(claim.code.version))
                    .ok_or(Verdict::NotATicket)
            }
            Reading::Signed(claim) => {
                let seed = self.other_keys.get(&claim.code.event);
                let real = seed.is_some_and(|seed| claim.is_signed_by(&public_key(seed)));
                Err(if real {
                    Verdict::WrongEvent
                } else {
                    Verdict::NotATicket
                })
            }
        }
    }

    /// The version whose typed code ends with `check`.
    fn typed(&self, number: TicketNumber, check: &str) -> Result<u16, Verdict> {
        let ticket = self.tickets.get(&number).ok_or(Verdict::NotATicket)?;
        let has_check = |version: &u16| {
            let event = self.event.event.id;
            let code = TicketCode {
                event,
                number,
                version: *version,
            };
            code.sign(&self.event.seed).check() == check
        };
        (1..=ticket.version)
            .rev()
            .find(has_check)
            .ok_or(Verdict::NotATicket)
    }
}
