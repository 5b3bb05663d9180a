use std::io;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a keychain did not do its part.
pub(crate) type Refusal = Box<dyn std::error::Error + Send + Sync>;

/// Why the shell could not do what the app asked of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("The file {} cannot be read", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("The file {} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("The file {} cannot be removed", path.display())]
    Remove { path: PathBuf, source: io::Error },
    #[error("The system's keychain still holds the sign-in")]
    Keychain(#[source] Refusal),
    #[error("The shell stopped before it was done")]
    Stopped(#[source] tauri::Error),
    #[error(
        "\"{0}\" is not a server address: it is http:// or https://, a host and, where needed, a \
         port, as in https://tickets.example.org"
    )]
    NotAnAddress(String),
    #[error("The server address is fixed by {0} and cannot be changed here")]
    AddressFixed(&'static str),
}

/// The app gets what Tauri's own refusals are too: one sentence, here with its causes, as nothing
/// else tells of them.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut sentence = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            sentence.push_str(": ");
            sentence.push_str(&error.to_string());
            cause = error.source();
        }
        sentence.push('.');
        serializer.serialize_str(&sentence)
    }
}
