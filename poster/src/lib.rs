//! A bold poster for every event, drawn from its id: the same id, the same poster, on every
//! device, without a request.

mod dice;
mod motifs;
mod palette;

use uuid::Uuid;

use dice::Dice;
use motifs::MOTIFS;
use palette::PALETTES;

/// The side of the square that a poster is drawn in. It may be cropped to any shape.
pub const SIDE: f64 = 400.0;

/// How it fills another shape: the `preserveAspectRatio` of the SVG.
pub const FILL: &str = "xMidYMid slice";

/// The mark of the app's icon, a ticket that is a B: a path in a square of 1024, filled by the
/// rule `evenodd`.
pub const LOGO: &str = "M312 192h296a160 160 0 0 1 160 160v56a72 72 0 0 0 0 144v120a160 160 0 0 1-160 160h-296a56 56 0 0 1-56-56v-224a72 72 0 0 0 0-144v-160a56 56 0 0 1 56-56zM360 480a26 26 0 1 0 52 0a26 26 0 1 0-52 0zM444 480a26 26 0 1 0 52 0a26 26 0 1 0-52 0zM528 480a26 26 0 1 0 52 0a26 26 0 1 0-52 0zM612 480a26 26 0 1 0 52 0a26 26 0 1 0-52 0z";

/// The content of an SVG of `SIDE` by `SIDE`.
pub fn draw(id: Uuid) -> String {
    let mut dice = Dice::new(id);
    // The two are rolled before all else: what they are does not depend on how motifs use the dice.
    let palette = dice.pick(&PALETTES);
    let motif = dice.pick(&MOTIFS);
    motif(&mut dice, palette)
}

/// The two colours of the poster that charts of the event are drawn in.
pub fn chart_colours(id: Uuid) -> [&'static str; 2] {
    Dice::new(id).pick(&PALETTES).charts
}

#[cfg(test)]
mod charts;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn ids() -> impl Iterator<Item = Uuid> {
        // Ids of one moment differ only at their end.
        (0..500).map(|n| Uuid::from_u128(0x0193_7000_0000_7000_8000_0000_0000_0000 + n))
    }

    #[test]
    fn the_same_id_gives_the_same_poster() {
        for id in ids().take(50) {
            assert_eq!(draw(id), draw(id));
        }
    }

    #[test]
    fn posters_of_one_moment_all_differ() {
        let posters: HashSet<String> = ids().map(draw).collect();
        assert_eq!(posters.len(), 500);
    }

    #[test]
    fn neighbours_rarely_look_alike() {
        let background = |id| draw(id).split('"').nth(5).map(str::to_owned);
        let ids: Vec<Uuid> = ids().collect();
        let alike = ids
            .windows(2)
            .filter(|pair| background(pair[0]) == background(pair[1]))
            .count();
        assert!(
            alike < 500 / 5,
            "{alike} of 499 neighbours share a background"
        );
    }

    #[test]
    fn posters_are_small_and_whole() {
        for poster in ids().map(draw) {
            assert!(poster.len() < 8_000, "{} bytes", poster.len());
            assert_eq!(poster.matches('<').count(), poster.matches("/>").count());
            assert!(!poster.contains("NaN"), "{poster}");
        }
    }
}
