//! The demo accounts.

use api::UserId;
use sqlx::PgConnection;

use super::db;
use crate::error::{Error, Result};

/// Who puts on an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Organizer {
    /// The account to look at the organizer's side with.
    Olga,
    Northlight,
    Gleis7,
    AtelierNorte,
}

const ADA: (&str, &str) = ("Ada Lovelace", "ada@example.com");
const ORGANIZERS: [(Organizer, &str, &str); 4] = [
    (Organizer::Olga, "Olga Bergmann", "olga@example.com"),
    (
        Organizer::Northlight,
        "Northlight Live",
        "northlight@example.com",
    ),
    (
        Organizer::Gleis7,
        "Kulturverein Gleis 7",
        "gleis7@example.com",
    ),
    (
        Organizer::AtelierNorte,
        "Atelier Norte",
        "atelier.norte@example.com",
    ),
];
const BUYERS: [&str; 48] = [
    "Amara Okafor",
    "Anton Weber",
    "Beatriz Nunes",
    "Ben Carter",
    "Carla Ricci",
    "Chen Wei",
    "Clara Hoffmann",
    "Daan Visser",
    "Daniel Kim",
    "Elif Demir",
    "Elena Petrova",
    "Emil Larsen",
    "Fatima Zahra",
    "Felix Brandt",
    "Freya Jensen",
    "Giulia Conti",
    "Hannah Vogel",
    "Hugo Martin",
    "Ines Carvalho",
    "Ivan Horvat",
    "Jakob Steiner",
    "Jana Novak",
    "Jonas Keller",
    "Julia Nowak",
    "Kaito Mori",
    "Karin Lund",
    "Lars Eriksen",
    "Layla Haddad",
    "Leo Fischer",
    "Lucia Romero",
    "Maja Lindqvist",
    "Marco Bianchi",
    "Marta Kowalska",
    "Mateo Garcia",
    "Mia Schneider",
    "Milan Jovanovic",
    "Nadia Rahman",
    "Niamh Byrne",
    "Noah Peeters",
    "Oscar Nilsson",
    "Paula Sanchez",
    "Rahul Mehta",
    "Rosa Almeida",
    "Samuel Adeyemi",
    "Sofia Virtanen",
    "Theo Laurent",
    "Yuki Tanaka",
    "Zoe Papadaki",
];

/// The accounts of the demo.
pub(super) struct People {
    /// The account to look at the attendee's side with.
    pub(super) ada: UserId,
    /// Who else buys.
    pub(super) buyers: Vec<UserId>,
    organizers: Vec<UserId>,
}

impl People {
    pub(super) fn organizer(&self, wanted: Organizer) -> UserId {
        let index = ORGANIZERS.iter().position(|(known, ..)| *known == wanted);
        self.organizers[index.unwrap_or_default()]
    }
}

/// Creates the accounts.
pub(super) async fn load(connection: &mut PgConnection, password_hash: &str) -> Result<People> {
    let organizers = ORGANIZERS
        .iter()
        .map(|(_, name, email)| ((*name).to_owned(), (*email).to_owned()));
    let buyers = BUYERS.iter().map(|name| {
        let local = name.to_lowercase().replace(' ', ".");
        ((*name).to_owned(), format!("{local}@example.com"))
    });
    let ada = (ADA.0.to_owned(), ADA.1.to_owned());
    let (names, emails): (Vec<_>, Vec<_>) =
        std::iter::once(ada).chain(organizers).chain(buyers).unzip();
    let ids = db::insert_users(connection, &names, &emails, password_hash).await?;
    let [ada, rest @ ..] = ids.as_slice() else {
        return Err(Error::internal("no demo accounts"));
    };
    let (organizers, buyers) = rest.split_at(ORGANIZERS.len());
    Ok(People {
        ada: *ada,
        organizers: organizers.to_vec(),
        buyers: buyers.to_vec(),
    })
}
