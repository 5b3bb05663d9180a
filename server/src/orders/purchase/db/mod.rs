//! The SQL of purchases: lock, read, write. Each is set-based, so that one order and many take
//! the same statements.

mod lock;
mod read;
mod write;

pub use lock::{LockedStock, events_of, lock_stock, read_stock};
pub use read::{any_left, asked, read_snapshot};
pub use write::write;
