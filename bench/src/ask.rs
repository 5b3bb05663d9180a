//! What clients ask, and which answers they expect.

use api::orders::{IDEMPOTENCY_KEY, PlaceOrder, PlaceOrderLine};
use uuid::Uuid;

use crate::http::Answer;
use crate::people::People;

/// A kind of request, each by the next person.
pub(crate) struct Ask<'a> {
    pub(crate) people: &'a People,
    pub(crate) what: What,
    /// Whether this is the answer that the level is about.
    pub(crate) expected: fn(&Answer<'_>) -> bool,
}

pub(crate) enum What {
    /// `POST /api/orders` with this body, each time with a key of its own.
    Order(Vec<u8>),
    /// `GET` of this path.
    Get(&'static str),
}

/// Who sent an order, under which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Sent {
    pub(crate) user: Uuid,
    pub(crate) key: Uuid,
}

impl What {
    pub(crate) fn order(ticket_type: Uuid, quantity: i32) -> Self {
        Self::placing(ticket_type, quantity, None)
    }

    pub(crate) fn order_with_code(ticket_type: Uuid, quantity: i32, promo_code: &str) -> Self {
        Self::placing(ticket_type, quantity, Some(promo_code.to_owned()))
    }

    fn placing(ticket_type_id: Uuid, quantity: i32, promo_code: Option<String>) -> Self {
        let line = PlaceOrderLine {
            ticket_type_id,
            quantity,
        };
        let order = PlaceOrder {
            lines: vec![line],
            promo_code,
            expected_total: None,
        };
        Self::Order(serde_json::to_vec(&order).unwrap_or_default())
    }
}

impl Ask<'_> {
    /// Writes the next request to `out`; of an order it says whose it is.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Option<Sent> {
        let person = self.people.next();
        let authorization = ["\r\nauthorization: Bearer ", &person.token, "\r\n"];
        out.clear();
        match &self.what {
            What::Get(path) => {
                let line = ["GET ", path, " HTTP/1.1\r\nhost: bench"];
                extend(out, &line);
                extend(out, &authorization);
                extend(out, &["\r\n"]);
                None
            }
            What::Order(body) => {
                let key = new_key();
                extend(out, &["POST /api/orders HTTP/1.1\r\nhost: bench"]);
                extend(out, &authorization);
                let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
                let key_text: &str = key.hyphenated().encode_lower(&mut text);
                let length = body.len().to_string();
                extend(out, &[IDEMPOTENCY_KEY, ": ", key_text, "\r\n"]);
                extend(out, &["content-type: application/json\r\ncontent-length: "]);
                extend(out, &[&length, "\r\n\r\n"]);
                out.extend_from_slice(body);
                Some(Sent {
                    user: person.id,
                    key,
                })
            }
        }
    }
}

fn extend(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// A random UUID, as the app makes its keys.
pub(crate) fn new_key() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

pub(crate) fn created(answer: &Answer<'_>) -> bool {
    answer.status == 201
}

pub(crate) fn read(answer: &Answer<'_>) -> bool {
    answer.status == 200
}

/// Refused by validation.
pub(crate) fn invalid(answer: &Answer<'_>) -> bool {
    answer.status == 422
}

pub(crate) fn sold_out(answer: &Answer<'_>) -> bool {
    answer.status == 409 && memchr::memmem::find(answer.body, br#""code":"sold_out""#).is_some()
}

#[cfg(test)]
mod tests {
    use server::auth::AccessKeys;

    use super::*;

    #[test]
    fn an_order_has_its_length_and_a_key_of_its_own() {
        let keys = AccessKeys::new(&[7; 32].into());
        let people = People::sign_in(&keys, 0..1, 1).expect("signed in");
        let ask = Ask {
            people: &people,
            what: What::order(Uuid::nil(), 2),
            expected: created,
        };
        let mut out = Vec::new();
        let first = ask.write(&mut out).expect("an order");
        let text = String::from_utf8(out.clone()).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(&format!("content-length: {}", body.len())));
        assert!(head.contains(&format!("idempotency-key: {}", first.key)));
        serde_json::from_str::<PlaceOrder>(body).expect("what the server reads");
        assert_ne!(ask.write(&mut out).expect("an order").key, first.key);
    }
}
