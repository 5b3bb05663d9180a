use ::api::host::{CreateEvent, EventStatus, HostEvent, UpdateEvent};
use ::api::{Code, Currency, EventId, FieldErrors};
use gloo_timers::future::TimeoutFuture;
use i18n::{Language, language, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::{Part, Snapshot, change, first_draft, incomplete};
use super::form::{Form, Row};
use crate::api::Error;
use crate::components::{ToastBox, use_toasts};
use crate::feed::{Feeds, use_feeds};
use crate::{api, zoned};

/// How long after the last keystroke a draft is saved.
const PAUSE_MS: u32 = 1500;

/// How what stands in the form relates to what the server has.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Progress {
    /// Nothing was changed.
    Clean,
    /// Changed, and saved in a moment when it is a draft.
    Changed,
    Saving,
    Saved,
    /// Saved but for these parts, which are not complete.
    Partly(Vec<Part>),
    /// A draft is kept under its title, which it does not have yet.
    Untitled,
    Failed(String),
}

/// What was in the form when it was sent.
struct Sent {
    snapshot: Snapshot,
    keys: Vec<u32>,
}

/// What of the form is sent.
struct Sending {
    touched: Vec<Part>,
    /// Whether an earlier request may have been carried out.
    unsure: bool,
    /// To those who are told that the event moves.
    message: Option<String>,
}

impl Sent {
    fn of(form: Form) -> Self {
        let keys = |rows: &Vec<Row>| rows.iter().map(|row| row.key).collect();
        Self {
            snapshot: untrack(|| form.snapshot()),
            keys: form.rows.with_untracked(keys),
        }
    }
}

/// Brings the form to the server: a draft by itself, a published event when asked to.
#[derive(Clone, Copy)]
pub(super) struct Saver {
    pub(super) form: Form,
    /// The event, once there is one.
    pub(super) id: RwSignal<Option<EventId>>,
    pub(super) published: bool,
    pub(super) progress: RwSignal<Progress>,
    pub(super) cover_url: RwSignal<Option<String>>,
    /// What the server has.
    saved: RwSignal<Snapshot>,
    /// The id of an event that is not there yet, so that it is made once however often it is sent.
    new_id: EventId,
    /// Whether something was sent without an answer, so that it is not known what the server has.
    unsure: StoredValue<bool>,
    busy: StoredValue<bool>,
    turn: StoredValue<u32>,
    feeds: Feeds,
    toasts: ToastBox,
}

impl Saver {
    pub(super) fn new(form: Form, event: Option<&HostEvent>) -> Self {
        let published = event.is_some_and(|event| event.status == EventStatus::Published);
        let saver = Self {
            form,
            id: RwSignal::new(event.map(|event| event.id)),
            published,
            progress: RwSignal::new(Progress::Clean),
            cover_url: RwSignal::new(event.and_then(|event| event.cover_url.clone())),
            saved: RwSignal::new(untrack(|| form.snapshot())),
            new_id: EventId::new_v4(),
            unsure: StoredValue::new(false),
            busy: StoredValue::new(false),
            turn: StoredValue::new(0),
            feeds: use_feeds(),
            toasts: use_toasts(),
        };
        Effect::new(move |first: Option<()>| {
            let snapshot = form.snapshot();
            if first.is_some() && saver.saved.with_untracked(|saved| *saved != snapshot) {
                saver.changed();
            }
        });
        on_cleanup(move || saver.save_on_leaving());
        saver
    }

    /// The event's id, which it has before the server knows of it.
    pub(super) fn id_to_be(self) -> EventId {
        self.id.get().unwrap_or(self.new_id)
    }

    /// Whether something stands in the form that the server does not have.
    pub(super) fn is_unsaved(self) -> bool {
        !matches!(self.progress.get(), Progress::Clean | Progress::Saved)
    }

    /// Whether leaving the screen would lose it: a draft is saved on the way out.
    pub(super) fn would_lose(self) -> bool {
        let on_its_way = matches!(
            self.progress.get(),
            Progress::Clean | Progress::Saved | Progress::Changed | Progress::Saving
        );
        if self.published {
            self.is_unsaved()
        } else {
            !on_its_way
        }
    }

