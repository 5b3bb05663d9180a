//! The poster of an event as a picture that chats show: they take no SVG.

use std::sync::Arc;

use api::EventId;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use moka::future::Cache;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use tokio::sync::Semaphore;

use super::Web;
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::events;
use crate::extract::Path;

/// What all of them ask for.
pub(super) const SIZE: (u32, u32) = (1200, 630);

/// The most bytes of pictures that are kept.
const KEPT_MAX: u64 = 16 * 1024 * 1024;

/// Drawing takes a processor for some milliseconds, so it is one at a time.
static TURN: Semaphore = Semaphore::const_new(1);

/// Pictures drawn already.
#[derive(Clone)]
pub(super) struct Previews(Cache<EventId, Answer>);

impl Previews {
    pub(super) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(KEPT_MAX)
                .weigher(|_, picture: &Answer| picture.size())
                .build(),
        )
    }
}

pub(super) async fn event(
    State(web): State<Web>,
    headers: HeaderMap,
    Path(id): Path<EventId>,
) -> Result<Response> {
    // Who is not told of an event gets no picture of it either.
    events::public(&web.state, id)
        .await?
        .ok_or(Error::NotFound)?;
    let drawn = web.previews.0.try_get_with(id, draw_in_turn(id)).await;
    let answer = drawn.map_err(|error: Arc<Error>| Error::internal(error))?;
    Ok(answer.respond(&headers))
}

async fn draw_in_turn(id: EventId) -> Result<Answer> {
    let _turn = TURN.acquire().await.map_err(Error::internal)?;
    let picture = tokio::task::spawn_blocking(move || draw(id))
        .await
        .map_err(Error::internal)??;
    Ok(Answer::new("image/png", picture)?.cached("public, max-age=86400"))
}

/// The middle of the poster.
fn draw(id: EventId) -> Result<Vec<u8>> {
    let side = poster::SIDE;
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\">{}</svg>",
        poster::draw(id)
    );
    let tree = Tree::from_str(&svg, &Options::default()).map_err(Error::internal)?;
    let (width, height) = SIZE;
    let mut canvas =
        Pixmap::new(width, height).ok_or_else(|| Error::internal("a picture of no size"))?;
    let scale = width as f32 / tree.size().width();
    let above = (tree.size().height() * scale - height as f32) / 2.0;
    let middle = Transform::from_row(scale, 0.0, 0.0, scale, 0.0, -above);
    resvg::render(&tree, middle, &mut canvas.as_mut());
    // A poster covers all of it, so nothing is left transparent.
    let pixels: Vec<u8> = canvas
        .data()
        .chunks_exact(4)
        .flat_map(|pixel| &pixel[..3])
        .copied()
        .collect();
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .map_err(Error::internal)?;
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poster_is_drawn_whole() {
        for number in 0..24 {
            let id = uuid::Uuid::from_u128(0x0193_7000_0000_7000_8000_0000_0000_0000 + number);
            let png = draw(id).expect("a picture");
            assert!(png.len() < 300_000, "{} bytes", png.len());
            let picture = image::load_from_memory(&png).expect("a PNG").into_rgb8();
            assert_eq!(picture.dimensions(), SIZE);
            // What was not drawn would be black.
            let black = picture
                .pixels()
                .filter(|pixel| pixel.0 == [0, 0, 0])
                .count();
            assert_eq!(black, 0, "{id}");
        }
    }
}
