mod drag;
mod question;

use std::time::Duration;

use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::IconButton;
use crate::history::Close;
use crate::listen::on;
use drag::{Drag, Finger};
pub(crate) use question::Question;

/// The widths at which it slides up from the bottom edge; as in `sheet.css`.
const FROM_BELOW: &str = "(width<52.5rem)";

/// A panel over the screen: from below on phones, in the middle where there is room. The browser
/// keeps the focus in it; Back, Escape, the button, a press beside it and, on phones, drawing it
/// down close it, after a confirmation if something was typed. Then the focus returns to where it
/// was.
#[component]
pub(crate) fn Sheet(
    #[prop(into)] title: String,
    on_close: Close,
    /// It has one height, whatever stands in it, so that no control in it moves when that changes.
    #[prop(optional)]
    tall: bool,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let panel = NodeRef::<html::Div>::new();
    dialog.on_load(|dialog| {
        // A dialog has to be in the document before it can be shown.
        request_animation_frame(move || {
            if dialog.is_connected() && !dialog.open() {
                let _shown = dialog.show_modal();
            }
        });
    });
    // Browsers let Escape be kept from closing it once only: else it is closed, and opened again.
    let cancel = move |event: ev::Event| {
        if event.cancelable() {
            event.prevent_default();
            close_or_ask(on_close);
        }
    };
    let closed = move |_| {
        let still_there = dialog.get_untracked();
        if let Some(dialog) = still_there.filter(|dialog| dialog.is_connected())
            && close_or_ask(on_close)
        {
            let _shown = dialog.show_modal();
        }
    };
    let press_beside = move |event: ev::MouseEvent| {
        let itself = dialog.get_untracked().map(Into::into);
        if event.target() == itself {
            close_or_ask(on_close);
        }
    };
    let drag = RwSignal::new(Drag::Idle);
    follow_finger(panel, drag, on_close);
    let takes = move || match drag.get() {
        Drag::Leaving { takes, .. } => Some(format!("{takes:.0}ms")),
        _ => None,
    };
    let name = title.clone();
    // The screen behind it shows as much as the sheet is gone.
    let gone = move || {
        let shown = drag.get().shown();
        let height = panel.get_untracked().map(|panel| panel.offset_height());
        height.map(|height| format!("{:.3}", shown / f64::from(height.max(1))))
    };
    view! {
        <dialog
            class="sheet"
            class:sheet--tall=tall
            class:sheet--held=move || matches!(drag.get(), Drag::Held { .. })
            style:--drawn=move || format!("{:.1}px", drag.get().shown())
            style:--gone=gone
            style:--takes=takes
            aria-label=name
            node_ref=dialog
            on:cancel=cancel
            on:close=closed
            on:click=press_beside
            on:focusin=move |event| on_close.typed.begin(&event)
        >
            <div class="sheet__panel" node_ref=panel>
                <header class="sheet__header">
                    <h2 class="sheet__title" tabindex="-1" dir="auto" autofocus>
                        {title}
                    </h2>
                    <IconButton
                        icon=icondata::LuX
                        label=t!(common.close)
                        on_press=move || {
                            close_or_ask(on_close);
                        }
                    />
                </header>
                {children()}
            </div>
        </dialog>
        <Show when=move || on_close.asking.get()>
            <Discard sheet=on_close />
        </Show>
    }
}

/// Closes it, unless the person has to be asked: whether they are.
fn close_or_ask(sheet: Close) -> bool {
    let asks = sheet.asks();
    if !asks {
        sheet.run();
    }
    asks
}

/// Asks whether what was typed is to be lost.
#[component]
fn Discard(sheet: Close) -> AnyView {
    // Browsers close what was opened by Escape together with what was open before: the sheet still
    // knows by then that it is asking.
    let stay = move |()| {
        request_animation_frame(move || {
            sheet.asking.try_set(false);
        });
    };
    let leave = move |()| {
        sheet.asking.set(false);
        sheet.run();
    };
    view! {
        <Question
            title=t!(common.discard_title)
            text=t!(common.discard_text)
            leave=t!(common.discard)
            on_stay=stay
            on_leave=leave
        />
    }
    .into_any()
}

fn follow_finger(panel: NodeRef<html::Div>, drag: RwSignal<Drag>, close: Close) {
    let start = move |touch: ev::TouchEvent| {
        let takes = touch.touches().length() == 1 && is_taken_by(&touch, panel);
        let touched = finger(&touch).filter(|_| takes).map(Drag::Touched);
        drag.set(touched.unwrap_or(Drag::Idle));
    };
    let moved = move |touch: ev::TouchEvent| {
        let Some(finger) = finger(&touch) else { return };
        let next = drag.get_untracked().moved(finger);
        if matches!(next, Drag::Held { .. }) && touch.cancelable() {
            touch.prevent_default();
        }
        if next != drag.get_untracked() {
            drag.set(next);
        }
    };
    let end = move |touch: ev::TouchEvent| {
        let Some(panel) = panel.get_untracked() else {
            return;
        };
        let height = f64::from(panel.offset_height());
        let next = drag.get_untracked().released(touch.time_stamp(), height);
        match next {
            Drag::Leaving { .. } if close.asks() => drag.set(Drag::Idle),
            Drag::Leaving { .. } => {
                drag.set(next);
                close_when_gone(panel.into(), close);
            }
            _ => drag.set(next),
        }
    };
    panel.on_load(move |panel| {
        on(&panel, ev::touchstart, start);
        on(&panel, ev::touchmove, moved);
        on(&panel, ev::touchend, end);
        on(&panel, ev::touchcancel, move |_| drag.set(Drag::Idle));
    });
}

/// Whether the finger is on the header, or on what is at its top: else it scrolls.
fn is_taken_by(touch: &ev::TouchEvent, panel: NodeRef<html::Div>) -> bool {
    let from_below = window().match_media(FROM_BELOW).ok().flatten();
    let target = touch.target().and_then(|target| target.dyn_into().ok());
    let (Some(panel), Some(target)) = (panel.get_untracked(), target) else {
        return false;
    };
    let target: web_sys::Element = target;
    let on_header = target.closest(".sheet__header").ok().flatten().is_some();
    let scrolled = std::iter::successors(Some(target), |element| element.parent_element())
        .take_while(|element| panel.contains(Some(element)))
        .any(|element| element.scroll_top() > 0);
    from_below.is_some_and(|query| query.matches()) && (on_header || !scrolled)
}

fn finger(touch: &ev::TouchEvent) -> Option<Finger> {
    let point = touch.touches().item(0)?;
    Some(Finger {
        x: f64::from(point.client_x()),
        y: f64::from(point.client_y()),
        at: touch.time_stamp(),
    })
}

/// Its style knows how long it takes to go; for who wants nothing to move, no time at all.
fn close_when_gone(panel: web_sys::Element, close: Close) {
    request_animation_frame(move || {
        let style = window().get_computed_style(&panel).ok().flatten();
        // The browser reads the number: what Rust brings for it is a twenty-fifth of the first load.
        let seconds = style
            .and_then(|style| style.get_property_value("transition-duration").ok())
            .map_or(0.0, |takes| js_sys::parse_float(&takes));
        set_timeout(
            move || close.run(),
            Duration::from_millis((seconds * 1000.0) as u64),
        );
    });
}
