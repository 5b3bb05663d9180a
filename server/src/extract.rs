//! Our own extractors, so that every rejection is a [`Error`] and looks the same.

use api::FieldErrors;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;
use crate::wire;

/// A JSON body, in and out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Serialize, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        require_json(request.headers())?;
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| malformed_json(&rejection.into()))?;
        read(&body).map(Self)
    }
}

/// A body that may be left out, or null.
impl<T: DeserializeOwned + Serialize, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Error> {
        let is_json = require_json(request.headers());
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| malformed_json(&rejection.into()))?;
        if body.is_empty() {
            return Ok(None);
        }
        is_json?;
        match body.trim_ascii() {
            b"null" => Ok(None),
            body => read(body).map(Self).map(Some),
        }
    }
}

/// A JSON body whose texts are read one by one: what cannot be stored is none of the extractor's
/// business.
#[derive(Clone, Copy, Debug)]
pub struct UncheckedJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for UncheckedJson<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper around it")]
    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match <axum::Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(malformed_json(&rejection)),
        }
    }
}

/// Whether a JSON text has a string with U+0000 in it, which no text of the database can hold.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        // A backslash takes the character after it along, so `\\u0000` is five characters.
        if rest[at + 1..].starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    false
}

/// Refuses the texts with U+0000 at their fields.
fn refuse_nul(json: &[u8]) -> Result<(), Error> {
    fn look(value: &Value, field: String, errors: &mut FieldErrors) {
        let within = |name: &str| match field.as_str() {
            "" => name.to_owned(),
            field => format!("{field}.{name}"),
        };
        match value {
            Value::String(text) => errors.require(!text.contains('\0'), field, UNSUPPORTED),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    look(item, within(&index.to_string()), errors);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    look(value, within(name), errors);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut errors = FieldErrors::default();
    // What is no JSON is refused as such.
    if let Ok(value) = serde_json::from_slice(json) {
        look(&value, String::new(), &mut errors);
    }
    errors.into_result()?;
    Ok(())
}

const UNSUPPORTED: &str = "Remove unsupported characters.";

fn null_character() -> Error {
    Error::Malformed {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        detail: UNSUPPORTED.to_owned(),
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Error> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("");
    let kind = kind.trim().to_ascii_lowercase();
    let is_json = kind
        .strip_prefix("application/")
        .is_some_and(|kind| kind == "json" || kind.ends_with("+json"));
    if is_json {
        return Ok(());
    }
    Err(Error::Malformed {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        detail: "Send JSON, with the header `content-type: application/json`.".to_owned(),
    })
}

#[expect(clippy::disallowed_types, reason = "this is the wrapper around it")]
fn read<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<T, Error> {
    if has_nul(body) {
        refuse_nul(body)?;
    }
    let value = match axum::Json::<T>::from_bytes(body) {
        Ok(axum::Json(value)) => value,
        Err(rejection) => match &rejection {
            JsonRejection::JsonDataError(_) => {
                wire::with_whole_numbers(body).ok_or_else(|| malformed_json(&rejection))?
            }
            _ => return Err(malformed_json(&rejection)),
        },
    };
    if wire::has_list_for_object(body, &value) {
        return Err(Error::Malformed {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail: "The request doesn’t match the expected format.".to_owned(),
        });
    }
    Ok(value)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn malformed_json(rejection: &JsonRejection) -> Error {
    let detail = match rejection {
        JsonRejection::JsonDataError(error) => {
            format!(
                "The request doesn’t match the expected format. {}",
                error.body_text()
            )
        }
        JsonRejection::JsonSyntaxError(_) => "The request isn’t valid JSON.".to_owned(),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            "The request is too large.".to_owned()
        }
        other => other.body_text(),
    };
    Error::Malformed {
        status: rejection.status(),
        detail,
    }
}

/// Parameters in the path. One that cannot be read names nothing, so it is not found.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper around it")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if parts.uri.path().contains("%00") {
            return Err(Error::NotFound);
        }
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => Err(Error::NotFound),
            Err(rejection) => Err(Error::internal(rejection)),
        }
    }
}

/// Parameters in the query string.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    #[expect(clippy::disallowed_types, reason = "this is the wrapper around it")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(null_character());
        }
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(malformed_query(&rejection)),
        }
    }
}

