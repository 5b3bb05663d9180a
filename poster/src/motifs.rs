//! The compositions. Each fills the square, is bold from afar, and survives being cropped.

use std::f64::consts::{PI, TAU};
use std::fmt::Write;

use crate::SIDE;
use crate::dice::Dice;
use crate::palette::Palette;

type Motif = fn(&mut Dice, &Palette) -> String;

pub(crate) const MOTIFS: [Motif; 11] = [
    sunburst, ripples, discs, stripes, waves, tiles, blocks, arches, petals, lines, skyline,
];

/// An SVG in the making.
struct Canvas(String);

impl Canvas {
    fn on(ground: &str) -> Self {
        let mut canvas = Self(String::new());
        canvas.rect(0.0, 0.0, SIDE, SIDE, ground);
        canvas
    }

    fn add(&mut self, shape: std::fmt::Arguments) {
        // Writing to a String does not fail.
        let _written = self.0.write_fmt(shape);
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, ink: &str) {
        self.add(format_args!(
            r#"<rect width="{width:.1}" height="{height:.1}" fill="{ink}" x="{x:.1}" y="{y:.1}"/>"#
        ));
    }

    fn disc(&mut self, x: f64, y: f64, radius: f64, ink: &str) {
        self.add(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{ink}"/>"#
        ));
    }

    fn ring(&mut self, x: f64, y: f64, radius: f64, width: f64, ink: &str) {
        self.add(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="none" stroke="{ink}" stroke-width="{width:.1}"/>"#
        ));
    }

    fn path(&mut self, path: &str, ink: &str) {
        self.add(format_args!(r#"<path d="{path}" fill="{ink}"/>"#));
    }
}

/// Rays from a point low in the picture, and a disc where they meet.
fn sunburst(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let (x, y) = (dice.between(120.0, 280.0), dice.between(190.0, 330.0));
    let rays = 2 * (7 + dice.below(6));
    let turn = dice.between(0.0, TAU);
    let ray_ink = palette.inks[1 + dice.below(2)];
    let step = TAU / rays as f64;
    let end = |angle: f64| (x + 700.0 * angle.cos(), y + 700.0 * angle.sin());
    for ray in (0..rays).step_by(2) {
        let (from, to) = (
            end(turn + step * ray as f64),
            end(turn + step * (ray + 1) as f64),
        );
        let path = format!(
            "M{x:.1} {y:.1}L{:.1} {:.1}L{:.1} {:.1}z",
            from.0, from.1, to.0, to.1
        );
        canvas.path(&path, ray_ink);
    }
    let radius = dice.between(60.0, 105.0);
    canvas.disc(x, y, radius * 1.35, palette.ground);
    canvas.disc(x, y, radius, palette.inks[0]);
    canvas.disc(x, y, radius * dice.between(0.3, 0.6), palette.inks[3]);
    canvas.0
}

/// Rings around two corners, one set over the other.
fn ripples(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let left = dice.coin();
    let near = if left { 0.0 } else { SIDE };
    let width = dice.between(26.0, 40.0);
    for ring in (1..=8).rev() {
        let ink = palette.inks[ring % 3];
        canvas.disc(near, SIDE, width * 1.28 * ring as f64, ink);
    }
    let radius = dice.between(110.0, 170.0);
    let (x, y) = (SIDE - near, dice.between(20.0, 110.0));
    canvas.disc(x, y, radius, palette.inks[3]);
    for ring in 1..=3 {
        let share = f64::from(ring) / 4.0;
        canvas.ring(x, y, radius * share, radius / 9.0, palette.ground);
    }
    canvas.0
}

/// Great discs that overlap; where they do, another ink.
fn discs(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let radius = dice.between(105.0, 135.0);
    let spread = radius * dice.between(0.5, 0.72);
    let turn = dice.between(0.0, TAU);
    let centre = |disc: usize| {
        let angle = turn + TAU / 3.0 * disc as f64;
        (200.0 + spread * angle.cos(), 200.0 + spread * angle.sin())
    };
    for disc in 0..3 {
        let (x, y) = centre(disc);
        canvas.disc(x, y, radius, palette.inks[1 + disc]);
    }
    for disc in 0..3 {
        let lens = lens(centre(disc), centre((disc + 1) % 3), radius);
        canvas.path(&lens, palette.inks[0]);
    }
    canvas.disc(200.0, 200.0, radius * 0.16, palette.ground);
    canvas.0
}

/// What two discs of one radius have in common.
fn lens(one: (f64, f64), other: (f64, f64), radius: f64) -> String {
    let (dx, dy) = (other.0 - one.0, other.1 - one.1);
    let half = dx.hypot(dy) / 2.0;
    let height = (radius * radius - half * half).max(0.0).sqrt();
    let (ux, uy) = (dx / (2.0 * half), dy / (2.0 * half));
    let (mx, my) = ((one.0 + other.0) / 2.0, (one.1 + other.1) / 2.0);
    let (ax, ay) = (mx - uy * height, my + ux * height);
    let (bx, by) = (mx + uy * height, my - ux * height);
    format!(
        "M{ax:.1} {ay:.1}A{radius:.1} {radius:.1} 0 0 0 {bx:.1} {by:.1}A{radius:.1} {radius:.1} 0 0 0 {ax:.1} {ay:.1}z"
    )
}

/// Broad slanted bands behind a disc cut in half.
fn stripes(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let slant = dice.between(90.0, 260.0) * if dice.coin() { 1.0 } else { -1.0 };
    let bands = 4 + dice.below(4);
    let pitch = (SIDE + slant.abs()) / bands as f64;
    let first = dice.below(3);
    for band in 0..bands {
        let left = slant.min(0.0) + pitch * band as f64;
        let width = pitch * 0.5;
        let path = format!(
            "M{:.1} 0h{width:.1}l{:.1} {SIDE}h{:.1}z",
            left, -slant, -width
        );
        canvas.path(&path, palette.inks[1 + (band + first) % 3]);
    }
    let radius = dice.between(95.0, 130.0);
    let (x, y) = (200.0, dice.between(170.0, 230.0));
    // Neither half lies on the other, of which a thin edge would show.
    for (half, ink) in [(1, palette.inks[0]), (0, palette.ground)] {
        let path = format!(
            "M{:.1} {y:.1}a{radius:.1} {radius:.1} 0 0 {half} {:.1} 0z",
            x - radius,
            radius * 2.0
        );
        canvas.path(&path, ink);
    }
    canvas.0
}

/// A sun over a sea of layered waves.
fn waves(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let sun = dice.between(62.0, 92.0);
    canvas.disc(
        dice.between(110.0, 290.0),
        dice.between(95.0, 140.0),
        sun,
        palette.inks[1],
    );
    let layers = 4 + dice.below(2);
    let length = dice.between(170.0, 300.0);
    for (layer, ink) in [3, 2, 0, 1, 3].into_iter().take(layers).enumerate() {
        let base = 190.0 + 215.0 / layers as f64 * layer as f64;
        let height = dice.between(16.0, 34.0);
        let shift = dice.between(0.0, length);
        canvas.path(&wave(base, height, length, shift), palette.inks[ink]);
    }
    canvas.0
}

fn wave(base: f64, height: f64, length: f64, shift: f64) -> String {
    let quarter = length / 4.0;
    let mut path = format!("M{:.1} {base:.1}", -shift - length);
    let mut x = -shift - length;
    while x < SIDE + length {
        let _written = write!(
            path,
            "q{quarter:.1} {:.1} {:.1} 0t{:.1} 0",
            -height * 2.0,
            quarter * 2.0,
            quarter * 2.0
        );
        x += length;
    }
    let _written = write!(path, "V{SIDE}H{:.1}z", -shift - length);
    path
}

/// A board of quarter circles, discs, leaves and triangles.
fn tiles(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let across = 3 + dice.below(2);
    let side = SIDE / across as f64;
    let mut last = 0;
    for tile in 0..across * across {
        let (x, y) = (side * (tile % across) as f64, side * (tile / across) as f64);
        let ink = (last + 1 + dice.below(3)) % 4;
        last = ink;
        if dice.below(4) == 0 {
            canvas.rect(x, y, side, side, palette.inks[(ink + 1) % 4]);
        }
        tile_shape(&mut canvas, dice, (x, y, side), palette.inks[ink]);
    }
    canvas.0
}

fn tile_shape(canvas: &mut Canvas, dice: &mut Dice, (x, y, side): (f64, f64, f64), ink: &str) {
    let corner = dice.below(4);
    let (left, top) = (corner.is_multiple_of(2), corner < 2);
    let (cx, cy) = (
        x + if left { 0.0 } else { side },
        y + if top { 0.0 } else { side },
    );
    let (dx, dy) = (
        if left { side } else { -side },
        if top { side } else { -side },
    );
    let sweep = i32::from(left == top);
    match dice.below(6) {
        0 | 1 => canvas.path(
            &format!("M{cx:.1} {cy:.1}h{dx:.1}a{side:.1} {side:.1} 0 0 {sweep} {:.1} {dy:.1}z", -dx),
            ink,
        ),
        2 => canvas.disc(x + side / 2.0, y + side / 2.0, side / 2.0, ink),
        3 => canvas.path(
            &format!(
                "M{cx:.1} {cy:.1}a{side:.1} {side:.1} 0 0 {sweep} {dx:.1} {dy:.1}a{side:.1} {side:.1} 0 0 {sweep} {:.1} {:.1}z",
                -dx, -dy
            ),
            ink,
        ),
        4 => canvas.path(&format!("M{cx:.1} {cy:.1}h{dx:.1}l{:.1} {dy:.1}z", -dx), ink),
        _ => canvas.ring(x + side / 2.0, y + side / 2.0, side * 0.3, side * 0.24, ink),
    }
}

/// Three great blocks, a disc and a quarter, as on a Bauhaus bill.
fn blocks(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let column = dice.between(130.0, 230.0);
    let row = dice.between(150.0, 250.0);
    let inks = palette.inks;
    canvas.rect(0.0, row, column, SIDE - row, inks[1]);
    canvas.rect(column, 0.0, SIDE - column, row, inks[3]);
    let radius = dice.between(90.0, 120.0);
    canvas.disc(column, row, radius, inks[0]);
    let quarter = (SIDE - column).min(SIDE - row);
    let path = format!(
        "M{SIDE} {SIDE}h{:.1}a{quarter:.1} {quarter:.1} 0 0 1 {quarter:.1} {:.1}z",
        -quarter, -quarter
    );
    canvas.path(&path, inks[2]);
    let bar = dice.between(22.0, 34.0);
    let bars = 2 + dice.below(3);
    for index in 0..bars {
        let y = 24.0 + bar * 1.7 * index as f64;
        canvas.rect(
            24.0,
            y,
            (column - radius * 0.3).max(60.0) - 24.0,
            bar * 0.55,
            inks[0],
        );
    }
    canvas.disc(column, row, radius * 0.36, palette.ground);
    canvas.0
}

/// Rainbow arches, one behind the other.
fn arches(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    canvas.disc(
        dice.between(90.0, 310.0),
        dice.between(60.0, 110.0),
        dice.between(38.0, 60.0),
        palette.inks[3],
    );
    let left = dice.coin();
    let places = if left { [290.0, 130.0] } else { [110.0, 270.0] };
    for (place, radius) in places.into_iter().zip([150.0, 185.0]) {
        let bands = 4 + dice.below(2);
        let foot = SIDE + 10.0;
        let top = dice.between(210.0, 250.0) + if radius > 160.0 { 40.0 } else { 0.0 };
        for band in 0..=bands {
            let radius = radius * (1.0 - band as f64 / (bands as f64 + 1.4));
            let path = format!(
                "M{:.1} {foot}V{top:.1}a{radius:.1} {radius:.1} 0 0 1 {:.1} 0V{foot}z",
                place - radius,
                radius * 2.0
            );
            let ink = if band == bands {
                palette.ground
            } else {
                palette.inks[band % 3]
            };
            canvas.path(&path, ink);
        }
    }
    canvas.0
}

/// A flower seen from above.
fn petals(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let petals = 6 + 2 * dice.below(4);
    let turn = dice.between(0.0, 360.0);
    let reach = dice.between(84.0, 100.0);
    for (layer, (share, ink)) in [(1.0, 1), (0.72, 2), (0.44, 0)].into_iter().enumerate() {
        for petal in 0..petals {
            let half = 180.0 / petals as f64 * layer as f64;
            let angle = turn + 360.0 / petals as f64 * petal as f64 + half;
            let (long, wide) = (reach * share, reach * share * 3.4 / petals as f64);
            canvas.add(format_args!(
                r#"<ellipse cx="200" cy="{:.1}" rx="{wide:.1}" ry="{long:.1}" fill="{}" transform="rotate({angle:.1} 200 200)"/>"#,
                200.0 - long,
                palette.inks[ink]
            ));
        }
    }
    canvas.disc(200.0, 200.0, dice.between(26.0, 44.0), palette.inks[3]);
    canvas.0
}

/// Bars whose weight swells where a disc would be.
fn lines(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let (x, y) = (dice.between(150.0, 250.0), dice.between(150.0, 250.0));
    let radius = dice.between(120.0, 160.0);
    canvas.disc(x, y, radius, palette.inks[1 + dice.below(2)]);
    let bars = 11 + dice.below(6);
    let pitch = SIDE / bars as f64;
    let upright = dice.coin();
    for bar in 0..bars {
        let at = pitch * (bar as f64 + 0.5);
        let centre = if upright { x } else { y };
        let near = 1.0 - ((at - centre).abs() / 220.0).min(1.0);
        let weight = pitch * (0.1 + 0.62 * (near * PI / 2.0).sin().powi(2));
        let from = at - weight / 2.0;
        if upright {
            canvas.rect(from, 0.0, weight, SIDE, palette.inks[0]);
        } else {
            canvas.rect(0.0, from, SIDE, weight, palette.inks[0]);
        }
    }
    canvas.disc(x, y, radius * 0.34, palette.inks[3]);
    canvas.0
}

/// Columns of different heights with round heads, like an equalizer.
fn skyline(dice: &mut Dice, palette: &Palette) -> String {
    let mut canvas = Canvas::on(palette.ground);
    let columns = 5 + dice.below(3);
    let pitch = SIDE / columns as f64;
    let width = pitch * 0.78;
    let mut last = 0;
    for column in 0..columns {
        let x = pitch * column as f64 + (pitch - width) / 2.0;
        let wave = (column as f64 / columns as f64 * PI).sin();
        let height = 90.0 + 170.0 * wave + dice.between(-60.0, 60.0);
        let ink = (last + 1 + dice.below(3)) % 4;
        last = ink;
        let radius = width / 2.0;
        let path = format!(
            "M{x:.1} {SIDE}V{:.1}a{radius:.1} {radius:.1} 0 0 1 {width:.1} 0V{SIDE}z",
            SIDE - height
        );
        canvas.path(&path, palette.inks[ink]);
        if dice.coin() {
            let y = SIDE - height - radius - dice.between(26.0, 60.0);
            canvas.disc(x + radius, y, radius * 0.62, palette.inks[(ink + 1) % 4]);
        }
    }
    canvas.0
}
