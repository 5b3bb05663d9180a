//! Where the keyboard is.

use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement};

/// Gives an element the focus and leaves what is on the screen where it is. One that is hidden
/// does not take it.
pub(crate) fn focus_in_place(element: &Element) {
    let in_place = FocusOptions::new();
    in_place.set_prevent_scroll(true);
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _taken = element.focus_with_options(&in_place);
    }
}
