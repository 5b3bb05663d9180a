//! The fonts that text is written in: Inter, which is part of the program, and for what Inter does not
//! have the fonts of the system or of a configured folder. Those are looked for when the first such
//! character comes, and mapped into memory only while they are used.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parley::fontique::{
    Blob, Collection, CollectionOptions, FontInfo, FontInfoOverride, FontWeight,
};
use parley::{FontContext, FontFamily, FontFamilyName, LayoutContext};

/// What Inter is called here, so that it is not mixed with one that is installed.
const INTER: &str = "Box Office Inter";
const REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("fonts/Inter-SemiBold.otf");
/// The weight of text that stands out.
pub(super) const STRONG_WEIGHT: f32 = 600.0;
/// Of how many characters it is remembered which font has them.
const KNOWN_MAX: usize = 20_000;
/// Where systems keep their fonts.
const SYSTEM: [&str; 6] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:\\Windows\\Fonts",
    "/run/current-system/sw/share/X11/fonts",
];

/// All fonts there are; cheap to clone.
#[derive(Clone)]
pub struct Fonts(Arc<Mutex<Engine>>);

/// A font that glyphs are of.
#[derive(Clone)]
pub struct Face {
    /// The file's content.
    pub data: Blob<u8>,
    /// Which of the file's fonts.
    pub index: u32,
    /// Where on its axes, for a variable font.
    pub variations: Vec<([u8; 4], f32)>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fonts")
    }
}

impl Fonts {
    /// Those in `folder`, or those of the system.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let folders = match folder {
            Some(folder) => vec![folder],
            None => SYSTEM.iter().map(PathBuf::from).collect(),
        };
        Self(Arc::new(Mutex::new(Engine::new(folders))))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Engine> {
        // What a panic left is a cache at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Engine {
    pub(super) fonts: FontContext,
    pub(super) layout: LayoutContext<()>,
    folders: Vec<PathBuf>,
    inter: Option<FontInfo>,
    /// The families of `folders`, best first, once they were needed.
    fallbacks: Option<Vec<Family>>,
    known: HashMap<(char, Kind), Option<usize>>,
}

struct Family {
    name: String,
    font: FontInfo,
}

/// What kind of font has a character best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Emoji,
    /// Chinese, Japanese and Korean share characters that each writes a little differently.
    Cjk(&'static str),
    Any,
}

/// A text that can be drawn, and the families that it is drawn with.
pub(super) struct Drawable {
    pub(super) text: String,
    families: Vec<String>,
}

impl Drawable {
    /// The families as parley takes them.
    pub(super) fn stack(&self) -> FontFamily<'_> {
        let named = |name: &String| FontFamilyName::Named(Cow::Owned(name.clone()));
        FontFamily::List(Cow::Owned(self.families.iter().map(named).collect()))
    }
}

impl Engine {
    fn new(folders: Vec<PathBuf>) -> Self {
        let options = CollectionOptions {
            shared: false,
            system_fonts: false,
        };
        let mut collection = Collection::new(options);
        let mut inter = None;
        for (file, weight) in [
            (STRONG, STRONG_WEIGHT),
            (REGULAR, FontWeight::NORMAL.value()),
        ] {
            let named = FontInfoOverride {
                family_name: Some(INTER),
                weight: Some(FontWeight::new(weight)),
                ..FontInfoOverride::default()
            };
            let fonts = collection.register_fonts(Blob::new(Arc::new(file)), Some(named));
            inter = fonts.into_iter().flat_map(|(_, fonts)| fonts).next();
        }
        let fonts = FontContext {
            collection,
            source_cache: Default::default(),
        };
        Self {
            fonts,
            layout: LayoutContext::new(),
            folders,
            inter,
            fallbacks: None,
            known: HashMap::new(),
        }
    }

    /// The text in one line, without what nobody sees, and what it is drawn with. Signs that no font
    /// has are left out; none when it has letters or digits that no font has.
    pub(super) fn drawable(&mut self, text: &str) -> Option<Drawable> {
        let region = region(text);
        let mut drawable = Drawable {
            text: String::with_capacity(text.len()),
            families: vec![INTER.to_owned()],
        };
        let mut left_out = false;
        for c in text.chars().map(spaced) {
            // What joins a sign that is left out goes with it.
            if is_dropped(c) || (left_out && is_joining(c)) {
                continue;
            }
            left_out = false;
            if !is_joining(c) && !self.inter_has(c) {
                match self.family_of(c, Kind::of(c, region)) {
                    Some(name) if drawable.families.contains(&name) => {}
                    Some(name) => drawable.families.push(name),
                    None if c.is_alphanumeric() => return None,
                    None => {
                        left_out = true;
                        continue;
                    }
                }
            }
            drawable.text.push(c);
        }
        let words = drawable.text.split(' ').filter(|word| !word.is_empty());
        drawable.text = words.collect::<Vec<_>>().join(" ");
        Some(drawable)
    }

