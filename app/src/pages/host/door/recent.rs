use ::api::door::{Disputed, UNDO_MINUTES, Verdict};
use chrono::TimeDelta;
use i18n::t;
use leptos::prelude::*;

use super::desk::{Desk, Told};
use super::words::{Look, reason, ticket, title};
use crate::components::{Badge, Button, Icon, Kind, Tone};
use crate::format;

/// What was scanned here lately, with a way back from a wrong admission.
#[component]
pub(super) fn Recent(desk: Desk, timezone: Signal<String>) -> impl IntoView {
    let row = move |told: Told| view! { <RecentRow desk=desk told=told timezone=timezone /> };
    view! {
        <Show when=move || desk.recent.with(|recent| !recent.is_empty())>
            <section class="door__section">
                <h2 class="door__subtitle">{t!(door.scanned_here)}</h2>
                <ul class="scans">
                    {move || desk.recent.get().into_iter().map(row).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn RecentRow(desk: Desk, told: Told, timezone: Signal<String>) -> impl IntoView {
    let answer = told.answer.clone();
    let what = ticket(&answer).or_else(|| reason(&answer, &timezone.get_untracked()));
    let at = format::clock(told.at, &timezone.get_untracked());
    let when = match answer.due {
        Some(due) => format!("{at} · {}", t!(door.due, price = format::money(due))),
        None => at,
    };
    let fresh = format::now() - told.at < TimeDelta::minutes(UNDO_MINUTES.into());
    let undoable = answer.verdict == Verdict::Valid && fresh && !told.undone;
    let (tone, word) = if told.undone {
        (Tone::Neutral, t!(door.undone))
    } else {
        (tone(answer.verdict), title(answer.verdict))
    };
    view! {
        <li class="scans__row">
            <div class="scans__text">
                <p class="scans__what" dir="auto">{what}</p>
                <p class="scans__when">{when}</p>
            </div>
            <Badge tone=tone text=word />
            {undoable
                .then(|| {
                    view! {
                        <Button kind=Kind::Plain on_press=move |()| desk.undo(&told)>
                            {t!(door.undo)}
                        </Button>
                    }
                })}
        </li>
    }
}

/// Who was let in by a scanner that could not know better.
#[component]
pub(super) fn DoubleEntries(desk: Desk, timezone: Signal<String>) -> impl IntoView {
    let disputed = Memo::new(move |_| {
        desk.deck.with(|deck| {
            let deck = deck.as_ref();
            deck.map(|deck| deck.door.disputed.clone())
                .unwrap_or_default()
        })
    });
    let row = move |entry: Disputed| {
        let when = format::clock(entry.at, &timezone.get_untracked());
        let place = match entry.gate.as_str() {
            "" => when,
            gate => format!("{when} · {gate}"),
        };
        let reason = reason(&entry.answer, &timezone.get_untracked());
        view! {
            <li class="scans__row">
                <div class="scans__text">
                    <p class="scans__what" dir="auto">{ticket(&entry.answer)}</p>
                    <p class="scans__when">{place}</p>
                    <p class="scans__when">{reason}</p>
                </div>
                <Badge tone=tone(entry.answer.verdict) text=title(entry.answer.verdict) />
            </li>
        }
    };
    view! {
        <Show when=move || disputed.with(|disputed| !disputed.is_empty())>
            <section class="door__section">
                <h2 class="door__subtitle">
                    <Icon icon=icondata::LuTriangleAlert />
                    {t!(door.wrongly)}
                </h2>
                <ul class="scans">
                    {move || disputed.get().into_iter().map(row).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

fn tone(verdict: Verdict) -> Tone {
    match Look::of(verdict) {
        Look::Good => Tone::Good,
        Look::Caution => Tone::Warn,
        Look::Bad => Tone::Bad,
    }
}
