//! The SQL of accounts and sessions.

mod accounts;
mod deletion;
mod email;
mod sessions;

pub(super) use accounts::{
    Account, change_password, create, find, find_by_email, rename, set_locale,
};
pub(super) use deletion::{
    anonymise, cancel_events_to_come, has_sold_events_to_come, lock_own_stock,
};
pub(super) use email::{reset_is_open, reset_password, verify_email};
pub(super) use sessions::{
    add_token, lock_token, replace_token, revoke_session, revoke_sessions, start_session,
};