fn malformed_query(rejection: &QueryRejection) -> Error {
    Error::Malformed {
        status: rejection.status(),
        detail: rejection.body_text(),
    }
}

/// The longest text that is looked for, in characters.
const SEARCH_MAX: usize = 100;

/// What somebody looks for, as one line: control characters, which PostgreSQL may not take, separate
/// words like spaces.
pub fn search_query(text: &str) -> Result<String, Error> {
    let line = text.replace(char::is_control, " ");
    let line = line.trim();
    if line.chars().count() > SEARCH_MAX {
        return Err(Error::field("q", "Use a shorter search."));
    }
    Ok(line.to_owned())
}

mod page {
    use api::page::{DEFAULT_LIMIT, MAX_LIMIT};
    use data_encoding::BASE64URL_NOPAD;
    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};

    use super::has_nul;
    use crate::error::{Error, Result};

    /// Which page of a list: `limit` (1–100, 20 by default) and `cursor`.
    #[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
    #[into_params(parameter_in = Query)]
    pub struct PageQuery {
        /// How many items, 1–100; 20 when absent.
        #[param(minimum = 1, maximum = 100)]
        pub limit: Option<u32>,
        /// `next_cursor` of the page before.
        pub cursor: Option<String>,
    }

    impl PageQuery {
        /// How many items to answer.
        pub fn limit(&self) -> Result<i64> {
            match self.limit.unwrap_or(DEFAULT_LIMIT) {
                limit @ 1..=MAX_LIMIT => Ok(i64::from(limit)),
                _ => Err(Error::field("limit", "Enter a number from 1 to 100.")),
            }
        }

        /// The sort key of the last item of the page before.
        pub fn after<K: CursorKey>(&self) -> Result<Option<K>> {
            let Some(cursor) = &self.cursor else {
                return Ok(None);
            };
            BASE64URL_NOPAD
                .decode(cursor.as_bytes())
                .ok()
                .filter(|bytes| !has_nul(bytes))
                .and_then(|bytes| serde_json::from_slice(&bytes).ok())
                .filter(K::is_kept)
                .map(Some)
                .ok_or_else(|| Error::field("cursor", "Use a cursor that this list returned."))
        }
    }

    /// What a list is sorted by. Cursors come from outside, so they may say anything.
    pub trait CursorKey: DeserializeOwned {
        /// Whether the database could have it.
        fn is_kept(&self) -> bool {
            true
        }
    }

    impl CursorKey for uuid::Uuid {}
    impl CursorKey for bool {}
    impl CursorKey for i32 {}

    impl CursorKey for api::Time {
        fn is_kept(&self) -> bool {
            api::time::is_kept(*self)
        }
    }

    impl<A: CursorKey, B: CursorKey> CursorKey for (A, B) {
        fn is_kept(&self) -> bool {
            self.0.is_kept() && self.1.is_kept()
        }
    }

    impl<A: CursorKey, B: CursorKey, C: CursorKey> CursorKey for (A, B, C) {
        fn is_kept(&self) -> bool {
            self.0.is_kept() && self.1.is_kept() && self.2.is_kept()
        }
    }

    impl<A: CursorKey, B: CursorKey, C: CursorKey, D: CursorKey> CursorKey for (A, B, C, D) {
        fn is_kept(&self) -> bool {
            self.0.is_kept() && self.1.is_kept() && self.2.is_kept() && self.3.is_kept()
        }
    }

    /// Makes a page of rows that were fetched with one more than `limit`.
    pub fn page<T, K: Serialize>(
        mut items: Vec<T>,
        limit: i64,
        key: impl Fn(&T) -> K,
    ) -> api::Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items
            .last()
            .filter(|_| more)
            .and_then(|last| serde_json::to_vec(&key(last)).ok())
            .map(|key| BASE64URL_NOPAD.encode(&key));
        api::Page { items, next_cursor }
    }
}
pub use page::{PageQuery, page};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_character_is_found_in_json() {
        for json in [r#"{"name": "A\u0000da"}"#, r#""\\\u0000""#, r#""\"\u0000""#] {
            assert!(has_nul(json.as_bytes()), "{json}");
        }
        for json in [
            r#""\\u0000""#,
            r#""\u00001""#.replace("0000", "0020").as_str(),
            r#""u0000""#,
            "\"\\",
            "",
        ] {
            assert!(!has_nul(json.as_bytes()), "{json}");
        }
    }
}
