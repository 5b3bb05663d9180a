//! What a ticket's QR code says: event, number and code version, signed with the event's key
//! (Ed25519), so that a door can check it without a network. In capital letters and digits, which
//! QR codes hold most densely.

use std::borrow::Cow;

use crate::door::CHECK_CHARACTERS;
use crate::{EventId, TicketNumber};
use data_encoding::BASE32_NOPAD;
pub use ed25519_dalek::VerifyingKey;
use ed25519_dalek::{Signature, Signer, SigningKey};

/// Marks our codes and their first form.
const PREFIX: &str = "BO1";
const PAYLOAD_BYTES: usize = 16 + 4 + 2;

/// What a code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketCode {
    /// The event.
    pub event: EventId,
    /// Which ticket.
    pub number: TicketNumber,
    /// Changes with each holder, so that older copies are dead.
    pub version: u16,
}

/// A code as a holder shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCode {
    /// For the QR code.
    pub code: String,
    /// For typing in: `12-K7QF2M`.
    pub short: String,
}

impl SignedCode {
    /// What follows the number in the typed code.
    pub fn check(&self) -> &str {
        self.short.rsplit('-').next().unwrap_or_default()
    }
}

impl TicketCode {
    /// Signs it with the event's key.
    pub fn sign(&self, seed: &[u8; 32]) -> SignedCode {
        let payload = self.payload();
        let signature = SigningKey::from_bytes(seed).sign(&payload).to_bytes();
        let code = BASE32_NOPAD.encode(&[&payload[..], &signature[..]].concat());
        let check = BASE32_NOPAD.encode(&signature[..5]);
        SignedCode {
            code: format!("{PREFIX}{code}"),
            short: format!("{}-{}", self.number, &check[..CHECK_CHARACTERS]),
        }
    }

    /// What `text` says, if the event's key signed it.
    pub fn verify(text: &str, key: &VerifyingKey) -> Option<Self> {
        let claim = Claim::read(text)?;
        claim.is_signed_by(key).then_some(claim.code)
    }

    fn of_payload(payload: &[u8; PAYLOAD_BYTES]) -> Option<Self> {
        Some(Self {
            event: EventId::from_slice(&payload[..16]).ok()?,
            number: TicketNumber::from_be_bytes(payload[16..20].try_into().ok()?),
            version: u16::from_be_bytes(payload[20..].try_into().ok()?),
        })
    }

    fn payload(&self) -> [u8; PAYLOAD_BYTES] {
        let mut payload = [0; PAYLOAD_BYTES];
        payload[..16].copy_from_slice(self.event.as_bytes());
        payload[16..20].copy_from_slice(&self.number.to_be_bytes());
        payload[20..].copy_from_slice(&self.version.to_be_bytes());
        payload
    }
}

/// A code as read, before its signature is checked.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The content.
    pub code: TicketCode,
    payload: [u8; PAYLOAD_BYTES],
    signature: Signature,
}

impl Claim {
    /// Reads what has the form of a signed code, in any case: a scanner that types swaps capital
    /// and small letters when caps lock is on.
    pub fn read(text: &str) -> Option<Self> {
        let mut text = Cow::Borrowed(text.trim());
        if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            text = Cow::Owned(text.to_ascii_uppercase());
        }
        let bytes = BASE32_NOPAD
            .decode(text.strip_prefix(PREFIX)?.as_bytes())
            .ok()?;
        let (payload, signature) = bytes.split_first_chunk()?;
        Some(Self {
            code: TicketCode::of_payload(payload)?,
            payload: *payload,
            signature: Signature::from_slice(signature).ok()?,
        })
    }

    /// Whether the owner of `key` made it.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        key.verify_strict(&self.payload, &self.signature).is_ok()
    }
}

/// The key that checks an event's codes, from the seed that signs them.
pub fn public_key(seed: &[u8; 32]) -> VerifyingKey {
    SigningKey::from_bytes(seed).verifying_key()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn sample() -> (TicketCode, [u8; 32]) {
        let code = TicketCode {
            event: Uuid::from_u128(7),
            number: 12,
            version: 3,
        };
        (code, [5; 32])
    }

    #[test]
    fn a_code_says_what_was_signed() {
        let (code, seed) = sample();
        let signed = code.sign(&seed);
        assert_eq!(
            TicketCode::verify(&signed.code, &public_key(&seed)),
            Some(code)
        );
        assert!(
            signed.short.starts_with("12-") && signed.short.len() == 9,
            "{signed:?}"
        );
        assert!(
            signed
                .code
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        );
    }

    #[test]
    fn a_code_that_was_typed_with_caps_lock_is_the_same() {
        let (code, seed) = sample();
        let typed = format!(" {}\r", code.sign(&seed).code.to_lowercase());
        assert_eq!(TicketCode::verify(&typed, &public_key(&seed)), Some(code));
    }

    #[test]
    fn another_events_key_is_refused() {
        let (code, seed) = sample();
        assert_eq!(
            TicketCode::verify(&code.sign(&seed).code, &public_key(&[6; 32])),
            None
        );
    }

    #[test]
    fn no_changed_character_is_accepted() {
        let (code, seed) = sample();
        let signed = code.sign(&seed).code;
        let key = public_key(&seed);
        for place in 0..signed.len() {
            for replacement in [b'A', b'B', b'7', b'a', b'='] {
                let mut forged = signed.clone().into_bytes();
                // The other case of a letter is the same code.
                if forged[place].eq_ignore_ascii_case(&replacement) {
                    continue;
                }
                forged[place] = replacement;
                let forged = String::from_utf8(forged).expect("ASCII");
                assert_eq!(TicketCode::verify(&forged, &key), None, "{forged}");
            }
        }
        assert_eq!(TicketCode::verify("", &key), None);
        assert_eq!(TicketCode::verify("BO1", &key), None);
        assert_eq!(TicketCode::verify(&signed[..signed.len() - 1], &key), None);
    }

    /// What a forger would try on a real code, many times over.
    #[test]
    fn of_a_hundred_thousand_changed_codes_none_is_accepted() {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (code, seed) = sample();
        let key = public_key(&seed);
        let signed = code.sign(&seed).code.into_bytes();
        // A generator of its own, so that every run is the same (splitmix64).
        let mut state = 0_u64;
        let mut random = |below: usize| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)) as usize % below
        };
        let mut tried = 0;
        while tried < 100_000 {
            let mut forged = signed.clone();
            for _ in 0..=random(3) {
                let place = PREFIX.len() + random(signed.len() - PREFIX.len());
                forged[place] = ALPHABET[random(ALPHABET.len())];
            }
            if random(4) == 0 {
                forged.rotate_left(random(signed.len()));
            }
            if forged == signed {
                continue;
            }
            tried += 1;
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(TicketCode::verify(&forged, &key), None, "{forged}");
        }
    }
}
