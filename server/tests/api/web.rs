//! What every answer has in common, and the API's description of itself.

use std::collections::HashSet;

use api::Code;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use metrics_exporter_prometheus::PrometheusBuilder;
use sqlx::PgPool;

use crate::support::{Answer, TestApp};

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    Answer::of(&server::http::router(app.state.clone(), None), request).await
}

#[sqlx::test(migrations = "../migrations")]
async fn the_server_says_that_it_is_well(db: PgPool) {
    let app = TestApp::new(db);
    assert_eq!(get(&app, "/healthz", &[]).await.status, StatusCode::OK);
    assert_eq!(get(&app, "/readyz", &[]).await.status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_refusal_is_a_problem_with_a_request_id(db: PgPool) {
    let app = TestApp::new(db);
    let stranger = app.stranger();
    let missing = stranger.get("/no/such/thing").await;
    let problem = missing.refused(StatusCode::NOT_FOUND, Code::NotFound);
    let id = problem.request_id.expect("an id");
    assert_eq!(missing.headers["x-request-id"], id.as_str());

    let wrong_method = stranger.delete("/events").await;
    wrong_method.refused(StatusCode::METHOD_NOT_ALLOWED, Code::Invalid);
}

/// Whatever a client may choose about a request, none of it makes another series: those are kept
/// for ever.
#[sqlx::test(migrations = "../migrations")]
async fn nothing_a_client_sends_makes_more_metrics(db: PgPool) {
    let app = TestApp::new(db);
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    // A test runs on one thread, and so do the tasks of its requests.
    let _recording = metrics::set_default_local_recorder(&recorder);
    let router = server::http::router(app.state.clone(), None);
    let flood = async |word: &str| {
        for number in 0..40 {
            let made_up = format!("{word}{number}");
            for method in [made_up.as_str(), "GET", "DELETE", "TRACE"] {
                for path in [
                    "/api/events",
                    "/api/orders",
                    "/healthz",
                    &format!("/api/{made_up}"),
                    &format!("/{made_up}"),
                ] {
                    let request = Request::builder()
                        .method(method)
                        .uri(format!("{path}?{made_up}={made_up}"))
                        .header("host", &made_up)
                        .header(made_up.as_str(), &made_up)
                        .body(Body::empty())
                        .expect("a request");
                    let answer = Answer::of(&router, request).await;
                    if method == made_up {
                        answer.refused(StatusCode::NOT_IMPLEMENTED, Code::Invalid);
                    }
                }
            }
        }
        metrics.render().lines().count()
    };
    let first = flood("first").await;
    assert!(first > 20, "{}", metrics.render());
    assert_eq!(flood("second").await, first, "{}", metrics.render());
}

#[sqlx::test(migrations = "../migrations")]
async fn browsers_are_told_to_be_strict(db: PgPool) {
    let app = TestApp::new(db);
    let answer = get(&app, "/api/events", &[]).await;
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[sqlx::test(migrations = "../migrations")]
async fn only_the_apps_origins_may_read_answers(db: PgPool) {
    let app = TestApp::with_flags(db, &["--allowed-origins", "https://shop.example.com"]);
    for (origin, allowed) in [
        ("tauri://localhost", true),
        ("http://tauri.localhost", true),
        ("https://shop.example.com", true),
        ("https://shop.example.com.evil.example", false),
        ("null", false),
    ] {
        let answer = get(&app, "/api/events", &[("origin", origin)]).await;
        let header = answer.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(header.is_some(), allowed, "{origin}");
        assert!(header.is_none_or(|header| header == origin), "{origin}");
        assert!(
            !answer
                .headers
                .contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn operations_have_ids_of_their_own_and_say_what_they_answer(db: PgPool) {
    let app = TestApp::new(db);
    let document: serde_json::Value = get(&app, "/api/openapi.json", &[]).await.ok();
    let paths = document["paths"].as_object().expect("paths").values();
    let mut ids = HashSet::new();
    for operation in paths.flat_map(|path| path.as_object().expect("operations").values()) {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id), "{id} names two operations");
        for (status, response) in operation["responses"].as_object().expect("responses") {
            assert!(response["description"].is_string(), "{id} {status}");
        }
    }
    assert!(ids.contains("events_list"), "{ids:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_description_matches_the_routes(db: PgPool) {
    let app = TestApp::new(db);
    let document: serde_json::Value = get(&app, "/api/openapi.json", &[]).await.ok();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let paths = document["paths"].as_object().expect("paths");
    assert!(paths.len() > 3);
    for (path, operations) in paths {
        assert!(path.starts_with("/api/"), "{path}");
        let concrete = path
            .replace("{id}", &uuid::Uuid::nil().to_string())
            .replace("{event_id}", &uuid::Uuid::nil().to_string())
            .replace("{number}", "1");
        for method in ["get", "post", "put", "patch", "delete"] {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let described = operations.get(method.as_str().to_lowercase()).is_some();
            let request = Request::builder()
                .method(&method)
                .uri(&concrete)
                .body(Body::empty())
                .expect("a request");
            let router = server::http::router(app.state.clone(), None);
            let answer = Answer::of(&router, request).await;
            let routed = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(
                routed, described,
                "{method} {path} answered {}",
                answer.status
            );
        }
    }
}
