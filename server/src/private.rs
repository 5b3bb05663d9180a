//! Files that are nobody else's on this machine.

use std::io;
use std::path::Path;

use tokio::fs::{DirBuilder, OpenOptions};
use tokio::io::AsyncWriteExt;

/// Makes a folder, or takes the one that is there, and closes it to others.
pub(crate) async fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).await?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        tokio::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).await?;
    }
    Ok(())
}

/// Writes a new file that nobody else can read.
pub(crate) async fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(content).await?;
    file.flush().await
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        let found = std::fs::metadata(path).expect("it is there");
        found.permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn nobody_else_can_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let inner = outer.path().join("mail");
        std::fs::create_dir(&inner).expect("a folder");
        let open = |bits| std::fs::Permissions::from_mode(bits);
        std::fs::set_permissions(&inner, open(0o755)).expect("an open folder");
        let letter = inner.join("letter.eml");
        std::fs::write(&letter, "old").expect("an open file");
        std::fs::set_permissions(&letter, open(0o644)).expect("an open file");

        folder(&inner).await.expect("closed");
        write(&letter, b"new").await.expect("written");
        assert_eq!((mode(&inner), mode(&letter)), (0o700, 0o600));
        assert_eq!(std::fs::read(&letter).expect("read"), b"new");
    }
}
