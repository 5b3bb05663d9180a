//! Text that people type, as it is stored and compared: one rule for names, titles, venues, promo
//! codes, notes and reasons. Two texts that look the same are the same, and what is stored shows
//! something.
//!
//! Bidi controls and characters that show nothing are removed; joiners, variation selectors and
//! tags stay where a script or an emoji needs them. The server also composes letters and accents
//! (NFC); the app, which would have to load the tables for it, leaves that to the server.

use serde::{Deserialize, Deserializer};

/// Text on one line: spaces of any kind and line separators become one space. Line breaks stay,
/// for [`crate::FieldErrors::require_line`] to refuse.
pub fn line(typed: &str) -> String {
    let mut line = String::with_capacity(typed.len());
    for c in shown(typed).chars() {
        let breaks = matches!(c, '\n' | '\r');
        let space = !breaks && (c.is_whitespace() || c == BRAILLE_BLANK);
        match space {
            false => line.push(c),
            true if line.ends_with(' ') => {}
            true => line.push(' '),
        }
    }
    composed(line.trim())
}

/// Text with line breaks, each of which becomes `\n`.
pub fn lines(typed: &str) -> String {
    let text = shown(typed).replace("\r\n", "\n");
    let text = text.replace(
        ['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'],
        "\n",
    );
    composed(text.replace('\t', " ").trim())
}

/// What two names that look the same have in common, whatever their case.
pub fn folded(text: &str) -> String {
    let text = line(text).to_lowercase();
    composed(
        &text
            .chars()
            .filter(|c| !is_ignorable(*c))
            .collect::<String>(),
    )
}

/// Whether a reader sees anything of it.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| {
        !(c.is_whitespace()
            || c.is_control()
            || is_ignorable(c)
            || is_combining(c)
            || c == BRAILLE_BLANK)
    })
}

/// Reads a [`line()`] of a request.
pub fn read_line<'de, D: Deserializer<'de>, T: Typed<'de>>(from: D) -> Result<T, D::Error> {
    Ok(T::deserialize(from)?.map(line))
}

/// Reads [`lines()`] of a request.
pub fn read_lines<'de, D: Deserializer<'de>, T: Typed<'de>>(from: D) -> Result<T, D::Error> {
    Ok(T::deserialize(from)?.map(lines))
}

/// A text, or one that may be absent.
pub trait Typed<'de>: Deserialize<'de> {
    /// The text after `rule`.
    fn map(self, rule: fn(&str) -> String) -> Self;
}

impl Typed<'_> for String {
    fn map(self, rule: fn(&str) -> String) -> Self {
        rule(&self)
    }
}

impl Typed<'_> for Option<String> {
    fn map(self, rule: fn(&str) -> String) -> Self {
        Option::map(self, |text| rule(&text))
    }
}

/// The text with its letters and accents composed (NFC). Passwords get nothing but this.
pub fn composed(text: &str) -> String {
    #[cfg(feature = "unicode")]
    {
        use unicode_normalization::UnicodeNormalization;
        text.nfc().collect()
    }
    #[cfg(not(feature = "unicode"))]
    text.to_owned()
}

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const BRAILLE_BLANK: char = '\u{2800}';
const BLACK_FLAG: char = '\u{1f3f4}';
const TAG_END: char = '\u{e007f}';

/// Without the characters that show nothing, except for those their neighbours need.
fn shown(typed: &str) -> String {
    let typed: Vec<char> = composed(typed).chars().collect();
    let mut shown = Vec::with_capacity(typed.len());
    let mut at = 0;
    while let Some(&c) = typed.get(at) {
        at += 1;
        if !is_ignorable(c) || is_needed(c, shown.last().copied(), typed.get(at).copied()) {
            shown.push(c);
        }
        if c == BLACK_FLAG {
            let tags = flag_tags(&typed[at..]);
            shown.extend_from_slice(&typed[at..at + tags]);
            at += tags;
        }
    }
    shown.into_iter().collect()
}

/// How many tags follow a flag and make it that of a region, such as Scotland.
fn flag_tags(after: &[char]) -> usize {
    let is_tag = |c: &&char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let tags = after.iter().take_while(is_tag).count();
    match (tags, after.get(tags)) {
        (3..=6, Some(&TAG_END)) => tags + 1,
        _ => 0,
    }
}

/// Characters that show nothing of their own: default ignorable code points, bidi controls,
/// annotations and noncharacters.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}'
        | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Whether an ignorable character changes how the text around it looks.
fn is_needed(c: char, before: Option<char>, after: Option<char>) -> bool {
    let before = before.unwrap_or('\0');
    let after = after.unwrap_or('\0');
    match c {
        ZWNJ => joins(before) && joins(after),
        // Conjuncts of Indic scripts, and emoji made of several.
        ZWJ => {
            joins(before)
                || ((is_pictograph(before) || before == '\u{fe0f}') && is_pictograph(after))
        }
        '\u{fe0e}' | '\u{fe0f}' if is_pictograph(before) => true,
        '\u{fe0f}' if after == '\u{20e3}' => matches!(before, '0'..='9' | '#' | '*'),
        // The variants that names are written with in Japan.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => is_han(before),
        '\u{180b}'..='\u{180f}' => is_mongolian(before),
        _ => false,
    }
}

