//! What tests are written with: an app on its own database, people, and events.

mod app;
mod event;

pub(crate) use app::{Answer, TestApp, TestUser};
pub(crate) use event::{EventBuilder, TestEvent};
