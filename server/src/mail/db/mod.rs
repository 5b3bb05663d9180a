//! The SQL of mail.

mod about;
mod jobs;
mod people;

pub(super) use about::{
    answered, cancellation_message, change_message, gifted, keep_change_message, keep_claim_token,
    keep_token,
};
pub(super) use jobs::{Job, finish, finish_once, insert, insert_once, put_off, take};
pub(super) use people::{
    Concern, Person, addressee, buyer, concern, count_recipients, locale_of_offer, person,
    person_at, recipients, unverified, waiting_for_news,
};
