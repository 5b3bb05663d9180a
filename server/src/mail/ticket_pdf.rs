//! Tickets on paper: a page each, the code large enough for every door.

use std::collections::HashMap;

use api::tickets::Ticket;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Paint, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};
use leptos_i18n::td_string;
use qrcode::{Color, EcLevel, QrCode};

use super::letters::{place, when};
use crate::error::{Error, Result};
use crate::reader::Reader;
use crate::text::{Block, Face, Fonts, Room};

/// A5, in points.
const WIDTH: f32 = 420.0;
const HEIGHT: f32 = 595.0;
const MARGIN: f32 = 32.0;
const INSIDE: f32 = WIDTH - 2.0 * MARGIN;
const BAND: f32 = 50.0;
const CODE_SIDE: f32 = 216.0;
const CODE_TOP: f32 = 305.0;
/// Where the stub would be torn off, and what the ticket is for has to end.
const PERFORATION: f32 = 294.0;
/// The empty border that scanners need, in modules.
const QUIET_ZONE: usize = 4;
/// Where the facts begin and how wide they are: type, name, number.
const FACTS: [(f32, f32); 3] = [(0.0, 112.0), (124.0, 136.0), (272.0, 84.0)];
/// How much smaller everything may be to fit: never too small to read.
const SCALES: [f32; 5] = [1.0, 0.9, 0.8, 0.7, 0.6];
/// Of a size, the steps in which a long text gets smaller.
const STEPS: [f32; 3] = [1.0, 0.86, 0.74];
/// The same for a title, which begins larger.
const TITLE_STEPS: [f32; 5] = [1.0, 0.86, 0.74, 0.64, 0.55];
/// Red, green and blue.
type Ink = [u8; 3];
const ACCENT: Ink = [194, 40, 13];
const INK: Ink = [32, 26, 23];
const SOFT: Ink = [110, 100, 92];
const WHITE: Ink = [255, 255, 255];

/// How a text is written.
#[derive(Clone, Copy)]
struct Style {
    size: f32,
    strong: bool,
    ink: Ink,
}

const TITLE: Style = strong(22.0, INK);
const ABOUT: Style = regular(11.5, SOFT);
const LABEL: Style = regular(9.0, SOFT);
const VALUE: Style = strong(12.0, INK);

const fn strong(size: f32, ink: Ink) -> Style {
    Style {
        size,
        strong: true,
        ink,
    }
}

const fn regular(size: f32, ink: Ink) -> Style {
    Style {
        size,
        strong: false,
        ink,
    }
}

/// Text and where it stands: its left end and its top.
struct Placed {
    block: Block,
    x: f32,
    y: f32,
    ink: Ink,
}

impl Placed {
    fn end(&self) -> f32 {
        self.y + self.block.height()
    }
}

/// Who the tickets are for, and how they are written for them.
pub(super) struct Holder<'a> {
    pub(super) reader: &'a Reader,
    /// Stands with the number where a text cannot be written.
    pub(super) email: &'a str,
    pub(super) fonts: &'a Fonts,
}

/// A PDF with a page for each ticket.
pub(super) fn draw(holder: &Holder<'_>, tickets: &[Ticket]) -> Result<Vec<u8>> {
    let language = holder.reader.language;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(td_string!(language, common.tickets_title).to_owned())
            .language(i18n::tag(language).to_owned()),
    );
    let mut faces = HashMap::new();
    for ticket in tickets {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| Error::internal("a page without a size"))?;
        let mut page = document.start_page_with(settings);
        let mut sheet = Sheet {
            surface: page.surface(),
            faces: &mut faces,
        };
        sheet.ticket(holder, ticket)?;
    }
    document
        .finish()
        .map_err(|error| Error::internal(format!("a ticket cannot be drawn: {error:?}")))
}

