use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::ticket::{Name, name_of};
use crate::components::Icon;
use crate::feed::use_feeds;
use crate::history::use_replace;
use crate::listen::{on, on_window};
use crate::route;
use crate::shortcuts::is_free;

/// How far a finger must have moved sideways for it to be a swipe.
const SWIPE: i32 = 56;

/// Links to the previous and next ticket for the same event, for the top bar: the list that knows them may
/// load after the ticket, and nothing must move then.
#[component]
pub(super) fn Siblings(place: Memo<Option<Place>>) -> impl IntoView {
    let link = move |to: Option<Name>, icon: icondata::Icon, label: &'static str| match to {
        Some((event, number)) => view! {
            <a
                class="icon-button icon-button--tonal"
                href=route::ticket(event, number)
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
        let place = place.get().filter(|place| place.of > 1)?;
        Some(view! {
            <nav class="siblings" aria-label=t!(tickets.for_event)>
                {link(place.before, icondata::LuChevronLeft, t!(tickets.previous))}
                <p>{t!(common.nth_of, nth = place.nth, all = place.of)}</p>
                {link(place.after, icondata::LuChevronRight, t!(tickets.next))}
            </nav>
        })
    }
}

/// The place of the open ticket among those for the same event, once the list has loaded.
pub(super) fn use_place(name: Memo<Option<Name>>) -> Memo<Option<Place>> {
    let tickets = use_feeds().tickets.entries;
    Memo::new(move |before: Option<&Option<Place>>| {
        let name = name.get()?;
        let place = tickets.with(|tickets| {
            let names = tickets.iter().map(|entry| name_of(&entry.item));
            Place::of(name, names.filter(|(event, _)| *event == name.0).collect())
        });
        // The list beside the ticket may have another filter by now.
        let known = before.copied().flatten().filter(|place| place.name == name);
        place.or(known)
    })
}

/// Where a ticket stands among those for the same event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    name: Name,
    nth: usize,
    pub(super) of: usize,
    before: Option<Name>,
    after: Option<Name>,
}

impl Place {
    fn of(name: Name, mut names: Vec<Name>) -> Option<Self> {
        names.sort_unstable();
        let index = names.iter().position(|other| *other == name)?;
        Some(Self {
            name,
            nth: index + 1,
            of: names.len(),
            before: index.checked_sub(1).map(|index| names[index]),
            after: names.get(index + 1).copied(),
        })
    }

    /// The ticket a finger leads to that moved this far, if it swiped.
    fn swiped(self, right: i32, down: i32) -> Option<Name> {
        if right.abs() < SWIPE || right.abs() < 2 * down.abs() {
            None
        } else if right > 0 {
            self.before
        } else {
            self.after
        }
    }
}

/// Opens the previous or next ticket by arrow keys and by swipes over the screen.
pub(super) fn open_by_keys_and_swipes(screen: NodeRef<html::Div>, place: Memo<Option<Place>>) {
    let replace = use_replace();
    let show = move |(event, number)| {
        replace(&route::ticket(event, number));
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
    use api::{EventId, TicketNumber};

    use super::*;

    fn name(number: TicketNumber) -> Name {
        (EventId::from_u128(1), number)
    }

    fn place(number: TicketNumber, all: &[TicketNumber]) -> Option<Place> {
        Place::of(name(number), all.iter().copied().map(name).collect())
    }

    #[test]
    fn tickets_stand_in_the_order_of_their_numbers() {
        let expected = Place {
            name: name(12),
            nth: 2,
            of: 3,
            before: Some(name(4)),
            after: Some(name(30)),
        };
        assert_eq!(place(12, &[30, 12, 4]), Some(expected));
        assert_eq!(place(5, &[4]), None);
    }

    #[test]
    fn a_swipe_is_long_and_sideways() {
        let place = place(12, &[4, 12, 30]).expect("12 is among them");
        assert_eq!(place.swiped(80, 10), Some(name(4)));
        assert_eq!(place.swiped(-80, -10), Some(name(30)));
        assert_eq!(place.swiped(-30, 0), None);
        assert_eq!(place.swiped(-80, 60), None);
    }
}
