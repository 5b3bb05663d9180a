use std::cell::RefCell;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use scanner::Camera;
use wasm_bindgen::JsValue;

use super::desk::Desk;
use crate::components::{Button, Icon, Kind};
use crate::format;

/// The same code is not scanned again while it is still before the camera.
const AGAIN_MS: i64 = 3_000;

/// The camera's picture, once it was asked for.
#[component]
pub(super) fn Viewfinder(desk: Desk) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let camera = RwSignal::new_local(None::<Camera>);
    let trouble = RwSignal::new(None::<&'static str>);
    let opening = RwSignal::new(false);
    let light = RwSignal::new(false);
    let open = move |()| {
        let Some(video) = video.get_untracked() else {
            return;
        };
        opening.set(true);
        trouble.set(None);
        super::feedback::wake();
        spawn_local(async move {
            match scanner::watch(video, once_while_held(desk)).await {
                // Whoever left meanwhile wants no camera.
                Ok(opened) if camera.is_disposed() => opened.close(),
                Ok(opened) => camera.set(Some(opened)),
                Err(why) => {
                    trouble.try_set(Some(words(&why)));
                }
            }
            opening.try_set(false);
        });
    };
    let close = move || {
        if let Some(camera) = camera.try_update(Option::take).flatten() {
            camera.close();
        }
    };
    on_cleanup(close);
    let switch_light = move |()| {
        if let Some(camera) = camera.get_untracked() {
            let on = !light.get_untracked();
            spawn_local(async move {
                if camera.set_torch(on).await.is_ok() {
                    light.try_set(on);
                }
            });
        }
    };
    let is_open = Memo::new(move |_| camera.with(Option::is_some));
    let has_light = move || camera.with(|camera| camera.as_ref().is_some_and(Camera::has_torch));
    view! {
        <div class="viewfinder" class:viewfinder--open=is_open>
            <video class="viewfinder__video" node_ref=video playsinline muted aria-label="Camera" />
            <Show
                when=move || is_open.get()
                fallback=move || {
                    view! {
                        <div class="viewfinder__start">
                            <Icon icon=icondata::LuScanQrCode />
                            <p>"Hold tickets before the camera, use a keyboard scanner, or type the code."</p>
                            <Button kind=Kind::Quiet busy=opening on_press=open>
                                <Icon icon=icondata::LuCamera />
                                "Use the camera"
                            </Button>
                            <p class="field__error" role="alert">
                                {trouble}
                            </p>
                        </div>
                    }
                }
            >
                <div class="viewfinder__frame" aria-hidden="true"></div>
                <div class="viewfinder__actions">
                    {has_light()
                        .then(|| {
                            view! {
                                <Button kind=Kind::Quiet on_press=switch_light>
                                    <Icon icon=icondata::LuFlashlight />
                                    "Light"
                                </Button>
                            }
                        })}
                    <Button kind=Kind::Quiet on_press=move |()| close()>
                        <Icon icon=icondata::LuCameraOff />
                        "Camera off"
                    </Button>
                </div>
            </Show>
        </div>
    }
}

/// What the camera calls: scans each code once while it is held up.
fn once_while_held(desk: Desk) -> impl Fn(String) {
    let last = RefCell::new((String::new(), 0));
    move |text| {
        let now = format::now().timestamp_millis();
        let (before, at) = last.replace((text.clone(), now));
        let again = text == before && now - at < AGAIN_MS;
        if !again && !desk.shown.is_disposed() {
            desk.scan(text);
        }
    }
}

fn words(why: &JsValue) -> &'static str {
    let name = js_sys::Reflect::get(why, &"name".into()).ok();
    match name.and_then(|name| name.as_string()).as_deref() {
        Some("NotAllowedError") => {
            "The camera is not allowed here. Allow it in your settings, or type codes."
        }
        Some("NotFoundError" | "OverconstrainedError") => {
            "There is no camera here. Type codes, or use a keyboard scanner."
        }
        _ => "The camera cannot be used here. Type codes, or use a keyboard scanner.",
    }
}
