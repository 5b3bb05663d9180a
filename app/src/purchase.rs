//! Buying, so that a purchase is carried out once and its outcome is always learned: the request
//! and its idempotency key are kept on the device before it is sent, and only forgotten when it is
//! answered. Whatever happens meanwhile, it is sent again with the same key.

mod verdict;

use ::api::orders::PlaceOrder;
use ::api::{EventId, OrderId, UserId};
use gloo_timers::future::TimeoutFuture;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::components::{ToastBox, use_toasts};
use crate::feed::{Feeds, use_feeds};
use crate::session::use_session;
use crate::{api, cart, platform, route, storage};
pub(crate) use verdict::Refusal;
use verdict::{Verdict, judge, judge_key};

/// What a hand feels when an order is placed.
const PLACED_MS: u32 = 30;

/// What a purchase is for: whose screen tells how it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// The tickets chosen at one event.
    Event(EventId),
    /// What is in the cart.
    Cart,
}

impl Purpose {
    /// Where it was begun.
    fn path(self) -> String {
        match self {
            Self::Event(id) => route::event(id),
            Self::Cart => route::CART.to_owned(),
        }
    }
}

/// A purchase without an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pending {
    key: Uuid,
    user_id: UserId,
    purpose: Purpose,
    body: PlaceOrder,
}

/// Where the purchase stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Phase {
    Idle,
    /// Sent.
    Sending,
    /// The shop is full; it is sent again in a moment.
    Queued,
    /// It is not known whether it arrived; it is sent again until that is known.
    Checking,
    Refused(Refusal),
    Placed(OrderId),
}

impl Phase {
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Self::Sending | Self::Queued | Self::Checking)
    }
}

/// The one purchase that can be under way.
#[derive(Clone, Copy)]
pub(crate) struct Purchase {
    pub(crate) phase: RwSignal<Phase>,
    /// What it is for.
    pub(crate) purpose: RwSignal<Option<Purpose>>,
    /// The one whose screen is open: it tells the outcome itself.
    watched: StoredValue<Option<Purpose>>,
    toasts: ToastBox,
    feeds: Feeds,
}

/// Takes up what was left unanswered, at the start and whenever somebody signs in.
pub(crate) fn provide_purchase() {
    let purchase = Purchase {
        phase: RwSignal::new(Phase::Idle),
        purpose: RwSignal::new(None),
        watched: StoredValue::new(None),
        toasts: use_toasts(),
        feeds: use_feeds(),
    };
    provide_context(purchase);
    let session = use_session();
    let user = Memo::new(move |_| session.user_id());
    Effect::new(move || {
        let left = user.get().and_then(kept);
        if let Some(pending) = left
            && !purchase.phase.with_untracked(Phase::is_under_way)
        {
            purchase.purpose.set(Some(pending.purpose));
            purchase.phase.set(Phase::Checking);
            purchase.send(pending, true);
        }
    });
}

pub(crate) fn use_purchase() -> Purchase {
    expect_context()
}

impl Purchase {
    /// Buys. Does nothing while another purchase is under way.
    pub(crate) fn start(self, user_id: UserId, purpose: Purpose, body: PlaceOrder) {
        if self.phase.with_untracked(Phase::is_under_way) {
            return;
        }
        let pending = Pending {
            key: Uuid::new_v4(),
            user_id,
            purpose,
            body,
        };
        keep(&pending);
        self.purpose.set(Some(purpose));
        self.phase.set(Phase::Sending);
        self.send(pending, false);
    }

    /// The screen of this purpose tells the outcome, until it is closed.
    pub(crate) fn watch(self, purpose: Purpose) {
        self.watched.set_value(Some(purpose));
        on_cleanup(move || self.watched.set_value(None));
    }

    /// The outcome has been seen.
    pub(crate) fn settle(self) {
        if !self.phase.with_untracked(Phase::is_under_way) {
            self.phase.set(Phase::Idle);
        }
    }

    /// Sends until there is an answer. `unsure` tells whether it may have been sent before. Not
    /// bound to any screen: it goes on when the sheet is closed.
    fn send(self, pending: Pending, mut unsure: bool) {
        spawn_local(async move {
            let mut attempt = 0;
            let mut unknown_at = unsure.then(js_sys::Date::now);
            loop {
                let answer = api::place_order(pending.key, &pending.body).await;
                let mut verdict = judge(attempt, answer);
                if let Verdict::Ask(refusal) = verdict {
                    let found = api::order_with_key(pending.key).await;
                    let elapsed = unknown_at.map(|at| js_sys::Date::now() - at);
                    verdict = judge_key(attempt, refusal, found, elapsed);
                }
                match verdict {
                    Verdict::Placed(order) => {
                        forget(pending.user_id);
                        return self.placed(pending.purpose, order);
                    }
                    Verdict::Refused(refusal) | Verdict::Ask(refusal) => {
                        forget(pending.user_id);
                        return self.refused(pending.purpose, refusal);
                    }
                    Verdict::SignIn => {
                        // What has surely not arrived is not bought behind anyone's back later.
                        if !unsure {
                            forget(pending.user_id);
                        }
                        return self.phase.set(Phase::Idle);
                    }
                    Verdict::Again { after_ms, unknown } => {
                        unsure |= unknown;
                        if unknown {
                            unknown_at = Some(js_sys::Date::now());
                        }
                        self.phase.set(if unsure {
                            Phase::Checking
                        } else {
                            Phase::Queued
                        });
                        TimeoutFuture::new(after_ms).await;
                    }
                }
                attempt += 1;
            }
        });
    }

    fn placed(self, purpose: Purpose, order: OrderId) {
        self.feeds.events.expire();
        self.feeds.tickets.expire();
        self.feeds.orders.expire();
        if purpose == Purpose::Cart {
            cart::forget();
        }
        if self.watched.get_value() != Some(purpose) {
            let text = t!(buy.went_through);
            let path = route::confirmation(order);
            self.toasts.say_with_link(text, t!(common.view_order), path);
        }
        platform::vibrate(PLACED_MS);
        self.phase.set(Phase::Placed(order));
    }

    fn refused(self, purpose: Purpose, refusal: Refusal) {
        if self.watched.get_value() != Some(purpose) {
            let text = t!(buy.not_through_because, reason = refusal.words());
            self.toasts
                .say_with_link(text, t!(buy.have_a_look), purpose.path());
        }
        self.phase.set(Phase::Refused(refusal));
    }
}

fn name(user_id: UserId) -> String {
    format!("purchase.{user_id}")
}

fn kept(user_id: UserId) -> Option<Pending> {
    serde_json::from_str(&storage::get(&name(user_id))?).ok()
}

fn keep(pending: &Pending) {
    if let Ok(text) = serde_json::to_string(pending) {
        storage::set(&name(pending.user_id), &text);
    }
}

fn forget(user_id: UserId) {
    storage::remove(&name(user_id));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back() {
        let pending = Pending {
            key: Uuid::from_u128(1),
            user_id: Uuid::from_u128(2),
            purpose: Purpose::Event(Uuid::from_u128(3)),
            body: PlaceOrder {
                lines: Vec::new(),
                promo_code: None,
                expected_total: None,
            },
        };
        let text = serde_json::to_string(&pending).expect("it can be written");
        assert_eq!(serde_json::from_str::<Pending>(&text).ok(), Some(pending));
    }
}
