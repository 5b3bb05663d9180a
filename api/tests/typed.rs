//! Every text of a request follows the rule for texts, or says here why not.

use std::fs;
use std::path::Path;

/// Texts that are not shown to anyone, or have a rule of their own.
const OTHERS: &[(&str, &str)] = &[
    ("Register.password", "composed where it is hashed"),
    ("Login.password", "composed where it is hashed"),
    ("Reset.password", "composed where it is hashed"),
    ("UpdateMe.password", "composed where it is hashed"),
    ("UpdateMe.current_password", "composed where it is hashed"),
    ("DeleteMe.password", "composed where it is hashed"),
    ("Register.email", "read as an EmailAddress"),
    ("Login.email", "read as an EmailAddress"),
    ("RequestReset.email", "read as an EmailAddress"),
    ("AddStaff.email", "read as an EmailAddress"),
    ("SendTicket.email", "read as an EmailAddress"),
    ("SendTickets.email", "read as an EmailAddress"),
    ("Invited.email", "read as an EmailAddress"),
    ("Register.locale", "matched against the languages there are"),
    ("UpdateMe.locale", "matched against the languages there are"),
    (
        "CreateEvent.timezone",
        "matched against the zones there are",
    ),
    (
        "UpdateEvent.timezone",
        "matched against the zones there are",
    ),
    ("Refresh.refresh_token", "compared by its hash"),
    ("Register.device_token", "compared by its hash"),
    ("Login.device_token", "compared by its hash"),
    ("Refresh.device_token", "compared by its hash"),
    ("Reset.device_token", "compared by its hash"),
    ("Reset.token", "compared by its hash"),
    ("VerifyEmail.token", "compared by its hash"),
    ("Scan.code", "matched against what was signed"),
];

#[test]
fn every_text_of_a_request_follows_the_rule() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut ruled, mut stray) = (0, Vec::new());
    for file in fs::read_dir(source).expect("the source") {
        let source = fs::read_to_string(file.expect("a file").path()).expect("text");
        for request in source.split("#[serde(deny_unknown_fields)]").skip(1) {
            let mut lines = request.lines().take_while(|line| *line != "}");
            let of = lines.find_map(|line| line.strip_prefix("pub struct "));
            let of = of.and_then(|line| line.split_whitespace().next());
            let of = of.expect("a struct");
            let mut attributes = String::new();
            for line in lines {
                let Some((name, kind)) = line
                    .strip_prefix("    pub ")
                    .and_then(|field| field.split_once(": "))
                else {
                    attributes.push_str(line);
                    continue;
                };
                let attributes = std::mem::take(&mut attributes);
                let name = format!("{of}.{name}");
                if !matches!(kind, "String," | "Option<String>,") {
                    continue;
                }
                if attributes.contains("deserialize_with = \"text::read_line") {
                    ruled += 1;
                } else if !OTHERS.iter().any(|(other, _)| *other == name) {
                    stray.push(name);
                }
            }
        }
    }
    assert!(ruled > 15, "only {ruled} were found");
    assert_eq!(
        stray, [""; 0],
        "give these `deserialize_with = \"text::read_line\"`"
    );
}
