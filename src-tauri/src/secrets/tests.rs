use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::*;

const KEY: Key = Key::RefreshToken;

/// A keychain that can be locked, and then refuses everything.
#[derive(Clone, Default)]
struct Fake {
    entries: Arc<Mutex<HashMap<String, String>>>,
    locked: Arc<AtomicBool>,
}

impl Fake {
    fn lock(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    fn held(&self) -> Option<String> {
        let entries = self.entries.lock().expect("no test panics holding it");
        entries.get(KEY.name()).cloned()
    }

    fn entries(
        &self,
    ) -> std::result::Result<std::sync::MutexGuard<'_, HashMap<String, String>>, Refusal> {
        if self.locked.load(Ordering::SeqCst) {
            return Err("it is locked".into());
        }
        Ok(self.entries.lock().expect("no test panics holding it"))
    }
}

impl Keychain for Fake {
    fn get(&self, name: &str) -> std::result::Result<Option<String>, Refusal> {
        Ok(self.entries()?.get(name).cloned())
    }

    fn set(&self, name: &str, value: &str) -> std::result::Result<(), Refusal> {
        self.entries()?.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, name: &str) -> std::result::Result<(), Refusal> {
        self.entries()?.remove(name);
        Ok(())
    }
}

fn desktop() -> (Secrets, Fake, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keychain = Fake::default();
    let secrets = Secrets::with(Some(Box::new(keychain.clone())), folder.path());
    (secrets, keychain, folder)
}

#[test]
fn without_a_keychain_a_file_keeps_the_secret() -> Result<()> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let secrets = Secrets::with(None, folder.path());
    assert_eq!(secrets.get(KEY)?, None);

    secrets.set(KEY, "first")?;
    secrets.set(KEY, "second")?;
    let restarted = Secrets::with(None, folder.path());
    assert_eq!(restarted.get(KEY)?.as_deref(), Some("second"));

    restarted.delete(KEY)?;
    assert_eq!(restarted.get(KEY)?, None);
    Ok(())
}

#[test]
fn a_keychain_keeps_the_secret_out_of_every_file() -> Result<()> {
    let (secrets, keychain, folder) = desktop();
    secrets.set(KEY, "token")?;
    assert_eq!(keychain.held().as_deref(), Some("token"));
    assert_eq!(secrets.get(KEY)?.as_deref(), Some("token"));
    assert!(!folder.path().join("secrets").exists());
    Ok(())
}

#[test]
fn a_locked_keychain_is_stood_in_for() -> Result<()> {
    let (secrets, keychain, _folder) = desktop();
    keychain.lock(true);
    assert_eq!(secrets.get(KEY)?, None);
    secrets.set(KEY, "token")?;
    assert_eq!(secrets.get(KEY)?.as_deref(), Some("token"));
    Ok(())
}

#[test]
fn the_newest_secret_wins_wherever_it_is() -> Result<()> {
    let (secrets, keychain, _folder) = desktop();
    secrets.set(KEY, "first")?;
    keychain.lock(true);
    secrets.set(KEY, "second")?;
    keychain.lock(false);
    assert_eq!(keychain.held().as_deref(), Some("first"));
    assert_eq!(secrets.get(KEY)?.as_deref(), Some("second"));

    secrets.set(KEY, "third")?;
    assert_eq!(keychain.held().as_deref(), Some("third"));
    assert_eq!(secrets.get(KEY)?.as_deref(), Some("third"));
    Ok(())
}

#[test]
fn deleting_clears_both_places() -> Result<()> {
    let (secrets, keychain, _folder) = desktop();
    secrets.set(KEY, "first")?;
    keychain.lock(true);
    secrets.set(KEY, "second")?;
    keychain.lock(false);

    secrets.delete(KEY)?;
    assert_eq!(keychain.held(), None);
    assert_eq!(secrets.get(KEY)?, None);
    Ok(())
}

#[test]
fn a_secret_that_stays_in_the_keychain_is_not_called_deleted() -> Result<()> {
    let (secrets, keychain, _folder) = desktop();
    secrets.set(KEY, "token")?;
    keychain.lock(true);
    let refusal = secrets.delete(KEY).expect_err("it is locked");
    assert!(matches!(refusal, Error::Keychain(_)), "{refusal}");
    Ok(())
}

#[test]
fn no_other_secret_can_be_named() {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    let key = |name: &'static str| -> std::result::Result<Key, Error> {
        let name: StrDeserializer<'_, Error> = name.into_deserializer();
        Key::deserialize(name)
    };
    assert_eq!(
        key(KEY.name()).expect("the one there is").name(),
        KEY.name()
    );
    for name in ["", "password", "../settings", "RefreshToken"] {
        assert!(key(name).is_err(), "{name}");
    }
}
