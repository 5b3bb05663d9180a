//! The first screen as the server wrote it into the page: it is on the screen while the app is
//! built behind it.

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::{document, window};
use web_sys::Element;

/// How long the app waits for it to be on the screen, and how often it looks.
const PATIENCE_MS: u32 = 200;
const LOOK_EVERY_MS: u32 = 10;
/// What browsers call the first picture with something in it.
const CONTENT_PAINT: &str = "first-contentful-paint";
/// What scrolls of the list, and of what is open from it.
const PANES: [&str; 2] = [".panes__list>.pane", ".panes__detail>.pane"];

pub(crate) struct Prerendered(Element);

impl Prerendered {
    pub(crate) fn find() -> Option<Self> {
        document().get_element_by_id("prerendered").map(Self)
    }

    /// Waits until it is on the screen. In a tab that is not seen it never is.
    pub(crate) async fn is_shown(&self) {
        let Some(paints) = window().performance() else {
            return;
        };
        for _ in 0..PATIENCE_MS / LOOK_EVERY_MS {
            if paints.get_entries_by_name(CONTENT_PAINT).length() > 0 {
                return;
            }
            TimeoutFuture::new(LOOK_EVERY_MS).await;
        }
    }

    /// Leaves its place to the app, which is there by now, where the person has scrolled to.
    pub(crate) fn give_way(self) {
        let scrolled = PANES.map(|pane| {
            let pane = self.0.query_selector(pane).ok().flatten();
            pane.map_or(0, |pane| pane.scroll_top())
        });
        self.0.remove();
        for (pane, scrolled) in PANES.into_iter().zip(scrolled) {
            let pane = document().query_selector(pane).ok().flatten();
            if let Some(pane) = pane.filter(|_| scrolled > 0) {
                pane.set_scroll_top(scrolled);
            }
        }
    }
}
