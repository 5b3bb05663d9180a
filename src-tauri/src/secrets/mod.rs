//! What keeps a person signed in: in the system's keychain, or in a private file where there is no
//! keychain or it does not cooperate.

#[cfg(desktop)]
mod keychain;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use tauri::{AppHandle, Manager};

use crate::error::{Error, Refusal, Result};
use crate::private_file::PrivateFile;

#[tauri::command]
pub(crate) async fn secret_get(app: AppHandle, key: Key) -> Result<Option<String>> {
    apart(app, move |secrets| secrets.get(key)).await
}

#[tauri::command]
pub(crate) async fn secret_set(app: AppHandle, key: Key, value: String) -> Result<()> {
    apart(app, move |secrets| secrets.set(key, &value)).await
}

#[tauri::command]
pub(crate) async fn secret_delete(app: AppHandle, key: Key) -> Result<()> {
    apart(app, move |secrets| secrets.delete(key)).await
}

/// A keychain may ask the person to unlock it, and nothing else should wait for that.
async fn apart<T: Send + 'static>(
    app: AppHandle,
    work: impl FnOnce(&Secrets) -> Result<T> + Send + 'static,
) -> Result<T> {
    tauri::async_runtime::spawn_blocking(move || work(&app.state::<Secrets>()))
        .await
        .map_err(Error::Stopped)?
}

/// The secrets there are; the app can name no other.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Key {
    RefreshToken,
    DeviceToken,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh_token",
            Self::DeviceToken => "device_token",
        }
    }
}

/// A missing keychain holds nothing and takes nothing.
trait Keychain: Send + Sync {
    fn get(&self, name: &str) -> std::result::Result<Option<String>, Refusal>;
    fn set(&self, name: &str, value: &str) -> std::result::Result<(), Refusal>;
    fn delete(&self, name: &str) -> std::result::Result<(), Refusal>;
}

/// A file exists only while the keychain refuses the newest secret, so what is in it is newer than
/// what the keychain may still hold.
pub(crate) struct Secrets {
    keychain: Option<Box<dyn Keychain>>,
    folder: PathBuf,
    one_at_a_time: Mutex<()>,
}

impl Secrets {
    /// On phones the folder is the app's own and needs no keychain.
    pub(crate) fn new(data: &Path) -> Self {
        #[cfg(desktop)]
        let keychain: Option<Box<dyn Keychain>> = Some(Box::new(keychain::SystemKeychain));
        #[cfg(mobile)]
        let keychain = None;
        Self::with(keychain, data)
    }

    fn with(keychain: Option<Box<dyn Keychain>>, data: &Path) -> Self {
        Self {
            keychain,
            folder: data.join("secrets"),
            one_at_a_time: Mutex::new(()),
        }
    }

    fn get(&self, key: Key) -> Result<Option<String>> {
        self.alone(|| {
            if let Some(value) = self.file(key).read()? {
                return Ok(Some(value));
            }
            let Some(keychain) = &self.keychain else {
                return Ok(None);
            };
            Ok(keychain.get(key.name()).unwrap_or_else(|error| {
                eprintln!("The system's keychain cannot be read: {error}");
                None
            }))
        })
    }

    fn set(&self, key: Key, value: &str) -> Result<()> {
        self.alone(|| {
            let Some(keychain) = &self.keychain else {
                return self.file(key).write(value);
            };
            match keychain.set(key.name(), value) {
                Ok(()) => self.file(key).remove(),
                Err(error) => {
                    eprintln!("A private file stands in for the system's keychain: {error}");
                    self.file(key).write(value)
                }
            }
        })
    }

    fn delete(&self, key: Key) -> Result<()> {
        self.alone(|| {
            self.file(key).remove()?;
            let Some(keychain) = &self.keychain else {
                return Ok(());
            };
            keychain.delete(key.name()).map_err(Error::Keychain)
        })
    }

    fn file(&self, key: Key) -> PrivateFile {
        PrivateFile::new(self.folder.join(key.name()))
    }

    fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let _guard = self
            .one_at_a_time
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work()
    }
}
