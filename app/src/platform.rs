//! What the app runs in: a browser, or the desktop or phone shell. The only calls to the shell, and
//! to what a device has beside its screen.

use i18n::t;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Under which name the shell keeps the refresh token.
const REFRESH_TOKEN: &str = "refresh_token";
/// And what the server knows the device by.
const DEVICE_TOKEN: &str = "device_token";

/// The shell's door, where there is one.
fn tauri() -> Option<JsValue> {
    get(web_sys::window()?.as_ref(), "__TAURI__")
}

/// Whether the app runs in the shell rather than in a browser.
pub(crate) fn is_native() -> bool {
    tauri().is_some()
}

/// Shakes the device, where it can be.
pub(crate) fn vibrate(milliseconds: u32) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let navigator = window.navigator();
    // Missing where there is nothing to vibrate.
    if Reflect::has(&navigator, &"vibrate".into()).unwrap_or(false) {
        let _vibrated = navigator.vibrate_with_duration(milliseconds);
    }
}

pub(crate) async fn refresh_token() -> Option<String> {
    secret(REFRESH_TOKEN).await
}

pub(crate) async fn keep_refresh_token(token: &str) {
    keep_secret(REFRESH_TOKEN, token).await;
}

pub(crate) async fn device_token() -> Option<String> {
    secret(DEVICE_TOKEN).await
}

pub(crate) async fn keep_device_token(token: &str) {
    keep_secret(DEVICE_TOKEN, token).await;
}

async fn secret(key: &str) -> Option<String> {
    invoke("secret_get", &[("key", key)]).await?.as_string()
}

async fn keep_secret(key: &str, secret: &str) {
    invoke("secret_set", &[("key", key), ("value", secret)]).await;
}

pub(crate) async fn forget_refresh_token() {
    invoke("secret_delete", &[("key", REFRESH_TOKEN)]).await;
}

/// The server the shell was told to use.
pub(crate) async fn server_address() -> Option<String> {
    invoke("server_address_get", &[]).await?.as_string()
}

/// Keeps the address and answers it as it was kept; the shell's sentence when it does not accept it.
pub(crate) async fn set_server_address(url: &str) -> Result<String, String> {
    let refused = || t!(you.address_not_kept).to_owned();
    match call("server_address_set", &[("url", url)])
        .ok_or_else(refused)?
        .await
    {
        Ok(origin) => origin.as_string().ok_or_else(refused),
        Err(error) => Err(error.as_string().unwrap_or_else(refused)),
    }
}

/// The path of the link that started the shell, if a link did.
pub(crate) async fn pending_deep_link() -> Option<String> {
    invoke("pending_deep_link", &[]).await?.as_string()
}

/// Calls `follow` with the path of every link opened while the app runs.
pub(crate) async fn on_deep_link(follow: impl Fn(String) + 'static) {
    let Some(event) = tauri().and_then(|tauri| get(&tauri, "event")) else {
        return;
    };
    let Some(listen) = function(&event, "listen") else {
        return;
    };
    let handler = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
        if let Some(path) = get(&message, "payload").and_then(|payload| payload.as_string()) {
            follow(path);
        }
    });
    let listening = listen.call2(&event, &"deep-link".into(), &handler.into_js_value());
    if let Some(listening) = listening
        .ok()
        .and_then(|promise| promise.dyn_into::<Promise>().ok())
    {
        let _listening = JsFuture::from(listening).await;
    }
}

/// Opens a page of another site: in the system's browser from the shell, else in a new tab.
pub(crate) fn open_outside(url: &str) {
    let opener = tauri().and_then(|tauri| get(&tauri, "opener"));
    match opener.and_then(|opener| Some((function(&opener, "openUrl")?, opener))) {
        Some((open_url, opener)) => {
            let _opened = open_url.call1(&opener, &url.into());
        }
        None => {
            if let Some(window) = web_sys::window() {
                let _opened =
                    window.open_with_url_and_target_and_features(url, "_blank", "noopener");
            }
        }
    }
}

/// Whether the shell has a phone's camera that reads codes by itself, and may use it. Asks the person
/// the first time.
pub(crate) async fn can_scan() -> bool {
    let Some(asked) = barcode_scanner("requestPermissions", &JsValue::UNDEFINED) else {
        return false;
    };
    asked.await.is_ok_and(|answer| answer == "granted")
}

