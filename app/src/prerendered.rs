//! The first screen as the server wrote it into the page: it is on the screen while the app is
//! built behind it.

use leptos::prelude::document;
use web_sys::Element;

/// What scrolls of the list, and of what is open from it.
const PANES: [&str; 2] = [".panes__list>.pane", ".panes__detail>.pane"];

pub(crate) struct Prerendered(Element);

impl Prerendered {
    pub(crate) fn find() -> Option<Self> {
        document().get_element_by_id("prerendered").map(Self)
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
