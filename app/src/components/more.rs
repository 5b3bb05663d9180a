use i18n::t;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use super::{Button, Kind};

/// How far below what is in sight a list is made longer, so that who scrolls seldom sees its end.
const AHEAD: &str = "1000px";

/// The end of a list that goes on: loads more when it is about to come into sight, or when pressed.
#[component]
pub(crate) fn More(
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_more: Callback<()>,
) -> impl IntoView {
    let end = NodeRef::<html::Div>::new();
    end.on_load(move |end| when_in_sight(&end, move || on_more.run(())));
    view! {
        <div class="more" node_ref=end>
            <Button kind=Kind::Quiet busy=busy on_press=on_more>
                {t!(common.show_more)}
            </Button>
        </div>
    }
}

/// Calls `seen` whenever `element` is about to come into sight, until the screen is left.
fn when_in_sight(element: &web_sys::Element, seen: impl Fn() + 'static) {
    let changed = Closure::new(move |entries: js_sys::Array| {
        let is_seen = |entry: wasm_bindgen::JsValue| {
            let entry: IntersectionObserverEntry = entry.unchecked_into();
            entry.is_intersecting()
        };
        if entries.iter().any(is_seen) {
            seen();
        }
    });
    // Where the browser cannot tell, there is the button.
    let ahead = IntersectionObserverInit::new();
    ahead.set_root_margin(AHEAD);
    ahead.set_root(element.closest(".pane").ok().flatten().as_ref());
    let callback = changed.as_ref().unchecked_ref();
    if let Ok(observer) = IntersectionObserver::new_with_options(callback, &ahead) {
        observer.observe(element);
        StoredValue::new_local(Watch {
            observer,
            _changed: changed,
        });
    }
}

/// Watches until it is dropped.
struct Watch {
    observer: IntersectionObserver,
    _changed: Closure<dyn FnMut(js_sys::Array)>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
