//! Checks the texts of all languages against each other and makes a function of each.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;

/// The language that the others are checked against.
const FIRST: &str = "en";
const OTHERS: [&str; 1] = ["de"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let config = Config::new(FIRST)?
        .add_locales(OTHERS)?
        .add_namespaces(namespaces()?)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let texts = parse_locales(None, config)?;
    let (errors, warnings) = texts.diag.borrow();
    // What is missing in a language, or stands in none but it.
    let faults = errors.iter().map(ToString::to_string);
    let faults: Vec<_> = faults
        .chain(warnings.iter().map(ToString::to_string))
        .collect();
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    if faults.is_empty() {
        let library = syn::parse_str("crate::library")?;
        let code = gen_code(&texts, Some(&library), false, None, false)?;
        fs::write(out()?.join("texts.rs"), code.to_string())?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "cargo says it no other way")]
fn out() -> Result<PathBuf, env::VarError> {
    env::var("OUT_DIR").map(PathBuf::from)
}

/// The files of the first language, in order.
fn namespaces() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(Path::new("locales").join(FIRST))? {
        let path = file?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}
