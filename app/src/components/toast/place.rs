//! Where messages appear: over words and pictures, and never over what can be pressed.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What a finger or a mouse may want.
const CONTROLS: &str = "a, button, input, select, textarea, summary, label, video";
/// So often it is looked whether something has come under them.
const EVERY: Duration = Duration::from_millis(250);
/// So far from controls and from the edges.
const GAP: f64 = 8.0;
/// How dense the points are that are tried, in pixels: no control is smaller.
const ACROSS: f64 = 40.0;
const DOWN: f64 = 10.0;
/// Which part of the screen is made free where nothing is; as in `toast.css`.
const STRIP: &str = "--toast-strip";

/// Keeps what `any` tells is shown in `list` off all controls, for as long as it is there.
pub(super) fn keep_clear(list: NodeRef<html::Div>, any: Signal<bool>) {
    let look = move || {
        if let Some(list) = list.get_untracked() {
            place(&list);
        }
    };
    let timer = StoredValue::new(None::<IntervalHandle>);
    let rest = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        set_strip(None);
    };
    Effect::new(move || {
        rest();
        if any.get() {
            request_animation_frame(look);
            timer.set_value(set_interval_with_handle(look, EVERY).ok());
        }
    });
    on_cleanup(rest);
}

fn place(list: &web_sys::HtmlElement) {
    let Some((across, lowest)) = room(list) else {
        return;
    };
    let height = f64::from(list.offset_height());
    // Not what lies there itself, but what is under it.
    let _probing = list.class_list().add_1("toasts--probing");
    let now = list.get_bounding_client_rect().top();
    let stays = now + height <= lowest && control_in(across, now, height).is_none();
    let free = if stays {
        Some(now)
    } else {
        free(across, lowest, height)
    };
    let _probed = list.class_list().remove_1("toasts--probing");
    if free.is_none() {
        set_strip(Some(height + 2.0 * GAP));
    }
    let top = free.unwrap_or(lowest - height);
    let _placed = list
        .style()
        .set_property("inset-block", &format!("{top:.0}px auto"));
}

/// From where to where the messages reach across, and how far down they may.
fn room(list: &web_sys::HtmlElement) -> Option<([f64; 2], f64)> {
    let main = list.parent_element()?.get_bounding_client_rect();
    let toasts = list.children();
    let toasts = (0..toasts.length()).filter_map(|index| toasts.item(index));
    let reach = toasts.map(|toast| toast.get_bounding_client_rect());
    let across = reach.fold(None, |across: Option<[f64; 2]>, toast| {
        let [left, right] = across.unwrap_or([f64::MAX, 0.0]);
        Some([left.min(toast.left()), right.max(toast.right())])
    });
    Some((across?, main.bottom() - GAP))
}

/// The lowest place with nothing to press in it.
fn free(across: [f64; 2], lowest: f64, height: f64) -> Option<f64> {
    let mut top = lowest - height;
    while top >= GAP {
        match control_in(across, top, height) {
            // Higher each time: a control that begins just below has the same place again.
            Some(control) => top = (control - GAP - height).min(top - 1.0),
            None => return Some(top),
        }
    }
    None
}

/// Where a control begins that would be covered, if one would.
fn control_in([left, right]: [f64; 2], top: f64, height: f64) -> Option<f64> {
    let document = document();
    let mut y = top + height + GAP;
    while y >= top - GAP {
        let mut x = left;
        while x <= right {
            let under = document.element_from_point(x as f32, y as f32);
            let control = under.and_then(|under| under.closest(CONTROLS).ok().flatten());
            if let Some(control) = control {
                return Some(control.get_bounding_client_rect().top().min(y));
            }
            x += ACROSS;
        }
        y -= DOWN;
    }
    None
}

/// Ends the screen above the messages: what can be pressed stays where it is, and is scrolled to.
fn set_strip(height: Option<f64>) {
    let root = document().document_element();
    let Some(root) = root.and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let _set = match height {
        Some(height) => root.style().set_property(STRIP, &format!("{height:.0}px")),
        None => root.style().remove_property(STRIP).map(drop),
    };
}
