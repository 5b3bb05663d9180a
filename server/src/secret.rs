//! What people carry to prove something: 256 random bits, of which only the SHA-256 is kept.

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// A new secret, fit for a link.
pub fn mint() -> String {
    BASE64URL_NOPAD.encode(&rand::random::<[u8; 32]>())
}

/// What is kept of it.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}