impl Holder<'_> {
    /// What the ticket is for, in the largest type in which all of it fits.
    fn lay_out(&self, ticket: &Ticket) -> Vec<Placed> {
        let mut laid_out = Vec::new();
        for scale in SCALES {
            laid_out = self.lay_out_at(scale, ticket);
            let ends = laid_out.iter().map(Placed::end);
            if ends.fold(0.0, f32::max) <= PERFORATION - 10.0 {
                break;
            }
        }
        laid_out
    }

    fn lay_out_at(&self, scale: f32, ticket: &Ticket) -> Vec<Placed> {
        let language = self.reader.language;
        // A text that no font can write is told by what names the ticket and its holder instead.
        let number_is = td_string!(language, tickets.number);
        let instead = format!("{number_is} {} · {}", ticket.number, self.email);
        let write = |text: &str, style: Style, width: f32, lines: usize, x: f32, y: f32| {
            let steps: &[f32] = if style.size == TITLE.size {
                &TITLE_STEPS
            } else {
                &STEPS
            };
            let sizes: Vec<f32> = steps.iter().map(|step| style.size * scale * step).collect();
            let room = Room { width, lines };
            let fit = |text: &str| self.fonts.fit(text, style.strong, &sizes, room);
            Some(Placed {
                block: fit(text).or_else(|| fit(&instead))?,
                x: MARGIN + x,
                y,
                ink: style.ink,
            })
        };
        let mut all: Vec<Placed> = Vec::new();
        let mut y = BAND + 16.0 * scale;
        let event = &ticket.event;
        let (when, place) = (when(self.reader, event), place(event));
        for (text, style, gap) in [
            (&event.title, TITLE, 6.0),
            (&when, ABOUT, 2.0),
            (&place, ABOUT, 0.0),
        ] {
            if let Some(placed) = write(text, style, INSIDE, 3, 0.0, y) {
                y = placed.end() + gap * scale;
                all.push(placed);
            }
        }
        y += 10.0 * scale;
        let fact = |(x, width): (f32, f32), y: f32, label: &str, value: &str| {
            let label = write(label, LABEL, width, 2, x, y);
            let y = label.as_ref().map_or(y, Placed::end) + 1.0;
            [label, write(value, VALUE, width, 3, x, y)]
                .into_iter()
                .flatten()
        };
        let (number, name) = (ticket.number.to_string(), td_string!(language, common.name));
        all.extend(fact(
            FACTS[0],
            y,
            td_string!(language, common.ticket),
            &ticket.ticket_type,
        ));
        all.extend(fact(FACTS[1], y, name, &ticket.holder));
        let below = {
            let number: Vec<Placed> = fact(FACTS[2], y, number_is, &number).collect();
            let below = number.iter().map(Placed::end).fold(y, f32::max);
            all.extend(number);
            below
        };
        if let Some(due) = ticket.due {
            let label = td_string!(language, orders.pay_at_door);
            let due = self.reader.money(due);
            all.extend(fact(FACTS[2], below + 6.0 * scale, label, &due));
        }
        all
    }

    /// A line or two in the middle of the page.
    fn centred(&self, text: &str, style: Style, y: f32) -> Option<Placed> {
        let sizes = STEPS.map(|step| style.size * step);
        let room = Room {
            width: INSIDE,
            lines: 2,
        };
        let block = self.fonts.fit(text, style.strong, &sizes, room)?;
        let width = block
            .lines
            .iter()
            .map(|line| line.width)
            .fold(0.0, f32::max);
        Some(Placed {
            block,
            x: (WIDTH - width) / 2.0,
            y,
            ink: style.ink,
        })
    }
}

/// The page that is drawn, and the fonts of its document so far.
struct Sheet<'a> {
    surface: Surface<'a>,
    faces: &'a mut HashMap<(u64, u32), Font>,
}