/// Letters and signs of scripts that use joiners: Arabic to Sinhala, Myanmar, Khmer, Mongolian.
fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{a840}'..='\u{abff}' | '\u{fb50}'..='\u{fdcf}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10a00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
        && !is_ignorable(c)
        || is_mongolian(c)
}

fn is_mongolian(c: char) -> bool {
    matches!(c, '\u{1820}'..='\u{18aa}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && !is_ignorable(c)
}

fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{2190}'..='\u{27ff}' | '\u{2900}'..='\u{2bff}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Accents, which show nothing sensible without a letter.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_shows_nothing_is_not_stored() {
        for nothing in [
            "\u{200b}",
            "\u{2060}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{115f}\u{1160}",
            "\u{2800}",
            "\u{200d}",
            "\u{200c}",
            "\u{fe0f}",
            "\u{180e}",
            "\u{34f}",
            "\u{e0041}",
            "\u{202e}",
            "\u{2066}",
            "\u{200f}",
            "\u{61c}",
            "\u{fffc}",
            "\u{ffff}",
            "\u{2028}",
            " \u{a0}\u{3000}\t",
            "\u{1d173}",
            "\u{17b4}",
            "\u{206a}",
            "\u{fff9}",
        ] {
            assert_eq!(line(nothing), "", "{nothing:?}");
            assert!(!is_visible(nothing), "{nothing:?}");
            assert_eq!(
                line(&format!("V{nothing}IP")).replace(' ', ""),
                "VIP",
                "{nothing:?}"
            );
            assert_eq!(
                folded(&format!("vip{nothing}")),
                folded("VIP"),
                "{nothing:?}"
            );
        }
        for something in ["A", "é", "王", "🎉", "?", "\u{fffd}", "ก็", "١"] {
            assert!(is_visible(something), "{something:?}");
        }
        assert!(!is_visible("\u{301}\u{20dd}"), "accents of nothing");
    }

    #[test]
    fn what_a_script_or_an_emoji_needs_stays() {
        for needed in [
            "می\u{200c}خواهم",
            "ශ්\u{200d}රී",
            "क्\u{200d}ष",
            "👩\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "1\u{fe0f}\u{20e3}",
            "👍🏽",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "葛\u{e0100}飾",
            "ᠮᠣᠩᠭᠣᠯ\u{180b}",
        ] {
            assert_eq!(line(needed), needed, "{needed:?}");
        }
        assert_eq!(line("🏴\u{e0067}\u{e0062}"), "🏴", "tags without an end");
        assert_eq!(line("می\u{200c}\u{200c}خ"), "می\u{200c}خ");
    }

    #[test]
    fn separators_of_lines_are_spaces_on_one_line_and_breaks_in_several() {
        assert_eq!(line("a\u{2028}b\u{2029}c\td\u{85}\u{a0}e"), "a b c d e");
        assert_eq!(
            lines("a\r\nb\rc\u{2028}d\u{2029}e\u{b}f\tg "),
            "a\nb\nc\nd\ne\nf g"
        );
        assert!(line("a\nb").contains('\n'), "left to be refused");
        assert!(line("a\0b").contains('\0'), "left to be refused");
    }

    #[cfg(feature = "unicode")]
    #[test]
    fn letters_and_accents_are_composed() {
        assert_eq!(line("Zoe\u{308}"), "Zoë");
        assert_eq!(line("Zoe\u{34f}\u{308}"), "Zoë");
        assert_eq!(folded("CAFE\u{301}"), "café");
    }

    proptest! {
        #[test]
        fn a_rule_that_was_followed_changes_nothing(
            text in proptest::collection::vec(prop_oneof![
                any::<char>(),
                proptest::char::range('\u{300}', '\u{36f}'),
                proptest::char::range('\u{200a}', '\u{206f}'),
                proptest::char::range('\u{900}', '\u{97f}'),
                proptest::char::range('\u{1f3f0}', '\u{1f3ff}'),
                proptest::char::range('\u{2320}', '\u{2330}'),
                proptest::char::range('\u{e0060}', '\u{e007f}'),
                proptest::sample::select(vec!['a', 'e', '1', '\u{fe0f}', '\u{20e3}', '\u{f900}',
                    '\u{fe00}', '\u{34f}', ' ', '\n', '\r', '\t', '\u{2800}']),
            ], 0..24).prop_map(|text| text.into_iter().collect::<String>())
        ) {
            for rule in [line, lines, folded] {
                let once = rule(&text);
                prop_assert_eq!(&rule(&once), &once);
            }
        }
    }
}
