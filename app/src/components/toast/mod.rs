mod place;

use std::time::Duration;

use i18n::t;
use leptos::html;
use leptos::prelude::*;

use super::IconButton;
use place::keep_clear;

/// How long a message stays: long enough to read twice.
const SHOWN_FOR: Duration = Duration::from_secs(6);

/// A message that passes, with a way to follow it up.
#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    text: String,
    link: Option<(String, &'static str)>,
}

/// Messages to the person, wherever in the app they are.
#[derive(Clone, Copy)]
pub(crate) struct ToastBox {
    toasts: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

pub(crate) fn provide_toasts() {
    provide_context(ToastBox {
        toasts: RwSignal::new(Vec::new()),
        next_id: StoredValue::new(0),
    });
}

pub(crate) fn use_toasts() -> ToastBox {
    expect_context()
}

impl ToastBox {
    pub(crate) fn say(self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    /// Says `text` and offers a link with `label` to `path`.
    pub(crate) fn say_with_link(self, text: impl Into<String>, label: &'static str, path: String) {
        self.push(text.into(), Some((path, label)));
    }

    fn push(self, text: String, link: Option<(String, &'static str)>) {
        self.next_id.update_value(|id| *id += 1);
        let id = self.next_id.get_value();
        self.toasts.update(|toasts| {
            // What is said once more is not shown twice.
            toasts.retain(|toast| toast.text != text);
            toasts.push(Toast { id, text, link });
        });
        set_timeout(move || self.remove(id), SHOWN_FOR);
    }

    fn remove(self, id: u32) {
        self.toasts
            .update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// Where messages appear, and are read out.
#[component]
pub(crate) fn Toasts() -> impl IntoView {
    let toasts = use_toasts();
    let list = NodeRef::<html::Div>::new();
    let any = Signal::derive(move || toasts.toasts.with(|toasts| !toasts.is_empty()));
    keep_clear(list, any);
    view! {
        <div class="toasts" role="status" aria-live="polite" node_ref=list>
            <For each=move || toasts.toasts.get() key=|toast| toast.id let:toast>
                <div class="toast">
                    <p class="toast__text" dir="auto">{toast.text}</p>
                    {toast
                        .link
                        .map(|(path, label)| {
                            view! {
                                <a class="toast__link" href=path>
                                    {label}
                                </a>
                            }
                        })}
                    <IconButton
                        icon=icondata::LuX
                        label=t!(common.dismiss)
                        on_press=move || toasts.remove(toast.id)
                    />
                </div>
            </For>
        </div>
    }
}
