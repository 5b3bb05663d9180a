//! The router: every route, and the layers each request passes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use api::orders::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED};
use api::{Code, Problem};
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::Label;
use metrics_exporter_prometheus::PrometheusHandle;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::config::ServeConfig;
use crate::error::{Error, Refused, Result};
use crate::openapi::Description;
use crate::state::AppState;
use crate::timed_body::TimedBody;
use crate::{
    comps, door, events, host, openapi, orders, refunds, tickets, timezones, transfers, users,
    waiting, web,
};

/// Which sites may show what we answer.
pub(crate) const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
/// Pictures are shown in chats, and in the native app.
pub(crate) const ANYWHERE: HeaderValue = HeaderValue::from_static("cross-origin");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a body may take, from the request to its last byte.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);
const TOO_MANY_RETRY_AFTER: Duration = Duration::from_secs(1);
/// Enough for the largest request: a refund that names every ticket of the largest order.
pub(crate) const BODY_MAX_BYTES: usize = 256 * 1024;
/// The native app's pages: macOS, iOS and Linux, then Windows and Android.
pub(crate) const APP_ORIGINS: [&str; 2] = ["tauri://localhost", "http://tauri.localhost"];
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";
/// The documentation's viewer styles itself inline.
const DOCS_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'unsafe-inline'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The API's routes and their description, made from the same code.
pub fn api() -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let (router, mut openapi) = OpenApiRouter::with_openapi(Description::openapi())
        .nest("/api", users::routes())
        .nest("/api", events::routes())
        .nest("/api", orders::routes())
        .nest("/api", refunds::routes())
        .nest("/api", tickets::routes())
        .nest("/api", transfers::routes())
        .nest("/api", host::routes())
        .nest("/api", door::routes())
        .nest("/api", comps::routes())
        .nest("/api", waiting::routes())
        .nest("/api", timezones::routes())
        .split_for_parts();
    openapi::complete(&mut openapi);
    (router, openapi)
}

/// What is for monitoring, on an address of its own.
pub fn admin(metrics: PrometheusHandle) -> Router {
    let metrics = get(async move || metrics.render());
    guarded(Router::new().route("/metrics", metrics), None, false)
}

/// The whole service: API, documentation, health and the web app.
pub fn router(state: AppState) -> Router {
    let (api, openapi) = api();
    let config = state.config.clone();
    let web = web::router(&state);
    let docs = Router::from(SwaggerUi::new("/api/docs").url("/api/openapi.json", openapi)).layer(
        SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(DOCS_SECURITY_POLICY),
        ),
    );
    let api = api
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route(
            "/api/{*rest}",
            axum::routing::any(|| async { Error::NotFound }),
        )
        .with_state(state)
        .merge(docs);
    // The web app is for its own origin alone: told apart by origin, a browser would load it twice.
    let https = config.has_https();
    guarded(api, Some(cors(&config)), https).merge(guarded(web, None, https))
}

/// From the outermost to the innermost; as one layer, which costs one allocation.
fn guarded(router: Router, cors: Option<CorsLayer>, https: bool) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn(observe))
            .option_layer(cors)
            .map_response(move |response| harden(response, https))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                REQUEST_TIMEOUT,
            ))
            .layer(from_fn(outlive_client))
            .layer(from_fn(end_slow_bodies))
            .layer(DefaultBodyLimit::max(BODY_MAX_BYTES)),
    )
}

async fn ready(State(state): State<AppState>) -> Result<&'static str> {
    sqlx::query_scalar!("select 1").fetch_one(&state.db).await?;
    Ok("ready")
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a handler panicked");
    Error::internal(text).into_response()
}

/// Runs writes in a task of their own: a client that hangs up must not stop one half way, nor put
/// a connection with an open transaction back into the pool (sqlx #4393).
async fn outlive_client(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Error::internal(cancelled).into_response(),
        },
    }
}

