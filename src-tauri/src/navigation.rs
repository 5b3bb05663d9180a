//! The webview shows the app and nothing else; links to elsewhere open in the browser.

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Url, Wry};

pub(crate) fn guard() -> TauriPlugin<Wry> {
    Builder::new("navigation")
        .on_navigation(|_, url| is_app(url))
        .build()
}

/// The app's own pages have another address on each platform. WebDriver begins on a blank one.
fn is_app(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => url.as_str() == "about:blank",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_is_shown() {
        for (address, shown) in [
            ("tauri://localhost/events", true),
            ("http://tauri.localhost/events", true),
            ("https://tauri.localhost/", true),
            ("about:blank", true),
            ("https://example.org/", false),
            ("https://tauri.localhost.example.org/", false),
            ("http://tauri.localhost:8080/", false),
            ("tauri://elsewhere/", false),
            ("data:text/html,hello", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_app(&address.parse().expect(address)), shown, "{address}");
        }
    }
}
