//! The SQL of accounts and sessions.

mod accounts;
mod deletion;
mod email;
mod sessions;

pub(super) use accounts::{
    Account, change_password, create, find, find_by_email, rename, set_locale,
};
pub(super) use deletion::{
    HeldTicket, anonymise, cancel_events_to_come, existing, has_sold_events_to_come, held_tickets,
    lock_stock,
};
pub(super) use email::{reset_is_open, reset_password, verify_email};
pub(super) use sessions::{
    add_token, lock_token, replace_token, revoke_session, revoke_sessions, start_session,
};
