use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use i18n::t;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use scanner::Camera;
use wasm_bindgen::JsValue;
use web_sys::HtmlVideoElement;

use super::desk::Desk;
use crate::components::{Button, Icon, Kind};
use crate::mark::mark_page;
use crate::{format, platform};

/// The same code is not scanned again while it is still before the camera.
const AGAIN_MS: i64 = 3_000;
/// The phone's own camera closes with each code it has seen, and the next ticket takes a moment.
const NEXT_MS: u32 = 1_000;

/// What looks for codes: the phone's own camera, or the browser's.
#[derive(Clone)]
enum Eye {
    Phone(Rc<Cell<bool>>),
    Browser(Camera),
}

impl Eye {
    async fn open(
        video: HtmlVideoElement,
        desk: Desk,
        on_failure: impl Fn() + 'static,
    ) -> Result<Self, JsValue> {
        let on_code = once_while_held(desk);
        if platform::can_scan().await {
            let open = Rc::new(Cell::new(true));
            spawn_local(scan_while(Rc::clone(&open), on_code, on_failure));
            return Ok(Self::Phone(open));
        }
        scanner::watch(video, on_code).await.map(Self::Browser)
    }

    fn close(&self) {
        match self {
            Self::Phone(open) => {
                open.set(false);
                platform::stop_scanning();
            }
            Self::Browser(camera) => camera.close(),
        }
    }

    /// The browser's camera, which has a picture to show and may have a light.
    fn browser(&self) -> Option<&Camera> {
        match self {
            Self::Phone(_) => None,
            Self::Browser(camera) => Some(camera),
        }
    }
}

async fn scan_while(open: Rc<Cell<bool>>, on_code: impl Fn(String), on_failure: impl Fn()) {
    while open.get() {
        let seen = platform::scan().await;
        match seen {
            _ if !open.get() => {}
            Some(text) => {
                on_code(text);
                TimeoutFuture::new(NEXT_MS).await;
            }
            None => return on_failure(),
        }
    }
}

/// The camera's picture, once it was asked for.
#[component]
pub(super) fn Viewfinder(desk: Desk) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    let camera = RwSignal::new_local(None::<Eye>);
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
        let failed = move || {
            camera.try_set(None);
            trouble.try_set(Some(words(&JsValue::NULL)));
        };
        spawn_local(async move {
            match Eye::open(video, desk, failed).await {
                // Anyone who left meanwhile wants no camera.
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
        let eye = camera.get_untracked();
        if let Some(camera) = eye.as_ref().and_then(Eye::browser).cloned() {
            let on = !light.get_untracked();
            spawn_local(async move {
                if camera.set_torch(on).await.is_ok() {
                    light.try_set(on);
                }
            });
        }
    };
    let is_open = Memo::new(move |_| camera.with(Option::is_some));
    let has_light = move || {
        camera.with(|eye| {
            let camera = eye.as_ref().and_then(Eye::browser);
            camera.is_some_and(Camera::has_torch)
        })
    };
    let is_phones = move || camera.with(|eye| matches!(eye, Some(Eye::Phone(_))));
    Effect::new(move || {
        if is_phones() {
            mark_page("has-phones-camera");
        }
    });
    view! {
        <div class="viewfinder" class:viewfinder--open=is_open class:viewfinder--phone=is_phones>
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
