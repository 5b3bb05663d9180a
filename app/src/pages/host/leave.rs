use i18n::t;
use leptos::ev;
use leptos::prelude::*;

use crate::components::Question;
use crate::history::{Destination, guard_back, link_of, use_go_back, use_replace};
use crate::listen::{on_window, on_window_first};

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

    /// From now on nothing would be lost.
    pub(super) fn open(self) {
        self.open.set_value(true);
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

    /// Back from the question is to stay.
    fn watch_history(self) {
        guard_back(move |way| {
            let asks = self.is_closed();
            if asks {
                self.destination
                    .update(|destination| *destination = destination.is_none().then_some(way));
            }
            asks
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
pub(super) fn LeaveSheet(
    guard: LeaveGuard,
    title: &'static str,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    let go_back = use_go_back();
    let replace = use_replace();
    let stay = move |()| guard.destination.set(None);
    let leave = Callback::new(move |()| {
        let destination = guard.destination.get_untracked();
        guard.open();
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
            <Question
                title=title
                text=text
                leave=t!(edit.leave)
                on_stay=stay
                on_leave=leave
            />
        </Show>
    }
}
