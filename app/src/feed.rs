//! An endless list: loaded page by page, kept while other screens are shown, refreshed in place.

use std::rc::Rc;

use api::events::{CARDS_AT_ONCE, EventSummary};
use api::page::{DEFAULT_LIMIT, MAX_LIMIT};
use api::{Page, Time, UserId};
use futures::future::{FutureExt, LocalBoxFuture};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::Error;
use crate::kept::{self, Name};
use crate::{format, session};

/// Lists older than this are loaded again when their screen is opened.
const FRESH_SECONDS: i64 = 20;

/// How a page is fetched: how many items, from which cursor.
type Load<T> = Rc<dyn Fn(usize, Option<String>) -> LocalBoxFuture<'static, Result<Page<T>, Error>>>;

/// An item with a key that changes when the item does, so that the screen redraws just that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry<T> {
    pub(crate) key: u32,
    pub(crate) item: T,
}

/// A list and where it stands.
pub(crate) struct Feed<T: Send + Sync + 'static> {
    pub(crate) entries: RwSignal<Vec<Entry<T>>>,
    /// Whether the first page is there: before, an empty list means nothing.
    pub(crate) loaded: RwSignal<bool>,
    pub(crate) loading: RwSignal<bool>,
    pub(crate) loading_more: RwSignal<bool>,
    pub(crate) error: RwSignal<Option<Error>>,
    pub(crate) as_of: RwSignal<Option<Time>>,
    next_cursor: RwSignal<Option<String>>,
    source: StoredValue<Option<Source<T>>, LocalStorage>,
    identity: StoredValue<fn(&T, &T) -> bool>,
    next_key: StoredValue<u32>,
    turn: StoredValue<u32>,
    /// How many items are asked for at once.
    page: usize,
}

struct Source<T> {
    name: String,
    load: Load<T>,
}

impl<T: Send + Sync + 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Feed<T> {}

impl<T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static> Feed<T> {
    /// An empty list. `same` tells whether two items are the same thing, at different times.
    pub(crate) fn new(same: fn(&T, &T) -> bool) -> Self {
        Self {
            entries: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(false),
            loading: RwSignal::new(false),
            loading_more: RwSignal::new(false),
            error: RwSignal::new(None),
            as_of: RwSignal::new(None),
            next_cursor: RwSignal::new(None),
            source: StoredValue::new_local(None),
            identity: StoredValue::new(same),
            next_key: StoredValue::new(0),
            turn: StoredValue::new(0),
            page: DEFAULT_LIMIT as usize,
        }
    }

    /// Asks for so many items at once.
    pub(crate) fn in_pages_of(self, items: usize) -> Self {
        Self {
            page: items,
            ..self
        }
    }

    /// Shows the list of this name, as far as it is `kept` on this device until its first page is
    /// there. Another list's items stay until then, unless `clear`: then they are somebody else's.
    pub(crate) fn show<L>(self, name: String, kept: Option<Name>, clear: bool, load: L)
    where
        L: Fn(usize, Option<String>) -> LocalBoxFuture<'static, Result<Page<T>, Error>> + 'static,
    {
        self.show_list(name, kept, clear, Rc::new(load));
    }

    fn show_list(self, name: String, kept: Option<Name>, clear: bool, load: Load<T>) {
        let same = self
            .source
            .with_value(|source| source.as_ref().is_some_and(|source| source.name == name));
        if same && self.is_fresh() {
            return;
        }
        if !same && clear {
            self.entries.set(Vec::new());
            self.loaded.set(false);
        }
        if !same && let Some(kept) = kept.and_then(kept::read::<Page<T>>) {
            self.fill(true, kept.value, kept.as_of);
        }
        self.source.set_value(Some(Source { name, load }));
        let limit = if same { self.loaded_count() } else { self.page };
        self.load_first(limit);
    }

    /// Shows a list of the signed-in user. Until it is known who that is, only what keeps that from
    /// being known can go wrong.
    pub(crate) fn show_own<L>(self, user: Option<UserId>, name: Name, load: L)
    where
        L: Fn(usize, Option<String>) -> LocalBoxFuture<'static, Result<Page<T>, Error>> + 'static,
    {
        match user {
            Some(user) => self.show(format!("{user} {name}"), Some(name), true, load),
            None => self.show(String::new(), None, true, |_, _| {
                async {
                    session::ready().await?;
                    std::future::pending().await
                }
                .boxed_local()
            }),
        }
    }

    pub(crate) fn refresh(self) {
        self.load_first(self.loaded_count());
    }

    /// Loads again what somebody comes back to after a while.
    pub(crate) fn refresh_if_old(self) {
        if !self.is_fresh() && !self.loading.get_untracked() {
            self.refresh();
        }
    }

    /// Something happened that the list does not know of: it is loaded again when it is shown.
    pub(crate) fn expire(self) {
        self.as_of.set(None);
    }

    pub(crate) fn has_more(self) -> bool {
        self.next_cursor.with(Option::is_some)
    }

    /// Loads the page after the last one.
    pub(crate) fn more(self) {
        let cursor = self.next_cursor.get_untracked();
        let busy = self.loading.get_untracked() || self.loading_more.get_untracked();
        if cursor.is_none() || busy {
            return;
        }
        self.loading_more.set(true);
        self.run(self.page, cursor);
    }

