use tauri_build::{AppManifest, Attributes, CodegenContext};

/// Every command the app may be allowed to call; the capabilities name those it is.
const COMMANDS: &[&str] = &[
    "pending_deep_link",
    "secret_delete",
    "secret_get",
    "secret_set",
    "server_address_get",
    "server_address_set",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Checking types needs no built web app, but its folder has to exist.
    std::fs::create_dir_all("../target/web")?;
    let attributes = Attributes::new()
        .codegen(CodegenContext::new())
        .app_manifest(AppManifest::new().commands(COMMANDS));
    Ok(tauri_build::try_build(attributes)?)
}
