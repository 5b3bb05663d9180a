use leptos::prelude::*;

use super::Icon;
use crate::history::use_go_back;

/// The bar over a screen: the way back, and what can be done with the screen.
#[component]
pub(crate) fn TopBar(
    /// Where Back leads when the screen was opened by its address.
    #[prop(into)]
    back: String,
    #[prop(into)] back_label: String,
    /// Lies over a picture instead of above the content.
    #[prop(optional)]
    floating: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let go_back = use_go_back();
    view! {
        <div class="top-bar" class:top-bar--floating=floating>
            <IconButton
                icon=icondata::LuArrowLeft
                label=back_label
                on_press=move || go_back(&back)
            />
            <div class="top-bar__actions">{children.map(|children| children())}</div>
        </div>
    }
}

/// A button that is only a picture; its label is read out.
#[component]
pub(crate) fn IconButton(
    icon: icondata::Icon,
    #[prop(into)] label: String,
    on_press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="icon-button"
            type="button"
            title=label.clone()
            aria-label=label
            on:click=move |_| on_press()
        >
            <Icon icon=icon />
        </button>
    }
}