    fn inter_has(&mut self, c: char) -> bool {
        let inter = self.inter.clone();
        inter.is_some_and(|inter| has(&inter, c, &mut self.fonts))
    }

    /// The name of the best family with this character.
    fn family_of(&mut self, c: char, kind: Kind) -> Option<String> {
        if self.fallbacks.is_none() {
            self.fallbacks = Some(self.find_fallbacks());
        }
        let fallbacks = self.fallbacks.as_deref().unwrap_or_default();
        if self.known.len() >= KNOWN_MAX {
            self.known.clear();
        }
        let fonts = &mut self.fonts;
        let found = *self.known.entry((c, kind)).or_insert_with(|| {
            let mut has = |family: &Family| has(&family.font, c, fonts);
            let wanted = fallbacks
                .iter()
                .position(|family| kind.is_of(&family.name) && has(family));
            wanted.or_else(|| fallbacks.iter().position(has))
        });
        Some(fallbacks.get(found?)?.name.clone())
    }

    fn find_fallbacks(&mut self) -> Vec<Family> {
        let fonts = &mut self.fonts.collection;
        fonts.load_fonts_from_paths(&self.folders);
        let ids: Vec<_> = fonts.family_ids().collect();
        let families = ids.into_iter().filter_map(|id| {
            let family = fonts.family(id)?;
            let font = family.default_font()?.clone();
            let name = family.name().to_owned();
            (name != INTER).then_some(Family { name, font })
        });
        let mut families: Vec<Family> = families.collect();
        families.sort_by_cached_key(|family| rank(&family.name));
        families
    }

    /// Lets go of files that were not used for a while.
    pub(super) fn tidy(&mut self) {
        self.fonts.source_cache.prune(64, false);
    }
}

/// Plain families of Noto come first, for they are made to go together; what is narrow, old or ornate
/// is for what no other has.
fn rank(name: &str) -> (bool, bool, bool, usize, String) {
    let is_odd = [
        "Mono",
        "Serif",
        "Display",
        "Condensed",
        "Symbols",
        "Emoji",
        "Nastaliq",
        "Kufi",
    ];
    (
        !name.starts_with("Noto"),
        !name.contains("Sans"),
        is_odd.iter().any(|odd| name.contains(odd)),
        name.len(),
        name.to_owned(),
    )
}

fn has(font: &FontInfo, c: char, fonts: &mut FontContext) -> bool {
    let Some(data) = font.load(Some(&mut fonts.source_cache)) else {
        return false;
    };
    let glyph = font.charmap_index().charmap(data.as_ref());
    glyph
        .and_then(|charmap| charmap.map(c))
        .is_some_and(|glyph| glyph != 0)
}

impl Kind {
    fn of(c: char, region: &'static str) -> Self {
        match c {
            '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{20e3}' => Self::Emoji,
            '\u{1100}'..='\u{11ff}'
            | '\u{2e80}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}'
            | '\u{20000}'..='\u{3ffff}' => Self::Cjk(region),
            _ => Self::Any,
        }
    }

    fn is_of(self, family: &str) -> bool {
        match self {
            Self::Emoji => family.contains("Emoji"),
            Self::Cjk(region) => family.ends_with(region) && !family.contains("Mono"),
            Self::Any => true,
        }
    }
}

/// Whose characters a text has: of kana Japan's, of hangul Korea's.
fn region(text: &str) -> &'static str {
    let any = |range: std::ops::RangeInclusive<char>| text.chars().any(|c| range.contains(&c));
    if any('\u{3040}'..='\u{30ff}') {
        " JP"
    } else if any('\u{ac00}'..='\u{d7af}') {
        " KR"
    } else {
        " SC"
    }
}

/// All spaces are one of two: those between words, and those that keep a sum with its currency.
fn spaced(c: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' => '\u{a0}',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Shapes what is beside it and has no picture of its own: joiners, variants, the tags of flags.
fn is_joining(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}'
        | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180d}')
}

/// Shows nothing, or would turn around what stands beside it.
fn is_dropped(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}')
}
