//! The account PostgreSQL runs as. It refuses to run as root, so root runs it as somebody else.

use std::path::Path;
use std::process::Command;

use crate::Error;

#[cfg(unix)]
pub(crate) use unix::Account;

#[cfg(not(unix))]
pub(crate) use elsewhere::Account;

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    use std::{fs, io};

    use nix::unistd::{User, geteuid};

    use super::{Command, Error, Path};
    use crate::error::cannot;

    /// `None` is who we are.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Account(Option<(u32, u32)>);

    impl Account {
        /// The owner of the data there already; as root otherwise `postgres` or `nobody`.
        pub(crate) fn for_data(data_dir: &Path) -> Result<Self, Error> {
            if !geteuid().is_root() {
                return Ok(Self(None));
            }
            if let Ok(made) = fs::metadata(data_dir)
                && made.uid() != 0
            {
                return Ok(Self(Some((made.uid(), made.gid()))));
            }
            ["postgres", "_postgres", "nobody"]
                .into_iter()
                .find_map(|name| User::from_name(name).ok().flatten())
                .map(|user| Self(Some((user.uid.as_raw(), user.gid.as_raw()))))
                .ok_or(Error::NoAccount)
        }

        /// A command that runs as this account, out of reach of the terminal's Ctrl-C.
        pub(crate) fn command(self, program: &Path) -> Command {
            let mut command = Command::new(program);
            command.process_group(0);
            if let Some((uid, gid)) = self.0 {
                command.uid(uid).gid(gid);
            }
            command
        }

        /// Gives a file or folder that we made to this account.
        pub(crate) fn own(self, path: &Path) -> Result<(), Error> {
            match self.0 {
                Some((uid, gid)) => {
                    chown(path, Some(uid), Some(gid)).map_err(cannot("give away", path))
                }
                None => Ok(()),
            }
        }

        /// Lets this account alone into a folder of its own.
        pub(crate) fn close(self, dir: &Path) -> Result<(), Error> {
            let only_owner = fs::Permissions::from_mode(0o700);
            fs::set_permissions(dir, only_owner).map_err(cannot("close", dir))
        }

        /// Looks at processes with the eyes of this account: Linux shows the folder that a process
        /// works in to its own account alone, and root in a container is no exception.
        pub(crate) fn look<T: Send>(self, look: impl FnOnce() -> T + Send) -> T {
            #[cfg(target_os = "linux")]
            if let Some((uid, gid)) = self.0 {
                use nix::unistd::{Gid, Uid, setfsgid, setfsuid};
                let looking = || {
                    setfsgid(Gid::from_raw(gid));
                    setfsuid(Uid::from_raw(uid));
                    look()
                };
                // These belong to a thread, and end with it.
                return std::thread::scope(|scope| scope.spawn(looking).join())
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
            look()
        }

        /// Whether this account can get to the folder: any folder above may be closed to it.
        pub(crate) fn reaches(self, dir: &Path) -> bool {
            let probe = self.command(Path::new("true")).current_dir(dir).status();
            !matches!(probe, Err(error) if error.kind() == io::ErrorKind::PermissionDenied)
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{Command, Error, Path};

    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Account;

    impl Account {
        pub(crate) fn for_data(_data_dir: &Path) -> Result<Self, Error> {
            Ok(Self)
        }

        pub(crate) fn command(self, program: &Path) -> Command {
            let mut command = Command::new(program);
            #[cfg(windows)]
            {
                use std::os::windows::process::CommandExt;
                const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
                command.creation_flags(CREATE_NEW_PROCESS_GROUP);
            }
            command
        }

        pub(crate) fn own(self, _path: &Path) -> Result<(), Error> {
            Ok(())
        }

        pub(crate) fn close(self, _dir: &Path) -> Result<(), Error> {
            Ok(())
        }

        pub(crate) fn look<T>(self, look: impl FnOnce() -> T) -> T {
            look()
        }

        pub(crate) fn reaches(self, _dir: &Path) -> bool {
            true
        }
    }
}
