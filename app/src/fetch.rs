//! Loading one thing: what was loaded stays while it is loaded again, and when that fails.

use std::future::Future;
use std::rc::Rc;

use api::Time;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::Error;
use crate::kept::{self, Name};
use crate::refresh::use_refresh;
use crate::{connection, format};

/// Something from the server: its last known value, what went wrong since, and whether it is
/// being loaded.
pub(crate) struct Fetch<T: Send + Sync + 'static> {
    pub(crate) value: RwSignal<Option<T>>,
    pub(crate) error: RwSignal<Option<Error>>,
    pub(crate) loading: RwSignal<bool>,
    /// When `value` was true.
    pub(crate) as_of: RwSignal<Option<Time>>,
    /// Counts how often `key` has named something else.
    pub(crate) thing: RwSignal<u32>,
    again: Trigger,
}

/// Begins to load, and tells whether that is something else than before.
type Start<T> = Box<dyn FnMut() -> (bool, LocalBoxFuture<'static, Result<T, Error>>)>;

impl<T: Send + Sync + 'static> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetch<T> {}

impl<T: Send + Sync + 'static> Fetch<T> {
    /// Loads what `key` names: now, when it names something else, whenever a signal that `load`
    /// reads changes, and when the person asks.
    pub(crate) fn new<K, F>(key: impl Fn() -> K + 'static, load: impl Fn(K) -> F + 'static) -> Self
    where
        K: Clone + PartialEq + 'static,
        F: Future<Output = Result<T, Error>> + 'static,
    {
        let fetch = Self {
            value: RwSignal::new(None),
            error: RwSignal::new(None),
            loading: RwSignal::new(true),
            as_of: RwSignal::new(None),
            thing: RwSignal::new(0),
            again: Trigger::new(),
        };
        let mut before = None;
        fetch.keep_loading(Box::new(move || {
            let key = key();
            let is_other = before.as_ref().is_some_and(|before| *before != key);
            before = Some(key.clone());
            (is_other, load(key).boxed_local())
        }));
        fetch
    }

    /// Apart from `new`, of which there is one for every screen.
    fn keep_loading(self, mut start: Start<T>) {
        let latest = Rc::new(std::cell::Cell::new(0_u32));
        let refresh = use_refresh();
        connection::when_back(self.error, Box::new(move || self.reload()));
        Effect::new(move || {
            self.again.track();
            refresh.track();
            let (is_other, answer) = start();
            if is_other {
                self.value.set(None);
                self.error.set(None);
                self.thing.update(|thing| *thing += 1);
            }
            self.loading.set(true);
            let turn = latest.get() + 1;
            latest.set(turn);
            let latest = Rc::clone(&latest);
            spawn_local(async move {
                let answer = answer.await;
                if latest.get() == turn {
                    self.settle(answer);
                }
            });
        });
    }

    /// Shows what is known already until the answer is there.
    pub(crate) fn prefill(self, value: T, as_of: Option<Time>) {
        if self.value.with_untracked(Option::is_none) {
            self.as_of.set(as_of);
            self.value.set(Some(value));
        }
    }

    /// Shows what this device keeps of it until the answer is there.
    pub(crate) fn prefill_kept(self, name: impl Fn() -> Option<Name> + 'static)
    where
        T: DeserializeOwned,
    {
        follow(Box::new(move || {
            if let Some(kept) = name().and_then(kept::read::<T>) {
                self.prefill(kept.value, Some(kept.as_of));
            }
        }));
    }

    /// Whether it has come or failed, and from then on. What can be pressed below it is shown then,
    /// or it would move under the finger.
    pub(crate) fn has_come(self) -> Memo<bool> {
        Memo::new(move |before| {
            before == Some(&true)
                || self.value.with(Option::is_some)
                || self.error.with(Option::is_some)
        })
    }

    /// Loads again.
    pub(crate) fn reload(self) {
        self.again.notify();
    }

    // The screen may be gone by the time the answer is here, hence `try_set`.
    fn settle(self, answer: Result<T, Error>) {
        match answer {
            Ok(value) => {
                self.value.try_set(Some(value));
                self.error.try_set(None);
                self.as_of.try_set(Some(format::now()));
            }
            Err(error) => {
                if error.is_missing() {
                    self.value.try_set(None);
                }
                self.error.try_set(Some(error));
            }
        }
        self.loading.try_set(false);
    }
}

/// An effect, of which there is one for all types.
fn follow(run: Box<dyn Fn()>) {
    Effect::new(run);
}
