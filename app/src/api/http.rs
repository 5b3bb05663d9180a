//! One HTTP exchange: address, token, time limit, and what the answer means.

use std::cell::RefCell;

use api::{Code, Problem};
use futures::FutureExt;
use futures::future::{Either, LocalBoxFuture, select};
use gloo_net::http::{Method, RequestBuilder, Response};
use gloo_timers::future::TimeoutFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::kept::{Name, Place};
use crate::retry::Backoff;
use crate::{connection, session};

/// Reads are given up, and can be tried again, after 10 s.
const READ_TIMEOUT_MS: u32 = 10_000;
/// Writes are given longer than the server takes for its own limits.
const WRITE_TIMEOUT_MS: u32 = 30_000;

/// How often a read is tried again by itself while the server is too busy to answer it.
const READ_RETRIES: u32 = 2;
const READ_BACKOFF: Backoff = Backoff {
    first_ms: 1_000,
    last_ms: 4_000,
};
/// The longest, in seconds, that a screen waits for its answer by itself: after that the person decides.
const READ_WAITS_AT_MOST: u32 = 5;

thread_local! {
    /// The server's origin without a slash at the end; empty where the server serves the app itself.
    static SERVER: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Talks to this server from now on.
pub(crate) fn set_server(origin: &str) {
    SERVER.set(origin.trim_end_matches('/').to_owned());
}

/// The full address of a path on the server.
pub(crate) fn server_url(path: &str) -> String {
    SERVER.with_borrow(|server| format!("{server}{path}"))
}

/// Why there is no answer to use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Error {
    Refused(Box<Problem>),
    Unreachable,
    Unreadable,
    /// Something between the app and the server, such as a proxy, refused the request with this
    /// status (4xx), so the server has not seen it.
    Blocked(u16),
    /// The address of the screen names nothing, so nothing was asked.
    Nowhere,
}

impl Error {
    pub(crate) fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused(problem) => Some(problem),
            Self::Unreachable | Self::Unreadable | Self::Blocked(_) | Self::Nowhere => None,
        }
    }

    /// How many seconds the server asks to wait before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<u32> {
        self.problem()?.retry_after
    }

    pub(crate) fn code(&self) -> Option<Code> {
        self.problem().map(|problem| problem.code)
    }

    /// Whether there is no such thing.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Nowhere) || self.code() == Some(Code::NotFound)
    }

    /// Whether signing in is what is missing.
    pub(crate) fn needs_sign_in(&self) -> bool {
        matches!(
            self.code(),
            Some(Code::Unauthenticated | Code::TokenExpired)
        )
    }
}

/// Whose name a call is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    /// Nobody's: the answer is the same for all.
    Anyone,
    /// The signed-in user's, if there is one.
    User,
}

/// What a request carries.
#[derive(Clone)]
enum Body {
    None,
    Json(String),
    /// A file as it is, with its type.
    File(web_sys::Blob),
}

impl Body {
    fn json(value: &impl Serialize) -> Self {
        serde_json::to_string(value).map_or(Self::None, Self::Json)
    }
}

/// A request to be made.
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Body,
    key: Option<Uuid>,
    caller: Caller,
    kept: Option<Name>,
}

