//! The shell around the Box Office app: a window or a phone's screen, and the few things a web page
//! cannot do for itself.

mod navigation;
#[cfg(target_os = "linux")]
mod nvidia;
#[cfg(desktop)]
mod window;

/// Starts the app and returns once it was closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    #[cfg(target_os = "linux")]
    nvidia::disable_dmabuf_renderer();

    let app = tauri::Builder::default();
    #[cfg(desktop)]
    let app = window::manage(app).setup(|app| Ok(window::paint(app)?));
    let outcome = app
        .plugin(tauri_plugin_opener::init())
        .plugin(navigation::guard())
        .run(context());

    if let Err(error) = outcome {
        eprintln!("Box Office cannot start: {error}");
        std::process::exit(1);
    }
}

#[expect(
    clippy::str_to_string,
    clippy::unwrap_used,
    reason = "the build writes this code from tauri.conf.json"
)]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
