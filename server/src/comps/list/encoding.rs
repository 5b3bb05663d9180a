//! Which characters the bytes of a file are.

use std::collections::HashMap;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Unreadable;

/// The text of `file` and the name of its encoding: the one that is `wanted`, or that of its byte
/// order mark, or UTF-8 where that fits, or UTF-16, or the likeliest. Never a replacement character
/// that was not in the file.
pub(super) fn decode(
    file: &[u8],
    wanted: Option<&str>,
) -> Result<(String, &'static str), Unreadable> {
    let marked = Encoding::for_bom(file);
    let encoding = match wanted {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or(Unreadable::Encoding)?,
        None => guess(file, marked.map(|(encoding, _)| encoding)),
    };
    let start = marked
        .filter(|(mark, _)| *mark == encoding)
        .map_or(0, |(_, length)| length);
    let text = strictly(encoding, &file[start..]).or_else(|| {
        // Nothing is wrong in the commonest of the old ones.
        wanted
            .is_none()
            .then(|| strictly(WINDOWS_1252, file))
            .flatten()
    });
    match text {
        // A picture, a PDF: no list, whatever it may be read as.
        Some(text) if text.contains('\0') => Err(Unreadable::NotAList),
        Some(text) => Ok((text, encoding.name())),
        None => Err(Unreadable::Encoding),
    }
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(Into::into)
}

fn guess(file: &[u8], marked: Option<&'static Encoding>) -> &'static Encoding {
    if let Some(marked) = marked {
        return marked;
    }
    if let Some(wide) = sixteen_bits(file) {
        return wide;
    }
    if std::str::from_utf8(file).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(file, true);
    let country = country(file);
    let guessed = detector.guess(country.as_deref().map(str::as_bytes), Utf8Detection::Deny);
    if strictly(guessed, file).is_some() {
        guessed
    } else {
        WINDOWS_1252
    }
}

/// UTF-16 without a mark: every second byte of Latin text is zero.
fn sixteen_bits(file: &[u8]) -> Option<&'static Encoding> {
    let zeros = |skip: usize| {
        let bytes = file.iter().skip(skip).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (high, low) = (zeros(0), zeros(1));
    let many = file.len() / 6;
    if !file.len().is_multiple_of(2) || file.is_empty() {
        None
    } else if low > many && high * 8 < low {
        Some(UTF_16LE)
    } else if high > many && low * 8 < high {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The commonest country of the addresses, which says much about how its programs write.
fn country(file: &[u8]) -> Option<String> {
    let mut counts = HashMap::<&[u8], usize>::new();
    for rest in file.split(|byte| *byte == b'@').skip(1) {
        let end = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && !b".-".contains(byte));
        let domain = &rest[..end.unwrap_or(rest.len())];
        let last = domain.rsplit(|byte| *byte == b'.').next();
        if let Some(last) = last.filter(|last| last.len() == 2) {
            *counts.entry(last).or_default() += 1;
        }
    }
    let (country, _) = counts
        .into_iter()
        .max_by_key(|(country, count)| (*count, *country))?;
    let country = String::from_utf8(country.to_ascii_lowercase()).ok()?;
    country
        .bytes()
        .all(|byte| byte.is_ascii_lowercase())
        .then_some(country)
}
