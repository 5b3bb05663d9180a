//! Making a picture small enough to be sent: cameras make larger ones than anybody sends by hand.

use api::host::COVER_MAX_BYTES;
use js_sys::Promise;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

/// As many pixels along the longer side as are left: more than the server keeps.
const SIDE: f64 = 2400.0;

/// `picture` as it is, where it may be sent so; else smaller, as JPEG. Nothing, where the browser
/// knows no such pictures.
pub(super) async fn shrunk(picture: &Blob) -> Option<Blob> {
    if picture.size() <= COVER_MAX_BYTES as f64 {
        return Some(picture.clone());
    }
    drawn_smaller(picture).await.ok()
}

async fn drawn_smaller(picture: &Blob) -> Result<Blob, JsValue> {
    let window = leptos::prelude::window();
    let decoded = window.create_image_bitmap_with_blob(picture)?;
    let decoded: ImageBitmap = JsFuture::from(decoded).await?.dyn_into()?;
    let (width, height) = (f64::from(decoded.width()), f64::from(decoded.height()));
    let scale = (SIDE / width.max(height)).min(1.0);
    let canvas: HtmlCanvasElement = leptos::prelude::document()
        .create_element("canvas")?
        .dyn_into()?;
    canvas.set_width((width * scale) as u32);
    canvas.set_height((height * scale) as u32);
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    // JPEG knows no transparency.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&decoded, 0.0, 0.0, width, height)?;
    decoded.close();
    encoded(&canvas).await
}

async fn encoded(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let refuse = failed.clone();
        let give = Closure::once_into_js(move |blob: JsValue| {
            let answer = if blob.is_null() { &failed } else { &done };
            let _called = answer.call1(&JsValue::NULL, &blob);
        });
        let asked = canvas.to_blob_with_type(give.unchecked_ref(), "image/jpeg");
        if let Err(error) = asked {
            let _called = refuse.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(promise).await?.dyn_into()
}
