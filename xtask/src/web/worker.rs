//! The service worker, told what to keep.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::inputs::digest;

const PAGE: &str = "index.html";
const NAMED_BY_CONTENT: &str = "assets";

/// Writes `sw.js` from `code`, for the page and what is named by content in `folder`.
pub(super) fn write(code: &str, folder: &Path) -> Result<()> {
    let mut files = vec![format!("/{PAGE}")];
    list(
        &folder.join(NAMED_BY_CONTENT),
        &format!("/{NAMED_BY_CONTENT}"),
        &mut files,
    )?;
    files.sort();
    let page = fs::read(folder.join(PAGE))?;
    Ok(fs::write(
        folder.join("sw.js"),
        script(code, &page, &files)?,
    )?)
}

/// Whatever changes changes the script, which is how browsers learn of a new version.
fn script(code: &str, page: &[u8], files: &[String]) -> Result<String> {
    let files = serde_json::to_string(files)?;
    let version = digest(format!("{code}\n{}\n{files}", digest(page)).as_bytes());
    Ok(format!(
        "const VERSION = \"{version}\";\nconst FILES = {files};\n{code}"
    ))
}

fn list(folder: &Path, path: &str, files: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_the_page_and_what_is_named_by_content() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::create_dir_all(folder.path().join("assets/lazy"))?;
        for file in [
            "index.html",
            "icon.svg",
            "assets/app-1.js",
            "assets/lazy/part-2.wasm",
        ] {
            fs::write(folder.path().join(file), file)?;
        }
        write("// code", folder.path())?;
        let script = fs::read_to_string(folder.path().join("sw.js"))?;
        let files = r#"["/assets/app-1.js","/assets/lazy/part-2.wasm","/index.html"]"#;
        assert!(script.contains(files), "{script}");
        assert!(script.ends_with("// code"), "{script}");
        Ok(())
    }

    #[test]
    fn every_change_is_a_new_version() -> Result<()> {
        let files = ["/index.html".to_owned()];
        let version = |code, page: &str| script(code, page.as_bytes(), &files);
        assert_eq!(version("a", "page")?, version("a", "page")?);
        assert_ne!(version("a", "page")?, version("a", "other page")?);
        assert_ne!(
            version("a", "page")?.lines().next(),
            version("b", "page")?.lines().next()
        );
        Ok(())
    }
}
