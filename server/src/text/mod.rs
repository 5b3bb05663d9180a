//! Text on tickets and pictures, in every script there is a font for: which fonts it needs, how it is
//! shaped and in which direction it runs, and where it is broken into lines so that it fits.

mod fit;
mod fonts;
mod outline;

pub use fit::{Block, Line, Room, Run};
pub use fonts::{Face, Fonts};
pub use outline::{Outlines, Picture};
