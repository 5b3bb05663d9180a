use tauri_build::{Attributes, CodegenContext};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Checking types needs no built web app, but its folder has to exist.
    std::fs::create_dir_all("../target/web")?;
    let attributes = Attributes::new().codegen(CodegenContext::new());
    Ok(tauri_build::try_build(attributes)?)
}
