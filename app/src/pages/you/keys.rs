use i18n::t;
use leptos::prelude::*;

use crate::components::Sheet;
use crate::history::Close;
use crate::route::Tab;
use crate::shortcuts::use_listed;

/// Every shortcut there is.
#[component]
pub(crate) fn KeyList() -> impl IntoView {
    let listed = use_listed();
    let tabs = Tab::ALL.map(|tab| (vec!["g", tab.key()], tab.label()));
    let others = [
        (vec!["/"], t!(you.key_search)),
        (vec!["r"], t!(common.refresh)),
        (vec!["n"], t!(you.key_new)),
        (vec!["←", "→"], t!(you.key_siblings)),
        (vec!["Esc"], t!(common.close)),
        (vec!["?"], t!(you.key_list)),
    ];
    let row = |(keys, does): (Vec<&'static str>, &'static str)| {
        let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> });
        view! {
            <div class="keys__row">
                <dt>{does}</dt>
                <dd>{keys.collect_view()}</dd>
            </div>
        }
    };
    let rows = tabs.into_iter().chain(others).map(row).collect_view();
    view! {
        <Sheet title=t!(you.keys) on_close=Close::new(move || listed.close())>
            <dl class="keys">{rows}</dl>
        </Sheet>
    }
}
