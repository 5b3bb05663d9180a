//! Where each list was scrolled to, so that coming back finds it there.

use std::collections::HashMap;

use leptos::html;
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Places(StoredValue<HashMap<&'static str, i32>>);

pub(crate) fn provide_scroll_memory() {
    provide_context(Places(StoredValue::new(HashMap::new())));
}

/// Puts `pane` back where it was when it was last shown under this name, and remembers where it
/// is from now on. The returned handler belongs on the pane's `scroll` event.
pub(crate) fn remember_scroll(name: &'static str, pane: NodeRef<html::Div>) -> impl Fn() + Copy {
    let Places(places) = expect_context();
    pane.on_load(move |pane| {
        let place = places.with_value(|places| places.get(name).copied());
        // Scrolling has the browser lay all out at once; a new pane is at its top anyway.
        if let Some(place) = place.filter(|place| *place > 0) {
            // The pane is filled in the same turn as it is mounted, so it is tall enough by then.
            request_animation_frame(move || pane.set_scroll_top(place));
        }
    });
    move || {
        if let Some(pane) = pane.get_untracked() {
            places.update_value(|places| {
                places.insert(name, pane.scroll_top());
            });
        }
    }
}