/// Answers 408 to a request whose body is not there in time, however little of it comes at a time,
/// and closes its connection.
async fn end_slow_bodies(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let version = request.version();
    let late = Arc::new(AtomicBool::new(false));
    let request =
        request.map(|body| Body::new(TimedBody::new(body, BODY_TIMEOUT, Arc::clone(&late))));
    let response = next.run(request).await;
    if !late.load(Ordering::Relaxed) {
        return response;
    }
    let mut response = Error::Malformed {
        status: StatusCode::REQUEST_TIMEOUT,
        detail: "The request took too long to arrive.".to_owned(),
    }
    .into_response();
    if version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

/// Marks a request of an address that has too many under way.
#[derive(Clone, Copy)]
pub(crate) struct TooMany;

/// Gives the request an id, logs and counts it, and writes the body of a refusal.
async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = uuid::Uuid::now_v7();
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("app", MatchedPath::as_str)
        .to_owned();
    let span =
        tracing::info_span!("request", %id, method, path = without_secrets(request.uri().path()));

    let mut response = if request.extensions().get::<TooMany>().is_some() {
        let retry_after = TOO_MANY_RETRY_AFTER;
        Error::Busy { retry_after }.into_response()
    } else {
        next.run(request).instrument(span.clone()).await
    };

    let status = response.status();
    let elapsed = started.elapsed();
    let refused = response.extensions_mut().remove::<Refused>();
    span.in_scope(|| match &refused {
        Some(refused) if matches!(*refused.cause, Error::Busy { .. }) => {
            tracing::warn!(status = status.as_u16(), ?elapsed, "busy");
        }
        Some(refused) if status.is_server_error() => {
            let cause = report(refused.cause.as_ref());
            tracing::error!(status = status.as_u16(), ?elapsed, cause, "failed");
        }
        Some(refused) => {
            tracing::debug!(status = status.as_u16(), ?elapsed, code = ?refused.problem.code, "refused");
        }
        None => tracing::debug!(status = status.as_u16(), ?elapsed, "answered"),
    });
    // Every combination of labels is kept for ever, so each is from a closed set: known methods,
    // our routes, and the statuses that we answer.
    let labels = vec![
        Label::from_static_parts("method", method),
        Label::new("route", route),
        Label::new("status", status.as_u16().to_string()),
    ];
    metrics::histogram!("http_request_seconds", labels).record(elapsed.as_secs_f64());

    let problem = refused
        .map(|refused| refused.problem)
        .or_else(|| problem_of(&response));
    let id = id.to_string();
    if let Some(problem) = problem {
        // What a layer refused says it, too.
        if let Some(seconds) = problem.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        write_problem(
            &mut response,
            Problem {
                request_id: Some(id.clone()),
                ..problem
            },
        );
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// What stands for a method that HTTP does not define.
const OTHER_METHOD: &str = "other";

/// The method's name, from a closed set: clients may send any word as a method.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => OTHER_METHOD,
    }
}

/// The path for the log. Who has the link of an email has what it gives, and a link that was
/// mistyped is still one; so what is neither an id nor a word is left out.
fn without_secrets(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    for (number, part) in path.split('/').enumerate() {
        if number > 0 {
            shown.push('/');
        }
        shown.push_str(if is_telling(part) { part } else { "…" });
    }
    shown
}

/// Whether a part of a path is a word of ours, a number or an id, and so no secret.
fn is_telling(part: &str) -> bool {
    const WORD_MAX: usize = 24;
    const NUMBER_MAX: usize = 10;
    let is_word = |letter: u8| letter.is_ascii_lowercase() || matches!(letter, b'-' | b'_' | b'.');
    part.len() <= WORD_MAX && part.bytes().all(is_word)
        || part.len() <= NUMBER_MAX && part.bytes().all(|digit| digit.is_ascii_digit())
        || part.len() == 36 && uuid::Uuid::try_parse(part).is_ok()
}

/// The error and everything behind it, on one line.
pub(crate) fn report(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |error| error.source())
        .fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// Refusals that come from a layer or from axum itself instead of a handler.