    fn load_first(self, limit: usize) {
        if self.source.with_value(Option::is_none) {
            return;
        }
        self.loading.set(true);
        self.run(limit, None);
    }

    fn run(self, limit: usize, cursor: Option<String>) {
        let load = self
            .source
            .with_value(|source| source.as_ref().map(|source| Rc::clone(&source.load)));
        let Some(load) = load else {
            return;
        };
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let first = cursor.is_none();
        spawn_local(async move {
            let answer = load(limit, cursor).await;
            if self.turn.get_value() == turn {
                self.settle(first, answer);
            }
        });
    }

    fn settle(self, first: bool, answer: Result<Page<T>, Error>) {
        match answer {
            Ok(page) => self.fill(first, page, format::now()),
            Err(error) => self.error.set(Some(error)),
        }
        self.loading.set(false);
        self.loading_more.set(false);
    }

    /// Puts a page, which was true then, in the place of the list or behind it.
    fn fill(self, first: bool, page: Page<T>, as_of: Time) {
        let same = self.identity.get_value();
        let mut next_key = self.next_key.get_value();
        self.entries.update(|entries| {
            let kept = if first { 0 } else { entries.len() };
            merge(entries, kept, page.items, same, &mut next_key);
        });
        self.next_key.set_value(next_key);
        self.next_cursor.set(page.next_cursor);
        self.error.set(None);
        self.loaded.set(true);
        self.as_of.set(Some(as_of));
    }

    fn is_fresh(self) -> bool {
        let age = self
            .as_of
            .get_untracked()
            .map(|as_of| format::now() - as_of);
        let recent = age.is_some_and(|age| age.num_seconds() < FRESH_SECONDS);
        recent && self.error.with_untracked(Option::is_none)
    }

    /// How many items a refresh asks for, so that the list does not shrink under the reader.
    fn loaded_count(self) -> usize {
        let loaded = self.entries.with_untracked(Vec::len);
        loaded.clamp(self.page, MAX_LIMIT as usize)
    }
}

/// Puts `page` behind the first `kept` entries. An item that is as it was keeps its key; an item
/// that is listed already, because the list moved between two pages, is not listed twice.
fn merge<T: PartialEq>(
    entries: &mut Vec<Entry<T>>,
    kept: usize,
    page: Vec<T>,
    same: fn(&T, &T) -> bool,
    next_key: &mut u32,
) {
    let mut old = entries.split_off(kept);
    for item in page {
        if entries.iter().any(|entry| same(&entry.item, &item)) {
            continue;
        }
        let unchanged = old.iter().position(|entry| entry.item == item);
        let entry = unchanged.map(|index| old.swap_remove(index));
        entries.push(entry.unwrap_or_else(|| {
            *next_key += 1;
            Entry {
                key: *next_key,
                item,
            }
        }));
    }
}

impl Feeds {
    /// An event of mine has changed: my list follows at once, what everyone sees when it is shown.
    pub(crate) fn event_changed(self) {
        self.hosted.refresh();
        self.events.expire();
    }
}

/// The lists that outlive their screens.
#[derive(Clone, Copy)]
pub(crate) struct Feeds {
    pub(crate) events: Feed<EventSummary>,
    pub(crate) tickets: Feed<api::tickets::Ticket>,
    pub(crate) orders: Feed<api::orders::OrderSummary>,
    pub(crate) hosted: Feed<api::host::HostEventSummary>,
}

pub(crate) fn provide_feeds() {
    provide_context(Feeds {
        events: Feed::new(|one: &EventSummary, other| one.id == other.id)
            .in_pages_of(CARDS_AT_ONCE as usize),
        tickets: Feed::new(|one, other| {
            (one.event.id, one.number) == (other.event.id, other.number)
        }),
        orders: Feed::new(|one, other| one.id == other.id),
        hosted: Feed::new(|one, other| one.id == other.id),
    });
}

pub(crate) fn use_feeds() -> Feeds {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Item = (u8, &'static str);

    fn same(one: &Item, other: &Item) -> bool {
        one.0 == other.0
    }

    fn list(items: &[Item]) -> (Vec<Entry<Item>>, u32) {
        let (mut entries, mut next_key) = (Vec::new(), 0);
        merge(&mut entries, 0, items.to_vec(), same, &mut next_key);
        (entries, next_key)
    }

    fn keys(entries: &[Entry<Item>]) -> Vec<u32> {
        entries.iter().map(|entry| entry.key).collect()
    }

    #[test]
    fn a_refresh_keeps_the_keys_of_what_did_not_change() {
        let (mut entries, mut next_key) = list(&[(1, "a"), (2, "b"), (3, "c")]);
        let news = vec![(3, "c"), (2, "B"), (1, "a")];
        merge(&mut entries, 0, news, same, &mut next_key);
        assert_eq!(keys(&entries), [3, 4, 1]);
    }

    #[test]
    fn a_page_is_put_behind_without_what_is_there() {
        let (mut entries, mut next_key) = list(&[(1, "a"), (2, "b")]);
        merge(
            &mut entries,
            2,
            vec![(2, "b"), (3, "c")],
            same,
            &mut next_key,
        );
        assert_eq!(keys(&entries), [1, 2, 3]);
    }
}
