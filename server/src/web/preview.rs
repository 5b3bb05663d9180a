//! What chats show of a link to an event: its poster, with the title, the day and the place. They take
//! no SVG.

use std::sync::Arc;

use api::EventId;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat};
use moka::future::Cache;
use resvg::tiny_skia::{ColorU8, FilterQuality, IntSize, Pixmap, PixmapPaint, Transform};
use resvg::usvg::{Options, Tree};
use tokio::sync::Semaphore;

use super::{Web, head};
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::events;
use crate::events::recent::Event;
use crate::extract::Path;
use crate::http::{ANYWHERE, CROSS_ORIGIN_RESOURCE_POLICY};
use crate::text::{Fonts, Picture, Room};

/// What all of them ask for.
pub(super) const SIZE: (u32, u32) = (1200, 630);

/// Around the words, and between them.
const MARGIN: f32 = 64.0;
const GAP: f32 = 14.0;
/// How far above the words their shade begins.
const SHADE_ABOVE: f32 = 140.0;
const SHADE: &str = "#14100e";
/// Sizes of the words, for short and for long ones.
const TITLE: &[f32] = &[80.0, 62.0, 48.0, 38.0];
const ABOUT: &[f32] = &[36.0, 32.0, 28.0];

/// The most bytes of pictures that are kept.
const KEPT_MAX: u64 = 16 * 1024 * 1024;

/// Drawing takes a processor for some milliseconds, so it is one at a time.
static TURN: Semaphore = Semaphore::const_new(1);

/// Pictures drawn already.
#[derive(Clone)]
pub(super) struct Previews(Cache<(EventId, Words), Answer>);

/// What stands on a picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Words {
    title: String,
    when: String,
    place: String,
}

impl Words {
    fn of(event: &Event) -> Self {
        let about = &event.detail.summary;
        Self {
            title: head::title(event),
            when: head::when(event),
            place: i18n::event::place(about),
        }
    }
}

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
    let event = events::public(&web.state, id)
        .await?
        .ok_or(Error::NotFound)?;
    let (words, fonts) = (Words::of(&event), web.state.fonts.clone());
    let draw = draw_in_turn(id, words.clone(), fonts);
    let drawn = web.previews.0.try_get_with((id, words), draw).await;
    let answer = drawn.map_err(|error: Arc<Error>| Error::internal(error))?;
    Ok((
        [(CROSS_ORIGIN_RESOURCE_POLICY, ANYWHERE)],
        answer.respond(&headers),
    )
        .into_response())
}

async fn draw_in_turn(id: EventId, words: Words, fonts: Fonts) -> Result<Answer> {
    let _turn = TURN.acquire().await.map_err(Error::internal)?;
    let picture = tokio::task::spawn_blocking(move || draw(id, &words, &fonts))
        .await
        .map_err(Error::internal)??;
    Ok(Answer::new("image/png", picture)?.cached("public, max-age=86400"))
}

/// The middle of the poster, and the words on it.
fn draw(id: EventId, words: &Words, fonts: &Fonts) -> Result<Vec<u8>> {
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
    write(&mut canvas, words, fonts)?;
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

/// The words from the bottom up, in white on a shade, so that they can be read on every poster.
fn write(canvas: &mut Pixmap, words: &Words, fonts: &Fonts) -> Result<()> {
    let (width, height) = (SIZE.0 as f32, SIZE.1 as f32);
    let lines = [
        (&words.place, false, ABOUT, 1),
        (&words.when, false, ABOUT, 2),
        (&words.title, true, TITLE, 3),
    ];
    let mut bottom = height - MARGIN;
    let mut shapes = Vec::new();
    for (text, strong, sizes, lines) in lines {
        let room = Room {
            width: width - 2.0 * MARGIN,
            lines,
        };
        // What no font can write stands beside the picture, in the chat.
        let Some(block) = fonts.fit(text, strong, sizes, room) else {
            continue;
        };
        bottom -= block.height();
        shapes.push(block.outlines(MARGIN, bottom));
        bottom -= GAP;
    }
    let paths = shapes.iter().map(|shape| shape.path.as_str());
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\">\
        <linearGradient id=\"shade\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">\
        <stop offset=\"0\" stop-color=\"{SHADE}\" stop-opacity=\"0\"/>\
        <stop offset=\"0.35\" stop-color=\"{SHADE}\" stop-opacity=\"0.75\"/>\
        <stop offset=\"1\" stop-color=\"{SHADE}\" stop-opacity=\"0.92\"/></linearGradient>\
        <rect y=\"{top}\" width=\"{width}\" height=\"{rest}\" fill=\"url(#shade)\"/>\
        <path fill=\"#ffffff\" d=\"{path}\"/></svg>",
        top = (bottom - SHADE_ABOVE).max(0.0),
        rest = height - (bottom - SHADE_ABOVE).max(0.0),
        path = paths.collect::<String>(),
    );
    let tree = Tree::from_str(&svg, &Options::default()).map_err(Error::internal)?;
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    for picture in shapes.iter().flat_map(|shape| &shape.pictures) {
        paint(canvas, picture)?;
    }
    Ok(())
}

