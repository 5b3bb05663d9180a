//! The shell around the Box Office app: a window or a phone's screen, and the few things a web page
//! cannot do for itself.

mod deep_link;
mod error;
mod navigation;
#[cfg(target_os = "linux")]
mod nvidia;
mod private_file;
mod secrets;
mod server_address;
#[cfg(all(desktop, feature = "updater"))]
mod update;
#[cfg(desktop)]
mod window;

use std::error::Error;

use tauri::{App, Manager};

use crate::deep_link::Inbox;
use crate::secrets::Secrets;
use crate::server_address::ServerAddress;

/// Starts the app and returns once it was closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    #[cfg(target_os = "linux")]
    nvidia::disable_dmabuf_renderer();

    let app = tauri::Builder::default();
    #[cfg(desktop)]
    let app = window::manage(app);
    #[cfg(mobile)]
    let app = app.plugin(tauri_plugin_barcode_scanner::init());
    let built = app
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(navigation::guard())
        .invoke_handler(tauri::generate_handler![
            deep_link::pending_deep_link,
            secrets::secret_delete,
            secrets::secret_get,
            secrets::secret_set,
            server_address::server_address_get,
            server_address::server_address_set,
        ])
        .setup(set_up)
        .build(context());

    match built {
        #[cfg(all(desktop, feature = "updater"))]
        Ok(app) => app.run(update::install_at_the_end),
        #[cfg(not(all(desktop, feature = "updater")))]
        Ok(app) => app.run(|_, _| ()),
        Err(error) => {
            eprintln!("Box Office cannot start: {error}");
            std::process::exit(1);
        }
    }
}

fn set_up(app: &mut App) -> Result<(), Box<dyn Error>> {
    let settings = app.path().app_config_dir()?;
    let data = app.path().app_local_data_dir()?;
    app.manage(ServerAddress::new(&settings));
    app.manage(Secrets::new(&data));
    app.manage(Inbox::default());
    deep_link::listen(app.handle())?;
    #[cfg(desktop)]
    window::paint(app)?;
    #[cfg(all(desktop, feature = "updater"))]
    update::look(app)?;
    Ok(())
}

#[expect(
    clippy::str_to_string,
    clippy::unwrap_used,
    reason = "the build writes this code from tauri.conf.json"
)]
fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
