//! Cookies, which a browser sends for any page that asks: they count for our own pages alone.

use axum::extract::FromRequestParts;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

use crate::config::ServeConfig;
use crate::error::{Error, Result};
use crate::http::APP_ORIGINS;
use crate::state::AppState;

/// The cookies of a request that was made by our own pages, by an origin that may call the API, or
/// by no page at all. Handlers that read or set cookies take this.
pub(crate) struct OwnCookies(pub(crate) CookieJar);

impl FromRequestParts<AppState> for OwnCookies {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        if is_own(parts, &state.config) {
            Ok(Self(CookieJar::from_headers(&parts.headers)))
        } else {
            Err(Error::Forbidden)
        }
    }
}

fn is_own(parts: &Parts, config: &ServeConfig) -> bool {
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str());
    match header(ORIGIN.as_str()) {
        Some(Ok(origin)) => {
            let allowed = config.allowed_origins.iter().map(String::as_str);
            let mut known = APP_ORIGINS
                .into_iter()
                .chain([config.public_url.as_str()])
                .chain(allowed);
            known.any(|known| known == origin) || is_host(origin, parts, config)
        }
        Some(Err(_)) => false,
        // Browsers name the origin of whatever may change something; who sends neither is none.
        None => match header("sec-fetch-site") {
            None | Some(Ok("same-origin" | "none")) => true,
            Some(_) => false,
        },
    }
}

/// Whether a page is from the address that it asks. Where people come by https, so did the page.
fn is_host(origin: &str, parts: &Parts, config: &ServeConfig) -> bool {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    match (origin.split_once("://"), host) {
        (Some((scheme, authority)), Some(host)) => {
            authority == host && (scheme == "https" || scheme == "http" && !config.has_https())
        }
        _ => false,
    }
}
