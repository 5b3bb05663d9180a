//! Where letters go: to a mail server, or without one into a folder.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use uuid::Uuid;

use crate::config::ServeConfig;
use crate::private;

/// The mail server may take so long over each thing it is asked.
const SMTP_TIMEOUT: Duration = Duration::from_secs(10);
/// One letter takes no longer than this, however slow each step.
pub(super) const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// The way letters leave.
pub enum Transport {
    /// To this mail server.
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
    /// As files in this folder.
    Folder(PathBuf),
}

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undelivered {
    /// It may later.
    #[error("{0}")]
    ForNow(String),
    /// The mail server will never take it.
    #[error("{0}")]
    ForGood(String),
}

impl Transport {
    /// As configured.
    pub fn new(config: &ServeConfig) -> Result<Self, smtp::Error> {
        let Some(url) = &config.smtp_url else {
            return Ok(Self::Folder(config.database.data_dir.join("mail")));
        };
        let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?
            .timeout(Some(SMTP_TIMEOUT))
            .build();
        Ok(Self::Smtp(Box::new(smtp)))
    }

    pub(super) async fn send(
        &self,
        id: Uuid,
        envelope: &Envelope,
        message: &[u8],
    ) -> Result<(), Undelivered> {
        let sending = async {
            match self {
                Self::Smtp(server) => match server.send_raw(envelope, message).await {
                    Ok(_accepted) => Ok(()),
                    Err(error) if error.is_permanent() => {
                        Err(Undelivered::ForGood(error.to_string()))
                    }
                    Err(error) => Err(Undelivered::ForNow(error.to_string())),
                },
                Self::Folder(folder) => keep(folder, id, message)
                    .await
                    .map_err(|error| Undelivered::ForNow(error.to_string())),
            }
        };
        tokio::time::timeout(SEND_TIMEOUT, sending)
            .await
            .unwrap_or_else(|_elapsed| {
                Err(Undelivered::ForNow(format!(
                    "the mail server took longer than {SEND_TIMEOUT:?}"
                )))
            })
    }
}

/// The name is the letter's, so that one that is kept twice is there once.
async fn keep(folder: &Path, id: Uuid, message: &[u8]) -> io::Result<()> {
    private::folder(folder).await?;
    let file = folder.join(format!("{id}.eml"));
    let unfinished = folder.join(format!("{id}.part"));
    private::write(&unfinished, message).await?;
    tokio::fs::rename(&unfinished, &file).await?;
    tracing::info!(file = %file.display(), "mail kept; no mail server is configured");
    Ok(())
}