/// Draws a sign that a font has as a picture.
fn paint(canvas: &mut Pixmap, picture: &Picture) -> Result<()> {
    let read = image::load_from_memory_with_format(&picture.png, ImageFormat::Png);
    let read = read.map_err(Error::internal)?.into_rgba8();
    let size = IntSize::from_wh(read.width(), read.height());
    let size = size.ok_or_else(|| Error::internal("a sign of no size"))?;
    let pixels = read.pixels().flat_map(|pixel| {
        let [red, green, blue, alpha] = pixel.0;
        let color = ColorU8::from_rgba(red, green, blue, alpha).premultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    });
    let sign = Pixmap::from_vec(pixels.collect(), size);
    let sign = sign.ok_or_else(|| Error::internal("a sign without pixels"))?;
    let paint = PixmapPaint {
        quality: FilterQuality::Bilinear,
        ..PixmapPaint::default()
    };
    let scale = picture.scale;
    let place = Transform::from_row(scale, 0.0, 0.0, scale, picture.x, picture.y);
    canvas.draw_pixmap(0, 0, sign.as_ref(), &paint, place, None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(title: &str) -> Words {
        Words {
            title: title.to_owned(),
            when: "Tuesday, March 4, 2031 at 8:00 PM (Berlin time)".to_owned(),
            place: "Hall, Berlin".to_owned(),
        }
    }

    /// How many pixels are as good as white.
    fn white(png: &[u8]) -> usize {
        let picture = image::load_from_memory(png).expect("a PNG").into_rgb8();
        let bright = |pixel: &&image::Rgb<u8>| pixel.0.iter().all(|part| *part > 250);
        picture.pixels().filter(bright).count()
    }

    #[test]
    fn title_day_and_place_are_in_the_picture() {
        let fonts = Fonts::new(None);
        let id = uuid::Uuid::from_u128(0x0193_7000_0000_7000_8000_0000_0000_0007);
        let nothing = Words {
            title: String::new(),
            when: String::new(),
            place: String::new(),
        };
        let bare = white(&draw(id, &nothing, &fonts).expect("a picture"));
        for title in [
            "Night of the Organ",
            "東京の夜コンサート",
            "حفلة موسيقية في القاهرة",
            "दिल्ली में संगीत समारोह",
            "คอนเสิร์ตที่กรุงเทพมหานคร",
            "קונצרט בתל אביב",
        ] {
            let png = draw(id, &words(title), &fonts).expect("a picture");
            assert!(
                white(&png) > bare + 8_000,
                "{title}: {} {bare}",
                white(&png)
            );
        }
        let title = "Wagner ".repeat(17);
        draw(id, &words(&title), &fonts).expect("a picture");
        let with_sign = draw(id, &words("Party 🎉"), &fonts).expect("a picture");
        let without = draw(id, &words("Party"), &fonts).expect("a picture");
        assert_ne!(with_sign, without);
    }

    #[test]
    fn a_poster_is_drawn_whole() {
        let fonts = Fonts::new(None);
        for number in 0..24 {
            let id = uuid::Uuid::from_u128(0x0193_7000_0000_7000_8000_0000_0000_0000 + number);
            let png = draw(id, &words("Night"), &fonts).expect("a picture");
            assert!(png.len() < 400_000, "{} bytes", png.len());
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
