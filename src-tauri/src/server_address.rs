//! Which server the app talks to.

use std::env;
use std::path::Path;

use tauri::{State, Url};

use crate::error::{Error, Result};
use crate::private_file::PrivateFile;

/// Overrides the stored address for one run.
const VARIABLE: &str = "BOXOFFICE_SERVER";

/// Used until another one is stored. Anyone who builds the app for one server compiles that in.
const DEFAULT: &str = match option_env!("BOXOFFICE_DEFAULT_SERVER") {
    Some(address) => address,
    None => "http://127.0.0.1:8080",
};

#[tauri::command]
pub(crate) fn server_address_get(address: State<ServerAddress>) -> Result<String> {
    address.get()
}

#[tauri::command]
pub(crate) fn server_address_set(address: State<ServerAddress>, url: &str) -> Result<String> {
    address.set(url)
}

pub(crate) struct ServerAddress {
    fixed: Option<String>,
    stored: PrivateFile,
}

impl ServerAddress {
    #[expect(clippy::disallowed_methods, reason = "the shell's one setting")]
    pub(crate) fn new(folder: &Path) -> Self {
        let fixed = env::var_os(VARIABLE)
            .map(|value| value.to_string_lossy().into_owned())
            .filter(|value| !value.is_empty());
        Self {
            fixed,
            stored: PrivateFile::new(folder.join("server-address")),
        }
    }

    pub(crate) fn get(&self) -> Result<String> {
        if let Some(fixed) = &self.fixed {
            return origin(fixed);
        }
        match self.stored.read()? {
            Some(stored) => origin(&stored),
            None => origin(DEFAULT),
        }
    }

    /// Keeps the address and returns it as it will be used.
    fn set(&self, url: &str) -> Result<String> {
        if self.fixed.is_some() {
            return Err(Error::AddressFixed(VARIABLE));
        }
        let origin = origin(url)?;
        self.stored.write(&origin)?;
        Ok(origin)
    }
}

fn origin(address: &str) -> Result<String> {
    let refusal = || Error::NotAnAddress(address.to_owned());
    let Ok(url) = Url::parse(address.trim()) else {
        return Err(refusal());
    };
    let web = matches!(url.scheme(), "http" | "https");
    let anonymous = url.username().is_empty() && url.password().is_none();
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !(web && anonymous && bare) {
        return Err(refusal());
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(folder: &Path, fixed: Option<&str>) -> ServerAddress {
        ServerAddress {
            fixed: fixed.map(str::to_owned),
            stored: PrivateFile::new(folder.join("server-address")),
        }
    }

    #[test]
    fn an_origin_is_kept_in_its_shortest_form() -> Result<()> {
        for (given, kept) in [
            ("https://tickets.example.org", "https://tickets.example.org"),
            (
                " HTTPS://Tickets.Example.org/ ",
                "https://tickets.example.org",
            ),
            (
                "https://tickets.example.org:443",
                "https://tickets.example.org",
            ),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(origin(given)?, kept);
        }
        Ok(())
    }

    #[test]
    fn anything_but_an_origin_is_refused() {
        for given in [
            "",
            "tickets.example.org",
            "https://",
            "ftp://tickets.example.org",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://me:secret@tickets.example.org",
            "https://me@tickets.example.org",
            "https://tickets.example.org/api",
            "https://tickets.example.org?a=b",
            "https://tickets.example.org#top",
        ] {
            let refusal = origin(given).expect_err(given);
            assert!(matches!(refusal, Error::NotAnAddress(_)), "{refusal}");
        }
    }

    #[test]
    fn the_stored_address_wins_over_the_default() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(address(folder.path(), None).get()?, origin(DEFAULT)?);

        let set = address(folder.path(), None).set("https://tickets.example.org/")?;
        assert_eq!(set, "https://tickets.example.org");
        assert_eq!(address(folder.path(), None).get()?, set);
        Ok(())
    }

    #[test]
    fn a_refused_address_changes_nothing() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = address(folder.path(), None);
        address.set("https://tickets.example.org")?;
        address.set("nonsense").expect_err("not an address");
        assert_eq!(address.get()?, "https://tickets.example.org");
        Ok(())
    }

    #[test]
    fn the_environment_wins_and_cannot_be_overruled() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        address(folder.path(), None).set("https://tickets.example.org")?;

        let fixed = address(folder.path(), Some("http://127.0.0.1:9000"));
        assert_eq!(fixed.get()?, "http://127.0.0.1:9000");
        let refusal = fixed.set("https://other.example").expect_err("it is fixed");
        assert!(refusal.to_string().contains(VARIABLE), "{refusal}");
        Ok(())
    }

    #[test]
    fn a_bad_address_in_the_environment_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let refusal = address(folder.path(), Some("localhost")).get();
        let sentence = refusal.expect_err("not an address").to_string();
        assert!(sentence.contains("\"localhost\""), "{sentence}");
    }
}
