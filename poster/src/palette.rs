//! Colours that go together. They are the content of a poster, the same in light and dark.

/// A ground and four inks that stand on it, the strongest first.
pub(crate) struct Palette {
    pub(crate) ground: &'static str,
    pub(crate) inks: [&'static str; 4],
    /// The two of them that charts of the event are drawn in.
    pub(crate) charts: [&'static str; 2],
}

const fn palette(
    ground: &'static str,
    inks: [&'static str; 4],
    charts: [&'static str; 2],
) -> Palette {
    Palette {
        ground,
        inks,
        charts,
    }
}

pub(crate) const PALETTES: [Palette; 14] = [
    // Coral, ink, cream
    palette(
        "#f2e7d5",
        ["#1d1b1a", "#e8452c", "#f0a32f", "#2f5d62"],
        ["#e8452c", "#2f5d62"],
    ),
    // Night swim
    palette(
        "#11224d",
        ["#f7f0e3", "#f98125", "#fb9b50", "#5b84c4"],
        ["#f98125", "#5b84c4"],
    ),
    // Hot pink on plum
    palette(
        "#3b0d3a",
        ["#ffd1e8", "#ff3d81", "#ff9f45", "#8f4bd8"],
        ["#ff3d81", "#8f4bd8"],
    ),
    // Lemon and cobalt
    palette(
        "#f7d21e",
        ["#14213d", "#1f4fd8", "#e4392b", "#fffaf0"],
        ["#1f4fd8", "#e4392b"],
    ),
    // Forest fire
    palette(
        "#143d31",
        ["#f4ecd8", "#f25f3a", "#f7b538", "#57a773"],
        ["#f25f3a", "#57a773"],
    ),
    // Mint and aubergine
    palette(
        "#b9ead4",
        ["#2b1a3d", "#e8437a", "#3f7cac", "#fff7e6"],
        ["#e8437a", "#3f7cac"],
    ),
    // Vermilion
    palette(
        "#e63b2e",
        ["#fff4e4", "#1b1b1e", "#ffb627", "#8c1c13"],
        ["#e63b2e", "#ffb627"],
    ),
    // Electric blue
    palette(
        "#2b3ff2",
        ["#f5f2ea", "#ff6b4a", "#ffd447", "#0d1452"],
        ["#2b3ff2", "#ff6b4a"],
    ),
    // Peach fuzz
    palette(
        "#ffc8a8",
        ["#3d1f47", "#e4572e", "#17888a", "#fff3e6"],
        ["#e4572e", "#17888a"],
    ),
    // Black light
    palette(
        "#17151c",
        ["#f2efe9", "#c6f432", "#7c5cff", "#ff5d5d"],
        ["#7c5cff", "#ff5d5d"],
    ),
    // Terracotta and sky
    palette(
        "#c8552f",
        ["#fbeedb", "#1f2f46", "#f3b562", "#8fc1d9"],
        ["#c8552f", "#8fc1d9"],
    ),
    // Lilac evening
    palette(
        "#c9b6f2",
        ["#241345", "#ff5a36", "#5a3fd6", "#fdf6e3"],
        ["#5a3fd6", "#ff5a36"],
    ),
    // Sea glass
    palette(
        "#0f5e63",
        ["#f6efdf", "#f5c543", "#ef6f53", "#7fd1b9"],
        ["#ef6f53", "#0f5e63"],
    ),
    // Cream and grass
    palette(
        "#f6f0df",
        ["#20352b", "#2f9e58", "#f26b3a", "#f2c14e"],
        ["#2f9e58", "#f26b3a"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::linear;

    /// WCAG 2 relative luminance.
    fn luminance(hex: &str) -> f64 {
        let [red, green, blue] = linear(hex);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn the_first_ink_is_strong_and_every_ink_shows() {
        for palette in &PALETTES {
            let strong = contrast(palette.ground, palette.inks[0]);
            assert!(strong >= 3.5, "{}: {strong:.2}", palette.ground);
            for ink in palette.inks {
                let shows = contrast(palette.ground, ink);
                assert!(shows >= 1.1, "{ink} on {}: {shows:.2}", palette.ground);
            }
        }
    }

    #[test]
    fn charts_are_in_the_colours_of_the_poster() {
        for palette in &PALETTES {
            for colour in palette.charts {
                let is_there = colour == palette.ground || palette.inks.contains(&colour);
                assert!(is_there, "{colour} is not on {}", palette.ground);
            }
        }
    }

    #[test]
    fn no_two_palettes_share_a_ground() {
        let mut grounds: Vec<&str> = PALETTES.iter().map(|palette| palette.ground).collect();
        grounds.sort_unstable();
        grounds.dedup();
        assert_eq!(grounds.len(), PALETTES.len());
    }
}
