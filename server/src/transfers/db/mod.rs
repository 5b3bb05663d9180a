//! The SQL of transfers.

mod lock;
mod read;
mod write;

pub use lock::{
    Received, Standing, is_own_address, lock_tickets, received_by, sent_by, standing, standings,
};
pub use read::{claimed, find, list, pending_of_offer};
pub use write::{accept, end, insert, lock_over, void_over};
