//! The web app's files: compressed when built, named by their content and so cached for ever;
//! except for `index.html`, which every app URL answers with.

use std::path::Path;

use axum::Router;
use axum::http::{HeaderValue, header};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// Where the build puts files named by their content.
const HASHED: &str = "assets";

/// Serves the built web app in `dir`; without one, app URLs are not found.
pub fn router(dir: Option<&Path>) -> Router {
    let Some(dir) = dir else {
        return Router::new();
    };
    let files = |dir: &Path| ServeDir::new(dir).precompressed_br().precompressed_gzip();
    let index = ServeFile::new(dir.join("index.html"))
        .precompressed_br()
        .precompressed_gzip();
    let assets = Router::new()
        .fallback_service(files(&dir.join(HASHED)))
        .layer(cache("public, max-age=31536000, immutable"));
    Router::new()
        .nest(&format!("/{HASHED}"), assets)
        .fallback_service(
            Router::new()
                .fallback_service(files(dir).fallback(index))
                .layer(cache("no-cache")),
        )
}

fn cache(policy: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static(policy))
}
