use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use crate::route::Tab;

/// A list and what is open from it: side by side where there is room, else one over the other.
/// The list stays as it is meanwhile.
#[component]
pub(crate) fn Panes(tab: Tab, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let is_root = move |path: &str| path.trim_end_matches('/') == tab.root().trim_end_matches('/');
    let open = Memo::new(move |_| path.with(|path| !is_root(path)));
    let list = NodeRef::<html::Section>::new();
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if let (Some(before), Some(list)) = (before, list.get_untracked())
            && is_root(&path)
        {
            focus_where_left(list, before);
        }
        path
    });
    view! {
        <div class="panes" class:panes--open=open>
            <section class="panes__list" aria-label=tab.label() node_ref=list>
                {children()}
            </section>
            <div class="panes__detail">
                <Outlet />
            </div>
        </div>
    }
}

/// A screen that scrolls by itself.
#[component]
pub(crate) fn Detail(
    /// What it shows: when that changes, the screen begins at its top again.
    #[prop(optional, into)]
    of: Signal<Option<uuid::Uuid>>,
    children: Children,
) -> impl IntoView {
    let pane = NodeRef::<html::Article>::new();
    Effect::new(move || {
        of.track();
        if let Some(pane) = pane.get_untracked() {
            pane.set_scroll_top(0);
        }
    });
    view! {
        <article class="pane" node_ref=pane>
            {children()}
        </article>
    }
}

/// Back on the list, the focus is on what was open; where that is gone, on the heading.
fn focus_where_left(list: web_sys::HtmlElement, left: String) {
    request_animation_frame(move || {
        let open = left.split('/').take(3).collect::<Vec<_>>().join("/");
        let link = list
            .query_selector(&format!("a[href^='{open}']"))
            .ok()
            .flatten();
        let target = link.or_else(|| list.query_selector("h1").ok().flatten());
        if let Some(target) =
            target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let quietly = web_sys::FocusOptions::new();
            quietly.set_prevent_scroll(true);
            let _focused = target.focus_with_options(&quietly);
        }
    });
}
