//! What the app keeps on the device between starts: small texts by key. A browser that forbids
//! storage forgets them, and everything else goes on working.

use js_sys::Reflect;
use leptos::prelude::document;

fn store() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

pub(crate) fn get(key: &str) -> Option<String> {
    store()?.get_item(key).ok().flatten()
}

pub(crate) fn set(key: &str, value: &str) {
    if let Some(store) = store() {
        // Full or forbidden: nothing can be done, and nothing depends on it alone.
        let _ = store.set_item(key, value);
    }
}

/// Tells the server, when it writes a page, what the person chose on this device.
pub(crate) fn tell_server(name: &str, value: Option<&str>) {
    // Browsers keep none for longer than 400 days.
    let (value, age) = value.map_or(("", 0), |value| (value, 400 * 24 * 60 * 60));
    let cookie = format!("{name}={value};path=/;max-age={age};samesite=lax");
    let _set = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// The keys that begin with `prefix`.
pub(crate) fn keys(prefix: &str) -> Vec<String> {
    let Some(store) = store() else {
        return Vec::new();
    };
    let count = store.length().unwrap_or_default();
    (0..count)
        .filter_map(|index| store.key(index).ok().flatten())
        .filter(|key| key.starts_with(prefix))
        .collect()
}

pub(crate) fn remove(key: &str) {
    if let Some(store) = store() {
        let _ = store.remove_item(key);
    }
}