impl Call {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into(), Body::None)
    }

    pub(crate) fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::POST, path.into(), Body::json(body))
    }

    pub(crate) fn put(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::PUT, path.into(), Body::json(body))
    }

    pub(crate) fn patch(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::PATCH, path.into(), Body::json(body))
    }

    pub(crate) fn delete(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::DELETE, path.into(), Body::json(body))
    }

    /// A request that says all in its path.
    pub(crate) fn act(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path.into(), Body::None)
    }

    pub(crate) fn remove(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path.into(), Body::None)
    }

    pub(crate) fn upload(path: impl Into<String>, file: &web_sys::Blob) -> Self {
        Self::new(Method::PUT, path.into(), Body::File(file.clone()))
    }

    pub(crate) fn post_file(path: impl Into<String>, file: &web_sys::Blob) -> Self {
        Self::new(Method::POST, path.into(), Body::File(file.clone()))
    }

    fn new(method: Method, path: String, body: Body) -> Self {
        Self {
            method,
            path,
            body,
            key: None,
            caller: Caller::User,
            kept: None,
        }
    }

    /// Makes the call without a token, and without waiting for one.
    pub(crate) fn for_anyone(mut self) -> Self {
        self.caller = Caller::Anyone;
        self
    }

    /// Names the request, so that it is carried out once however often it is sent.
    pub(crate) fn key(mut self, key: Uuid) -> Self {
        self.key = Some(key);
        self
    }

    /// Keeps the answer under this name, if it has one.
    pub(crate) fn keep(mut self, name: impl Into<Option<Name>>) -> Self {
        self.kept = name.into();
        self
    }

    /// Makes the call and reads the answer.
    pub(crate) async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        let answer = self.exchange().await?;
        parse(&answer).ok_or(Error::Unreadable)
    }

    /// Makes the call where the answer has no body.
    pub(crate) async fn run(self) -> Result<(), Error> {
        self.exchange().await.map(|_empty| ())
    }

    /// Boxed, or every call of the app would bring a copy of this.
    fn exchange(self) -> LocalBoxFuture<'static, Result<String, Error>> {
        async move {
            let place = self.kept.map(Place::of);
            let answer = self.authorized().await;
            // Somebody else may have signed in meanwhile.
            if let Some(place) =
                place.filter(|place| self.kept.map(Place::of).as_ref() == Some(place))
            {
                match &answer {
                    Ok(text) => place.keep(text),
                    Err(error) if error.is_missing() => place.forget(),
                    Err(_) => {}
                }
            }
            answer
        }
        .boxed_local()
    }

    /// With a token where there is one; with a new one where that has run out.
    async fn authorized(&self) -> Result<String, Error> {
        if self.caller == Caller::Anyone {
            return self.answer(None).await;
        }
        session::ready().await?;
        let token = session::access_token();
        let had_token = token.is_some();
        let answer = self.answer(token).await;
        let refused = answer.as_ref().is_err_and(Error::needs_sign_in);
        if !refused || !had_token {
            return answer;
        }
        session::refresh().await?;
        match session::access_token() {
            Some(token) => self.answer(Some(token)).await,
            None => answer,
        }
    }

    /// Tries a read again while the server is too busy for it. What writes is only sent again by who
    /// knows that it is carried out once.
    async fn answer(&self, token: Option<String>) -> Result<String, Error> {
        let mut attempt = 0;
        loop {
            let answer = self.attempt(token.clone()).await;
            let again = answer
                .as_ref()
                .is_err_and(|error| self.is_tried_again(error));
            if !again || attempt == READ_RETRIES {
                return answer;
            }
            let asked = answer.as_ref().err().and_then(Error::retry_after);
            TimeoutFuture::new(READ_BACKOFF.pause(attempt, asked)).await;
            attempt += 1;
        }
    }

    fn is_tried_again(&self, error: &Error) -> bool {
        let soon = error
            .retry_after()
            .is_none_or(|seconds| seconds <= READ_WAITS_AT_MOST);
        self.method == Method::GET && error.code() == Some(Code::Busy) && soon
    }

    async fn attempt(&self, token: Option<String>) -> Result<String, Error> {
        let abort = web_sys::AbortController::new().ok();
        let signal = abort.as_ref().map(web_sys::AbortController::signal);
        let mut request = RequestBuilder::new(&server_url(&format!("/api{}", self.path)))
            .method(self.method.clone())
            .abort_signal(signal.as_ref());
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        if let Some(key) = self.key {
            request = request.header(api::orders::IDEMPOTENCY_KEY, &key.to_string());
        }
        let timeout = match self.method {
            Method::GET => READ_TIMEOUT_MS,
            _ => WRITE_TIMEOUT_MS,
        };
        let exchange = Box::pin(exchange(request, self.body.clone()));
        let answer = match select(exchange, TimeoutFuture::new(timeout)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => {
                if let Some(abort) = abort {
                    abort.abort();
                }
                Err(Error::Unreachable)
            }
        };
        connection::note(!matches!(answer, Err(Error::Unreachable)));
        answer
    }
}

