//! Doing what the model predicts, over HTTP.

use api::code::TicketCode;
use api::comps::{CompBatch, GiveComps, Invited};
use api::door::{CheckIn, Scan};
use api::orders::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, Order, PlaceOrder};
use api::refunds::RefundTickets;
use api::tickets::TicketName;
use api::transfers::{Offer, SendTickets};
use api::waiting::WaitingPlace;
use api::{Code, Problem};
use axum::http::Method;
use chrono::{Duration, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use server::orders::pending::expire_due;
use server::{cancellation, waiting};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::operation::{
    Kind, Name, News, ORGANIZER, Operation, Person, Purchase, Refund, STRANGER, Shown, Told,
};
use crate::support::{Answer, Inbox, TestApp, TestEvent, TestUser, order_of};

/// Where it happens: people, and the events they go to.
#[derive(Clone)]
pub(super) struct World {
    pub(super) app: TestApp,
    /// The attendees and the organizer.
    pub(super) people: Vec<TestUser>,
    pub(super) events: Vec<TestEvent>,
}

/// The promo code of events that have one.
pub(super) const PROMO: &str = "WALK";
/// What the events are called.
pub(super) const TITLES: [&str; 2] = ["Night", "Day"];
pub(super) const STRANGERS_ADDRESS: &str = "nobody@example.com";

type Steps = Vec<(Operation, Told)>;

impl World {
    /// Does it. What is done in more than one transaction comes back as its parts.
    pub(super) async fn perform(self, operation: Operation) -> Steps {
        match operation {
            Operation::Give {
                kind,
                ref guests,
                key,
            } => {
                let told = self.give(kind, guests, key).await;
                self.with_issue(operation, told).await
            }
            Operation::Expire(party) => {
                self.expire(party).await;
                let done = expire_due(&self.app.db, Utc::now()).await;
                done.expect("offers whose time was over");
                vec![(operation, Told::Done), (Operation::Collect, Told::Done)]
            }
            whole => {
                let told = self.tell(&whole).await;
                vec![(whole, told)]
            }
        }
    }

    async fn tell(&self, operation: &Operation) -> Told {
        match operation {
            Operation::Buy(purchase) => self.buy(purchase).await,
            Operation::Refund(refund) => self.refund(refund).await,
            Operation::RefundByOrganizer(name) => self.host(*name, "refund", json!({})).await,
            Operation::Revoke(name) => self.host(*name, "revoke", json!({"reason": "Lost"})).await,
            Operation::Send {
                sender,
                to,
                tickets,
            } => self.send(*sender, *to, tickets).await,
            Operation::Accept(who, id) => self.answer(*who, *id, "accept").await,
            Operation::Decline(who, id) => self.answer(*who, *id, "decline").await,
            Operation::Recall(who, id) => self.answer(*who, *id, "recall").await,
            Operation::AskBack(who, order, tickets) => {
                let path = format!("/orders/{order}/give-back-requests");
                let body = self.refund_tickets(tickets);
                done(&self.people[*who].post(&path, body).await)
            }
            Operation::GiveBack(who, (event, number)) => {
                let path = format!("/tickets/{}/{number}/give-back", self.events[*event].id);
                done(&self.people[*who].post(&path, json!({})).await)
            }
            Operation::Scan { at, shown, nonce } => self.scan(*at, shown, *nonce).await,
            Operation::Undo(event, id) => {
                let path = format!("/host/events/{}/check-ins/{id}", self.events[*event].id);
                done(&self.people[ORGANIZER].delete(&path).await)
            }
            Operation::Join(who, kind, quantity) => self.join(*who, *kind, *quantity).await,
            Operation::Take(who, party) => {
                let path = format!("/waiting-list/{party}/take");
                self.order(&self.people[*who].post(&path, json!({})).await)
            }
            Operation::Leave(who, party) => {
                let path = format!("/waiting-list/{party}");
                done(&self.people[*who].delete(&path).await)
            }
            Operation::SetSales(event, on) => {
                let verb = if *on { "resume" } else { "pause" };
                self.host_event(*event, verb).await
            }
            Operation::Grow(kind, more) => self.grow(*kind, *more).await,
            Operation::CallOff(event) => self.host_event(*event, "cancel").await,
            Operation::Move(event, venue) => {
                let path = format!("/host/events/{}", self.events[*event].id);
                let body = json!({"venue": format!("Hall {venue}")});
                done(&self.people[ORGANIZER].patch(&path, body).await)
            }
            Operation::Notify => self.notify().await,
            Operation::OfferWhatIsFree => {
                let offered = waiting::run_once(&self.app.db).await;
                offered.expect("offers");
                Told::Done
            }
            Operation::SendBack => {
                let stop = CancellationToken::new();
                let sent_back = cancellation::run_once(&self.app.db, &stop).await;
                sent_back.expect("tickets that went back");
                Told::Done
            }
            Operation::Give { .. }
            | Operation::Issue(_)
            | Operation::Expire(_)
            | Operation::Collect => unreachable!("a part of something longer"),
        }
    }

    /// Has the emails about events sent, and reads them. Others are not looked at here, and are not
    /// worth the drawing of their tickets.
    async fn notify(&self) -> Told {
        sqlx::query!(
            "update jobs set done_at = now() where done_at is null and kind <> 'mail_to_many'"
        )
        .execute(&self.app.db)
        .await
        .expect("emails nobody looks at");
        let letters = Inbox::new().fetch(&self.app).await;
        let read = letters.iter().map(|letter| {
            let event = TITLES
                .iter()
                .position(|title| letter.subject.ends_with(title));
            let news = match letter.subject.starts_with("Cancelled") {
                true => News::Cancelled,
                false => News::Moved,
            };
            let to = self
                .people
                .iter()
                .position(|of| letter.to.contains(&of.email));
            let event = event.unwrap_or_else(|| panic!("{letter:?} names no event"));
            (event, news, to.unwrap_or(STRANGER))
        });
        let mut read: Vec<_> = read.collect();
        read.sort_unstable();
        Told::Notified(read)
    }

    fn ticket(&self, (event, number): Name) -> TicketName {
        TicketName {
            event_id: self.events[event].id,
            number,
        }
    }

    /// A ticket as the model calls it.
    fn name(&self, event: Uuid, number: i32) -> Name {
        let events = self.events.iter().position(|known| known.id == event);
        (events.expect("an event of this world"), number)
    }

    fn kind(&self, (event, kind): Kind) -> Uuid {
        self.events[event].types[kind]
    }

    fn address(&self, person: Person) -> String {
        match person {
            STRANGER => STRANGERS_ADDRESS.to_owned(),
            person => self.people[person].email.clone(),
        }
    }

    async fn buy(&self, purchase: &Purchase) -> Told {
        let lines = purchase.lines.iter();
        let lines: Vec<_> = lines
            .map(|(kind, quantity)| (self.kind(*kind), *quantity))
            .collect();
        let order = PlaceOrder {
            promo_code: purchase.promo.then(|| PROMO.to_owned()),
            ..order_of(&lines)
        };
        let buyer = &self.people[purchase.buyer];
        self.order(&buyer.place(purchase.key, &order).await)
    }

    /// What a purchase, a refund or the taking of an offer was answered with.
    fn order(&self, answer: &Answer) -> Told {
        read(answer, |order: Order| Told::Order {
            id: order.id,
            total: order.total.amount,
            tickets: {
                let lines = order.lines.iter();
                let tickets = lines.flat_map(|line| {
                    let tickets = line.tickets.iter();
                    tickets.map(|ticket| self.name(line.event.id, ticket.number))
                });
                tickets.collect()
            },
            replayed: answer.header(IDEMPOTENCY_REPLAYED).is_some(),
        })
    }

    fn refund_tickets(&self, tickets: &[Name]) -> RefundTickets {
        RefundTickets {
            tickets: tickets.iter().map(|name| self.ticket(*name)).collect(),
        }
    }

    async fn refund(&self, refund: &Refund) -> Told {
        let path = format!("/orders/{}/refunds", refund.order);
        let body = self.refund_tickets(&refund.tickets);
        let buyer = &self.people[refund.buyer];
        self.order(&post_with_key(buyer, &path, refund.key, body).await)
    }

    async fn host(&self, (event, number): Name, verb: &str, body: impl Serialize) -> Told {
        let event = self.events[event].id;
        let path = format!("/host/events/{event}/tickets/{number}/{verb}");
        done(&self.people[ORGANIZER].post(&path, body).await)
    }

    async fn host_event(&self, event: usize, verb: &str) -> Told {
        let path = format!("/host/events/{}/{verb}", self.events[event].id);
        done(&self.people[ORGANIZER].post(&path, json!({})).await)
    }

    async fn send(&self, sender: Person, to: Person, tickets: &[Name]) -> Told {
        let body = SendTickets {
            email: self.address(to),
            tickets: tickets.iter().map(|name| self.ticket(*name)).collect(),
        };
        let answer = self.people[sender].post("/transfers", body).await;
        read(&answer, |offer: Offer| {
            let transfers = offer.transfers.iter();
            let sent = transfers.map(|of| (self.name(of.event.id, of.number), of.id));
            Told::Sent(sent.collect())
        })
    }

    async fn answer(&self, who: Person, transfer: Uuid, verb: &str) -> Told {
        let path = format!("/transfers/{transfer}/{verb}");
        done(&self.people[who].post(&path, json!({})).await)
    }

    async fn scan(&self, at: usize, shown: &Shown, nonce: Uuid) -> Told {
        let (code, number) = match shown {
            Shown::Number(number) => (None, Some(*number)),
            Shown::Code((event, number), version) => {
                let code = TicketCode {
                    event: self.events[*event].id,
                    number: *number,
                    version: *version,
                };
                (Some(code.sign(&TestEvent::SEED).code), None)
            }
        };
        let scan = Scan {
            nonce,
            code,
            number,
            gate: String::new(),
        };
        let path = format!("/host/events/{}/check-ins", self.events[at].id);
        let answer = self.people[ORGANIZER].post(&path, scan).await;
        read(&answer, |answer: CheckIn| {
            let admission = answer
                .used
                .filter(|_| answer.verdict == api::door::Verdict::Valid);
            Told::Judged(answer.verdict, admission.map(|admission| admission.id))
        })
    }

    async fn give(&self, kind: Kind, guests: &[Person], key: Uuid) -> Told {
        let guest = |person: &Person| Invited {
            name: "Guest".to_owned(),
            email: self.address(*person),
        };
        let body = GiveComps {
            ticket_type_id: self.kind(kind),
            guests: guests.iter().map(guest).collect(),
            again: true,
        };
        let path = format!("/host/events/{}/comps", self.events[kind.0].id);
        let answer = post_with_key(&self.people[ORGANIZER], &path, key, body).await;
        let replayed = answer.header(IDEMPOTENCY_REPLAYED).is_some();
        read(&answer, |batch: CompBatch| Told::Batch {
            id: batch.id,
            replayed,
        })
    }

    /// A batch of gifts, and what of it was sent to those without an account.
    async fn with_issue(&self, give: Operation, told: Told) -> Steps {
        let Told::Batch {
            id,
            replayed: false,
        } = told
        else {
            return vec![(give, told)];
        };
        let sent = sqlx::query!(
            "select f.id, f.event_id, f.number
            from comp_guests g
            join transfers f on f.event_id = g.event_id and f.number = g.number
                and f.recipient_email = $2
            where g.batch_id = $1 and g.email = $2
            order by f.id limit 1",
            id,
            STRANGERS_ADDRESS,
        )
        .fetch_all(&self.app.db)
        .await
        .expect("what was sent");
        let sent = sent
            .iter()
            .map(|of| (self.name(of.event_id, of.number), of.id));
        let issued = Told::Sent(sent.collect());
        vec![(give, told), (Operation::Issue(id), issued)]
    }

    async fn join(&self, who: Person, kind: Kind, quantity: i32) -> Told {
        let ticket_type = self.kind(kind);
        let path = format!("/events/{}/waiting-list", self.events[kind.0].id);
        let body = json!({"ticket_type_id": ticket_type, "quantity": quantity});
        read(
            &self.people[who].post(&path, body).await,
            |places: Vec<WaitingPlace>| {
                let place = places
                    .iter()
                    .find(|place| place.ticket_type_id == ticket_type);
                Told::Joined(place.expect("the place that was asked for").id)
            },
        )
    }

    async fn expire(&self, party: Uuid) {
        sqlx::query!(
            "update orders set expires_at = clock_timestamp() - interval '1 second'
            where state = 'pending' and id = (select order_id from waiting_parties where id = $1)",
            party,
        )
        .execute(&self.app.db)
        .await
        .expect("an offer whose time is over");
    }

    async fn grow(&self, kind: Kind, more: i32) -> Told {
        // As organizers do: what they saw, with a higher number.
        let path = format!("/host/events/{}", self.events[kind.0].id);
        let organizer = &self.people[ORGANIZER];
        let event: api::host::HostEvent = organizer.get(&path).await.ok();
        let types = event.ticket_types.iter().enumerate().map(|(index, of)| {
            let more = if index == kind.1 { more } else { 0 };
            json!({"id": of.id, "name": of.name, "price": of.price.amount,
                "capacity": of.capacity + more, "max_per_order": of.max_per_order})
        });
        let body = json!({"ticket_types": types.collect::<Vec<_>>()});
        done(&organizer.patch(&path, body).await)
    }
}

async fn post_with_key(user: &TestUser, path: &str, key: Uuid, body: impl Serialize) -> Answer {
    let key = key.to_string();
    user.send_json(Method::POST, path, &[(IDEMPOTENCY_KEY, &key)], body)
        .await
}

fn done(answer: &Answer) -> Told {
    match refusal(answer) {
        Some(code) => Told::Refused(code),
        None => Told::Done,
    }
}

#[track_caller]
fn read<T: DeserializeOwned>(answer: &Answer, told: impl FnOnce(T) -> Told) -> Told {
    match refusal(answer) {
        Some(code) => Told::Refused(code),
        None => told(answer.expect(answer.status)),
    }
}

#[track_caller]
fn refusal(answer: &Answer) -> Option<Code> {
    if answer.status.is_success() {
        return None;
    }
    let problem: Problem = answer.expect(answer.status);
    assert!(!answer.status.is_server_error(), "{problem:?}");
    Some(problem.code)
}

/// When the events of a walk begin: the doors are open, and buyers can still have their money back.
pub(super) fn begins_at() -> chrono::DateTime<Utc> {
    Utc::now() + Duration::hours(3)
}
