//! The secret that access tokens are signed with, and a second one that is accepted while it changes.

use std::fmt;
use std::io::{Error, ErrorKind, Result, Write};
use std::path::Path;
use std::str::FromStr;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

const FILE: &str = "access-token.key";

/// 256 random bits.
pub(super) type Secret = [u8; 32];

/// One or two secrets of 64 hexadecimal digits, separated by a comma or a line break. Both are accepted, and
/// the first one signs.
///
/// To change the secret without signing anyone out: add the new one second on all servers, move it to the
/// front on all of them, and remove the old one after [`super::ACCESS_TOKEN_LIFETIME`].
#[derive(Clone, PartialEq, Eq)]
pub struct AccessSecrets {
    pub(super) signing: Secret,
    pub(super) accepted: Option<Secret>,
}

impl AccessSecrets {
    /// Reads the secrets in `data_dir`, and creates them at the first start. Servers that share the file
    /// accept each other's tokens.
    ///
    /// # Errors
    /// The file cannot be read or created, or does not contain secrets.
    pub fn load_or_create(data_dir: &Path) -> Result<Self> {
        let path = data_dir.join(FILE);
        std::fs::create_dir_all(data_dir)?;
        if !path.exists() {
            let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
            writeln!(file, "{}", HEXLOWER.encode(&rand::random::<Secret>()))?;
            file.as_file().sync_all()?;
            // If another server has just created the file, its secret counts.
            if let Err(error) = file.persist_noclobber(&path)
                && error.error.kind() != ErrorKind::AlreadyExists
            {
                return Err(error.error);
            }
        }
        let content = std::fs::read(&path)?;
        // Earlier versions wrote 32 raw bytes.
        if let Ok(signing) = Secret::try_from(content.as_slice()) {
            return Ok(signing.into());
        }
        String::from_utf8(content)
            .map_err(|_bytes| EXPECTED.to_owned())
            .and_then(|text| text.parse())
            .map_err(|wrong| Error::other(format!("{}: {wrong}", path.display())))
    }
}

const EXPECTED: &str =
    "expected one or two secrets of 64 hexadecimal digits, separated by a comma or a line break";

impl FromStr for AccessSecrets {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let mut secrets = text
            .split([',', '\n', '\r', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| Secret::try_from(HEXLOWER_PERMISSIVE.decode(part.as_bytes()).ok()?).ok());
        let (first, second, third) = (secrets.next(), secrets.next(), secrets.next());
        match (first, second, third) {
            (Some(Some(signing)), None, None) => Ok(Self {
                signing,
                accepted: None,
            }),
            (Some(Some(signing)), Some(Some(accepted)), None) => Ok(Self {
                signing,
                accepted: Some(accepted),
            }),
            _ => Err(EXPECTED.to_owned()),
        }
    }
}

impl From<Secret> for AccessSecrets {
    fn from(signing: Secret) -> Self {
        Self {
            signing,
            accepted: None,
        }
    }
}

impl fmt::Debug for AccessSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessSecrets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(byte: u8) -> String {
        HEXLOWER.encode(&[byte; 32])
    }

    #[test]
    fn they_are_made_once() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let first = AccessSecrets::load_or_create(dir.path()).expect("made");
        let second = AccessSecrets::load_or_create(dir.path()).expect("read");
        assert_eq!(first, second);
        assert_ne!(first.signing, [0; 32], "it is random");
    }

    #[test]
    fn the_first_of_two_signs() {
        let two = AccessSecrets {
            signing: [1; 32],
            accepted: Some([2; 32]),
        };
        for text in [
            format!("{},{}", hex(1), hex(2)),
            format!("{}\n{}\n", hex(1), hex(2)),
            format!("{}\r\n{}", hex(1), hex(2).to_uppercase()),
        ] {
            assert_eq!(text.parse(), Ok(two.clone()), "{text:?}");
        }
        assert_eq!(hex(1).parse(), Ok(AccessSecrets::from([1; 32])));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            String::new(),
            hex(1)[1..].to_owned(),
            hex(1) + "00",
            "g".repeat(64),
            format!("{},{},{}", hex(1), hex(2), hex(3)),
            format!("{},", &hex(1)[2..]),
        ] {
            assert!(text.parse::<AccessSecrets>().is_err(), "{text:?}");
        }
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(dir.path().join(FILE), "secret").expect("written");
        let wrong = AccessSecrets::load_or_create(dir.path()).expect_err("it is no secret");
        assert!(
            wrong.to_string().contains("64 hexadecimal digits"),
            "{wrong}"
        );
    }

    #[test]
    fn a_file_of_32_bytes_is_one_secret() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(dir.path().join(FILE), [9; 32]).expect("written");
        let read = AccessSecrets::load_or_create(dir.path()).expect("read");
        assert_eq!(read, AccessSecrets::from([9; 32]));
    }

    #[test]
    fn logs_do_not_show_them() {
        let shown = format!("{:?}", AccessSecrets::from([9; 32]));
        assert_eq!(shown, "AccessSecrets");
    }
}
