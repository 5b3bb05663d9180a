use std::time::Duration;

use ::api::events::{EventSummary, When};
use futures::FutureExt;
use i18n::t;
use leptos::prelude::*;

use crate::api;
use crate::components::{Chip, Icon};
use crate::feed::Feed;
use crate::kept::Name;
use crate::list_filter::use_list_filter;
use crate::route;

/// How long typing must rest before it is searched for.
const REST: Duration = Duration::from_millis(250);

const CHOICES: [(When, &str); 4] = [
    (When::All, "all"),
    (When::Week, "week"),
    (When::Free, "free"),
    (When::Past, "past"),
];

/// Which events are wanted: what the address says after `?`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) query: String,
    pub(super) when: When,
}

impl Filter {
    fn read(query: Option<String>, when: Option<&str>) -> Self {
        let named = |(_, name): &&(When, &str)| when == Some(*name);
        let when = CHOICES.iter().find(named).map(|(when, ..)| *when);
        Self {
            query: query.unwrap_or_default(),
            when: when.unwrap_or_default(),
        }
    }

    /// The address of the list.
    fn path(&self) -> String {
        let mut path = route::EVENTS.to_owned();
        let choice = CHOICES.iter().find(|(when, ..)| *when == self.when);
        if let Some((_, name)) = choice.filter(|(when, ..)| *when != When::All) {
            path.push_str("?when=");
            path.push_str(name);
        }
        if !self.query.is_empty() {
            path.push(if path.contains('?') { '&' } else { '?' });
            path.push_str("q=");
            path.push_str(&String::from(js_sys::encode_uri_component(&self.query)));
        }
        path
    }

    /// What to say when there are none.
    pub(super) fn nothing(&self) -> (String, &'static str) {
        if !self.query.is_empty() {
            let title = t!(events.nothing_for, query = &self.query);
            return (title, t!(events.try_fewer_words));
        }
        let (title, text) = match self.when {
            When::Free => (t!(events.no_free), t!(events.there_are_others)),
            When::Week => (t!(events.quiet_week), t!(events.more_later)),
            When::Past => (t!(events.nothing_past), t!(events.see_what_comes)),
            When::All => (t!(events.none), t!(events.none_text)),
        };
        (title.to_owned(), text)
    }

    /// Lets the feed show these events.
    pub(super) fn show(&self, feed: Feed<EventSummary>) {
        let wanted = self.clone();
        let kept = self.query.is_empty().then_some(Name::Events(self.when));
        feed.show(self.path(), kept, false, move |limit, cursor| {
            let wanted = wanted.clone();
            async move { api::events(&wanted.query, wanted.when, limit, cursor).await }
                .boxed_local()
        });
    }
}

/// What the list is narrowed to, and how to narrow it otherwise.
pub(super) fn use_filter() -> (Memo<Filter>, Callback<Filter>) {
    use_list_filter(
        route::EVENTS,
        |query| Filter::read(query.get("q"), query.get_str("when")),
        Filter::path,
    )
}

fn label(when: When) -> &'static str {
    match when {
        When::All => t!(events.all),
        When::Week => t!(events.this_week),
        When::Free => t!(common.free),
        When::Past => t!(events.past),
    }
}

/// Search and chips.
#[component]
pub(super) fn FilterBar(filter: Memo<Filter>, choose: Callback<Filter>) -> impl IntoView {
    let chip = move |(when, _): (When, &'static str)| {
        let selected = Memo::new(move |_| filter.with(|filter| filter.when == when));
        let select = move |()| {
            choose.run(Filter {
                when,
                ..filter.get_untracked()
            });
        };
        view! {
            <Chip selected=selected on_select=select>
                {label(when)}
            </Chip>
        }
    };
    view! {
        <div class="events__filter">
            <Search filter=filter on_search=choose />
            <div class="chips" role="group" aria-label=t!(events.which)>
                {CHOICES.map(chip).collect_view()}
            </div>
        </div>
    }
}

#[component]
fn Search(filter: Memo<Filter>, on_search: Callback<Filter>) -> impl IntoView {
    let typed = RwSignal::new(filter.with_untracked(|filter| filter.query.clone()));
    let asked = StoredValue::new(Vec::<String>::new());
    // Another address, by Back or a tab, is another text. One that was asked for here is not,
    // however late it arrives: more may be typed by then.
    Effect::new(move || {
        let query = filter.with(|filter| filter.query.clone());
        let ours = asked.with_value(|asked| asked.iter().position(|asked| *asked == query));
        match ours {
            Some(last) => asked.update_value(|asked| drop(asked.drain(..=last))),
            None if query != typed.get_untracked().trim() => typed.set(query),
            None => {}
        }
    });
    let search = move |text: String| {
        let query = text.trim().to_owned();
        if filter.with_untracked(|filter| filter.query != query) {
            asked.update_value(|asked| asked.push(query.clone()));
            on_search.run(Filter {
                query,
                ..filter.get_untracked()
            });
        }
    };
    let type_in = move |text: String| {
        typed.set(text.clone());
        set_timeout(
            move || {
                // The list may be gone by then.
                if typed.try_get_untracked().as_ref() == Some(&text) {
                    search(text);
                }
            },
            REST,
        );
    };
    view! {
        <div class="search" role="search">
            <Icon icon=icondata::LuSearch />
            <input
                class="search__input"
                type="search"
                dir="auto"
                placeholder=t!(events.search_hint)
                aria-label=t!(events.search)
                autocomplete="off"
                enterkeyhint="search"
                prop:value=typed
                on:input:target=move |event| type_in(event.target().value())
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_says_nothing_known_means_all() {
        assert_eq!(Filter::read(None, Some("yesterday")), Filter::default());
        assert_eq!(Filter::read(None, Some("free")).when, When::Free);
    }

    #[test]
    fn a_choice_has_an_address_that_reads_back() {
        for (when, name) in CHOICES {
            let filter = Filter {
                query: String::new(),
                when,
            };
            let path = filter.path();
            let expected = if when == When::All {
                "/".to_owned()
            } else {
                format!("/?when={name}")
            };
            assert_eq!(path, expected);
            assert_eq!(Filter::read(None, Some(name)), filter);
        }
    }
}
