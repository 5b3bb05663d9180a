use keyring::{Entry, Error};

use super::Keychain;
use crate::error::Refusal;

const SERVICE: &str = "box-office";

/// Keychain Services on macOS, the Credential Manager on Windows, the Secret Service on Linux.
pub(super) struct SystemKeychain;

impl Keychain for SystemKeychain {
    fn get(&self, name: &str) -> Result<Option<String>, Refusal> {
        match Entry::new(SERVICE, name).and_then(|entry| entry.get_password()) {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry | Error::NoDefaultStore) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn set(&self, name: &str, value: &str) -> Result<(), Refusal> {
        Ok(Entry::new(SERVICE, name)?.set_password(value)?)
    }

    fn delete(&self, name: &str) -> Result<(), Refusal> {
        match Entry::new(SERVICE, name).and_then(|entry| entry.delete_credential()) {
            Ok(()) | Err(Error::NoEntry | Error::NoDefaultStore) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