impl Sheet<'_> {
    fn ticket(&mut self, holder: &Holder<'_>, ticket: &Ticket) -> Result<()> {
        self.fill(rectangle(0.0, 0.0, WIDTH, BAND), ACCENT);
        let brand = td_string!(holder.reader.language, common.brand);
        let room = Room {
            width: INSIDE,
            lines: 1,
        };
        if let Some(block) = holder.fonts.fit(brand, true, &[17.0], room) {
            let y = (BAND - block.height()) / 2.0;
            self.write(&Placed {
                block,
                x: MARGIN,
                y,
                ink: WHITE,
            })?;
        }
        for placed in holder.lay_out(ticket) {
            self.write(&placed)?;
        }
        self.perforation();
        self.code(holder, ticket)
    }

    fn perforation(&mut self) {
        let mut line = PathBuilder::new();
        line.move_to(MARGIN, PERFORATION);
        line.line_to(WIDTH - MARGIN, PERFORATION);
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: paint(SOFT),
            width: 1.0,
            dash: Some(StrokeDash {
                array: vec![2.0, 4.0],
                offset: 0.0,
            }),
            ..Stroke::default()
        }));
        if let Some(line) = line.finish() {
            self.surface.draw_path(&line);
        }
        self.surface.set_stroke(None);
    }

    fn code(&mut self, holder: &Holder<'_>, ticket: &Ticket) -> Result<()> {
        let language = holder.reader.language;
        let (Some(code), Some(short)) = (&ticket.code, &ticket.short_code) else {
            let sentence = td_string!(language, letters.not_good);
            let sentence = holder.centred(sentence, regular(12.0, INK), CODE_TOP + 30.0);
            return sentence.map_or(Ok(()), |sentence| self.write(&sentence));
        };
        let modules = modules(code, (WIDTH - CODE_SIDE) / 2.0, CODE_TOP)?;
        self.fill(modules, INK);
        let below = CODE_TOP + CODE_SIDE;
        let keep = td_string!(language, letters.keep_code);
        let lines = [
            holder.centred(short, strong(17.0, INK), below),
            holder.centred(keep, regular(10.0, SOFT), below + 30.0),
        ];
        lines.iter().flatten().try_for_each(|line| self.write(line))
    }

    fn write(&mut self, placed: &Placed) -> Result<()> {
        let Placed { block, x, y, ink } = placed;
        let (size, mut y) = (block.size, *y);
        self.surface.set_fill(Some(filled_with(*ink)));
        for line in &block.lines {
            y += line.ascent;
            for run in &line.runs {
                let glyphs = run.glyphs.iter().map(|glyph| {
                    KrillaGlyph::new(
                        GlyphId::new(glyph.id),
                        glyph.advance / size,
                        glyph.x / size,
                        glyph.y / size,
                        0.0,
                        glyph.range.clone(),
                        None,
                    )
                });
                let glyphs: Vec<KrillaGlyph> = glyphs.collect();
                let (start, font) = (Point::from_xy(x + run.x, y), self.font(&run.face)?);
                self.surface
                    .draw_glyphs(start, &glyphs, font, &block.text, size, false);
            }
            y += line.descent;
        }
        Ok(())
    }

    fn font(&mut self, face: &Face) -> Result<Font> {
        let key = (face.data.id(), face.index);
        if let Some(font) = self.faces.get(&key) {
            return Ok(font.clone());
        }
        let axes = face.variations.iter();
        let axes: Vec<(Tag, f32)> = axes.map(|(tag, at)| (Tag::new(tag), *at)).collect();
        let (data, _) = face.data.clone().into_raw_parts();
        let font = Font::new_variable(data.into(), face.index, &axes)
            .ok_or_else(|| Error::internal("a font cannot be read"))?;
        self.faces.insert(key, font.clone());
        Ok(font)
    }

    fn fill(&mut self, path: Option<Path>, color: Ink) {
        self.surface.set_fill(Some(filled_with(color)));
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }
}

fn paint([red, green, blue]: Ink) -> Paint {
    rgb::Color::new(red, green, blue).into()
}

fn filled_with(color: Ink) -> Fill {
    Fill {
        paint: paint(color),
        rule: FillRule::NonZero,
        ..Fill::default()
    }
}

fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(x, y, width, height)?);
    path.finish()
}

/// The dark modules of a QR code, each run of a row one rectangle.
fn modules(code: &str, left: f32, top: f32) -> Result<Option<Path>> {
    let matrix = QrCode::with_error_correction_level(code, EcLevel::M).map_err(Error::internal)?;
    let width = matrix.width();
    let side = CODE_SIDE / (width + 2 * QUIET_ZONE) as f32;
    let colors = matrix.to_colors();
    let mut path = PathBuilder::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run[0] == Color::Dark {
                let at = |modules: usize| (modules + QUIET_ZONE) as f32 * side;
                let run_width = run.len() as f32 * side;
                let rect = Rect::from_xywh(left + at(x), top + at(y), run_width, side);
                if let Some(rect) = rect {
                    path.push_rect(rect);
                }
            }
            x += run.len();
        }
    }
    Ok(path.finish())
}

#[cfg(test)]
#[path = "ticket_pdf_tests.rs"]
mod tests;
