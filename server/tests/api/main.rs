//! The API, called in process on a real PostgreSQL, a database each test.

mod cancellation;
mod combine;
mod comps;
mod decision;
mod demo;
mod door;
mod events;
mod host;
mod jobs;
mod letters;
mod mail;
mod matrix;
mod moved;
mod orders;
mod payments;
mod races;
mod refunds;
mod site;
mod support;
mod tickets;
mod transfers;
mod users;
mod verify;
mod waiting;
mod walk;
mod web;
