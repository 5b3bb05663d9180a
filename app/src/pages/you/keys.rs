use i18n::t;
use leptos::prelude::*;

use crate::components::{Button, Kind, Pick, Sheet};
use crate::history::Close;
use crate::route::Tab;
use crate::shortcuts::use_keys;

/// Whether single keys do something, and what.
#[component]
pub(super) fn KeyChoice() -> impl IntoView {
    let keys = use_keys();
    view! {
        <section class="section">
            <h2 class="section__title">{t!(you.keys)}</h2>
            <KeySwitch />
            <Button kind=Kind::Plain on_press=move |()| keys.listed.set(true)>
                {t!(you.see_keys)}
            </Button>
        </section>
    }
}

#[component]
fn KeySwitch() -> impl IntoView {
    let keys = use_keys();
    view! {
        <Pick
            label=t!(you.single_keys)
            note=Some(t!(you.single_keys_note).to_owned())
            chosen=keys.heard
            on_change=move |heard| keys.hear(heard)
        />
    }
}

/// Every shortcut there is.
#[component]
pub(crate) fn KeyList() -> impl IntoView {
    let listed = use_keys().listed;
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
        <Sheet title=t!(you.keys) on_close=Close::new(move || listed.set(false))>
            <dl class="keys">{rows}</dl>
            <KeySwitch />
        </Sheet>
    }
}
