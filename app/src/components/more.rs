use leptos::html;
use leptos::prelude::*;
use leptos_use::use_intersection_observer;

use super::{Button, Kind};

/// The end of a list that goes on: loads more when it comes into sight, or when pressed.
#[component]
pub(crate) fn More(
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] on_more: Callback<()>,
) -> impl IntoView {
    let end = NodeRef::<html::Div>::new();
    use_intersection_observer(end, move |entries, _| {
        if entries
            .iter()
            .any(web_sys::IntersectionObserverEntry::is_intersecting)
        {
            on_more.run(());
        }
    });
    view! {
        <div class="more" node_ref=end>
            <Button kind=Kind::Quiet busy=busy on_press=on_more>
                "Show more"
            </Button>
        </div>
    }
}
