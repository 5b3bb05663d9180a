use std::cell::RefCell;

use i18n::t;
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
            <video class="viewfinder__video" node_ref=video playsinline muted aria-label=t!(door.camera) />
            <Show
                when=move || is_open.get()
                fallback=move || {
                    view! {
                        <div class="viewfinder__start">
                            <Icon icon=icondata::LuScanQrCode />
                            <p>{t!(door.how)}</p>
                            <Button kind=Kind::Quiet busy=opening on_press=open>
                                <Icon icon=icondata::LuCamera />
                                {t!(door.use_camera)}
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
                                    {t!(door.light)}
                                </Button>
                            }
                        })}
                    <Button kind=Kind::Quiet on_press=move |()| close()>
                        <Icon icon=icondata::LuCameraOff />
                        {t!(door.camera_off)}
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
            t!(door.camera_denied)
        }
        Some("NotFoundError" | "OverconstrainedError") => {
            t!(door.no_camera)
        }
        _ => t!(door.camera_unusable),
    }
}
