//! Small files that only this user may read, replaced whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

#[derive(Debug)]
pub(crate) struct PrivateFile(PathBuf);

impl PrivateFile {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn read(&self) -> Result<Option<String>> {
        match fs::read_to_string(&self.0) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::Read {
                path: self.0.clone(),
                source,
            }),
        }
    }

    pub(crate) fn write(&self, text: &str) -> Result<()> {
        self.replace(text).map_err(|source| Error::Write {
            path: self.0.clone(),
            source,
        })
    }

    pub(crate) fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::Remove {
                path: self.0.clone(),
                source: error,
            }),
            _ => Ok(()),
        }
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // A temporary file is made with mode 0600, and keeps it when it takes the name.
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.0)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_text_until_it_is_removed() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = PrivateFile::new(folder.path().join("not yet there").join("note"));
        assert_eq!(file.read()?, None);

        file.write("first")?;
        file.write("second, and longer")?;
        assert_eq!(file.read()?.as_deref(), Some("second, and longer"));

        file.remove()?;
        assert_eq!(file.read()?, None);
        file.remove()
    }

    #[test]
    fn leaves_nothing_else_behind() -> Result<()> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = PrivateFile::new(folder.path().join("note"));
        file.write("first")?;
        file.write("second")?;
        let names: Vec<_> = fs::read_dir(folder.path())
            .expect("the folder can be listed")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names, ["note"]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_it() -> Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("note");
        fs::write(&path, "left there by someone careless").expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("a mode");

        PrivateFile::new(path.clone()).write("secret")?;
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        Ok(())
    }

    #[test]
    fn says_which_file_cannot_be_written() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blocked = folder.path().join("a file, not a folder");
        fs::write(&blocked, "").expect("a file");
        let path = blocked.join("note");

        let refusal = PrivateFile::new(path.clone()).write("secret");
        let sentence = refusal.expect_err("there is no such folder").to_string();
        assert!(sentence.contains(&path.display().to_string()), "{sentence}");
    }
}
