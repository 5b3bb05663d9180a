//! What tests are written with: an app on its own database, people, and events.

mod app;
mod event;
mod invariants;
mod mail;

pub(crate) use app::{Answer, TestApp, TestUser, order_of};
pub(crate) use event::{EventBuilder, TestEvent};
pub(crate) use invariants::assert_sound;
pub(crate) use mail::{Inbox, Letter, SmtpServer};
