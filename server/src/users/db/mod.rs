//! The SQL of accounts and sessions.

mod accounts;
mod deletion;
mod email;
mod sessions;

pub(super) use accounts::{
    Account, change_password, create, find, find_by_email, rename, set_locale,
};
pub(super) use deletion::{
    HeldTicket, anonymise, cancel_events_to_come, existing, forget_address,
    has_sold_events_to_come, held_tickets, lock_stock,
};
pub(super) use email::{reset_owner, reset_password, verify_email};
pub use sessions::Writer;
pub(super) use sessions::{
    NewSession, add_token, bind, forget_devices_of, forget_unused_devices, is_device, is_device_of,
    is_next, lock_token, replace_token, revoke_session, revoke_sessions, start_session,
};
pub(crate) use sessions::{hold_session, lock_sessions};
