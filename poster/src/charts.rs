//! The colours of charts, as `style/tokens.css` makes them of those of the poster.

use super::palette::PALETTES;

const TOKENS: &str = include_str!("../../style/tokens.css");
/// WCAG 2 asks this of what is drawn.
const LEAST: f64 = 3.0;

/// Lightness, chroma and hue in OKLCH.
type Lch = [f64; 3];

/// The shares of red, green and blue in light.
pub(crate) fn linear(hex: &str) -> [f64; 3] {
    [1, 3, 5].map(|from| {
        let byte = u8::from_str_radix(&hex[from..from + 2], 16).expect("a hex colour");
        let share = f64::from(byte) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(one, other)| one * other).sum())
}

fn oklch(hex: &str) -> Lch {
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        linear(hex),
    );
    let [l, a, b] = times(
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    );
    [l, a.hypot(b), b.atan2(a)]
}

/// WCAG 2 relative luminance, of what a screen can show.
fn luminance([l, chroma, hue]: Lch) -> f64 {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let cones = times(
        [
            [1.0, 0.396_337_777_4, 0.215_803_757_3],
            [1.0, -0.105_561_345_8, -0.063_854_172_8],
            [1.0, -0.089_484_177_5, -1.291_485_548_0],
        ],
        [l, a, b],
    );
    let [red, green, blue] = times(
        [
            [4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2],
            [-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5],
            [-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701_0],
        ],
        cones.map(|cone| cone.powi(3)),
    )
    .map(|channel| channel.clamp(0.0, 1.0));
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Lch, other: Lch) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The text of a token: by day, by night.
fn token(name: &str) -> [&'static str; 2] {
    let (_, after) = TOKENS
        .split_once(&format!("--{name}: light-dark("))
        .expect(name);
    let (value, _) = after.split_once(";\n").expect("an end");
    let (light, dark) = value.split_once("), oklch(").expect("two colours");
    [light, dark]
}

/// The colours of a ground.
fn ground(name: &str) -> [Lch; 2] {
    token(name).map(|text| {
        let text = text.trim_start_matches("oklch(").trim_end_matches(')');
        let numbers: Vec<f64> = text
            .split([' ', '%'])
            .filter_map(|number| number.parse().ok())
            .collect();
        [numbers[0] / 100.0, numbers[1], numbers[2].to_radians()]
    })
}

/// How far a token lets a colour of the poster be: no lighter by day, no darker by night.
fn bounds(name: &str) -> [f64; 2] {
    let [light, dark] = token(name);
    let after = |text: &str, mark: &str| {
        let (_, after) = text.split_once(mark).expect(mark);
        after.split(')').next()?.parse().ok()
    };
    let [most, least] = [after(light, "min(l, "), after(dark, "max(l, ")];
    [most.expect("a number"), least.expect("a number")]
}

#[test]
fn charts_show_on_their_ground_by_day_and_by_night() {
    for (index, name) in ["event-1", "event-2"].into_iter().enumerate() {
        let [most, least] = bounds(name);
        for palette in &PALETTES {
            let [l, chroma, hue] = oklch(palette.charts[index]);
            let [by_day, by_night] = [l.min(most), l.max(least)].map(|l| [l, chroma, hue]);
            // What they stand on, and the bar that is being read.
            for [day, night] in ["paper", "pressed"].map(ground) {
                for (colour, ground) in [(by_day, day), (by_night, night)] {
                    let shows = contrast(colour, ground);
                    let of = palette.charts[index];
                    assert!(shows >= LEAST, "{of} on {ground:?}: {shows:.2}");
                }
            }
        }
    }
}
