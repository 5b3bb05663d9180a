//! What journeys through the app are written with: the service, the browsers, and a person who
//! finds things by what they are called.

mod accessibility;
mod backstage;
mod browser;
mod database;
mod device;
mod display;
mod finger;
mod person;
mod presses;
mod process;
pub mod screens;
mod service;
mod speed;

pub use backstage::{Account, PASSWORD, event};
pub use browser::{Engine, home};
pub use device::Look;
pub use person::Person;
pub use presses::Pointer;
pub use service::Service;
