//! Closing a sheet, which asks first where something was typed.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Back, OpenSheet, guard_back};

/// How a sheet is closed: by Back, and by all else as by Back. Where something was typed into it,
/// the person is asked first.
#[derive(Clone, Copy)]
pub(crate) struct Close {
    close: Callback<()>,
    pub(crate) typed: Typed,
    /// Whether the person is being asked.
    pub(crate) asking: RwSignal<bool>,
    /// It is to be closed, whatever was typed.
    decided: StoredValue<bool>,
}

impl Close {
    /// Of a sheet that has no address. It is open from now on; `close` takes it away.
    pub(crate) fn new(close: impl Fn() + Send + Sync + 'static) -> Self {
        let back: Back = expect_context();
        let this = Self::known_to_back(close);
        let sheet = OpenSheet {
            guard: Callback::new(move |()| this.holds_up_back()),
            close: this.close,
        };
        Self {
            close: back.open_sheet(sheet),
            ..this
        }
    }

    /// Of a sheet that has an address.
    pub(crate) fn by_address(close: impl Fn() + Send + Sync + 'static) -> Self {
        let this = Self::known_to_back(close);
        guard_back(move |_| this.holds_up_back());
        this
    }

    /// Of a sheet in which a screen asks, which knows what Back means then.
    pub(crate) fn known_to_back(close: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            close: Callback::new(move |()| close()),
            typed: Typed::default(),
            asking: RwSignal::new(false),
            decided: StoredValue::new(false),
        }
    }

    /// Asks, if something typed would be lost by closing it; whether it does.
    pub(crate) fn asks(self) -> bool {
        let asks = !self.decided.get_value() && self.typed.is_some();
        self.asking.set(asks);
        asks
    }

    /// Back from the question is to stay.
    fn holds_up_back(self) -> bool {
        let asked = self.asking.get_untracked();
        let asks = self.asks();
        if asked {
            self.asking.set(false);
        }
        asks
    }

    /// Closes it, unless it is closed.
    pub(crate) fn run(self) {
        self.decided.try_set_value(true);
        self.close.try_run(());
    }
}

/// What is typed into a sheet: the fields that had the focus, with what stood in them before.
#[derive(Clone, Copy)]
pub(crate) struct Typed(StoredValue<Vec<(web_sys::Element, String)>, LocalStorage>);

impl Default for Typed {
    fn default() -> Self {
        Self(StoredValue::new_local(Vec::new()))
    }
}

impl Typed {
    /// The focus has come to a field.
    pub(crate) fn begin(self, event: &ev::FocusEvent) {
        let Some(field) = event.target().and_then(|target| target.dyn_into().ok()) else {
            return;
        };
        let known = self
            .0
            .with_value(|fields| fields.iter().any(|(one, _)| *one == field));
        if !known && let Some(text) = text_in(&field) {
            self.0.update_value(|fields| fields.push((field, text)));
        }
    }

    /// Whether another text stands in any of them, of those that are still there.
    fn is_some(self) -> bool {
        self.0.with_value(|fields| {
            let mut there = fields.iter().filter(|(field, _)| field.is_connected());
            there.any(|(field, before)| text_in(field).is_some_and(|text| text != *before))
        })
    }
}

/// What stands in a field that is typed into.
fn text_in(field: &web_sys::Element) -> Option<String> {
    let line = field.dyn_ref::<web_sys::HtmlInputElement>();
    let lines = field.dyn_ref::<web_sys::HtmlTextAreaElement>();
    line.map(web_sys::HtmlInputElement::value)
        .or_else(|| lines.map(web_sys::HtmlTextAreaElement::value))
}
