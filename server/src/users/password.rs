//! Password hashing: argon2id, 19 MiB, t=2, p=1, at most as many at once as there are cores, so that
//! a flood of sign-ins cannot starve the buyers.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use api::text::composed;
use api::users::{PASSWORD_OWN, is_own};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::{Error, Result};

/// Anyone who would wait longer is told to come back: in a flood no one is served by a queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// OWASP's recommendation for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The passwords of eight characters and more that most people use, in lower case and in order: those
/// of the lists that Django 5.2 (BSD) and zxcvbn 4.4 (MIT) come with.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());
/// So few different characters are no password.
const DIFFERENT_MIN: usize = 3;

/// Refuses, at `field`, a new password that is guessed first: one of the most used, or made of the
/// name or address of whose account it is for.
pub fn require_unguessable(password: &str, name: &str, email: &str, field: &str) -> Result<()> {
    let lower = password.trim().to_lowercase();
    let different: HashSet<char> = lower.chars().collect();
    if different.len() < DIFFERENT_MIN || COMMON.contains(lower.as_str()) {
        let sentence = "Many people use this password. Choose another one.";
        return Err(Error::field(field, sentence));
    }
    match is_own(password, name, email) {
        true => Err(Error::field(field, PASSWORD_OWN)),
        false => Ok(()),
    }
}

/// Hashes and checks passwords, a few at a time.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(at_once())),
            patience: PATIENCE,
        }
    }
}

impl Passwords {
    /// The hash to keep, as a PHC string with a salt of its own. The password is composed (NFC):
    /// keyboards differ in how they write an accent.
    pub async fn hash(&self, password: String) -> Result<String> {
        let password = composed(&password);
        self.in_turn(move || Ok(argon2()?.hash_password(password.as_bytes())?.to_string()))
            .await
    }

    /// Whether `password` is the one behind `hash`. Without a hash it takes as long and is false,
    /// so that time does not tell which accounts exist.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            let argon2 = argon2()?;
            let hash = hash.as_deref().map(PasswordHash::new).transpose()?;
            for form in forms(password) {
                match &hash {
                    Some(hash) if argon2.verify_password(form.as_bytes(), hash).is_ok() => {
                        return Ok(true);
                    }
                    Some(_) => {}
                    None => {
                        argon2.hash_password(form.as_bytes())?;
                    }
                }
            }
            Ok(false)
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    ) -> Result<T> {
        let turn = timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(turn) = turn else {
            return Err(Error::Busy {
                retry_after: PATIENCE,
            });
        };
        let turn = turn.map_err(Error::internal)?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(Error::internal)?
        .map_err(Error::Internal)
    }
}

/// The password composed, and as it was typed where that differs: so it was hashed before.
fn forms(typed: String) -> Vec<String> {
    let composed = composed(&typed);
    if composed == typed {
        vec![typed]
    } else {
        vec![composed, typed]
    }
}

/// As many as there are cores; others wait their turn.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(2, NonZero::get)
}

fn argon2() -> Result<Argon2<'static>, argon2::Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_matches_its_hash() {
        let passwords = Passwords::default();
        let hash = passwords.hash("hunter42".to_owned()).await.expect("hashed");
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let verify =
            |password: &str, hash: Option<String>| passwords.verify(password.to_owned(), hash);
        assert!(
            verify("hunter42", Some(hash.clone()))
                .await
                .expect("checked")
        );
        assert!(!verify("hunter43", Some(hash)).await.expect("checked"));
        assert!(!verify("hunter42", None).await.expect("checked"));
    }

    #[test]
    fn the_most_used_passwords_are_refused() {
        let refused = |password: &str| {
            let checked = require_unguessable(password, "Ada", "ada@example.com", "password");
            matches!(checked, Err(Error::Invalid(_)))
        };
        for password in [
            "12345678",
            "password",
            "Password1",
            "QWERTYUIOP",
            "iloveyou",
            "baseball",
            "trustno1",
            "aaaaaaaaaaaa",
            "abababababab",
            " password ",
            "ada@example.com",
        ] {
            assert!(refused(password), "{password}");
        }
        for password in [
            "correct horse",
            "hunter42!x",
            "Grüße aus Wien",
            "🐎🔋📎✂️ correct",
        ] {
            assert!(!refused(password), "{password}");
        }
        assert!(COMMON.len() > 10_000, "{}", COMMON.len());
    }

    #[tokio::test]
    async fn an_accent_is_the_same_however_a_keyboard_writes_it() {
        let passwords = Passwords::default();
        let (composed, apart) = (
            "cr\u{e8}me br\u{fb}l\u{e9}e",
            "cre\u{300}me bru\u{302}le\u{301}e",
        );
        let verify = |password: &str, hash: &str| {
            passwords.verify(password.to_owned(), Some(hash.to_owned()))
        };
        for set in [composed, apart] {
            let hash = passwords.hash(set.to_owned()).await.expect("hashed");
            for typed in [composed, apart] {
                assert!(
                    verify(typed, &hash).await.expect("checked"),
                    "{set} {typed}"
                );
            }
            assert!(!verify("creme brulee", &hash).await.expect("checked"));
        }
        // As it was hashed before.
        let argon2 = argon2().expect("parameters");
        let before = argon2.hash_password(apart.as_bytes()).expect("hashed");
        assert!(verify(apart, &before.to_string()).await.expect("checked"));
    }

    #[tokio::test]
    async fn nobody_waits_long_for_a_turn() {
        let passwords = Passwords {
            patience: Duration::from_millis(20),
            ..Passwords::default()
        };
        let all = u32::try_from(at_once()).expect("a few");
        let turns = passwords.turns.acquire_many(all).await.expect("turns");
        let refused = passwords.verify("hunter42".to_owned(), None).await;
        assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
        drop(turns);
        assert!(passwords.verify("hunter42".to_owned(), None).await.is_ok());
    }
}
