//! Where the server listens: never beyond this machine.

#[cfg(not(unix))]
pub(crate) use elsewhere::{Place, answers};
#[cfg(unix)]
pub(crate) use unix::{Place, answers};

/// A socket in the data directory, which is closed to everybody else.
#[cfg(unix)]
mod unix {
    use std::fs;
    use std::os::unix::net::UnixStream;
    use std::path::{Path, PathBuf};

    use super::percent_encode;
    use crate::Error;
    use crate::account::Account;
    use crate::error::cannot;

    const PORT: &str = "5432";
    /// The kernel takes no longer names of sockets: 104 on macOS and 108 on Linux, with the end.
    const LONGEST: usize = 103;

    #[derive(Debug)]
    pub(crate) struct Place {
        folder: PathBuf,
        temporary: bool,
    }

    impl Place {
        pub(crate) fn choose(data: &Path, account: Account) -> Result<Self, Error> {
            let length = socket(data, PORT).as_os_str().len();
            if length <= LONGEST {
                return Ok(Self {
                    folder: data.to_owned(),
                    temporary: false,
                });
            }
            let name = format!("managed-postgres-{:08x}", rand::random::<u32>());
            let folder = Path::new("/tmp").join(name);
            fs::create_dir(&folder).map_err(cannot("create", &folder))?;
            account.own(&folder)?;
            account.close(&folder)?;
            Ok(Self {
                folder,
                temporary: true,
            })
        }

        pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
            vec![
                ("listen_addresses", String::new()),
                ("port", PORT.to_owned()),
                ("unix_socket_directories", self.folder.display().to_string()),
                ("unix_socket_permissions", "0700".to_owned()),
            ]
        }

        /// The part of an address between `@` and `/`.
        pub(crate) fn authority(&self) -> String {
            percent_encode(&self.folder.to_string_lossy())
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            if self.temporary {
                // Nothing to be done about a folder that stays behind in /tmp.
                let _ = fs::remove_dir_all(&self.folder);
            }
        }
    }

    /// Whether the server that wrote this `postmaster.pid` still listens.
    pub(crate) fn answers(pid_file: &str) -> bool {
        let mut lines = pid_file.lines().skip(3);
        let (Some(port), Some(folder)) = (lines.next(), lines.next()) else {
            return false;
        };
        UnixStream::connect(socket(Path::new(folder), port)).is_ok()
    }

    fn socket(folder: &Path, port: &str) -> PathBuf {
        folder.join(format!(".s.PGSQL.{port}"))
    }
}

/// A free port of this machine's own address.
#[cfg(not(unix))]
mod elsewhere {
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::path::Path;

    use crate::Error;
    use crate::account::Account;
    use crate::error::cannot;

    #[derive(Debug)]
    pub(crate) struct Place {
        port: u16,
    }

    impl Place {
        pub(crate) fn choose(data: &Path, _account: Account) -> Result<Self, Error> {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .and_then(|listener| listener.local_addr())
                .map_err(cannot("find a free port for", data))?
                .port();
            Ok(Self { port })
        }

        pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
            vec![
                ("listen_addresses", Ipv4Addr::LOCALHOST.to_string()),
                ("port", self.port.to_string()),
            ]
        }

        pub(crate) fn authority(&self) -> String {
            format!("{}:{}", Ipv4Addr::LOCALHOST, self.port)
        }
    }

    pub(crate) fn answers(pid_file: &str) -> bool {
        let port = pid_file.lines().nth(3).and_then(|port| port.parse().ok());
        port.is_some_and(|port: u16| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok())
    }
}

/// Encodes all but letters and digits, for a place in an address.
pub(crate) fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_becomes_a_part_of_an_address() {
        assert_eq!(
            super::percent_encode("/var/a b-c_1.é"),
            "%2Fvar%2Fa%20b-c_1%2E%C3%A9"
        );
    }
}
