//! The Box Office server. `main.rs` is the program; this is what it is made of, open to the tests.

pub mod answer;
pub mod auth;
pub mod cancellation;
pub mod comps;
pub mod config;
pub mod connections;
pub mod database;
pub mod demo;
pub mod door;
pub mod error;
pub mod events;
pub mod extract;
pub mod host;
mod html;
pub mod http;
pub mod jobs;
pub mod mail;
mod openapi;
pub mod orders;
pub mod payment;
pub mod rate_limit;
pub mod reader;
pub mod refunds;
pub mod secret;
pub mod serve;
pub mod state;
pub mod telemetry;
pub mod tickets;
mod timed_body;
pub mod transfers;
pub mod users;
pub mod verify;
pub mod waiting;
pub mod web;

pub use error::{Error, Result};
pub use state::AppState;
