//! The first screen as the server wrote it into the page: it is on the screen while the app is
//! built behind it.

use futures::channel::oneshot;
use leptos::prelude::{document, request_animation_frame};
use web_sys::Element;

use crate::focus::focus_in_place;

/// What scrolls of the list, and of what is open from it.
const PANES: [&str; 2] = [".panes__list>.pane", ".panes__detail>.pane"];

pub(crate) struct Prerendered(Element);

impl Prerendered {
    pub(crate) fn find() -> Option<Self> {
        document().get_element_by_id("prerendered").map(Self)
    }

    /// Leaves its place to the app, which is built by now, where the person has scrolled to and is
    /// with the keyboard.
    pub(crate) async fn give_way(self) {
        // The browser estimates the height of cards until it has laid them out, and the list would jump
        // when it corrects them.
        for _ in 0..2 {
            frame().await;
        }
        let scrolled = PANES.map(|pane| {
            let pane = self.0.query_selector(pane).ok().flatten();
            pane.map_or(0, |pane| pane.scroll_top())
        });
        let focused = self.focused_link();
        self.0.remove();
        for (pane, scrolled) in PANES.into_iter().zip(scrolled) {
            if let Some(pane) = find(pane).filter(|_| scrolled > 0) {
                pane.set_scroll_top(scrolled);
            }
        }
        let link = focused.and_then(|address| find(&format!("a[href='{address}']")));
        if let Some(link) = link {
            focus_in_place(&link);
        }
    }

    /// Where the link leads that has the focus.
    fn focused_link(&self) -> Option<String> {
        let focused = document().active_element()?;
        let is_here = self.0.contains(Some(&focused));
        focused.get_attribute("href").filter(|_| is_here)
    }
}

/// Waits until the browser is about to paint.
async fn frame() {
    let (paints, wait) = oneshot::channel();
    request_animation_frame(move || {
        let _waits = paints.send(());
    });
    let _painting = wait.await;
}

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}
