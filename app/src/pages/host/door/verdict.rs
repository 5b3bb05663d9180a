use std::time::Duration;

use i18n::t;
use leptos::prelude::*;

use super::desk::{Desk, Told};
use super::words::{Look, reason, ticket, title};
use crate::components::Icon;

/// A good ticket is done with by the time its holder is through, unless they have to pay first.
const GOOD_FOR: Duration = Duration::from_millis(2_500);

/// The verdict, over all of the screen: colour, picture and word, readable at arm's length. The
/// next scan takes its place.
#[component]
pub(super) fn VerdictScreen(desk: Desk, timezone: Signal<String>) -> impl IntoView {
    Effect::new(move || {
        let Some(told) = desk.shown.get() else {
            return;
        };
        if Look::of(told.answer.verdict) == Look::Good && told.answer.due.is_none() {
            let same = move |shown: &Option<Told>| {
                let nonce = shown.as_ref().map(|shown| shown.answer.nonce);
                nonce == Some(told.answer.nonce)
            };
            set_timeout(
                move || {
                    if desk.shown.try_with_untracked(same) == Some(true) {
                        desk.shown.set(None);
                    }
                },
                GOOD_FOR,
            );
        }
    });
    let screen = move || {
        let told = desk.shown.get()?;
        let (answer, look) = (&told.answer, Look::of(told.answer.verdict));
        let class = match look {
            Look::Good => "verdict verdict--good",
            Look::Caution => "verdict verdict--caution",
            Look::Bad => "verdict verdict--bad",
        };
        let offline = told.offline.then_some(t!(door.offline));
        Some(view! {
            <button class=class type="button" on:click=move |_| desk.shown.set(None)>
                <span class="verdict__icon">
                    <Icon icon=look.icon() />
                </span>
                <span class="verdict__word">{title(answer.verdict)}</span>
                <span class="verdict__reason" dir="auto">{reason(answer, &timezone.get_untracked())}</span>
                <span class="verdict__ticket" dir="auto">{ticket(answer)}</span>
                <span class="verdict__note">{offline}</span>
                <span class="verdict__next">{t!(door.next)}</span>
            </button>
        })
    };
    view! {
        <div role="status" aria-live="assertive">
            {screen}
        </div>
    }
}
