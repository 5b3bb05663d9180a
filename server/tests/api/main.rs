//! The API, called in process on a real PostgreSQL, a database each test.

mod events;
mod support;
mod web;
