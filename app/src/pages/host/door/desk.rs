//! Scanning: each scan is decided by the server, and by this device where there is none in reach;
//! what this device decided is brought to the server as soon as it can be.

use std::time::Duration;

use ::api::door::{CheckIn, Door, OfflineScan, Scan, SyncScans, Verdict, gate_name, scanned_text};
use ::api::{EventId, TicketNumber, Time};
use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use i18n::t;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::deck::{Decided, Deck, Reading};
use super::{feedback, sync};
use crate::api::Error;
use crate::components::{ToastBox, use_toasts};
use crate::kept::door_list;
use crate::{api, format, storage};

/// People wait at the door, so it waits less than other screens do.
const PATIENCE_MS: u32 = 3_000;
/// How often the list is renewed and what was decided here is brought.
const EVERY: Duration = Duration::from_secs(15);
/// While the server is out of reach.
const SOON: Duration = Duration::from_secs(4);
const GATE: &str = "door-gate";

/// What the person was told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) answer: CheckIn,
    pub(super) at: Time,
    /// Decided without the server.
    pub(super) offline: bool,
    pub(super) undone: bool,
}

/// The work of one scanner.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) event: EventId,
    pub(super) deck: RwSignal<Option<Deck>>,
    /// Why there is no list.
    pub(super) error: RwSignal<Option<Error>>,
    pub(super) connected: RwSignal<bool>,
    pub(super) gate: RwSignal<String>,
    /// What is on the screen.
    pub(super) shown: RwSignal<Option<Told>>,
    /// Latest first.
    pub(super) recent: RwSignal<Vec<Told>>,
    busy: StoredValue<bool>,
    toasts: ToastBox,
}

impl Desk {
    pub(super) fn open(event: EventId) -> Self {
        let queue = read_queue(event);
        let kept = read::<Door>(&door_list(event));
        let desk = Self {
            event,
            deck: RwSignal::new(kept.map(|door| Deck::new(door, queue))),
            error: RwSignal::new(None),
            connected: RwSignal::new(true),
            gate: RwSignal::new(gate_name(&storage::get(GATE).unwrap_or_default())),
            shown: RwSignal::new(None),
            recent: RwSignal::new(Vec::new()),
            busy: StoredValue::new(false),
            toasts: use_toasts(),
        };
        Effect::new(move || storage::set(GATE, &gate_name(&desk.gate.get())));
        desk.renew();
        for (every, connected) in [(EVERY, true), (SOON, false)] {
            let again = move || {
                if desk.connected.get_untracked() == connected {
                    desk.renew();
                }
            };
            if let Ok(timer) = set_interval_with_handle(again, every) {
                on_cleanup(move || timer.clear());
            }
        }
        desk
    }

    /// Syncs what was decided here, and fetches the list as it is then. Whatever the server makes
    /// of single scans, the list is fetched.
    pub(super) fn renew(self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        spawn_local(async move {
            let renewed = match self.sync().await {
                Err(Error::Unreachable) => Err(Error::Unreachable),
                _ => api::door(self.event).await,
            };
            self.busy.try_set_value(false);
            match renewed {
                Ok(door) => self.take(door),
                Err(error) => self.fail(error),
            }
        });
    }

    fn take(self, door: Door) {
        write(&door_list(self.event), &door);
        self.connected.try_set(true);
        self.error.try_set(None);
        self.deck.try_update(|deck| {
            let queue = deck
                .take()
                .map_or_else(|| read_queue(self.event), |deck| deck.queue);
            *deck = Some(Deck::new(door, queue));
        });
    }

    fn fail(self, error: Error) {
        if error.is_missing() {
            // Not staff any more: the guests are none of this device's business.
            storage::remove(&door_list(self.event));
            self.deck.try_set(None);
        }
        self.connected.try_set(error.problem().is_some());
        self.error.try_set(Some(error));
    }

    /// Sends what was decided here; what was answered is forgotten here.
    async fn sync(self) -> Result<(), Error> {
        let waiting = self
            .deck
            .try_with_untracked(|deck| deck.as_ref().map(|deck| deck.queue.clone()));
        let send = async |scans: Vec<OfflineScan>| {
            let synced = api::sync_scans(self.event, &SyncScans { scans }).await?;
            Ok(synced.answers)
        };
        let wrong = std::cell::Cell::new(0);
        let on_answers = |answered: &[(Decided, CheckIn)]| {
            self.forget(answered);
            let wrongly = |(kept, answer): &&(Decided, CheckIn)| {
                kept.scan.let_in && answer.verdict != Verdict::Valid
            };
            wrong.set(wrong.get() + answered.iter().filter(wrongly).count());
        };
        let synced = sync::sync(waiting.flatten().unwrap_or_default(), send, on_answers).await;
        match wrong.get() {
            0 => {}
            many => self.say(&t!(door.wrongly_let_in, count = many)),
        }
        let unanswered = synced?;
        if !unanswered.is_empty() {
            // The others come first the next time.
            self.change(|deck| {
                let (last, first) = deck
                    .queue
                    .drain(..)
                    .partition(|kept: &Decided| unanswered.contains(&kept.answer.nonce));
                deck.queue = first;
                deck.queue.extend::<Vec<Decided>>(last);
            });
        }
        Ok(())
    }

    fn say(self, text: &str) {
        self.toasts.say(text);
    }