fn problem_of(response: &Response) -> Option<Problem> {
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => (Code::NotFound, "We couldn’t find that."),
        StatusCode::METHOD_NOT_ALLOWED => (Code::Invalid, "This method isn’t allowed here."),
        StatusCode::REQUEST_TIMEOUT => (Code::Invalid, "The request took too long to arrive."),
        StatusCode::PAYLOAD_TOO_LARGE => (Code::Invalid, "The request is too large."),
        StatusCode::TOO_MANY_REQUESTS => (
            Code::RateLimited,
            "Too many attempts. Wait a moment and try again.",
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            Code::Busy,
            "We’re very busy right now. Try again in a moment.",
        ),
        _ if status.is_server_error() => (
            Code::Internal,
            "Something went wrong on our end. Try again.",
        ),
        _ => (Code::Invalid, "We couldn’t understand this request."),
    };
    Some(Problem {
        retry_after: matches!(code, Code::Busy | Code::RateLimited).then_some(1),
        ..Problem::new(status.as_u16(), code, detail)
    })
}

fn write_problem(response: &mut Response, problem: Problem) {
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    *response.body_mut() = body.into();
}

fn cors(config: &ServeConfig) -> CorsLayer {
    let origins: Vec<HeaderValue> = APP_ORIGINS
        .into_iter()
        .chain(config.allowed_origins.iter().map(String::as_str))
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static(IDEMPOTENCY_KEY),
        ])
        .expose_headers([
            HeaderName::from_static(IDEMPOTENCY_REPLAYED),
            header::RETRY_AFTER,
            REQUEST_ID,
        ])
        .max_age(Duration::from_secs(3600))
}

/// Tells browsers to be strict.
fn harden<B>(mut response: Response<B>, https: bool) -> Response<B> {
    const HEADERS: [(HeaderName, &str); 8] = [
        // What may be kept says so itself.
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        // What others may show says so itself.
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), geolocation=(), microphone=(), payment=()",
        ),
    ];
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        let headers = response.headers_mut();
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

#[cfg(test)]
mod tests {
    use api::refunds::{REFUND_TICKETS_MAX, RefundTickets};
    use api::tickets::TicketName;

    use super::*;

    #[test]
    fn who_is_refused_for_now_is_told_when_to_come_again() {
        for status in [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ] {
            let problem = problem_of(&status.into_response()).expect("a refusal");
            assert_eq!(problem.retry_after, Some(1), "{status}");
        }
        let problem = problem_of(&StatusCode::NOT_FOUND.into_response());
        assert_eq!(problem.expect("a refusal").retry_after, None);
    }

    #[test]
    fn the_largest_request_is_taken() {
        let ticket = TicketName {
            event_id: uuid::Uuid::now_v7(),
            number: i32::MAX,
        };
        let tickets = vec![ticket; REFUND_TICKETS_MAX];
        let all = serde_json::to_vec(&RefundTickets { tickets }).expect("json");
        assert!(all.len() < BODY_MAX_BYTES, "{}", all.len());
    }

    #[test]
    fn the_log_keeps_no_secret_of_a_path() {
        const TOKEN: &str = "mJ4vW0q_9bPzX2kLrT7uYc-eGh1oAs3dFi5jKl6nQxE";
        let id = uuid::Uuid::now_v7();
        for path in [
            format!("/api/claims/{TOKEN}"),
            format!("/API/claims/{TOKEN}"),
            format!("/api//Claims/{TOKEN}/accept"),
            format!("/%61pi/cl%61ims/{TOKEN}"),
            format!("/verify/{TOKEN}"),
            format!("/ReSeT/{TOKEN}?x"),
            format!("/{TOKEN}"),
            format!("/reset/{}%5F{}", &TOKEN[..8], &TOKEN[9..]),
            format!("/api/claims/{}", &TOKEN[..20]),
            format!("/api/claims/{}", TOKEN.to_lowercase()),
        ] {
            let shown = without_secrets(&path);
            assert!(!shown.contains(&TOKEN[..8]), "{shown}");
            assert!(!shown.contains(&TOKEN[12..20]), "{shown}");
            assert!(!shown.contains(&TOKEN[..8].to_lowercase()), "{shown}");
        }
        let telling = format!("/api/host/events/{id}/promo-codes/12");
        assert_eq!(without_secrets(&telling), telling);
    }
}
