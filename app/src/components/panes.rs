use leptos::html;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use super::heading::has_navigated;
use crate::focus::{focus_in_place, focus_soon};
use crate::route::{self, Tab};
use crate::session::use_session;

/// The class of panes of which both are shown.
const OPEN: &str = "panes--open";

/// The class of panes of which one is shown, however much room there is.
const ALONE: &str = "panes--alone";

/// A list and what is open from it: side by side where there is room, else one over the other.
/// The list stays as it is meanwhile. Anyone who is signed out has no list of their own: then what is
/// open has all the room, and says alone what is missing.
#[component]
pub(crate) fn Panes(
    tab: Tab,
    /// Whether the list is one's own. Else it is everybody's: who comes from elsewhere to what is
    /// open sees nothing else.
    #[prop(optional)]
    own: bool,
    children: Children,
) -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    let is_root = move |path: &str| path.trim_end_matches('/') == tab.root().trim_end_matches('/');
    let opens_with = path.with_untracked(|path| !is_root(path));
    let from_elsewhere = RwSignal::new(!own && opens_with && !has_navigated());
    let alone = Memo::new(move |_| match own {
        true => session.is_signed_out(),
        false => from_elsewhere.get(),
    });
    let panes = NodeRef::<html::Div>::new();
    let list = NodeRef::<html::Section>::new();
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        let open = !is_root(&path);
        let elements = panes.get_untracked().zip(list.get_untracked());
        if let Some((before, (panes, list))) = before.zip(elements) {
            if route::screen(&before) != route::screen(&path) {
                from_elsewhere.set(false);
            }
            keep_in_sight(&list, if open { &path } else { &before }, || {
                let _toggled = panes.class_list().toggle_with_force(OPEN, open);
            });
            if !open {
                focus_where_left(list, before);
            }
        }
        path
    });
    view! {
        <div class="panes" class=(OPEN, opens_with) class=(ALONE, alone) node_ref=panes>
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

/// The list has another shape beside what is open: what is opened or closed stays where it is on the
/// screen while `reshape` gives it that, or else the first of the list that is seen.
fn keep_in_sight(list: &web_sys::HtmlElement, path: &str, reshape: impl FnOnce()) {
    let top = |element: &web_sys::Element| element.get_bounding_client_rect().top();
    let pane = list.query_selector(".pane").ok().flatten();
    let mark = pane.as_ref().and_then(|pane| {
        let ends = pane.get_bounding_client_rect().bottom();
        let links = pane.query_selector_all("a").ok()?;
        let links = (0..links.length()).filter_map(|at| links.item(at)?.dyn_into().ok());
        let is_seen = |link: &web_sys::Element| (0.0..ends).contains(&top(link));
        let leads_there =
            |link: &&web_sys::Element| link.get_attribute("href").as_deref() == Some(path);
        let seen: Vec<web_sys::Element> = links.filter(is_seen).collect();
        seen.iter().find(leads_there).or(seen.first()).cloned()
    });
    let before = mark.as_ref().map(top);
    reshape();
    if let Some((pane, (mark, before))) = pane.zip(mark.zip(before)) {
        let moved = top(&mark) - before;
        pane.set_scroll_top(pane.scroll_top() + moved.round() as i32);
    }
}

/// Back on the list, the focus goes to the link of what was open, or to the heading if that is gone. A
/// focus that is already in the list, such as in its search field, stays.
fn focus_where_left(list: web_sys::HtmlElement, left: String) {
    focus_soon(move || {
        if list.contains(document().active_element().as_deref()) {
            return;
        }
        let open = left.split('/').take(3).collect::<Vec<_>>().join("/");
        let link = list
            .query_selector(&format!("a[href^='{open}']"))
            .ok()
            .flatten();
        let target = link.or_else(|| list.query_selector("h1").ok().flatten());
        if let Some(target) = target {
            focus_in_place(&target);
        }
    });
}