/// Reads an answer. There is one for each type, however many read it.
#[inline(never)]
pub(crate) fn parse<T: DeserializeOwned>(answer: &str) -> Option<T> {
    serde_json::from_str(answer).ok()
}

/// Asks whether the server is there. Answers how many seconds it asks to wait before it is asked again.
pub(crate) async fn is_alive() -> Option<u32> {
    let answer = RequestBuilder::new(&server_url("/healthz")).send().await;
    let asked = answer.as_ref().ok().and_then(retry_after);
    connection::note(answer.is_ok_and(|answer| answer.ok()));
    asked
}

/// The header `Retry-After` in seconds. As a date it is not read: clocks differ.
fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get("retry-after")?.trim().parse().ok()
}

async fn exchange(request: RequestBuilder, body: Body) -> Result<String, Error> {
    let request = match body {
        Body::Json(body) => request
            .header("content-type", "application/json")
            .body(body),
        // The browser says what type it is.
        Body::File(file) => request.body(file),
        Body::None => request.build(),
    };
    let request = request.map_err(|_unbuildable| Error::Unreachable)?;
    let response = request
        .send()
        .await
        .map_err(|_network| Error::Unreachable)?;
    read(response).await
}

async fn read(response: Response) -> Result<String, Error> {
    let asked = retry_after(&response);
    let text = response
        .text()
        .await
        .map_err(|_cut_off| Error::Unreachable)?;
    if response.ok() {
        return Ok(text);
    }
    Err(refusal(response.status(), &text, asked))
}

/// What an answer means that is no success: the server's own refusal, or that of something between
/// us and it. `asked` is how many seconds its header says to wait.
fn refusal(status: u16, text: &str, asked: Option<u32>) -> Error {
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) => {
            let retry_after = asked.or(problem.retry_after);
            Error::Refused(Box::new(Problem {
                retry_after,
                ..problem
            }))
        }
        // A proxy's own page: the server behind it did not answer.
        Err(_) if status >= 500 => Error::Unreachable,
        Err(_) if status >= 400 => Error::Blocked(status),
        Err(_) => Error::Unreadable,
    }
}

/// The address at which anyone can open a path of the app.
pub(crate) fn public_url(path: &str) -> String {
    let server = server_url(path);
    if server.starts_with('/') {
        let origin = web_sys::window().and_then(|window| window.location().origin().ok());
        return origin.unwrap_or_default() + path;
    }
    server
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_servers_or_of_what_stands_before_it() {
        let problem = r#"{"type": "about:blank", "title": "Conflict", "status": 409,
            "code": "sold_out", "detail": "Sold out.", "retry_after": 7}"#;
        for (asked, expected) in [(None, 7), (Some(3), 3)] {
            let refused = refusal(409, problem, asked);
            assert_eq!(refused.code(), Some(api::Code::SoldOut));
            assert_eq!(refused.retry_after(), Some(expected));
        }
        for page in [
            "",
            "<html>Forbidden</html>",
            "{}",
            r#"{"error": "rate limited"}"#,
            "null",
        ] {
            for status in [400, 401, 403, 404, 407, 409, 413, 429, 451, 499] {
                assert_eq!(
                    refusal(status, page, None),
                    Error::Blocked(status),
                    "{page}"
                );
            }
            for status in [500, 502, 503, 504, 520] {
                assert_eq!(refusal(status, page, None), Error::Unreachable, "{page}");
            }
            // A hotel's page that asks to sign in.
            assert_eq!(refusal(302, page, None), Error::Unreadable, "{page}");
        }
    }
}
