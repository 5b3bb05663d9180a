//! Text as shapes, for pictures.

use std::fmt::Write;

use skrifa::bitmap::{BitmapData, Origin};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

use super::{Block, Face};

/// Text as shapes.
#[derive(Default)]
pub struct Outlines {
    /// Letters, as the path of an SVG.
    pub path: String,
    /// Signs that fonts have as pictures.
    pub pictures: Vec<Picture>,
}

/// A sign that a font has as a picture.
pub struct Picture {
    /// The picture's file.
    pub png: Vec<u8>,
    /// Its left end.
    pub x: f32,
    /// Its top.
    pub y: f32,
    /// How large one of its pixels is.
    pub scale: f32,
}

impl Block {
    /// The text with its left end and its top there.
    pub fn outlines(&self, x: f32, y: f32) -> Outlines {
        let mut outlines = Outlines::default();
        let mut baseline = y;
        for line in &self.lines {
            baseline += line.ascent;
            for run in &line.runs {
                let mut at = x + run.x;
                for glyph in &run.glyphs {
                    let place = (at + glyph.x, baseline - glyph.y);
                    // A font that cannot be read has no glyphs that were laid out.
                    let _drawn = outlines.add(&run.face, glyph.id, self.size, place);
                    at += glyph.advance;
                }
            }
            baseline += line.descent;
        }
        outlines
    }
}

impl Outlines {
    fn add(&mut self, face: &Face, glyph: u32, size: f32, (x, y): (f32, f32)) -> Option<()> {
        let font = FontRef::from_index(face.data.data(), face.index).ok()?;
        let axes = face.variations.iter();
        let axes = axes.map(|(tag, at)| (Tag::new(tag), *at));
        let location = font.axes().location(axes);
        let id = GlyphId::new(glyph);
        if let Some(outline) = font.outline_glyphs().get(id) {
            let mut pen = Pen {
                path: &mut self.path,
                x,
                y,
            };
            let settings = DrawSettings::unhinted(Size::new(size), &location);
            outline.draw(settings, &mut pen).ok()?;
        }
        self.add_picture(&font, id, size, (x, y))
    }

    fn add_picture(
        &mut self,
        font: &FontRef<'_>,
        id: GlyphId,
        size: f32,
        at: (f32, f32),
    ) -> Option<()> {
        let strikes = font.bitmap_strikes();
        let picture = strikes.glyph_for_size(Size::unscaled(), id)?;
        let BitmapData::Png(png) = picture.data else {
            return None;
        };
        let scale = size / picture.ppem_y;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let units = size / f32::from(metrics.units_per_em);
        let lift = match picture.placement_origin {
            Origin::TopLeft => picture.inner_bearing_y,
            Origin::BottomLeft => picture.inner_bearing_y + picture.height as f32,
        };
        self.pictures.push(Picture {
            png: png.to_vec(),
            x: at.0 + picture.bearing_x * units + picture.inner_bearing_x * scale,
            y: at.1 - picture.bearing_y * units - lift * scale,
            scale,
        });
        Some(())
    }
}

/// Writes a glyph's outline where it stands.
struct Pen<'a> {
    path: &'a mut String,
    x: f32,
    y: f32,
}

impl Pen<'_> {
    fn write(&mut self, command: char, points: &[(f32, f32)]) {
        self.path.push(command);
        for (x, y) in points {
            // Writing to a String does not fail.
            let _written = write!(self.path, "{:.2} {:.2} ", self.x + x, self.y - y);
        }
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.write('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.write('L', &[(x, y)]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.write('Q', &[(cx, cy), (x, y)]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.write('C', &[(ax, ay), (bx, by), (x, y)]);
    }

    fn close(&mut self) {
        self.path.push('Z');
    }
}
