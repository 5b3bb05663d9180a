use i18n::t;
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsValue;

use crate::components::{Button, Kind, Sheet};
use crate::history::{Close, guard_back, link_of, use_go_back, use_replace};
use crate::listen::{on_window, on_window_first};

/// Where the person was about to go.
#[derive(Clone, Debug, PartialEq)]
enum Destination {
    /// Up, by the button of the screen.
    Above(String),
    /// By a link.
    Path(String),
    /// By the browser's Back.
    Back,
}

/// Keeps a screen with something unsaved from being left unasked.
#[derive(Clone, Copy)]
pub(super) struct LeaveGuard {
    would_lose: Signal<bool>,
    destination: RwSignal<Option<Destination>>,
    /// The person has decided.
    open: StoredValue<bool>,
}

impl LeaveGuard {
    /// `unsaved` is what closing the window would lose, `would_lose` what another screen would.
    pub(super) fn new(unsaved: Signal<bool>, would_lose: Signal<bool>) -> Self {
        let guard = Self {
            would_lose,
            destination: RwSignal::new(None),
            open: StoredValue::new(false),
        };
        guard.watch_window(unsaved);
        guard.watch_links();
        guard.watch_history();
        guard
    }

    /// Asks, if something would be lost by going up to `path`; whether it did.
    pub(super) fn asks_before(self, path: &str) -> bool {
        let asks = self.is_closed();
        if asks {
            self.destination
                .set(Some(Destination::Above(path.to_owned())));
        }
        asks
    }

    fn is_closed(self) -> bool {
        !self.open.get_value() && self.would_lose.get_untracked()
    }

    fn watch_window(self, unsaved: Signal<bool>) {
        let close = move |event: ev::BeforeUnloadEvent| {
            if unsaved.get_untracked() {
                event.prevent_default();
                // Older browsers go by this.
                event.set_return_value("unsaved");
            }
        };
        on_window(ev::beforeunload, close);
    }

    fn watch_links(self) {
        let click = move |event: ev::MouseEvent| {
            let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key();
            let Some(path) = followed_path(&event).filter(|_| plain && self.is_closed()) else {
                return;
            };
            event.prevent_default();
            self.destination.set(Some(Destination::Path(path)));
        };
        // Before the router, which listens on the window.
        on_window_first(ev::click, click);
    }

    /// By then the browser has gone back: it is led here again, unseen by the router. Back from the
    /// question is to stay.
    fn watch_history(self) {
        let location = use_location();
        guard_back(move || {
            if !self.is_closed() {
                return false;
            }
            let here = location.pathname.get_untracked();
            if let Ok(history) = window().history() {
                let _led = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
            }
            self.destination.update(|destination| {
                *destination = destination.is_none().then_some(Destination::Back)
            });
            true
        });
    }
}

/// The screen of ours that a click leads to.
fn followed_path(event: &ev::MouseEvent) -> Option<String> {
    let link = link_of(event)?;
    let ours = link.origin() == window().location().origin().ok()? && link.target().is_empty();
    let jumps = link.get_attribute("href")?.starts_with('#');
    (ours && !jumps).then(|| link.pathname() + &link.search())
}

/// The question.
#[component]
pub(super) fn LeaveSheet(guard: LeaveGuard, text: Signal<String>) -> impl IntoView {
    let go_back = use_go_back();
    let replace = use_replace();
    let stay = move |()| guard.destination.set(None);
    let close = Close::known_to_back(move || stay(()));
    let leave = Callback::new(move |()| {
        let destination = guard.destination.get_untracked();
        guard.open.set_value(true);
        guard.destination.set(None);
        match destination {
            Some(Destination::Above(path)) => go_back(&path),
            Some(Destination::Path(path)) => {
                replace(&path);
            }
            Some(Destination::Back) => {
                if let Ok(history) = window().history() {
                    let _left = history.back();
                }
            }
            None => {}
        }
    });
    view! {
        <Show when=move || guard.destination.with(Option::is_some)>
            <Sheet title=t!(edit.leave_title) on_close=close>
                <p>{text}</p>
                <div class="actions">
                    <Button on_press=stay>{t!(edit.keep_editing)}</Button>
                    <Button kind=Kind::Danger on_press=leave>
                        {t!(edit.leave)}
                    </Button>
                </div>
            </Sheet>
        </Show>
    }
}
