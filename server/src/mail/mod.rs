//! Mail. What is to be sent is a job, written in the transaction that calls for it; a worker writes
//! the letter from what is true when it is sent, and sends it once. Whether the mail server is there
//! is nobody else's concern.

mod db;
mod letter;
mod letters;
pub mod moved;
mod post;
pub mod recipients;
mod ticket_pdf;
mod transport;

use std::time::Duration;

use api::{EventId, OrderId, TicketNumber, UserId};
use moved::Setting;
pub use post::{deliver_due, start};
use recipients::Relation;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
pub use transport::Transport;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Kinds of jobs: emails that somebody is waiting for, invitations that nobody asked for, those to
/// everyone of an event, and all others.
const ACCOUNT_MAIL: &str = "account_mail";
const INVITATION: &str = "invitation";
const MAIL_TO_MANY: &str = "mail_to_many";
const MAIL: &str = "mail";

/// How long answers to the same offer are waited for.
const A_MOMENT: Duration = Duration::from_secs(5);

/// A letter to write. It names what it is about; what it says is read when it is sent, so that no
/// secret waits in the database and nobody is told what is no longer so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Mail {
    /// To a new account's address, to prove it.
    Verification {
        /// Whose.
        user: UserId,
    },
    /// To the account with this address, if there is one.
    PasswordReset {
        /// As it was entered.
        email: String,
    },
    /// To whose password was changed, so that they know when it was not them.
    PasswordChanged {
        /// Whose.
        user: UserId,
    },
    /// To the buyer of a paid purchase, with the tickets.
    OrderConfirmation {
        /// The purchase.
        order: OrderId,
    },
    /// An [`Mail::OrderConfirmation`] for each of these: a sale that writes hundreds of orders at
    /// once writes one job for them.
    OrderConfirmations {
        /// The purchases.
        orders: Vec<OrderId>,
    },
    /// To the buyer whose money goes back.
    Refund {
        /// The refund order.
        order: OrderId,
    },
    /// To an address that tickets were sent to, with a link to claim them.
    TicketsSent {
        /// What was sent together.
        offer: Uuid,
    },
    /// To who has accepted tickets, with them.
    TicketsReceived {
        /// What was sent together.
        offer: Uuid,
    },
    /// To who was given a ticket by the organizer and has an account, with it.
    TicketGiven {
        /// The ticket's event.
        event: EventId,
        /// Its number.
        number: TicketNumber,
        /// To whom.
        user: UserId,
    },
    /// To who has sent tickets: which were accepted, which declined.
    OfferAnswered {
        /// What was sent together.
        offer: Uuid,
    },
    /// To the holder of a ticket that its buyer wants back.
    AskedBack {
        /// The ticket's event.
        event: EventId,
        /// Its number.
        number: TicketNumber,
    },
    /// To someone who waits for tickets that are held for them now.
    WaitingListOffer {
        /// The order that holds them.
        order: OrderId,
    },
    /// To someone whom it concerns that an event was cancelled.
    EventCancelled {
        /// The event.
        event: EventId,
        /// The address to tell.
        email: String,
        /// Why it concerned them: afterwards nobody holds a ticket or waits.
        relation: Relation,
    },
    /// To someone whom it concerns that an event was moved.
    EventMoved {
        /// The event.
        event: EventId,
        /// The address to tell.
        email: String,
        /// What they know of it.
        was: Setting,
    },
    /// An [`Mail::EventMoved`] to each of them: there may be a hundred thousand.
    EventMovedForAll {
        /// The event.
        event: EventId,
        /// What they know of it.
        was: Setting,
    },
}

impl Mail {
    /// What tells the buyers of `orders` that they are paid.
    pub fn confirming(orders: &[OrderId]) -> Option<Self> {
        match orders {
            [] => None,
            [order] => Some(Self::OrderConfirmation { order: *order }),
            orders => Some(Self::OrderConfirmations {
                orders: orders.to_vec(),
            }),
        }
    }

    /// Which letters it queues with: someone who waits for a link does not wait for thousands of
    /// confirmations, which take a drawing each; nor a buyer for everyone of another event.
    fn kind(&self) -> &'static str {
        match self {
            Self::Verification { .. }
            | Self::PasswordReset { .. }
            | Self::PasswordChanged { .. } => ACCOUNT_MAIL,
            Self::TicketsSent { .. } | Self::TicketGiven { .. } => INVITATION,
            Self::EventCancelled { .. }
            | Self::EventMoved { .. }
            | Self::EventMovedForAll { .. } => MAIL_TO_MANY,
            _ => MAIL,
        }
    }

    /// Queues the letters that it stands for; false when it stands for itself.
    async fn split(&self, connection: &mut PgConnection) -> Result<bool> {
        match self {
            Self::OrderConfirmations { orders } => {
                let order = |order: &OrderId| Self::OrderConfirmation { order: *order };
                let letters: Vec<Self> = orders.iter().map(order).collect();
                enqueue(connection, &letters).await?;
            }
            Self::EventMovedForAll { event, was } => {
                moved::tell_all(connection, *event, was).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Has letters written and sent once the transaction of `connection` is committed.
pub async fn enqueue(connection: &mut PgConnection, mails: &[Mail]) -> Result<()> {
    let jobs = Jobs::of(mails)?;
    db::insert(connection, &jobs, None).await
}

/// The same for emails that `sender`, an account or an event, causes to others: however many those
/// are, other senders' emails go between them.
pub async fn enqueue_for(
    connection: &mut PgConnection,
    sender: Uuid,
    mails: &[Mail],
) -> Result<()> {
    let jobs = Jobs::of(mails)?;
    db::insert(connection, &jobs, Some(sender)).await
}

/// Has a letter sent in a moment, unless the same is about to be: what is answered one by one is
/// told together.
pub async fn enqueue_once(connection: &mut PgConnection, mail: &Mail) -> Result<()> {
    let payload = serde_json::to_value(mail).map_err(Error::internal)?;
    let (kind, wait) = (mail.kind(), A_MOMENT);
    db::insert_once(connection, kind, &payload, &payload, wait).await
}

/// Letters as rows of the table of jobs, a column each, for statements that write more than those.
pub struct Jobs {
    /// Their names.
    pub id: Vec<Uuid>,
    /// Which letters they queue with.
    pub kind: Vec<String>,
    /// Their letters.
    pub payload: Vec<Value>,
}

impl Jobs {
    /// A job for each letter.
    pub fn of(mails: &[Mail]) -> Result<Self> {
        let payload: Result<_, _> = mails.iter().map(serde_json::to_value).collect();
        Ok(Self {
            id: mails.iter().map(|_| Uuid::now_v7()).collect(),
            kind: mails.iter().map(|mail| mail.kind().to_owned()).collect(),
            payload: payload.map_err(Error::internal)?,
        })
    }
}
