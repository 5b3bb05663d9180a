//! The page's title: the heading that came last of those on the screen.

use i18n::t;
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Titles(StoredValue<Vec<(u32, String)>>);

pub(crate) fn provide_titles() {
    provide_context(Titles(StoredValue::new(Vec::new())));
}

/// The page is called so for as long as this screen is there.
pub(crate) fn title(text: String) {
    let titles: Titles = expect_context();
    let id = titles.put(text);
    on_cleanup(move || titles.take(id));
}

impl Titles {
    fn put(self, text: String) -> u32 {
        let last = self.0.with_value(|titles| titles.last().map(|(id, _)| *id));
        let id = last.map_or(0, |last| last + 1);
        self.0.update_value(|titles| titles.push((id, text)));
        self.show();
        id
    }

    fn take(self, id: u32) {
        self.0
            .try_update_value(|titles| titles.retain(|(other, _)| *other != id));
        self.show();
    }

    fn show(self) {
        let last = self
            .0
            .try_with_value(|titles| titles.last().map(|(_, text)| text.clone()));
        if let Some(title) = last.flatten() {
            document().set_title(&t!(common.page_title, title = title));
        }
    }
}
