use i18n::t;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use super::IconButton;

/// A panel over the screen: from below on phones, in the middle where there is room. The browser
/// keeps the focus in it; Escape, the button and a press beside it close it.
#[component]
pub(crate) fn Sheet(
    #[prop(into)] title: String,
    #[prop(into)] on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    dialog.on_load(|dialog| {
        // A dialog has to be in the document before it can be shown.
        request_animation_frame(move || {
            if dialog.is_connected() && !dialog.open() {
                let _shown = dialog.show_modal();
            }
        });
    });
    let cancel = move |event: ev::Event| {
        event.prevent_default();
        on_close.run(());
    };
    let press_beside = move |event: ev::MouseEvent| {
        let itself = dialog.get_untracked().map(Into::into);
        if event.target() == itself {
            on_close.run(());
        }
    };
    view! {
        <dialog
            class="sheet"
            aria-labelledby="sheet-title"
            node_ref=dialog
            on:cancel=cancel
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
                        on_press=move || on_close.run(())
                    />
                </header>
                {children()}
            </div>
        </dialog>
    }
}