    fn forget(self, answered: &[(Decided, CheckIn)]) {
        let answer_to = |nonce: Uuid| {
            let found = answered.iter().find(|(kept, _)| kept.answer.nonce == nonce);
            found.map(|(_, answer)| answer)
        };
        self.change(|deck| {
            deck.queue
                .retain(|kept| answer_to(kept.answer.nonce).is_none());
            for (_, answer) in answered {
                deck.note(answer);
            }
        });
        // An admission is undone by the server's name for it from now on.
        self.recent.try_update(|recent| {
            for told in recent {
                if let Some(answer) = answer_to(told.answer.nonce) {
                    told.answer = CheckIn {
                        nonce: told.answer.nonce,
                        ..answer.clone()
                    };
                }
            }
        });
    }

    fn change(self, change: impl FnOnce(&mut Deck)) {
        let queue = self.deck.try_update(|deck| {
            let deck = deck.as_mut()?;
            change(deck);
            Some(deck.queue.clone())
        });
        if let Some(Some(queue)) = queue {
            write(&queue_key(self.event), &queue);
        }
    }

    /// Decides what was scanned or typed.
    pub(super) fn scan(self, text: String) {
        self.decide(Some(scanned_text(&text)), None);
    }

    fn decide(self, code: Option<String>, number: Option<TicketNumber>) {
        feedback::wake();
        let scan = Scan {
            nonce: Uuid::new_v4(),
            code,
            number,
            gate: gate_name(&self.gate.get_untracked()),
        };
        spawn_local(async move {
            if self.connected.get_untracked() {
                match ask(self.event, &scan).await {
                    Ok(answer) => return self.tell(answer, false),
                    Err(error) if is_final(&error) => return self.toasts.say(error.to_string()),
                    Err(_) => {
                        self.connected.try_set(false);
                    }
                }
            }
            self.decide_here(scan);
        });
    }

    fn decide_here(self, scan: Scan) {
        let now = format::now();
        let reading = self.read(&scan);
        let answer = self
            .deck
            .with_untracked(|deck| Some(deck.as_ref()?.answer(&scan, &reading, now)));
        let Some(answer) = answer else {
            return self.toasts.say(t!(door.no_list));
        };
        let scan = OfflineScan {
            scan,
            at: now,
            let_in: answer.verdict == Verdict::Valid,
        };
        let kept = Decided {
            scan,
            answer: answer.clone(),
        };
        self.change(|deck| deck.queue.push(kept));
        self.tell(answer, true);
    }

    fn read(self, scan: &Scan) -> Reading {
        let text = scan.code.as_deref().unwrap_or_default();
        let checked = self
            .deck
            .with_untracked(|deck| scanner::check(text, &deck.as_ref()?.door.public_key));
        match checked {
            Some(checked) => Reading::Signed {
                genuine: checked.genuine,
                event: checked.code.event,
                number: checked.code.number,
                version: checked.code.version,
            },
            None => Reading::of_typed(text),
        }
    }

    fn tell(self, answer: CheckIn, offline: bool) {
        /// More is not looked back on.
        const REMEMBERED: usize = 30;
        if self.shown.is_disposed() {
            return;
        }
        feedback::give(answer.verdict);
        self.change(|deck| deck.note(&answer));
        let told = Told {
            answer,
            at: format::now(),
            offline,
            undone: false,
        };
        self.recent.update(|recent| {
            recent.insert(0, told.clone());
            recent.truncate(REMEMBERED);
        });
        self.shown.set(Some(told));
    }

    /// Takes an admission back.
    pub(super) fn undo(self, told: &Told) {
        let Some(admission) = told.answer.used.clone() else {
            return;
        };
        let nonce = told.answer.nonce;
        let mut ours = false;
        self.change(|deck| ours = deck.undo(admission.id));
        spawn_local(async move {
            let undone = if ours {
                Ok(())
            } else {
                api::undo_check_in(self.event, admission.id).await
            };
            match undone {
                Ok(()) => {
                    self.recent.try_update(|recent| {
                        if let Some(told) =
                            recent.iter_mut().find(|told| told.answer.nonce == nonce)
                        {
                            told.undone = true;
                        }
                    });
                    self.shown.try_set(None);
                    self.toasts.say(t!(door.undone_text));
                }
                Err(error) => {
                    self.toasts.say(error.to_string());
                    self.renew();
                }
            }
        });
    }
}

/// Asks the server for as long as people at a door can wait. Whatever became of a question without
/// an answer, the scan has a name, so that it counts once.
async fn ask(event: EventId, scan: &Scan) -> Result<CheckIn, Error> {
    let answer = Box::pin(api::check_in(event, scan));
    match select(answer, TimeoutFuture::new(PATIENCE_MS)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Error::Unreachable),
    }
}

/// Whether the server has decided that it will not decide.
fn is_final(error: &Error) -> bool {
    use ::api::Code::{Busy, Internal, RateLimited};
    let code = error.code();
    code.is_some_and(|code| !matches!(code, Busy | Internal | RateLimited))
}

fn queue_key(event: EventId) -> String {
    format!("door-queue-{event}")
}

/// The scans that wait to be synced. One that cannot be read any more loses no other.
fn read_queue(event: EventId) -> Vec<Decided> {
    let kept: Vec<serde_json::Value> = read(&queue_key(event)).unwrap_or_default();
    let readable = kept.into_iter().map(serde_json::from_value);
    readable.filter_map(Result::ok).collect()
}

fn read<T: serde::de::DeserializeOwned>(key: &str) -> Option<T> {
    serde_json::from_str(&storage::get(key)?).ok()
}

fn write(key: &str, value: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        storage::set(key, &text);
    }
}
