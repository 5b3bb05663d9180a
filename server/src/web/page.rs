//! The page of an event: the app's, with what a link to it shows where it is shared.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Web, head};
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::events;
use crate::extract::Path;

const HTML: &str = "text/html; charset=utf-8";

/// What is no published event has the same page as one that never was, which says nothing of it.
pub(super) async fn event(
    State(web): State<Web>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response> {
    let page = tokio::fs::read_to_string(&web.page)
        .await
        .map_err(Error::internal)?;
    let event = match id.parse() {
        Ok(id) => events::public(&web.state, id).await,
        Err(_) => Ok(None),
    };
    let (status, page) = match event {
        Ok(Some(event)) => {
            let url = &web.state.config.public_url;
            (StatusCode::OK, head::with_event(&page, &event, url))
        }
        Ok(None) => (StatusCode::NOT_FOUND, page),
        // The app says itself what is wrong, and tries again.
        Err(error) => {
            tracing::warn!(%error, "a page without what it is about");
            (StatusCode::OK, page)
        }
    };
    let answer = Answer::new(HTML, page)?;
    Ok(match status {
        StatusCode::OK => answer.respond(&headers),
        status => (status, answer.respond(&HeaderMap::new())).into_response(),
    })
}
