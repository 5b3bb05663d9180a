//! What people, or their mail programs, take for a link.

use unicode_normalization::UnicodeNormalization;

/// Whether `text` holds a link: an address with or without its scheme, or a domain.
pub fn has_link(text: &str) -> bool {
    // Mail programs and browsers take these for the plain characters.
    let text: String = text.nfkc().collect();
    let text = text.to_lowercase().replace('。', ".");
    text.contains("://")
        || text
            .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.'))
            .any(is_domain)
}

/// Whether `word` ends in a top-level domain there is, after a name that is not just a digit or two.
fn is_domain(word: &str) -> bool {
    let word = word.trim_matches(['.', '-']);
    let Some((host, top)) = word.rsplit_once('.') else {
        return false;
    };
    let name = host.rsplit('.').next().unwrap_or_default();
    let is_name = name.len() > 2 || name.chars().any(char::is_alphabetic);
    let top = idna::domain_to_ascii(top).unwrap_or_default();
    is_name && !name.is_empty() && top.len() > 1 && tld::exist(&top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_seen() {
        for linked in [
            "Win at https://evil.example/x",
            "hxxp://evil",
            "www.evil.com",
            "EVIL.COM",
            "Your Bank (secure-login.info)",
            "Click evil.co.uk/now!",
            "evil．com",
            "evil。com",
            "Write to boss@evil.org",
            "пример.рф",
            "бank.xn--p1ai",
            "bit.ly/2x",
            "360.cn",
        ] {
            assert!(has_link(linked), "{linked}");
        }
    }

    #[test]
    fn names_and_titles_are_not_links() {
        for clear in [
            "Ada Lovelace",
            "J.R.R. Tolkien",
            "Dr. Who & the Daleks",
            "Kulturverein Gleis 7 e.V.",
            "St. Pauli – Live!",
            "Vol.2: Node.js",
            "Doors 8.30, show 9.pm",
            "A.I. in 2027...",
            "1.000 Lichter",
            "U.S.A.",
            "Rock & Roll / Jazz",
            "😀.😀",
            "",
        ] {
            assert!(!has_link(clear), "{clear}");
        }
    }
}
