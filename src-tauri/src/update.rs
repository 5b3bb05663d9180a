//! Newer versions, where the build was told where they are and by whose key they are signed: in
//! `plugins.updater` of its configuration. They are fetched while the program runs, and put in its
//! place when it ends, so that nobody waits for them.

use std::sync::{Mutex, PoisonError};

use tauri::{App, AppHandle, Manager, RunEvent};
use tauri_plugin_updater::{Result, Update, UpdaterExt};

/// What was fetched and found to be signed.
#[derive(Default)]
struct Fetched(Mutex<Option<(Update, Vec<u8>)>>);

pub(crate) fn look(app: &App) -> tauri::Result<()> {
    let configured = app.config().plugins.0.contains_key("updater");
    if !configured || !may_replace_itself(app) {
        return Ok(());
    }
    app.handle()
        .plugin(tauri_plugin_updater::Builder::new().build())?;
    app.manage(Fetched::default());
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move {
        if let Err(error) = fetch(&handle).await {
            eprintln!("There may be a newer version, but it cannot be had: {error}");
        }
    });
    Ok(())
}

pub(crate) fn install_at_the_end(app: &AppHandle, event: RunEvent) {
    let Some(fetched) = app.try_state::<Fetched>() else {
        return;
    };
    if !matches!(event, RunEvent::Exit) {
        return;
    }
    let fetched = fetched
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some((update, program)) = fetched
        && let Err(error) = update.restart_after_install(false).install(program)
    {
        eprintln!("The newer version cannot be installed: {error}");
    }
}

/// On Linux all but an AppImage belongs to the package manager.
#[cfg(target_os = "linux")]
fn may_replace_itself(app: &App) -> bool {
    app.env().appimage.is_some()
}

#[cfg(not(target_os = "linux"))]
fn may_replace_itself(_app: &App) -> bool {
    true
}

async fn fetch(app: &AppHandle) -> Result<()> {
    let Some(update) = app.updater()?.check().await? else {
        return Ok(());
    };
    let program = update.download(|_, _| (), || ()).await?;
    let fetched = app.state::<Fetched>();
    *fetched.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((update, program));
    Ok(())
}
