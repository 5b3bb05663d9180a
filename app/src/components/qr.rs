use std::fmt::Write;

use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode as Matrix};

/// The empty border that scanners need, in modules.
const QUIET_ZONE: usize = 4;

/// A QR code, black on white in every theme.
#[component]
pub(crate) fn QrCode(text: String, #[prop(into)] label: String) -> impl IntoView {
    draw(&text).map(|(side, path)| {
        view! {
            <svg
                class="qr"
                role="img"
                aria-label=label
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
            >
                <path d=path />
            </svg>
        }
    })
}

/// Side length and dark modules, each run of a row one rectangle.
fn draw(text: &str) -> Option<(usize, String)> {
    let matrix = Matrix::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = matrix.width();
    let colors = matrix.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| one == other) {
            if run[0] == Color::Dark {
                let (x, y, length) = (x + QUIET_ZONE, y + QUIET_ZONE, run.len());
                // Writing to a String does not fail.
                let _written = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += run.len();
        }
    }
    Some((width + 2 * QUIET_ZONE, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_inside_the_quiet_zone() {
        let matrix = Matrix::with_error_correction_level("12-K7QF2M", EcLevel::M).expect("short");
        let dark = matrix
            .to_colors()
            .iter()
            .filter(|color| **color == Color::Dark)
            .count();
        let (side, path) = draw("12-K7QF2M").expect("short");
        assert_eq!(side, matrix.width() + 8);
        let numbers = |run: &str| -> Vec<usize> {
            let digits = run.split(|c: char| !c.is_ascii_digit());
            digits.filter_map(|digits| digits.parse().ok()).collect()
        };
        let mut drawn = 0;
        for run in path.split('z').filter(|run| !run.is_empty()) {
            let [x, y, length, ..] = numbers(run)[..] else {
                panic!("{run}");
            };
            assert!(
                x >= 4 && y >= 4 && x + length <= side - 4 && y < side - 4,
                "{run}"
            );
            drawn += length;
        }
        assert_eq!(drawn, dark);
    }
}
