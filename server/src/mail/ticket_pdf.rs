//! Tickets on paper: a page each, the code large enough for every door.

use std::sync::LazyLock;

use api::tickets::Ticket;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Paint, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use leptos_i18n::td_string;
use qrcode::{Color, EcLevel, QrCode};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::letters::{place, when};
use crate::error::{Error, Result};
use crate::reader::Reader;

/// A5, in points.
const WIDTH: f32 = 420.0;
const HEIGHT: f32 = 595.0;
const MARGIN: f32 = 32.0;
const BAND: f32 = 56.0;
const CODE_SIDE: f32 = 216.0;
/// The empty border that scanners need, in modules.
const QUIET_ZONE: usize = 4;
/// Red, green and blue.
type Ink = [u8; 3];
const ACCENT: Ink = [194, 40, 13];
const INK: Ink = [32, 26, 23];
const SOFT: Ink = [110, 100, 92];
const WHITE: Ink = [255, 255, 255];

struct Fonts {
    regular: Typeface,
    strong: Typeface,
}

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    Some(Fonts {
        regular: Typeface::read(include_bytes!("fonts/Inter-Regular.otf"))?,
        strong: Typeface::read(include_bytes!("fonts/Inter-SemiBold.otf"))?,
    })
});

struct Typeface {
    drawn: Font,
    measured: FontRef<'static>,
}

impl Typeface {
    fn read(file: &'static [u8]) -> Option<Self> {
        Some(Self {
            drawn: Font::new(file.to_vec().into(), 0)?,
            measured: FontRef::new(file).ok()?,
        })
    }

    /// Where text begins that stands in the middle of the page.
    fn centred(&self, text: &str, size: f32) -> f32 {
        let glyphs = self.measured.charmap();
        let metrics = self
            .measured
            .glyph_metrics(Size::new(size), LocationRef::default());
        let widths = text
            .chars()
            .filter_map(|c| metrics.advance_width(glyphs.map(c)?));
        (WIDTH - widths.sum::<f32>()) / 2.0
    }
}

/// A PDF with a page for each ticket.
pub(super) fn draw(reader: &Reader, tickets: &[Ticket]) -> Result<Vec<u8>> {
    let fonts = FONTS
        .as_ref()
        .ok_or_else(|| Error::internal("a font cannot be read"))?;
    let mut document = Document::new();
    document.set_metadata(
        Metadata::new()
            .title(td_string!(reader.language, common.tickets_title).to_owned())
            .language(i18n::tag(reader.language).to_owned()),
    );
    for ticket in tickets {
        let settings = PageSettings::from_wh(WIDTH, HEIGHT)
            .ok_or_else(|| Error::internal("a page without a size"))?;
        let mut page = document.start_page_with(settings);
        let mut sheet = Sheet {
            surface: page.surface(),
            fonts,
            reader,
        };
        sheet.ticket(ticket)?;
    }
    document
        .finish()
        .map_err(|error| Error::internal(format!("a ticket cannot be drawn: {error:?}")))
}

struct Sheet<'a> {
    surface: Surface<'a>,
    fonts: &'a Fonts,
    reader: &'a Reader,
}

impl Sheet<'_> {
    fn ticket(&mut self, ticket: &Ticket) -> Result<()> {
        let language = self.reader.language;
        self.fill(rectangle(0.0, 0.0, WIDTH, BAND), ACCENT);
        let brand = td_string!(language, common.brand);
        self.strong(brand, MARGIN, 35.0, 17.0, WHITE);

        let mut y = BAND + 38.0;
        for line in wrapped(&ticket.event.title, 27, 3) {
            self.strong(&line, MARGIN, y, 22.0, INK);
            y += 26.0;
        }
        y += 2.0;
        for text in [when(self.reader, &ticket.event), place(&ticket.event)] {
            for line in wrapped(&text, 58, 2) {
                self.regular(&line, MARGIN, y, 11.5, SOFT);
                y += 16.0;
            }
        }
        y += 12.0;
        let (ticket_type, holder) = (&ticket.ticket_type, &ticket.holder);
        let number = ticket.number.to_string();
        self.fact(td_string!(language, common.ticket), ticket_type, MARGIN, y);
        self.fact(td_string!(language, common.name), holder, MARGIN + 136.0, y);
        self.fact(
            td_string!(language, tickets.number),
            &number,
            MARGIN + 296.0,
            y,
        );
        self.perforation(HEIGHT - CODE_SIDE - 104.0);
        self.code(ticket, HEIGHT - CODE_SIDE - 84.0)
    }

    fn fact(&mut self, name: &str, value: &str, x: f32, y: f32) {
        self.regular(name, x, y, 9.0, SOFT);
        for line in wrapped(value, 18, 1) {
            self.strong(&line, x, y + 15.0, 12.0, INK);
        }
    }

    /// Where the stub would be torn off.
    fn perforation(&mut self, y: f32) {
        let mut line = PathBuilder::new();
        line.move_to(MARGIN, y);
        line.line_to(WIDTH - MARGIN, y);
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

    fn code(&mut self, ticket: &Ticket, top: f32) -> Result<()> {
        let (Some(code), Some(short)) = (&ticket.code, &ticket.short_code) else {
            let sentence = td_string!(self.reader.language, letters.not_good);
            self.regular(sentence, MARGIN, top + 40.0, 12.0, INK);
            return Ok(());
        };
        let left = (WIDTH - CODE_SIDE) / 2.0;
        let modules = modules(code, left, top)?;
        self.fill(modules, INK);
        let below = top + CODE_SIDE + 18.0;
        self.strong(
            short,
            self.fonts.strong.centred(short, 17.0),
            below,
            17.0,
            INK,
        );
        let sentence = td_string!(self.reader.language, letters.keep_code);
        let left = self.fonts.regular.centred(sentence, 10.0);
        self.regular(sentence, left, HEIGHT - 28.0, 10.0, SOFT);
        Ok(())
    }

    fn strong(&mut self, text: &str, x: f32, y: f32, size: f32, color: Ink) {
        self.write(text, self.fonts.strong.drawn.clone(), (x, y), size, color);
    }

    fn regular(&mut self, text: &str, x: f32, y: f32, size: f32, color: Ink) {
        self.write(text, self.fonts.regular.drawn.clone(), (x, y), size, color);
    }

    fn write(&mut self, text: &str, font: Font, (x, y): (f32, f32), size: f32, color: Ink) {
        self.surface.set_fill(Some(filled_with(color)));
        let start = Point::from_xy(x, y);
        self.surface
            .draw_text(start, font, size, text, false, TextDirection::Auto);
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

/// Text in at most `lines` lines of about `length` characters; what does not fit ends in “…”.
fn wrapped(text: &str, length: usize, lines: usize) -> Vec<String> {
    let mut wrapped = vec![String::new()];
    for word in text
        .split_whitespace()
        .flat_map(|word| pieces(word, length))
    {
        match wrapped.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= length => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => wrapped.push(word),
        }
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            *last = last.chars().take(length - 1).chain(['…']).collect();
        }
    }
    wrapped
}

/// A word longer than a line in pieces.
fn pieces(word: &str, length: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters
        .chunks(length)
        .map(|piece| piece.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        assert_eq!(wrapped("one two three", 7, 3), ["one two", "three"]);
        assert_eq!(wrapped("one two three four", 7, 2), ["one two", "three…"]);
        assert_eq!(wrapped("incomprehensible", 8, 1), ["incompr…"]);
        assert_eq!(wrapped("", 8, 1), [""]);
    }
}
