//! Text in a box: in lines, smaller where it has to be, cut only when nothing else helps.

use std::ops::Range;

use parley::style::{FontWeight, OverflowWrap, StyleProperty};
use parley::{Alignment, Layout};

use super::fonts::{Drawable, Engine, Face, Fonts, STRONG_WEIGHT};

/// How much room there is.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// In the units of the sizes.
    pub width: f32,
    /// How many lines at most.
    pub lines: usize,
}

/// Text that was laid out.
pub struct Block {
    /// What it says.
    pub text: String,
    /// The size of its letters.
    pub size: f32,
    /// Its lines, from top to bottom.
    pub lines: Vec<Line>,
}

/// A line of text.
pub struct Line {
    /// From its top to its baseline.
    pub ascent: f32,
    /// From its baseline to its end.
    pub descent: f32,
    /// How wide it is.
    pub width: f32,
    /// From left to right.
    pub runs: Vec<Run>,
}

/// Glyphs of one font in a row.
pub struct Run {
    /// Their font.
    pub face: Face,
    /// Where the first begins in its line.
    pub x: f32,
    /// From left to right.
    pub glyphs: Vec<Glyph>,
}

/// A glyph and where it is.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// How far from its place it is drawn, to the right.
    pub x: f32,
    /// The same, upwards.
    pub y: f32,
    /// How far on the next one begins.
    pub advance: f32,
    /// What of the text it shows, in bytes.
    pub range: Range<usize>,
}

impl Block {
    /// How high all its lines are.
    pub fn height(&self) -> f32 {
        let lines = self.lines.iter();
        lines.map(|line| line.ascent + line.descent).sum()
    }
}

/// How words that are wider than the room are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    Whole,
    Broken,
}

impl Fonts {
    /// Lays `text` out in the first of `sizes`, largest first, at which it fits with whole words, else in
    /// the first at which it fits with words broken, else as much of it as fits and “…”. None when it has
    /// letters or digits that no font has.
    pub fn fit(&self, text: &str, strong: bool, sizes: &[f32], room: Room) -> Option<Block> {
        let engine = &mut *self.lock();
        let drawable = engine.drawable(text)?;
        let fitted = engine.fit(&drawable, strong, sizes, room);
        engine.tidy();
        // Nothing may be drawn as the box that stands for what a font does not have.
        let mut runs = fitted.lines.iter().flat_map(|line| &line.runs);
        let is_whole = !runs.any(|run| run.glyphs.iter().any(|glyph| glyph.id == 0));
        is_whole.then_some(fitted)
    }
}

impl Engine {
    fn fit(&mut self, text: &Drawable, strong: bool, sizes: &[f32], room: Room) -> Block {
        for words in [Words::Whole, Words::Broken] {
            for size in sizes {
                let block = self.lay_out(text, &text.text, strong, *size, room.width, words);
                let is_narrow = block
                    .lines
                    .iter()
                    .all(|line| line.width <= room.width + 0.01);
                if is_narrow && block.lines.len() <= room.lines {
                    return block;
                }
            }
        }
        let smallest = sizes.last().copied().unwrap_or(1.0);
        let whole = self.lay_out(
            text,
            &text.text,
            strong,
            smallest,
            room.width,
            Words::Broken,
        );
        let mut ends = whole.ends(room.lines);
        loop {
            let kept = ends.pop().unwrap_or(0);
            let cut = format!("{}…", text.text[..kept].trim_end());
            let block = self.lay_out(text, &cut, strong, smallest, room.width, Words::Broken);
            if block.lines.len() <= room.lines || kept == 0 {
                return block;
            }
        }
    }

    fn lay_out(
        &mut self,
        drawable: &Drawable,
        text: &str,
        strong: bool,
        size: f32,
        width: f32,
        words: Words,
    ) -> Block {
        let mut builder = self
            .layout
            .ranged_builder(&mut self.fonts, text, 1.0, false);
        let weight = if strong { STRONG_WEIGHT } else { 400.0 };
        builder.push_default(StyleProperty::FontFamily(drawable.stack()));
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(weight)));
        builder.push_default(StyleProperty::OverflowWrap(match words {
            Words::Whole => OverflowWrap::Normal,
            Words::Broken => OverflowWrap::Anywhere,
        }));
        let mut layout: Layout<()> = builder.build(text);
        // Between words from right to left the space at the end of a line may stand within it.
        let spared = if is_right_to_left(text) {
            size * 0.3
        } else {
            0.0
        };
        layout.break_all_lines(Some(width - spared));
        layout.align(Alignment::Left, Default::default());
        Block {
            text: text.to_owned(),
            size,
            lines: layout
                .lines()
                .map(|line| Line::of(&line, size, layout.is_rtl()))
                .collect(),
        }
    }
}

impl Block {
    /// Where the text of the first `lines` may be cut, from its start.
    fn ends(&self, lines: usize) -> Vec<usize> {
        let kept = self.lines.iter().take(lines);
        let glyphs = kept.flat_map(|line| line.runs.iter().flat_map(|run| &run.glyphs));
        let mut ends: Vec<usize> = glyphs.map(|glyph| glyph.range.end).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

/// Whether a text has letters that are written from right to left.
fn is_right_to_left(text: &str) -> bool {
    let is_one =
        |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    text.chars().any(|c| {
        is_one(c)
            || ('\u{10800}'..='\u{10fff}').contains(&c)
            || ('\u{1e800}'..='\u{1efff}').contains(&c)
    })
}

impl Line {
    fn of(line: &parley::Line<'_, ()>, size: f32, rtl: bool) -> Self {
        let mut read = Self {
            ascent: size * 0.96,
            descent: size * 0.26,
            width: 0.0,
            runs: Vec::new(),
        };
        // What hangs is the space at the line's end, which shows nothing.
        let hanging = line.metrics().hanging_advance;
        let mut x = if rtl { -hanging } else { 0.0 };
        for run in line.runs() {
            let metrics = run.font_metrics();
            read.ascent = read.ascent.max(metrics.ascent);
            read.descent = read.descent.max(metrics.descent);
            let mut glyphs: Vec<Glyph> = Vec::new();
            let start = x;
            for cluster in run.visual_clusters() {
                if cluster.is_ligature_continuation() {
                    if let Some(glyph) = glyphs.last_mut() {
                        let range = cluster.text_range();
                        glyph.range.start = glyph.range.start.min(range.start);
                        glyph.range.end = glyph.range.end.max(range.end);
                    }
                    continue;
                }
                for glyph in cluster.glyphs() {
                    glyphs.push(Glyph {
                        id: glyph.id,
                        x: glyph.x,
                        y: glyph.y,
                        advance: glyph.advance,
                        range: cluster.text_range(),
                    });
                    x += glyph.advance;
                }
            }
            let font = run.font().clone();
            let synthesis = run.synthesis();
            let variations = synthesis.variation_settings().iter();
            read.runs.push(Run {
                face: Face {
                    data: font.data,
                    index: font.index,
                    variations: variations
                        .map(|(tag, at)| (tag.into_bytes(), *at))
                        .collect(),
                },
                x: start,
                glyphs,
            });
        }
        read.width = if rtl { x } else { x - hanging };
        read
    }
}
