//! Letters about what happens to events.

use api::EventId;
use api::calendar::Method;
use api::events::EventRef;
use chrono::Utc;
use i18n::event::is_one_night;
use leptos_i18n::td_string;
use sqlx::PgConnection;

use super::{facts, place, when};
use crate::error::{Error, Result};
use crate::events::db::event_refs;
use crate::mail::db::{self, Concern};
use crate::mail::letter::{Calendar, Letter};
use crate::mail::moved::Setting;
use crate::mail::recipients::Relation;
use crate::reader::Reader;

pub(super) async fn cancelled(
    connection: &mut PgConnection,
    public_url: &str,
    event: EventId,
    email: &str,
    relation: Relation,
) -> Result<Option<Letter>> {
    let addressee = db::addressee(connection, event, email).await?;
    let event = find(connection, event).await?;
    let reader = Reader::of(&addressee.locale);
    let (language, title) = (reader.language, &event.title);
    let subject = td_string!(language, letters.cancelled_subject, event = title);
    let text = match relation {
        Relation::Holder => td_string!(language, letters.cancelled, event = title),
        Relation::Sent => td_string!(language, letters.cancelled_sent, event = title),
        Relation::Ordering => td_string!(language, letters.cancelled_ordering, event = title),
        Relation::Waiting => td_string!(language, letters.cancelled_waiting, event = title),
    };
    let mut letter = Letter::to_address(reader.clone(), email, subject)
        .named(&addressee.name.unwrap_or_default())
        .text(text)
        .facts(facts(&reader, &event))
        .message(db::cancellation_message(connection, event.id).await?);
    // Who only waited has nothing in the calendar.
    if matches!(relation, Relation::Holder | Relation::Sent) {
        letter.calendar = Some(Calendar::of(Method::Cancel, [&event], public_url));
    }
    if relation == Relation::Holder {
        letter = letter
            .text(td_string!(language, letters.cancelled_money))
            .button(
                td_string!(language, letters.see_orders),
                format!("{public_url}/orders"),
            );
    }
    Ok(Some(letter))
}

pub(super) async fn moved(
    connection: &mut PgConnection,
    public_url: &str,
    event: EventId,
    email: &str,
    was: &Setting,
) -> Result<Option<Letter>> {
    let Some(concern) = db::concern(connection, event, email).await? else {
        return Ok(None);
    };
    let addressee = db::addressee(connection, event, email).await?;
    let event = find(connection, event).await?;
    if event.cancelled || event.ends_at <= Utc::now() {
        return Ok(None);
    }
    let reader = Reader::of(&addressee.locale);
    let was = was.with(&event);
    let Some((subject, news)) = what_is_new(&reader, &was, &event) else {
        return Ok(None);
    };
    let changes = changes(&reader, &was, &event);
    let message = db::change_message(connection, event.id).await?;
    let letter = Letter::to_address(reader, email, subject)
        .named(&addressee.name.unwrap_or_default())
        .text(news);
    let mut letter = match concern.relation {
        Relation::Holder => to_holder(
            letter.facts(changes).message(message),
            &concern,
            &event,
            public_url,
        ),
        Relation::Sent => to_recipient(letter, changes, message),
        Relation::Ordering | Relation::Waiting => {
            let letter = letter.facts(changes).message(message);
            to_waiting(letter, concern.relation, &event, public_url)
        }
    };
    letter.calendar = Some(Calendar::of(Method::Publish, [&event], public_url));
    Ok(Some(letter))
}

fn to_holder(mut letter: Letter, concern: &Concern, event: &EventRef, public_url: &str) -> Letter {
    let reader = letter.reader.clone();
    let language = reader.language;
    let count = reader.count(concern.numbers.len());
    letter = letter.text(td_string!(language, letters.moved_good, count = count));
    if concern.bought && event.starts_at > Utc::now() {
        letter = letter.text(td_string!(language, letters.moved_refund));
    }
    match concern.numbers[..] {
        [number] => letter.button(
            td_string!(language, letters.see_ticket),
            format!("{public_url}/tickets/{}/{number}", event.id),
        ),
        _ => letter.button(
            td_string!(language, letters.see_tickets),
            format!("{public_url}/tickets"),
        ),
    }
}

/// The link that they have stays good: only the letter that brought it may tell it.
fn to_recipient(letter: Letter, changes: Vec<(String, String)>, message: Option<String>) -> Letter {
    let language = letter.reader.language;
    letter
        .text(td_string!(language, letters.moved_sent))
        .facts(changes)
        .message(message)
        .text(td_string!(language, letters.moved_sent_end))
}

/// To those who may still decide otherwise.
fn to_waiting(letter: Letter, relation: Relation, event: &EventRef, public_url: &str) -> Letter {
    let language = letter.reader.language;
    let letter = match relation {
        Relation::Waiting => letter.text(td_string!(language, letters.moved_waiting)),
        _ => letter.text(td_string!(language, letters.moved_ordering)),
    };
    letter.button(
        td_string!(language, letters.see_event),
        format!("{public_url}/events/{}", event.id),
    )
}

/// What has changed, as the subject and the first sentence; none when all that is shown is as it was.
fn what_is_new(reader: &Reader, was: &EventRef, is: &EventRef) -> Option<(String, String)> {
    let (language, title) = (reader.language, &is.title);
    let time = when(reader, was) != when(reader, is) || was.ends_at != is.ends_at;
    let news = match (time, place(was) != place(is)) {
        (false, false) => return None,
        (true, false) => (
            td_string!(language, letters.new_time_subject, event = title),
            td_string!(language, letters.moved_time, event = title),
        ),
        (false, true) => (
            td_string!(language, letters.new_place_subject, event = title),
            td_string!(language, letters.moved_place, event = title),
        ),
        (true, true) => (
            td_string!(language, letters.new_both_subject, event = title),
            td_string!(language, letters.moved_both, event = title),
        ),
    };
    Some(news)
}

/// What the event is called, when and where it is, and was.
fn changes(reader: &Reader, was: &EventRef, is: &EventRef) -> Vec<(String, String)> {
    let language = reader.language;
    let title = td_string!(language, edit.event).to_owned();
    let mut facts = vec![(title, is.title.clone())];
    let mut tell = |unchanged: &str, new: &str, was: String, is: String| {
        if was == is {
            return facts.push((unchanged.to_owned(), is));
        }
        let instead_of = td_string!(language, letters.instead_of).to_owned();
        facts.extend([(new.to_owned(), is), (instead_of, was)]);
    };
    let new_time = td_string!(language, letters.new_time);
    let start = |event| when(reader, event);
    let start_is = td_string!(language, events.when);
    tell(start_is, new_time, start(was), start(is));
    // The end is worth a word unless it moves along with the start.
    let lasts = |event: &EventRef| event.ends_at - event.starts_at;
    let told = |event: &EventRef| !is_one_night(event.starts_at, event.ends_at);
    if was.ends_at != is.ends_at && lasts(was) != lasts(is) && !(told(was) && told(is)) {
        let new_end = td_string!(language, letters.new_end);
        let end = |event: &EventRef| reader.when(event.ends_at, &event.timezone);
        tell(new_end, new_end, end(was), end(is));
    }
    let new_place = td_string!(language, letters.new_place);
    let place_is = td_string!(language, events.where_);
    tell(place_is, new_place, place(was), place(is));
    facts
}

async fn find(connection: &mut PgConnection, event: EventId) -> Result<EventRef> {
    let found = event_refs(connection, &[event]).await?.remove(&event);
    found.ok_or_else(|| Error::internal("mail about no event"))
}