/// Opens the phone's camera behind the page, and answers the text of the first QR code it sees;
/// nothing when it is stopped.
pub(crate) async fn scan() -> Option<String> {
    let options = Object::new();
    let formats = js_sys::Array::of1(&"QR_CODE".into());
    Reflect::set(&options, &"windowed".into(), &true.into()).ok()?;
    Reflect::set(&options, &"formats".into(), &formats).ok()?;
    let seen = barcode_scanner("scan", &options)?.await.ok()?;
    get(&seen, "content")?.as_string()
}

/// Closes the camera that [`scan`] has opened.
pub(crate) fn stop_scanning() {
    // Where it does not stop there is nothing to stop.
    drop(barcode_scanner("cancel", &JsValue::UNDEFINED));
}

/// The plugin is in the phones' shells alone.
fn barcode_scanner(command: &str, options: &JsValue) -> Option<JsFuture> {
    let scanner = get(&tauri()?, "barcodeScanner")?;
    let promise = function(&scanner, command)?.call1(&scanner, options).ok()?;
    Some(JsFuture::from(promise.dyn_into::<Promise>().ok()?))
}

/// Runs a command of the shell; nothing where there is no shell or it refuses.
async fn invoke(command: &str, args: &[(&str, &str)]) -> Option<JsValue> {
    call(command, args)?.await.ok()
}

fn call(command: &str, args: &[(&str, &str)]) -> Option<JsFuture> {
    let core = get(&tauri()?, "core")?;
    let bag = Object::new();
    for (name, value) in args {
        Reflect::set(&bag, &(*name).into(), &(*value).into()).ok()?;
    }
    let promise = function(&core, "invoke")?
        .call2(&core, &command.into(), &bag)
        .ok()?;
    Some(JsFuture::from(promise.dyn_into::<Promise>().ok()?))
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

fn function(object: &JsValue, name: &str) -> Option<Function> {
    get(object, name)?.dyn_into().ok()
}

/// Offers a link to the system's share sheet; whether it took it. A person who closes the sheet
/// again has been served too.
pub(crate) async fn share(title: &str, url: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else {
        return false;
    };
    let Some(share) = function(navigator.as_ref(), "share") else {
        return false;
    };
    let data = Object::new();
    for (name, value) in [("title", title), ("url", url)] {
        let _set = Reflect::set(&data, &name.into(), &value.into());
    }
    let Ok(promise) = share.call1(navigator.as_ref(), &data) else {
        return false;
    };
    let Ok(promise) = promise.dyn_into::<Promise>() else {
        return false;
    };
    match JsFuture::from(promise).await {
        Ok(_) => true,
        Err(error) => get(&error, "name").is_some_and(|name| name == "AbortError"),
    }
}

/// Puts a text on the clipboard; whether that worked.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else {
        return false;
    };
    // Missing where the page is not served over https.
    if get(navigator.as_ref(), "clipboard").is_none() {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// Saves a text as a file of the person's.
pub(crate) fn download(name: &str, media_type: &str, text: &str) {
    // A browser that cannot do this has nowhere to save to.
    let _saved = try_download(name, media_type, text);
}

fn try_download(name: &str, media_type: &str, text: &str) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window().and_then(|window| window.document());
    let link = document.ok_or(JsValue::NULL)?.create_element("a")?;
    let link = link.dyn_into::<web_sys::HtmlAnchorElement>()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}

/// Keeps the screen on until the returned guard is dropped, where the device can.
pub(crate) async fn keep_awake() -> Option<Awake> {
    let navigator = web_sys::window()?.navigator();
    let lock = get(navigator.as_ref(), "wakeLock")?;
    let promise = function(&lock, "request")?
        .call1(&lock, &"screen".into())
        .ok()?;
    let sentinel = JsFuture::from(promise.dyn_into::<Promise>().ok()?)
        .await
        .ok()?;
    Some(Awake(sentinel))
}

/// The screen stays on while this lives.
pub(crate) struct Awake(JsValue);

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(release) = function(&self.0, "release") {
            let _released = release.call0(&self.0);
        }
    }
}
