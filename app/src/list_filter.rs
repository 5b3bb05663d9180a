//! The filter of a list, which stands in its address. While something is open beside the list, the filter
//! changes without closing that, and the address follows when the person is back on the list.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use leptos_router::params::ParamsMap;

use crate::history::use_replace;

/// The filter of the list at `root`, and what changes it. `read` takes it from the query of the address;
/// `address` is the list's address with it.
pub(crate) fn use_list_filter<T>(
    root: &'static str,
    read: fn(&ParamsMap) -> T,
    address: fn(&T) -> String,
) -> (Memo<T>, Callback<T>)
where
    T: Clone + PartialEq + Default + Send + Sync + 'static,
{
    let path = use_location().pathname;
    let query = use_query_map();
    let on_list = Memo::new(move |_| path.with(|path| path == root));
    let said = Memo::new(move |_| on_list.get().then(|| query.with(read)));
    let chosen = RwSignal::new(said.get_untracked().unwrap_or_default());
    let address_is_behind = StoredValue::new(false);
    let replace = use_replace();
    let write = replace.clone();
    Effect::new(move || {
        let Some(said) = said.get() else { return };
        if address_is_behind.get_value() {
            address_is_behind.set_value(false);
            write(&address(&chosen.get_untracked()));
        } else if chosen.get_untracked() != said {
            chosen.set(said);
        }
    });
    let choose = Callback::new(move |wanted: T| {
        if on_list.get_untracked() {
            replace(&address(&wanted));
        } else {
            address_is_behind.set_value(true);
            chosen.set(wanted);
        }
    });
    (Memo::new(move |_| chosen.get()), choose)
}
