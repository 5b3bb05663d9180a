//! Links that open the app. They only say which screen to show; nothing is ever done because of one.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, Manager, State, Url};
use tauri_plugin_deep_link::DeepLinkExt;
use uuid::Uuid;

use crate::server_address::ServerAddress;

const SCHEME: &str = "boxoffice";
const EVENT: &str = "deep-link";
const LONGEST_TOKEN: usize = 128;

/// Takes the path of the link that opened the app. From then on links come as events, so the app
/// listens first and asks afterwards.
#[tauri::command]
pub(crate) fn pending_deep_link(inbox: State<Inbox>) -> Option<String> {
    inbox.open()
}

/// A link may arrive before the page that can follow it has loaded.
#[derive(Default)]
pub(crate) struct Inbox(Mutex<Mail>);

enum Mail {
    Held(Option<String>),
    Forwarded,
}

impl Default for Mail {
    fn default() -> Self {
        Self::Held(None)
    }
}

impl Inbox {
    fn open(&self) -> Option<String> {
        let mut mail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *mail, Mail::Forwarded) {
            Mail::Held(path) => path,
            Mail::Forwarded => None,
        }
    }

    /// Keeps the path, or hands it back to be sent on.
    fn put(&self, path: String) -> Option<String> {
        let mut mail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *mail {
            Mail::Held(held) => {
                *held = Some(path);
                None
            }
            Mail::Forwarded => Some(path),
        }
    }
}

pub(crate) fn listen(app: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    for url in app.deep_link().get_current()?.unwrap_or_default() {
        deliver(app, &url);
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            deliver(&handle, &url);
        }
    });
    Ok(())
}

fn deliver(app: &AppHandle, url: &Url) {
    let server = app.state::<ServerAddress>().get().ok();
    let path = path_of(url, server.as_deref()).and_then(|path| app.state::<Inbox>().put(path));
    if let Some(path) = path
        && let Err(error) = app.emit(EVENT, path)
    {
        eprintln!("The app did not hear of a link: {error}");
    }
}

/// The screen that a link stands for, be it ours or one to a page of the server's. Whatever is not
/// exactly one of these stands for none.
fn path_of(url: &Url, server: Option<&str>) -> Option<String> {
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let (screen, what) = match url.scheme() {
        SCHEME => ours(url)?,
        // What others have put behind it is for their statistics.
        "https" if server == Some(&url.origin().ascii_serialization()) => {
            url.path().strip_prefix('/')?.split_once('/')?
        }
        _ => return None,
    };
    match screen {
        "events" => {
            let id = Uuid::try_parse(what).ok()?;
            Some(format!("/events/{id}"))
        }
        "claim" if is_token(what) => Some(format!("/claim/{what}")),
        _ => None,
    }
}

fn ours(url: &Url) -> Option<(&str, &str)> {
    let plain = url.port().is_none() && url.query().is_none() && url.fragment().is_none();
    let screen = match url.host_str()? {
        "event" => "events",
        "claim" => "claim",
        _ => return None,
    };
    plain.then_some((screen, url.path().strip_prefix('/')?))
}

fn is_token(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "https://tickets.example.org";

    fn path(link: &str) -> Option<String> {
        path_of(&link.parse().expect(link), Some(SERVER))
    }

    #[test]
    fn an_event_and_a_claim_have_a_screen() {
        let event = "boxoffice://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e";
        let screen = "/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e";
        assert_eq!(path(event).as_deref(), Some(screen));
        assert_eq!(
            path("BoxOffice://event/0199B1A6-5F4E-7C3A-8D21-3F5A6B7C8D9E").as_deref(),
            Some(screen),
        );
        assert_eq!(
            path("boxoffice://claim/Zm9v-YmFy_123").as_deref(),
            Some("/claim/Zm9v-YmFy_123"),
        );
    }

    #[test]
    fn pages_of_the_server_have_a_screen() {
        for (link, screen) in [
            (
                "https://tickets.example.org/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
                "/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            ),
            (
                "https://tickets.example.org/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e?fbclid=x#a",
                "/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            ),
            (
                "https://tickets.example.org/claim/Zm9v-YmFy_123",
                "/claim/Zm9v-YmFy_123",
            ),
        ] {
            assert_eq!(path(link).as_deref(), Some(screen));
            assert_eq!(path_of(&link.parse().expect(link), None), None);
        }
        for link in [
            "https://tickets.example.org/",
            "https://tickets.example.org/event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "https://tickets.example.org/events/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e/buy",
            "https://tickets.example.org/orders/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "https://tickets.example.org:8443/claim/Zm9v",
            "https://me@tickets.example.org/claim/Zm9v",
            "http://tickets.example.org/claim/Zm9v",
            "https://tickets.example.org.evil.example/claim/Zm9v",
        ] {
            assert_eq!(path(link), None, "{link}");
        }
    }

    #[test]
    fn everything_else_is_ignored() {
        let long = format!("boxoffice://claim/{}", "a".repeat(LONGEST_TOKEN + 1));
        for link in [
            "boxoffice://",
            "boxoffice:event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "boxoffice:///event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "boxoffice://event",
            "boxoffice://event/",
            "boxoffice://event/latest",
            "boxoffice://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e/",
            "boxoffice://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e/refund",
            "boxoffice://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e?buy=3",
            "boxoffice://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e#buy",
            "boxoffice://event:80/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "boxoffice://me@event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "boxoffice://order/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "boxoffice://claim/",
            "boxoffice://claim/a/b",
            "boxoffice://claim/a%2fb",
            "boxoffice://claim/<script>",
            "https://event/0199b1a6-5f4e-7c3a-8d21-3f5a6b7c8d9e",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(path(link), None, "{link}");
        }
    }

    #[test]
    fn a_link_waits_for_the_page_and_is_followed_once() {
        let inbox = Inbox::default();
        assert_eq!(inbox.put("/events/1".to_owned()), None);
        assert_eq!(inbox.put("/events/2".to_owned()), None);
        assert_eq!(inbox.open().as_deref(), Some("/events/2"));
        assert_eq!(inbox.open(), None);
    }

    #[test]
    fn once_the_page_listens_links_are_sent_on() {
        let inbox = Inbox::default();
        assert_eq!(inbox.open(), None);
        assert_eq!(
            inbox.put("/events/1".to_owned()).as_deref(),
            Some("/events/1"),
        );
        assert_eq!(inbox.open(), None);
    }
}
