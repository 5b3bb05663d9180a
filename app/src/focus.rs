//! Where the keyboard is. Nothing takes it from a person who is using it, and it is never lost.

use std::cell::{Cell, RefCell};

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit};

use crate::listen::on_window_first;

/// What a screen, a sheet or a step begins with.
const HEADINGS: &str = ":is(h1, h2, h3)[tabindex]";

/// Gives an element the focus and leaves what is on the screen where it is. One that is hidden
/// does not take it.
pub(crate) fn focus_in_place(element: &Element) {
    let in_place = FocusOptions::new();
    in_place.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _taken = element.focus_with_options(&in_place);
    }
}

/// Has `focus` move the focus in the next frame, when what it looks for is on the screen. A slow
/// device paints late: anyone who has gone on to another control by then, and may be typing, stays there.
pub(crate) fn focus_soon(focus: impl FnOnce() + 'static) {
    let before = focused();
    request_animation_frame(move || {
        let now = focused();
        if now == before || now.is_none_or(|now| !is_control(&now)) {
            focus();
        }
    });
}

/// Scrolls to the first element that matches, and gives it the focus.
pub(crate) fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _taken = element.focus();
    }
}

/// Leads past the navigation, to the heading of what is open.
pub(crate) fn focus_main() {
    let Ok(headings) = document().query_selector_all("#main h1[tabindex]") else {
        return;
    };
    // The last is the one of what is open from a list.
    for index in (0..headings.length()).rev() {
        let heading = headings.item(index).and_then(|it| it.dyn_into().ok());
        if heading.is_some_and(|heading| take(&heading)) {
            return;
        }
    }
}

/// Whether the element has the focus now.
fn take(element: &Element) -> bool {
    focus_in_place(element);
    focused().as_ref() == Some(element)
}

/// What has the focus, if anything has.
fn focused() -> Option<Element> {
    let body = document().body().map(Into::into);
    document()
        .active_element()
        .filter(|it| Some(it) != body.as_ref())
}

/// Whether a person goes there, rather than the app.
fn is_control(element: &Element) -> bool {
    element
        .matches("a, button, input, select, textarea, summary")
        .unwrap_or_default()
}

thread_local! {
    /// The focused element and its ancestors, from the inside out. Outside a sheet comes what had the
    /// focus when the sheet opened.
    static HELD: RefCell<Vec<Element>> = const { RefCell::new(Vec::new()) };
    /// Whether a search for another element to focus is scheduled.
    static SEEKING: Cell<bool> = const { Cell::new(false) };
}

/// When the focused element is removed and nothing else takes the focus, the nearest remaining one gets
/// it: after a sheet the control that opened it, otherwise a heading. Keyboards and screen readers
/// continue there instead of at the top of the page.
pub(crate) fn keep_focus() {
    on_window_first(ev::focusin, |event: ev::FocusEvent| {
        if let Some(target) = event.target().and_then(|target| target.dyn_into().ok()) {
            HELD.with_borrow_mut(|held| *held = around(target, held));
        }
    });
    on_window_first(ev::focusout, |event: ev::FocusEvent| {
        // Some engines say so when it is taken away, too; then it is gone in a moment.
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        queue_microtask(move || {
            if target.is_some_and(|target| target.is_connected()) && focused().is_none() {
                HELD.with_borrow_mut(|held| {
                    held.drain(..position_of_sheet(held).unwrap_or(held.len()));
                });
            }
        });
    });
    let changed = Closure::<dyn FnMut(JsValue)>::new(|_| {
        if is_lost() && !SEEKING.replace(true) {
            // Code that removes the element may move the focus itself, in the next frame.
            request_animation_frame(|| request_animation_frame(find_again));
        }
    });
    let all = MutationObserverInit::new();
    all.set_child_list(true);
    all.set_subtree(true);
    if let (Ok(observer), Some(body)) = (
        MutationObserver::new(changed.as_ref().unchecked_ref()),
        document().body(),
    ) {
        let _observing = observer.observe_with_options(&body, &all);
    }
    // As long as the page.
    changed.forget();
}

/// An element and its ancestors up to its sheet, if it is in one, then what had the focus `before` the
/// sheet.
fn around(element: Element, before: &[Element]) -> Vec<Element> {
    let mut chain: Vec<_> =
        std::iter::successors(Some(element), |inner| inner.parent_element()).collect();
    if let Some(sheet) = position_of_sheet(&chain) {
        let known = before.iter().position(|it| *it == chain[sheet]);
        let outside = known.map_or(before, |known| &before[known + 1..]);
        if !outside.is_empty() {
            chain.truncate(sheet + 1);
            chain.extend_from_slice(outside);
        }
    }
    chain
}

fn position_of_sheet(chain: &[Element]) -> Option<usize> {
    chain.iter().position(|it| it.local_name() == "dialog")
}

fn is_lost() -> bool {
    HELD.with_borrow(|held| held.first().is_some_and(|it| !it.is_connected()))
}

fn find_again() {
    SEEKING.set(false);
    // Frames may take long, and the person may have moved on.
    if !is_lost() {
        return;
    }
    for around in HELD.take().iter().filter(|around| around.is_connected()) {
        if focused().is_some() || is_control(around) && take(around) {
            return;
        }
        let heading = around.query_selector(HEADINGS).ok().flatten();
        if heading.is_some_and(|heading| take(&heading)) {
            return;
        }
    }
}
