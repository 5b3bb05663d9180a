//! The screens. A page reads its parameters, loads what it shows, and composes components.

pub(crate) mod buy;
pub(crate) mod cart;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod host;
pub(crate) mod later;
mod not_found;
pub(crate) mod orders;
pub(crate) mod tickets;
pub(crate) mod transfers;
pub(crate) mod you;

pub(crate) use not_found::NotFound;
