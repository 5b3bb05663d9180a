use ::api::Time;
use ::api::host::{EventStatus, HostEventSummary};
use i18n::t;
use leptos::prelude::*;

use super::row::HostedRow;
use crate::feed::{Entry, Feed};
use crate::format;

/// What an event is to its organizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Drafts,
    Live,
    Past,
}

impl Section {
    pub(super) const ALL: [Self; 3] = [Self::Live, Self::Drafts, Self::Past];

    fn of(event: &HostEventSummary, now: Time) -> Self {
        match event.status {
            EventStatus::Draft => Self::Drafts,
            EventStatus::Published if event.ends_at > now => Self::Live,
            EventStatus::Published
            | EventStatus::Ended
            | EventStatus::Archived
            | EventStatus::Cancelled => Self::Past,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Drafts => t!(host.drafts),
            Self::Live => t!(host.live),
            Self::Past => t!(host.past),
        }
    }

    /// What comes next is first, what was last is first, and so is what was begun last. What is
    /// cancelled comes after what took place.
    fn sort(self, entries: &mut [Entry<HostEventSummary>]) {
        match self {
            Self::Drafts => {}
            Self::Live => entries.sort_by_key(|entry| entry.item.starts_at),
            Self::Past => entries.sort_by_key(|Entry { item, .. }| {
                let cancelled = item.status == EventStatus::Cancelled;
                (cancelled, std::cmp::Reverse(item.starts_at))
            }),
        }
    }
}

/// My events of one section, if there are any.
#[component]
pub(super) fn HostedSection(section: Section, feed: Feed<HostEventSummary>) -> impl IntoView {
    let entries = Memo::new(move |_| {
        let now = format::now();
        let mut entries = feed.entries.get();
        entries.retain(|entry| Section::of(&entry.item, now) == section);
        section.sort(&mut entries);
        entries
    });
    view! {
        <Show when=move || !entries.with(Vec::is_empty)>
            <section class="hosted__section">
                <h2 class="hosted__title">{section.title()}</h2>
                <ul class="hosted__rows">
                    <For each=move || entries.get() key=|entry| entry.key let:entry>
                        <li>
                            <HostedRow event=entry.item />
                        </li>
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use ::api::{Currency, Money};

    use super::*;

    fn now() -> Time {
        Time::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn event(status: EventStatus, hours: i64) -> HostEventSummary {
        let ends_at = now() + chrono::TimeDelta::hours(hours);
        HostEventSummary {
            id: uuid::Uuid::nil(),
            title: String::new(),
            status,
            starts_at: ends_at,
            ends_at,
            timezone: String::new(),
            venue: String::new(),
            city: String::new(),
            cover_url: None,
            capacity: 0,
            sold: 0,
            given: 0,
            received: Money::new(0, Currency::EUR),
            due: Money::new(0, Currency::EUR),
        }
    }

    #[test]
    fn what_is_cancelled_comes_after_what_took_place() {
        let of = |(key, (status, hours)): (u32, (EventStatus, i64))| Entry {
            key,
            item: event(status, hours),
        };
        let events = [
            (EventStatus::Cancelled, 9),
            (EventStatus::Ended, -9),
            (EventStatus::Published, -1),
        ];
        let mut entries: Vec<_> = (0..).zip(events).map(of).collect();
        Section::Past.sort(&mut entries);
        let keys: Vec<u32> = entries.iter().map(|entry| entry.key).collect();
        assert_eq!(keys, [2, 1, 0]);
    }

    #[test]
    fn an_event_is_live_until_it_is_over_or_called_off() {
        let section = |status, hours| Section::of(&event(status, hours), now());
        assert_eq!(section(EventStatus::Published, 1), Section::Live);
        assert_eq!(section(EventStatus::Published, -1), Section::Past);
        assert_eq!(section(EventStatus::Cancelled, 1), Section::Past);
        assert_eq!(section(EventStatus::Draft, -1), Section::Drafts);
    }
}
