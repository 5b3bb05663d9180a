//! What a scanner at the door does by itself: it reads QR codes from the camera and checks who
//! signed them.

mod camera;
mod picture;

use api::code::{Claim, TicketCode, VerifyingKey};
pub use camera::{Camera, watch};
use data_encoding::HEXLOWER;
pub use picture::Picture;

/// What a signed code says, and whether the event's key signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What it says, true or not.
    pub code: TicketCode,
    /// Whether the key signed it.
    pub genuine: bool,
}

/// Reads a signed code; nothing when `text` has not the form of one. `key` is the event's public
/// key in hexadecimal.
pub fn check(text: &str, key: &str) -> Option<Checked> {
    let claim = Claim::read(text)?;
    let key = read_key(key);
    Some(Checked {
        code: claim.code,
        genuine: key.is_some_and(|key| claim.is_signed_by(&key)),
    })
}

fn read_key(key: &str) -> Option<VerifyingKey> {
    let bytes = HEXLOWER.decode(key.as_bytes()).ok()?;
    VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use api::code::public_key;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_signed_a_code_is_told() {
        let code = TicketCode {
            event: Uuid::from_u128(7),
            number: 12,
            version: 3,
        };
        let key = |seed| HEXLOWER.encode(public_key(&[seed; 32]).as_bytes());
        let text = code.sign(&[5; 32]).code;
        let told = |key: &str| check(&text, key).expect("a code");
        let said = |genuine| Checked { code, genuine };
        assert_eq!(told(&key(5)), said(true));
        assert_eq!(told(&key(6)), said(false));
        assert_eq!(told("no key"), said(false));
        assert_eq!(check("https://example.com", &key(5)), None);
    }
}
