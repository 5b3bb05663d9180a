//! Answers that are kept, and that clients who have them already do not get again.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A written answer and what names its content.
#[derive(Clone)]
pub struct Answer {
    body: Bytes,
    etag: HeaderValue,
    kind: &'static str,
    cache: &'static str,
}

impl Answer {
    /// `content` as JSON, which is asked for again each time.
    pub fn json<T: Serialize>(content: &T) -> Result<Self> {
        let body = serde_json::to_vec(content).map_err(Error::internal)?;
        Self::new("application/json", body)
    }

    /// A body of this type, which is asked for again each time.
    pub fn new(kind: &'static str, body: impl Into<Bytes>) -> Result<Self> {
        let body = body.into();
        let digest = Sha256::digest(&body);
        let etag = format!("\"{}\"", BASE64URL_NOPAD.encode(&digest[..12]));
        Ok(Self {
            body,
            etag: HeaderValue::try_from(etag).map_err(Error::internal)?,
            kind,
            cache: "no-cache",
        })
    }

    /// The bytes it takes, for the size of a cache.
    pub fn size(&self) -> u32 {
        u32::try_from(self.body.len() + self.etag.len()).unwrap_or(u32::MAX)
    }

    /// The same under another `Cache-Control`.
    #[must_use]
    pub fn cached(self, cache: &'static str) -> Self {
        Self { cache, ..self }
    }

    /// What it says.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What names its content.
    pub fn tag(&self) -> &HeaderValue {
        &self.etag
    }

    /// The answer to a request with these headers: nothing but the tag for who has it already.
    pub fn respond(self, request: &HeaderMap) -> Response {
        let cache = HeaderValue::from_static(self.cache);
        let headers = [
            (header::ETAG, self.etag.clone()),
            (header::CACHE_CONTROL, cache),
        ];
        let known = request
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .any(|known| known == self.etag);
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        (headers, [kind], self.body).into_response()
    }
}
