//! For search engines, and for the systems that open links in the app.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use moka::future::Cache;
use serde_json::{Value, json};

use super::Web;
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::events;
use crate::extract::Json;

/// The most addresses that a sitemap may have.
const ADDRESSES_MAX: i64 = 50_000;
const SITEMAP_AGE: Duration = Duration::from_secs(300);
/// What is somebody's own, and what links of letters lead to.
const PRIVATE: [&str; 8] = [
    "/api/", "/cart", "/claim/", "/host", "/orders", "/reset/", "/tickets", "/verify/",
];
/// What opens in the app, where there is one.
const IN_THE_APP: [&str; 6] = [
    "/events/*",
    "/claim/*",
    "/orders/*",
    "/reset/*",
    "/tickets/*",
    "/verify/*",
];

/// The sitemap of a moment ago.
#[derive(Clone)]
pub(super) struct Sitemap(Cache<(), Answer>);

impl Sitemap {
    pub(super) fn new() -> Self {
        Self(Cache::builder().time_to_live(SITEMAP_AGE).build())
    }
}

pub(super) async fn robots(State(web): State<Web>, headers: HeaderMap) -> Result<Response> {
    let mut text = "User-agent: *\nAllow: /api/covers/\n".to_owned();
    for path in PRIVATE {
        text += &format!("Disallow: {path}\n");
    }
    text += &format!("Sitemap: {}/sitemap.xml\n", web.state.config.public_url);
    Ok(Answer::new("text/plain; charset=utf-8", text)?.respond(&headers))
}

pub(super) async fn sitemap(State(web): State<Web>, headers: HeaderMap) -> Result<Response> {
    let written = web.sitemap.0.try_get_with((), write_sitemap(&web)).await;
    let answer = written.map_err(|error: Arc<Error>| Error::internal(error))?;
    Ok(answer.respond(&headers))
}

async fn write_sitemap(web: &Web) -> Result<Answer> {
    let public_url = &web.state.config.public_url;
    let mut connection = web.state.db.acquire().await?;
    let events = events::db::published(&mut connection, ADDRESSES_MAX - 1).await?;
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
        .to_owned();
    xml += &format!("<url><loc>{public_url}/</loc></url>\n");
    for (id, changed_at) in events {
        let changed = changed_at.format("%Y-%m-%d");
        xml += &format!(
            "<url><loc>{public_url}/events/{id}</loc><lastmod>{changed}</lastmod></url>\n"
        );
    }
    xml += "</urlset>\n";
    Answer::new("application/xml", xml)
}

/// Which Android app opens our links.
pub(super) async fn android(State(web): State<Web>) -> Result<Json<Value>> {
    let config = &web.state.config.app_links;
    if config.android_fingerprints.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Json(json!([{
        "relation": ["delegate_permission/common.handle_all_urls"],
        "target": {
            "namespace": "android_app",
            "package_name": config.android_package,
            "sha256_cert_fingerprints": config.android_fingerprints,
        },
    }])))
}

/// Which Apple app opens our links.
pub(super) async fn apple(State(web): State<Web>) -> Result<Json<Value>> {
    let apps = &web.state.config.app_links.apple_app_ids;
    if apps.is_empty() {
        return Err(Error::NotFound);
    }
    let components: Vec<Value> = IN_THE_APP.iter().map(|path| json!({"/": path})).collect();
    Ok(Json(json!({
        "applinks": {"details": [{"appIDs": apps, "components": components}]},
        "webcredentials": {"apps": apps},
    })))
}