    /// Saves a draft but for what is wrong with it. The event, if there is one.
    pub(super) async fn save_draft(self) -> Result<Option<EventId>, Error> {
        self.wait_for_turn().await;
        if self.id.is_disposed() {
            return Ok(None);
        }
        let sent = Sent::of(self.form);
        let (event, errors) = sent.snapshot.read(&zoned::moments);
        let id = self.id.get_untracked();
        if id.is_none() && errors.0.contains_key("title") {
            self.progress.set(Progress::Untitled);
            return Ok(None);
        }
        let missing = incomplete(&errors);
        self.progress.set(Progress::Saving);
        self.busy.set_value(true);
        let answer = self
            .send(id, self.sending(&sent.snapshot), event, &errors)
            .await;
        let event = self.settle(&sent, &missing, answer)?;
        if !missing.is_empty() {
            self.progress.try_set(Progress::Partly(missing));
        }
        Ok(Some(event.id))
    }

    /// Saves all of it, with a message to those who are told that the event moves; the form has been
    /// checked.
    pub(super) async fn save_all(
        self,
        id: EventId,
        message: Option<String>,
    ) -> Result<HostEvent, Error> {
        self.wait_for_turn().await;
        let sent = Sent::of(self.form);
        let (event, errors) = sent.snapshot.read(&zoned::moments);
        self.progress.set(Progress::Saving);
        self.busy.set_value(true);
        let sending = Sending {
            message,
            ..self.sending(&sent.snapshot)
        };
        let answer = self.send(Some(id), sending, event, &errors).await;
        self.settle(&sent, &[], answer)
    }

    /// What has to be sent of `snapshot`: everything, when it is not known what the server has.
    fn sending(self, snapshot: &Snapshot) -> Sending {
        let unsure = self.unsure.get_value();
        let touched = match unsure {
            true => Part::ALL.to_vec(),
            false => self.saved.with_untracked(|saved| snapshot.touched(saved)),
        };
        Sending {
            touched,
            unsure,
            message: None,
        }
    }

    /// Sends it to the event, or makes the event.
    async fn send(
        self,
        id: Option<EventId>,
        sending: Sending,
        event: CreateEvent,
        errors: &FieldErrors,
    ) -> Result<HostEvent, Error> {
        let Sending {
            touched,
            unsure,
            message,
        } = sending;
        self.unsure.try_set_value(true);
        let answer = match id {
            Some(id) => {
                let change = UpdateEvent {
                    message,
                    ..change(event, errors, &touched)
                };
                api::update_event(id, &change).await
            }
            None => {
                let first = first_draft(event.clone(), errors);
                match api::create_event(self.new_id, &first).await {
                    // It may have been made by an earlier request, of what stood here then.
                    Ok(_) if unsure => {
                        let change = change(event, errors, &Part::ALL);
                        api::update_event(self.new_id, &change).await
                    }
                    answer => answer,
                }
            }
        };
        let is_known = match &answer {
            Ok(_) => true,
            Err(error) => error.problem().is_some() && !unsure,
        };
        if is_known {
            self.unsure.try_set_value(false);
        }
        answer
    }

    /// Whether what stands in the form is another time or place than the server has.
    pub(super) fn moves(self) -> bool {
        let snapshot = untrack(|| self.form.snapshot());
        self.saved.with_untracked(|saved| snapshot.moves(saved))
    }

    /// Has a new event priced like the last one, unless something was chosen already.
    pub(super) fn preset_currency(self, currency: Currency) {
        let (shown, preset) = (self.form.basics.currency, currency.code());
        let before = self
            .saved
            .with_untracked(|saved| saved.basics.currency.clone());
        if self.id.get_untracked().is_none() && shown.get_untracked() == before {
            self.saved
                .update(|saved| preset.clone_into(&mut saved.basics.currency));
            shown.set(preset.to_owned());
        }
    }

