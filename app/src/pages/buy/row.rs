use ::api::TicketTypeId;
use ::api::events::{EventDetail, TicketType};
use i18n::t;
use leptos::prelude::*;

use crate::choice::{Choice, Obstacle};
use crate::components::{Steady, Stepper};
use crate::format;

/// A ticket type: its price, how many, and in words what keeps one from adding another.
#[component]
pub(super) fn Row(
    id: TicketTypeId,
    now: Memo<Option<EventDetail>>,
    choice: RwSignal<Choice>,
) -> impl IntoView {
    let kind = Memo::new(move |_| {
        let event = now.get()?;
        event.ticket_types.into_iter().find(|kind| kind.id == id)
    });
    let count = Memo::new(move |_| choice.with(|choice| choice.count(id)));
    let obstacle = Memo::new(move |_| {
        let (event, kind) = (now.get()?, kind.get()?);
        choice.with(|choice| choice.obstacle(&event, &kind))
    });
    let text = move |part: fn(TicketType) -> String| move || kind.get().map(part);
    let note = Signal::derive(move || {
        let timezone = now
            .get()
            .map(|event| event.summary.timezone)
            .unwrap_or_default();
        match (obstacle.get(), kind.get()) {
            (Some(obstacle), _) => obstacle.words(&timezone),
            (None, kind) => kind.as_ref().and_then(few_left).unwrap_or_default(),
        }
    });
    let notes = Signal::derive(move || {
        let Some((event, kind)) = now.get().zip(kind.get()) else {
            return Vec::new();
        };
        let obstacles = Choice::obstacles(&event, &kind).into_iter();
        let words = obstacles.map(|obstacle| obstacle.words(&event.summary.timezone));
        words.chain(few_left(&kind)).collect()
    });
    let closed = move || {
        use Obstacle::{Closed, NotYet, SoldOut};
        matches!(obstacle.get(), Some(SoldOut | NotYet(_) | Closed))
    };
    let change = Callback::new(move |count| choice.update(|choice| choice.set(id, count)));
    // Once there, it stays, whatever its numbers are: a finger finds it where it was.
    let can_step = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || count.get() > 0 || !closed()
    });
    let stepper = move || {
        can_step.get().then(|| {
            let label = kind
                .get_untracked()
                .map(|kind| kind.name)
                .unwrap_or_default();
            view! {
                <Stepper
                    label=label
                    value=count
                    can_add=Signal::derive(move || obstacle.with(Option::is_none))
                    on_change=change
                />
            }
        })
    };
    view! {
        <li class="row" class:row--closed=closed>
            <div class="row__text">
                <h3 class="row__name" dir="auto">{text(|kind| kind.name)}</h3>
                <p class="row__price">{text(|kind| format::price(kind.price))}</p>
                <p class="row__about" dir="auto">{text(|kind| kind.description)}</p>
                <p class="row__note" aria-live="polite">
                    <Steady text=note longest=notes />
                </p>
            </div>
            {stepper}
        </li>
    }
}

/// `7 left`, where that is worth saying.
fn few_left(kind: &TicketType) -> Option<String> {
    (kind.left <= 10).then(|| t!(common.left, count = kind.left))
}
