use api::{EventId, TicketNumber};
use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::components::Icon;
use crate::feed::use_feeds;
use crate::history::use_replace;
use crate::listen::{on, on_window};
use crate::route;
use crate::shortcuts::is_free;

/// How far a finger must have moved sideways for it to be a swipe.
const SWIPE: i32 = 56;

/// The way to the other tickets for the same event: by link, by arrow keys, and by swiping the screen.
#[component]
pub(super) fn Siblings(
    event: EventId,
    number: TicketNumber,
    /// It lets nobody in.
    dead: bool,
    screen: NodeRef<html::Div>,
) -> impl IntoView {
    let tickets = use_feeds().tickets.entries;
    let place = Memo::new(move |before: Option<&Option<Place>>| {
        let place = tickets.with(|tickets| {
            let same = tickets.iter().filter(|entry| entry.item.event.id == event);
            Place::of(number, same.map(|entry| entry.item.number).collect())
        });
        // The list beside it may show others meanwhile.
        place.or_else(|| before.copied().flatten())
    });
    swipe(screen, event, place);
    let link = move |to: Option<TicketNumber>, icon: icondata::Icon, label: &'static str| match to {
        Some(to) => view! {
            <a
                class="icon-button icon-button--tonal"
                href=route::ticket(event, to)
                prop:replace=true
                aria-label=label
            >
                <Icon icon=icon />
            </a>
        }
        .into_any(),
        None => view! { <span class="icon-button"></span> }.into_any(),
    };
    move || {
        let place = place.get()?;
        (place.of > 1).then(|| {
            view! {
                <nav class="siblings" aria-label=t!(tickets.for_event)>
                    {link(place.before, icondata::LuChevronLeft, t!(tickets.previous))}
                    <p>{t!(common.nth_of, nth = place.nth, all = place.of)}</p>
                    {link(place.after, icondata::LuChevronRight, t!(tickets.next))}
                </nav>
                {(!dead).then(|| view! { <p class="siblings__note">{t!(tickets.one_each)}</p> })}
            }
        })
    }
}

/// Where a ticket stands among those for the same event.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    nth: usize,
    of: usize,
    before: Option<TicketNumber>,
    after: Option<TicketNumber>,
}

impl Place {
    fn of(number: TicketNumber, mut numbers: Vec<TicketNumber>) -> Option<Self> {
        numbers.sort_unstable();
        let index = numbers.iter().position(|other| *other == number)?;
        Some(Self {
            nth: index + 1,
            of: numbers.len(),
            before: index.checked_sub(1).map(|index| numbers[index]),
            after: numbers.get(index + 1).copied(),
        })
    }

    /// The ticket a finger leads to that moved this far, if it swiped.
    fn swiped(self, right: i32, down: i32) -> Option<TicketNumber> {
        if right.abs() < SWIPE || right.abs() < 2 * down.abs() {
            None
        } else if right > 0 {
            self.before
        } else {
            self.after
        }
    }
}

fn swipe(screen: NodeRef<html::Div>, event: EventId, place: Memo<Option<Place>>) {
    let replace = use_replace();
    let show = move |to| {
        replace(&route::ticket(event, to));
    };
    let show_swiped = show.clone();
    let from = StoredValue::new(None);
    let finger = |touches: web_sys::TouchList| {
        let touch = touches.item(0)?;
        Some((touch.client_x(), touch.client_y()))
    };
    let start = move |touch: ev::TouchEvent| {
        let single = touch.touches().length() == 1;
        from.set_value(finger(touch.touches()).filter(|_| single));
    };
    let end = move |touch: ev::TouchEvent| {
        let moved = from.get_value().zip(finger(touch.changed_touches()));
        from.set_value(None);
        let to = moved
            .and_then(|((x, y), (to_x, to_y))| place.get_untracked()?.swiped(to_x - x, to_y - y));
        if let Some(to) = to {
            show_swiped(to);
        }
    };
    on_window(ev::keydown, move |event| {
        let to = place.get_untracked().filter(|_| is_free(&event));
        let to = to.and_then(|place| match event.key().as_str() {
            "ArrowLeft" => place.before,
            "ArrowRight" => place.after,
            _ => None,
        });
        if let Some(to) = to {
            show(to);
        }
    });
    screen.on_load(move |screen| {
        on(&screen, ev::touchstart, start);
        on(&screen, ev::touchend, end);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_stand_in_the_order_of_their_numbers() {
        let place = Place::of(12, vec![30, 12, 4]).expect("12 is among them");
        let expected = Place {
            nth: 2,
            of: 3,
            before: Some(4),
            after: Some(30),
        };
        assert_eq!(place, expected);
        assert_eq!(Place::of(5, vec![4]), None);
    }

    #[test]
    fn a_swipe_is_long_and_sideways() {
        let place = Place::of(12, vec![4, 12, 30]).expect("12 is among them");
        assert_eq!(place.swiped(80, 10), Some(4));
        assert_eq!(place.swiped(-80, -10), Some(30));
        assert_eq!(place.swiped(-30, 0), None);
        assert_eq!(place.swiped(-80, 60), None);
    }
}
