//! The web app's files: compressed when built, named by their content and so cached for ever;
//! except for `index.html`, which every app URL answers with, the list's and an event's with the
//! first screen in it. And what others than people read:
//! what a link to an event shows in a chat, the way for search engines, and which apps open links.

mod head;
mod page;
mod prerender;
mod preview;
mod site;

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::services::{ServeDir, ServeFile};

use crate::state::AppState;

/// Where the build puts files named by their content.
const HASHED: &str = "assets";

/// What is served beside the API.
#[derive(Clone)]
struct Web {
    state: AppState,
    /// The page of the app.
    page: PathBuf,
    pages: page::Pages,
    previews: preview::Previews,
    sitemap: site::Sitemap,
}

/// Serves the built web app; without one, app URLs are not found.
pub fn router(state: &AppState) -> Router {
    let Some(dir) = state.config.web_dir.as_deref() else {
        return Router::new();
    };
    let files = |dir| ServeDir::new(dir).precompressed_br().precompressed_gzip();
    let page = dir.join("index.html");
    let index = ServeFile::new(&page)
        .precompressed_br()
        .precompressed_gzip();
    let assets = Router::new()
        .fallback_service(files(dir.join(HASHED)))
        .layer(map_response(keep_for_ever));
    let web = Web {
        state: state.clone(),
        page,
        pages: page::Pages::new(Duration::from_millis(state.config.reads_max_age_ms)),
        previews: preview::Previews::new(),
        sitemap: site::Sitemap::new(),
    };
    let pages = Router::new()
        .route("/", get(page::list))
        .route("/events/{id}", get(page::event))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(pages)
        .route("/events/{id}/preview.png", get(preview::event))
        .route("/robots.txt", get(site::robots))
        .route("/sitemap.xml", get(site::sitemap))
        .route("/.well-known/assetlinks.json", get(site::android))
        .route("/.well-known/apple-app-site-association", get(site::apple))
        .with_state(web)
        .nest(&format!("/{HASHED}"), assets)
        .fallback_service(
            Router::new()
                .fallback_service(files(dir.to_owned()).fallback(index))
                .layer(map_response(ask_each_time)),
        )
}

async fn keep_for_ever(response: Response) -> Response {
    // What is missing may be there in a moment, with the rest of a new version.
    let policy = match response.status() {
        status if status.is_client_error() => "no-store",
        _ => "public, max-age=31536000, immutable",
    };
    with_cache(response, policy)
}

async fn ask_each_time(response: Response) -> Response {
    with_cache(response, "no-cache")
}

fn with_cache(mut response: Response, policy: &'static str) -> Response {
    let policy = HeaderValue::from_static(policy);
    response.headers_mut().insert(header::CACHE_CONTROL, policy);
    response
}
