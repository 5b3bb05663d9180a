//! What people find in their mail, and a mail server to send it by.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mailparse::{MailHeaderMap, ParsedMail};
use server::mail::{self, Transport};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::TestApp;

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    /// Names and contents.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Letter {
    fn read(raw: &[u8]) -> Self {
        let mail = mailparse::parse_mail(raw).expect("a message");
        let header = |name: &str| mail.headers.get_first_value(name).unwrap_or_default();
        let mut letter = Self {
            id: header("Message-ID"),
            to: header("To"),
            subject: header("Subject"),
            text: String::new(),
            html: String::new(),
            files: Vec::new(),
        };
        letter.collect(&mail);
        letter
    }

    fn collect(&mut self, part: &ParsedMail<'_>) {
        let disposition = part.get_content_disposition();
        if let Some(name) = disposition.params.get("filename") {
            let content = part.get_body_raw().expect("a file");
            return self.files.push((name.clone(), content));
        }
        match part.ctype.mimetype.as_str() {
            "text/plain" => self.text = part.get_body().expect("text"),
            "text/html" => self.html = part.get_body().expect("text"),
            _ => part.subparts.iter().for_each(|part| self.collect(part)),
        }
    }

    /// What follows `start` in the text, up to the next space or line end.
    #[track_caller]
    pub(crate) fn after(&self, start: &str) -> &str {
        let (_, rest) = self
            .text
            .split_once(start)
            .unwrap_or_else(|| panic!("no {start} in {}", self.text));
        rest.split_whitespace().next().unwrap_or_default()
    }

    /// The content of the enclosed file with this name.
    #[track_caller]
    pub(crate) fn file(&self, name: &str) -> &[u8] {
        let file = self.files.iter().find(|(file, _)| file == name);
        &file.unwrap_or_else(|| panic!("no {name}")).1
    }
}

/// Everybody's mail, without a mail server.
pub(crate) struct Inbox {
    folder: tempfile::TempDir,
    transport: Transport,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let transport = Transport::Folder(folder.path().to_owned());
        Self { folder, transport }
    }

    /// Has all mail sent; what has come since the last time, in the order it was called for.
    pub(crate) async fn fetch(&self, app: &TestApp) -> Vec<Letter> {
        // What waits to be told together is told now.
        sqlx::query!("update jobs set run_at = now() where attempts = 0")
            .execute(&app.db)
            .await
            .expect("due");
        let deliver = || mail::deliver_due(&app.state, &self.transport);
        while deliver().await.expect("delivered") > 0 {}
        let files = std::fs::read_dir(self.folder.path()).expect("a folder");
        let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        files.sort();
        files.iter().map(|file| take(file)).collect()
    }

    /// The one letter that has come since the last time.
    #[track_caller]
    pub(crate) fn fetch_one<'a>(
        &'a self,
        app: &'a TestApp,
    ) -> impl Future<Output = Letter> + use<'a> {
        let caller = std::panic::Location::caller();
        async move {
            let mut letters = self.fetch(app).await;
            assert_eq!(letters.len(), 1, "at {caller}: {letters:?}");
            letters.remove(0)
        }
    }
}

fn take(file: &Path) -> Letter {
    let raw = std::fs::read(file).expect("a letter");
    std::fs::remove_file(file).expect("removed");
    Letter::read(&raw)
}

/// A mail server that takes what it is sent, or answers RCPT as it is told to.
pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    letters: Mutex<Vec<Letter>>,
    refusal: Mutex<Option<&'static str>>,
}

impl SmtpServer {
    pub(crate) async fn start(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let task = tokio::spawn({
            let state = Arc::clone(&state);
            async move {
                let mut sessions = tokio::task::JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    sessions.spawn(serve(stream, Arc::clone(&state)));
                }
            }
        });
        Self {
            address,
            state,
            task,
        }
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.state.letters.lock().expect("no panic").clone()
    }

    /// Answers this to every recipient; `None` takes them.
    pub(crate) fn refuse(&self, answer: Option<&'static str>) {
        *self.state.refusal.lock().expect("no panic") = answer;
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    say(&mut write, "220 ready").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let command = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match command.as_str() {
            "EHLO" => say(&mut write, "250 test").await,
            "RCPT" => {
                let refusal = *state.refusal.lock().expect("no panic");
                say(&mut write, refusal.unwrap_or("250 ok")).await;
            }
            "DATA" => {
                say(&mut write, "354 go on").await;
                let raw = content(&mut lines).await;
                let letter = Letter::read(&raw);
                state.letters.lock().expect("no panic").push(letter);
                say(&mut write, "250 taken").await;
            }
            "QUIT" => return say(&mut write, "221 bye").await,
            _ => say(&mut write, "250 ok").await,
        }
    }
}

async fn say(write: &mut OwnedWriteHalf, line: &str) {
    // Anyone who went away does not hear it.
    let _gone = write.write_all(format!("{line}\r\n").as_bytes()).await;
}

/// The lines up to the lone dot, their doubled dots undone.
async fn content(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> Vec<u8> {
    let mut raw = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "." {
            break;
        }
        raw.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
        raw.extend_from_slice(b"\r\n");
    }
    raw
}
