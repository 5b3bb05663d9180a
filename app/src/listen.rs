//! Hearing of what happens outside the view, until the screen is left.

use leptos::ev::EventDescriptor;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// Calls `heard` with each such event of the window.
pub(crate) fn on_window<E>(event: E, heard: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let listener = window_event_listener(event, heard);
    on_cleanup(move || listener.remove());
}

/// Calls `heard` with each such event of `target`, and may keep it from having its usual effect.
pub(crate) fn on<E>(target: &EventTarget, event: E, heard: impl FnMut(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    listen(target, event, false, heard);
}

/// Calls `heard` with each such event of the window before all others hear of it.
pub(crate) fn on_window_first<E>(event: E, heard: impl FnMut(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    listen(&window(), event, true, heard);
}

fn listen<E>(
    target: &EventTarget,
    event: E,
    first: bool,
    mut heard: impl FnMut(E::EventType) + 'static,
) where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let heard = move |event: Event| heard(event.unchecked_into());
    let listener = Listener {
        target: target.clone(),
        event: event.name().into_owned(),
        first,
        heard: Closure::new(heard),
    };
    listener.begin();
    StoredValue::new_local(listener);
}

/// Listens until it is dropped.
struct Listener {
    target: EventTarget,
    event: String,
    first: bool,
    heard: Closure<dyn FnMut(Event)>,
}

impl Listener {
    fn begin(&self) {
        let options = AddEventListenerOptions::new();
        options.set_capture(self.first);
        options.set_passive(false);
        let _listening = self
            .target
            .add_event_listener_with_callback_and_add_event_listener_options(
                &self.event,
                self.heard.as_ref().unchecked_ref(),
                &options,
            );
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _stopped = self.target.remove_event_listener_with_callback_and_bool(
            &self.event,
            self.heard.as_ref().unchecked_ref(),
            self.first,
        );
    }
}
