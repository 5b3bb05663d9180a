use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use crate::route::Tab;

/// A list and what is open from it: side by side where there is room, else one over the other.
/// The list stays as it is meanwhile.
#[component]
pub(crate) fn Panes(tab: Tab, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let open = Memo::new(move |_| {
        path.with(|path| path.trim_end_matches('/') != tab.root().trim_end_matches('/'))
    });
    view! {
        <div class="panes" class:panes--open=open>
            <section class="panes__list" aria-label=tab.label()>
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
