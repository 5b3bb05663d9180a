//! The camera: its picture in a video element, and what it sees told to the app.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

use crate::Picture;

/// Between two looks; a look takes about as long, and the screen needs its turn as well.
const PAUSE_MS: u32 = 100;
/// Enough to read a code that fills a quarter of the picture.
const LONGER_SIDE: u32 = 640;

/// An open camera. It is closed when it is told to.
#[derive(Clone)]
pub struct Camera {
    stream: MediaStream,
    open: Rc<Cell<bool>>,
}

/// Opens the camera that looks away from the person, shows it in `video`, and calls `on_code` with
/// the text of every QR code it sees, again and again while it sees it. Fails as `getUserMedia`
/// does.
pub async fn watch(
    video: HtmlVideoElement,
    on_code: impl Fn(String) + 'static,
) -> Result<Camera, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let wanted = MediaStreamConstraints::new();
    wanted.set_video(&object("facingMode", &"environment".into())?);
    let asked = window
        .navigator()
        .media_devices()?
        .get_user_media_with_constraints(&wanted)?;
    let stream: MediaStream = JsFuture::from(asked).await?.dyn_into()?;
    video.set_src_object(Some(&stream));
    JsFuture::from(video.play()?).await?;
    let open = Rc::new(Cell::new(true));
    let eye = Eye::new(video)?;
    spawn_local(look(eye, on_code, Rc::clone(&open)));
    Ok(Camera { stream, open })
}

impl Camera {
    /// Whether it has a light.
    pub fn has_torch(&self) -> bool {
        self.track().is_some_and(|track| {
            // Not known everywhere, and not to these bindings.
            method(&track, "getCapabilities")
                .and_then(|capabilities| capabilities.call0(&track).ok())
                .and_then(|capabilities| Reflect::get(&capabilities, &"torch".into()).ok())
                .is_some_and(|torch| torch.is_truthy())
        })
    }

    /// Switches the light.
    pub async fn set_torch(&self, on: bool) -> Result<(), JsValue> {
        let track = self.track().ok_or(JsValue::NULL)?;
        let apply = method(&track, "applyConstraints").ok_or(JsValue::NULL)?;
        let advanced = js_sys::Array::of1(&object("torch", &on.into())?);
        let wanted = object("advanced", &advanced)?;
        let applied: Promise = apply.call1(&track, &wanted)?.dyn_into()?;
        JsFuture::from(applied).await.map(|_applied| ())
    }

    /// Looks no longer, and puts its light out.
    pub fn close(&self) {
        self.open.set(false);
        for track in self.stream.get_tracks() {
            if let Ok(track) = track.dyn_into::<MediaStreamTrack>() {
                track.stop();
            }
        }
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }
}

async fn look(eye: Eye, on_code: impl Fn(String), open: Rc<Cell<bool>>) {
    while open.get() {
        TimeoutFuture::new(PAUSE_MS).await;
        let seen = eye.picture().ok().flatten();
        if let Some(text) = seen.and_then(|picture| picture.text())
            && open.get()
        {
            on_code(text);
        }
    }
}

/// Takes pictures of a video.
struct Eye {
    video: HtmlVideoElement,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Eye {
    fn new(video: HtmlVideoElement) -> Result<Self, JsValue> {
        let document = web_sys::window().and_then(|window| window.document());
        let canvas = document.ok_or(JsValue::NULL)?.create_element("canvas")?;
        let canvas: HtmlCanvasElement = canvas.dyn_into()?;
        let often = object("willReadFrequently", &true.into())?;
        let context = canvas.get_context_with_context_options("2d", &often)?;
        let context = context.ok_or(JsValue::NULL)?.dyn_into()?;
        Ok(Self {
            video,
            canvas,
            context,
        })
    }

    /// What is seen now; nothing before the camera has warmed up.
    fn picture(&self) -> Result<Option<Picture>, JsValue> {
        let (width, height) = (self.video.video_width(), self.video.video_height());
        let longer = width.max(height);
        if longer == 0 {
            return Ok(None);
        }
        let fit = |side: u32| (side * LONGER_SIDE.min(longer) / longer).max(1);
        let (width, height) = (fit(width), fit(height));
        self.canvas.set_width(width);
        self.canvas.set_height(height);
        let (w, h) = (f64::from(width), f64::from(height));
        self.context
            .draw_image_with_html_video_element_and_dw_and_dh(&self.video, 0.0, 0.0, w, h)?;
        let image = self.context.get_image_data(0.0, 0.0, w, h)?;
        Ok(Some(Picture::of_rgba(width as usize, &image.data())))
    }
}

fn object(name: &str, value: &JsValue) -> Result<JsValue, JsValue> {
    let object = Object::new();
    Reflect::set(&object, &name.into(), value)?;
    Ok(object.into())
}

fn method(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}
