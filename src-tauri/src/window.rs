//! The desktop's one window.

use tauri::webview::{PageLoadEvent, PageLoadPayload};
use tauri::window::Color;
use tauri::{App, AppHandle, Builder, Manager, Theme, Webview, Wry};
use tauri_plugin_window_state::StateFlags;

const LABEL: &str = "main";
/// The app's own dark background; the light one is in `tauri.conf.json`.
const DARK: Color = Color(0x14, 0x12, 0x10, 0xff);

pub(crate) fn manage(builder: Builder<Wry>) -> Builder<Wry> {
    let remembered =
        StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let window_state = tauri_plugin_window_state::Builder::new()
        .with_state_flags(remembered)
        .build();
    // A second start hands its link to the first and ends, so this comes before all other set-up.
    builder
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            come_forward(app)
        }))
        .plugin(window_state)
        .on_page_load(show_once_loaded)
}

pub(crate) fn paint(app: &App) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(LABEL) else {
        return Ok(());
    };
    if window.theme()? == Theme::Dark {
        window.set_background_color(Some(DARK))?;
    }
    Ok(())
}

/// An empty webview is white, whatever the theme: the window stays hidden until there is a page.
fn show_once_loaded(webview: &Webview, page: &PageLoadPayload<'_>) {
    if page.event() == PageLoadEvent::Finished
        && let Err(error) = webview.window().show()
    {
        eprintln!("The window cannot be shown: {error}");
    }
}

fn come_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let outcome = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = outcome {
        eprintln!("The window cannot come forward: {error}");
    }
}
