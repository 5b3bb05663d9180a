//! The app's page, with the first screen in it and what a link to it shows where it is shared.

use std::sync::Arc;
use std::time::Duration;

use api::Page;
use api::events::{CARDS_AT_ONCE, EventSummary, When};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use maud::{Markup, html};
use moka::future::Cache;

use super::{Web, head, prerender};
use crate::answer::Answer;
use crate::error::{Error, Result};
use crate::events;
use crate::extract::Path;
use crate::reader::Reader;

const HTML: &str = "text/html; charset=utf-8";
/// The most bytes of pages that are kept: of an event in the languages of those who open it.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Pages of a moment ago, by what names the content of the answer that they were made of.
#[derive(Clone)]
pub(super) struct Pages(Cache<(HeaderValue, Visitor), Answer>);

impl Pages {
    /// Kept for `age`.
    pub(super) fn new(age: Duration) -> Self {
        Self(
            Cache::builder()
                .max_capacity(BYTES_MAX)
                .weigher(|_, page: &Answer| page.size())
                .time_to_live(age)
                .build(),
        )
    }
}

/// Who opens a page: what they read, and the theme that they chose, if any. The app keeps what
/// they chose in cookies.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Visitor {
    reader: Reader,
    theme: Option<&'static str>,
}

impl Visitor {
    fn of(headers: &HeaderMap) -> Self {
        let cookies = CookieJar::from_headers(headers);
        let chosen = |name| cookies.get(name).map(|cookie| cookie.value());
        let themes = ["light", "dark"];
        Self {
            reader: Reader::choosing(chosen("language").and_then(i18n::named), headers),
            theme: themes
                .into_iter()
                .find(|name| chosen("theme") == Some(name)),
        }
    }
}

/// The page of the list. One that is narrowed is the app's to show.
pub(super) async fn list(
    State(web): State<Web>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let visitor = Visitor::of(&headers);
    if query.is_some_and(|query| is_narrowed(&query)) {
        return plain(&web, &visitor).await;
    }
    let load = events::public_list(&web.state, None, When::All, None, CARDS_AT_ONCE.into());
    let answer = match load.await {
        Ok(answer) => answer,
        Err(error) => return without(&web, &visitor, &error).await,
    };
    let write = async {
        let page = page(&web, &visitor).await?;
        let events: Page<EventSummary> =
            serde_json::from_slice(answer.body()).map_err(Error::internal)?;
        let screen = prerender::list(&visitor.reader, &events.items);
        let first = with_first(&page, &screen, "events-All", &answer)?;
        Answer::new(HTML, first)
    };
    respond(&web, &answer, &visitor, &headers, write).await
}

fn is_narrowed(query: &str) -> bool {
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    names.any(|name| ["q", "when"].contains(&name))
}

/// The page of an event. What is no published event has the same page as one that never was,
/// which says nothing of it.
pub(super) async fn event(
    State(web): State<Web>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response> {
    let visitor = Visitor::of(&headers);
    let event = match id.parse() {
        Ok(id) => events::public(&web.state, id).await,
        Err(_) => Ok(None),
    };
    let event = match event {
        Ok(Some(event)) => event,
        Ok(None) => {
            let page = plain(&web, &visitor).await?;
            return Ok((StatusCode::NOT_FOUND, page).into_response());
        }
        Err(error) => return without(&web, &visitor, &error).await,
    };
    let id = event.detail.summary.id;
    let write = async {
        let page = page(&web, &visitor).await?;
        let page = head::with_event(&page, &event, &web.state.config.public_url);
        let screen = prerender::event(&visitor.reader, &event.detail);
        let first = with_first(&page, &screen, &format!("event-{id}"), &event.answer)?;
        Answer::new(HTML, first)
    };
    respond(&web, &event.answer, &visitor, &headers, write).await
}

async fn respond(
    web: &Web,
    made_of: &Answer,
    visitor: &Visitor,
    headers: &HeaderMap,
    write: impl Future<Output = Result<Answer>>,
) -> Result<Response> {
    let key = (made_of.tag().clone(), visitor.clone());
    let answer = web.pages.0.try_get_with(key, write).await;
    let answer = answer.map_err(|error: Arc<Error>| Error::internal(error))?;
    Ok(for_this_visitor(answer.respond(headers)))
}

/// Others are given another page.
fn for_this_visitor(mut response: Response) -> Response {
    let by = HeaderValue::from_static("accept-language, cookie");
    response.headers_mut().append(header::VARY, by);
    response
}

/// The app says itself what is wrong, and tries again.
async fn without(web: &Web, visitor: &Visitor, error: &Error) -> Result<Response> {
    tracing::warn!(%error, "a page without what it is about");
    plain(web, visitor).await
}

async fn plain(web: &Web, visitor: &Visitor) -> Result<Response> {
    let page = Answer::new(HTML, page(web, visitor).await?)?;
    Ok(for_this_visitor(page.respond(&HeaderMap::new())))
}

/// The app's page in the language and theme of who asks.
async fn page(web: &Web, visitor: &Visitor) -> Result<String> {
    let page = tokio::fs::read_to_string(&web.page)
        .await
        .map_err(Error::internal)?;
    Ok(head::in_look(&page, visitor.reader.language, visitor.theme))
}

/// The page with its first screen, and what that was made of.
fn with_first(page: &str, screen: &Markup, name: &str, answer: &Answer) -> Result<String> {
    let answer = std::str::from_utf8(answer.body()).map_err(Error::internal)?;
    let first = html! { (screen) (prerender::kept(name, answer)) };
    let page = head::without_preload(page);
    Ok(page.replacen("<body>", &format!("<body>{}", first.into_string()), 1))
}
