use ::api::host::{CreateEvent, HostEvent};
use ::api::{Currency, FieldErrors};
use chrono::TimeDelta;
use leptos::prelude::*;
use uuid::Uuid;

use super::fields::{Basics, Snapshot, TypeFields, When, new_type};
use crate::language::device_region;
use crate::{format, zoned};

type Text = RwSignal<String>;

/// One ticket type in the form.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) key: u32,
    pub(super) id: RwSignal<Option<Uuid>>,
    /// Tickets of this type that are out already.
    pub(super) sold: i32,
    pub(super) fields: TypeFields<Text>,
}

/// The form: a signal for each thing that is typed.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) basics: Basics<Text>,
    pub(super) rows: RwSignal<Vec<Row>>,
    next_key: StoredValue<u32>,
}

impl Form {
    /// The form of an event, or of a new one.
    pub(super) fn of(event: Option<&HostEvent>) -> Self {
        let snapshot = match event {
            Some(event) => Snapshot::of(event, &|time| {
                When::at(time, zoned::wall, &zoned::moments, &event.timezone)
            }),
            None => {
                let here = zoned::here();
                let now = zoned::wall(format::now(), &here);
                let now = now.unwrap_or_else(|| format::now().naive_utc());
                Snapshot::blank(now, here, Currency::of_region(&device_region()))
            }
        };
        let form = Self {
            basics: snapshot.basics.map(&signal),
            rows: RwSignal::new(Vec::new()),
            next_key: StoredValue::new(0),
        };
        for (id, fields) in &snapshot.types {
            let types = event.map(|event| event.ticket_types.as_slice());
            let old = types.and_then(|types| types.iter().find(|old| Some(old.id) == *id));
            form.push(*id, old.map_or(0, |old| old.sold), fields);
        }
        form.keep_length();
        form
    }

    pub(super) fn add_type(self) -> u32 {
        self.push(None, 0, &new_type())
    }

    pub(super) fn remove_type(self, key: u32) {
        self.rows.update(|rows| rows.retain(|row| row.key != key));
    }

    /// Puts ticket types that were removed back where they were.
    pub(super) fn restore_types(self, before: &[(Option<Uuid>, TypeFields<String>)]) {
        for (place, (id, fields)) in before.iter().enumerate() {
            let is_there = |rows: &Vec<Row>| rows.iter().any(|row| row.id.get_untracked() == *id);
            if id.is_some() && !self.rows.with_untracked(is_there) {
                self.push(*id, 0, fields);
                self.rows.update(|rows| {
                    if let Some(row) = rows.pop() {
                        rows.insert(place.min(rows.len()), row);
                    }
                });
            }
        }
    }

    /// Where a ticket type is in the list.
    pub(super) fn position(self, key: u32) -> usize {
        let position = |rows: &Vec<Row>| rows.iter().position(|row| row.key == key);
        self.rows.with(position).unwrap_or_default()
    }

    pub(super) fn snapshot(self) -> Snapshot {
        let text = |text: &Text| text.get();
        let of_row = |row: &Row| (row.id.get(), row.fields.map(&text));
        Snapshot {
            basics: self.basics.map(&text),
            types: self.rows.with(|rows| rows.iter().map(of_row).collect()),
        }
    }

    /// What is wrong with it before everyone may see it.
    pub(super) fn check(self) -> Result<CreateEvent, FieldErrors> {
        self.snapshot().check(format::now(), &zoned::moments)
    }

    fn push(self, id: Option<Uuid>, sold: i32, fields: &TypeFields<String>) -> u32 {
        let key = self.next_key.get_value();
        self.next_key.set_value(key + 1);
        let row = Row {
            key,
            id: RwSignal::new(id),
            sold,
            fields: fields.map(&signal),
        };
        self.rows.update(|rows| rows.push(row));
        key
    }

    /// When the beginning is moved, the end moves along.
    fn keep_length(self) {
        let Basics { starts, ends, .. } = self.basics;
        let read = |when: When<Text>| {
            let text = When {
                date: when.date.get(),
                time: when.time.get(),
                later: String::new(),
            };
            text.wall()
        };
        Effect::new(move |before: Option<Option<zoned::Wall>>| {
            let before = before.flatten();
            let now = read(starts);
            let (Some(from), Some(to)) = (before, now) else {
                // Half typed: the length is taken up again with the next whole date.
                return now.or(before);
            };
            let end = untrack(|| read(ends));
            if let Some(end) = end.filter(|_| from != to) {
                let length = (end - from).max(TimeDelta::zero());
                let moved = When::of(to + length);
                ends.date.set(moved.date);
                ends.time.set(moved.time);
                ends.later.set(moved.later);
            }
            now
        });
    }
}

#[expect(clippy::ptr_arg, reason = "the texts are mapped as they are kept")]
fn signal(text: &String) -> Text {
    RwSignal::new(text.clone())
}
