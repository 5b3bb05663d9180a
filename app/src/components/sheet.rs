use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::IconButton;
use crate::history::Close;

/// A panel over the screen: from below on phones, in the middle where there is room. The browser
/// keeps the focus in it; Back, Escape, the button, a press beside it close it. Then the focus is where it was.
#[component]
pub(crate) fn Sheet(
    #[prop(into)] title: String,
    on_close: Close,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let came_from = StoredValue::new_local(document().active_element());
    dialog.on_load(|dialog| {
        // A dialog has to be in the document before it can be shown.
        request_animation_frame(move || {
            if dialog.is_connected() && !dialog.open() {
                let _shown = dialog.show_modal();
            }
        });
    });
    on_cleanup(move || give_focus_back(came_from.get_value()));
    let cancel = move |event: ev::Event| {
        event.prevent_default();
        on_close.run();
    };
    // Browsers let Escape be kept from closing it once only.
    let closed = move |_| {
        let still_there = dialog.get_untracked();
        if still_there.is_some_and(|dialog| dialog.is_connected()) {
            on_close.run();
        }
    };
    let press_beside = move |event: ev::MouseEvent| {
        let itself = dialog.get_untracked().map(Into::into);
        if event.target() == itself {
            on_close.run();
        }
    };
    view! {
        <dialog
            class="sheet"
            aria-labelledby="sheet-title"
            node_ref=dialog
            on:cancel=cancel
            on:close=closed
            on:click=press_beside
        >
            <div class="sheet__panel">
                <header class="sheet__header">
                    <h2 class="sheet__title" id="sheet-title" tabindex="-1" autofocus>
                        {title}
                    </h2>
                    <IconButton
                        icon=icondata::LuX
                        label=t!(common.close)
                        on_press=move || on_close.run()
                    />
                </header>
                {children()}
            </div>
        </dialog>
    }
}

/// Unless the next screen has taken it.
fn give_focus_back(to: Option<web_sys::Element>) {
    let to = to.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    request_animation_frame(move || {
        let nowhere = document().active_element() == document().body().map(Into::into);
        if let Some(to) = to.filter(|to| nowhere && to.is_connected()) {
            let quietly = web_sys::FocusOptions::new();
            quietly.set_prevent_scroll(true);
            let _focused = to.focus_with_options(&quietly);
        }
    });
}
