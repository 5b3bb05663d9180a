//! The texts of a language, as they are in its files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is the same in English and in German.
pub(crate) const SAME: [&str; 12] = [
    "common.brand",
    "common.events",
    "common.name",
    "common.page_title",
    "common.ticket",
    "common.ticket_number",
    "common.tickets_title",
    "edit.event",
    "host.code",
    "host.helpers",
    "you.server",
    "you.system",
];

/// Texts by name: `events.going_one`.
pub(crate) struct Catalogue(pub(crate) BTreeMap<String, String>);

pub(crate) fn read(language: &str) -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(language);
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder of the language") {
        let path = entry.expect("an entry").path();
        let file = path.file_stem().expect("a name").to_string_lossy();
        let json = fs::read_to_string(&path).expect("a file");
        let read: BTreeMap<String, String> =
            serde_json::from_str(&json).expect("texts by name, none twice");
        texts.extend(
            read.into_iter()
                .map(|(name, text)| (format!("{file}.{name}"), text)),
        );
    }
    Catalogue(texts)
}

impl Catalogue {
    /// What they are called in `t!`: all forms of a plural have one name.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |name: &String| {
            let plural = name.strip_suffix("_one").or(name.strip_suffix("_other"));
            let has_forms = |name: &&str| self.0.contains_key(&format!("{name}_other"));
            plural.filter(has_forms).unwrap_or(name).to_owned()
        };
        let mut names: Vec<String> = self.0.keys().map(name).collect();
        names.dedup();
        names
    }

    pub(crate) fn same_as(&self, other: &Self) -> Vec<&str> {
        let same = self
            .0
            .iter()
            .filter(|(name, text)| other.0.get(*name) == Some(*text));
        same.map(|(name, _)| name.as_str()).collect()
    }
}
