//! "Load again", asked for by button, keys or pull: whatever is on the screen follows.

use leptos::prelude::*;

#[derive(Clone, Copy)]
pub(crate) struct Refresh(Trigger);

pub(crate) fn provide_refresh() {
    provide_context(Refresh(Trigger::new()));
}

pub(crate) fn use_refresh() -> Refresh {
    expect_context()
}

impl Refresh {
    /// Everything shown is loaded again.
    pub(crate) fn all(self) {
        self.0.notify();
    }

    pub(crate) fn track(self) {
        self.0.track();
    }
}
