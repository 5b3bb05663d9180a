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
/// The most pages that are kept: of an event in the languages of those who open it.
const PAGES_MAX: u64 = 500;

/// Pages of a moment ago, by what names the content of the answer that they were made of.
#[derive(Clone)]
pub(super) struct Pages(Cache<(HeaderValue, Look), Answer>);

impl Pages {
    /// Kept for `age`.
    pub(super) fn new(age: Duration) -> Self {
        Self(
            Cache::builder()
                .max_capacity(PAGES_MAX)
                .time_to_live(age)
                .build(),
        )
    }
}

/// How somebody has the app: their locale, and the theme that they chose, if any. The app keeps
/// what they chose in cookies.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Look {
    locale: String,
    theme: Option<&'static str>,
}

impl Look {
    fn of(reader: &Reader, cookies: &CookieJar) -> Self {
        let theme = cookies.get("theme").map(|theme| theme.value());
        Self {
            locale: reader.locale(),
            theme: ["light", "dark"]
                .into_iter()
                .find(|name| theme == Some(*name)),
        }
    }
}

fn reader(headers: &HeaderMap, cookies: &CookieJar) -> Reader {
    let chosen = cookies.get("language");
    let chosen = chosen.and_then(|language| i18n::named(language.value()));
    Reader::choosing(chosen, headers)
}

/// The page of the list. One that is narrowed is the app's to show.
pub(super) async fn list(
    State(web): State<Web>,
    headers: HeaderMap,
    cookies: CookieJar,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let reader = reader(&headers, &cookies);
    let look = Look::of(&reader, &cookies);
    if query.is_some_and(|query| is_narrowed(&query)) {
        return plain(&web, &reader, &look).await;
    }
    let load = events::public_list(&web.state, None, When::All, None, CARDS_AT_ONCE.into());
    let answer = match load.await {
        Ok(answer) => answer,
        Err(error) => return without(&web, &reader, &look, &error).await,
    };
    let write = async {
        let page = page(&web, &reader, &look).await?;
        let events: Page<EventSummary> =
            serde_json::from_slice(answer.body()).map_err(Error::internal)?;
        let screen = prerender::list(&reader, &events.items);
        let first = with_first(&page, &screen, "events-All", &answer)?;
        Answer::new(HTML, first)
    };
    respond(&web, &answer, &look, &headers, write).await
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
    cookies: CookieJar,
    Path(id): Path<String>,
) -> Result<Response> {
    let reader = reader(&headers, &cookies);
    let look = Look::of(&reader, &cookies);
    let event = match id.parse() {
        Ok(id) => events::public(&web.state, id).await,
        Err(_) => Ok(None),
    };
    let event = match event {
        Ok(Some(event)) => event,
        Ok(None) => {
            let page = plain(&web, &reader, &look).await?;
            return Ok((StatusCode::NOT_FOUND, page).into_response());
        }
        Err(error) => return without(&web, &reader, &look, &error).await,
    };
    let id = event.detail.summary.id;
    let write = async {
        let page = page(&web, &reader, &look).await?;
        let page = head::with_event(&page, &event, &web.state.config.public_url);
        let screen = prerender::event(&reader, &event.detail);
        let first = with_first(&page, &screen, &format!("event-{id}"), &event.answer)?;
        Answer::new(HTML, first)
    };
    respond(&web, &event.answer, &look, &headers, write).await
}

async fn respond(
    web: &Web,
    made_of: &Answer,
    look: &Look,
    headers: &HeaderMap,
    write: impl Future<Output = Result<Answer>>,
) -> Result<Response> {
    let key = (made_of.tag().clone(), look.clone());
    let answer = web.pages.0.try_get_with(key, write).await;
    let answer = answer.map_err(|error: Arc<Error>| Error::internal(error))?;
    Ok(for_this_look(answer.respond(headers)))
}

/// Others get another page.
fn for_this_look(mut response: Response) -> Response {
    let by = HeaderValue::from_static("accept-language, cookie");
    response.headers_mut().append(header::VARY, by);
    response
}

/// The app says itself what is wrong, and tries again.
async fn without(web: &Web, reader: &Reader, look: &Look, error: &Error) -> Result<Response> {
    tracing::warn!(%error, "a page without what it is about");
    plain(web, reader, look).await
}

async fn plain(web: &Web, reader: &Reader, look: &Look) -> Result<Response> {
    let page = Answer::new(HTML, page(web, reader, look).await?)?;
    Ok(for_this_look(page.respond(&HeaderMap::new())))
}

/// The app's page in the language and theme of who asks.
async fn page(web: &Web, reader: &Reader, look: &Look) -> Result<String> {
    let page = tokio::fs::read_to_string(&web.page)
        .await
        .map_err(Error::internal)?;
    Ok(head::in_look(&page, reader.language, look.theme))
}

/// The page with its first screen, and what that was made of.
fn with_first(page: &str, screen: &Markup, name: &str, answer: &Answer) -> Result<String> {
    let answer = std::str::from_utf8(answer.body()).map_err(Error::internal)?;
    let first = html! { (screen) (prerender::kept(name, answer)) };
    Ok(page.replacen("<body>", &format!("<body>{}", first.into_string()), 1))
}