    /// My events are listed as they are now.
    pub(super) fn refresh_list(self) {
        self.feeds.event_changed();
    }

    fn changed(self) {
        self.progress.set(Progress::Changed);
        if self.published {
            return;
        }
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        spawn_local(async move {
            TimeoutFuture::new(PAUSE_MS).await;
            if self.turn.try_get_value() == Some(turn) {
                // The indicator says how it went.
                let _saved = self.save_draft().await;
            }
        });
    }

    /// One save at a time: the second must know what the first made.
    async fn wait_for_turn(self) {
        while self.busy.try_get_value() == Some(true) {
            TimeoutFuture::new(50).await;
        }
    }

    fn settle(
        self,
        sent: &Sent,
        missing: &[Part],
        answer: Result<HostEvent, Error>,
    ) -> Result<HostEvent, Error> {
        self.busy.try_set_value(false);
        let event = match answer {
            Ok(event) => event,
            Err(error) => {
                let first = error
                    .problem()
                    .and_then(|problem| problem.errors.values().next());
                let sentence = first.cloned().unwrap_or_else(|| error.to_string());
                self.restore_types(&error, &sentence);
                self.progress.try_set(Progress::Failed(sentence));
                return Err(error);
            }
        };
        self.feeds.event_changed();
        if self.id.is_disposed() {
            return Ok(event);
        }
        let unchanged = untrack(|| self.form.snapshot()) == sent.snapshot;
        self.learn_ids(sent, &event);
        self.id.set(Some(event.id));
        let mut saved = sent.snapshot.clone();
        if saved.types.len() == event.ticket_types.len() {
            for ((id, _), kind) in saved.types.iter_mut().zip(&event.ticket_types) {
                *id = Some(kind.id);
            }
        }
        let before = self.saved.get_untracked();
        self.saved.set(saved.without(missing, &before));
        if unchanged {
            self.progress.set(Progress::Saved);
        } else {
            self.changed();
        }
        Ok(event)
    }

    /// A ticket type that cannot be removed comes back, or nothing else could be saved any more.
    fn restore_types(self, error: &Error, sentence: &str) {
        if self.form.rows.is_disposed() || error.code() != Some(Code::Conflict) {
            return;
        }
        let form = untrack(|| self.form.snapshot());
        let saved = self.saved.get_untracked();
        let is_removed = |(id, _): &(Option<_>, _)| {
            id.is_some() && !form.types.iter().any(|(other, _)| other == id)
        };
        let removed: Vec<&str> = saved
            .types
            .iter()
            .filter(|kind| is_removed(kind))
            .map(|(_, fields)| fields.name.as_str())
            .collect();
        if !removed.is_empty() {
            let words = match language() {
                // The server names what uses it.
                Language::en => sentence.to_owned(),
                Language::de => t!(edit.type_in_use, name = removed.join(", ")),
            };
            self.form.restore_types(&saved.types);
            self.toasts.say(&words);
        }
    }

    /// The ticket types that were new are the server's now.
    fn learn_ids(self, sent: &Sent, event: &HostEvent) {
        if sent.keys.len() != event.ticket_types.len() {
            // They were not complete, and so not sent.
            return;
        }
        for row in self.form.rows.get_untracked() {
            let place = sent.keys.iter().position(|key| *key == row.key);
            if let Some(place) = place {
                row.id.set(Some(event.ticket_types[place].id));
            }
        }
    }

    /// What was typed in the last second is not lost with the screen.
    fn save_on_leaving(self) {
        if self.published || self.progress.get_untracked() != Progress::Changed {
            return;
        }
        let snapshot = untrack(|| self.form.snapshot());
        let (event, errors) = snapshot.read(&zoned::moments);
        let sending = self.sending(&snapshot);
        let (id, feeds) = (self.id.get_untracked(), self.feeds);
        let on_its_way = self.busy.get_value();
        if id.is_none() && (on_its_way || errors.0.contains_key("title")) {
            return;
        }
        spawn_local(async move {
            if self.send(id, sending, event, &errors).await.is_ok() {
                feeds.event_changed();
            }
        });
    }
}
