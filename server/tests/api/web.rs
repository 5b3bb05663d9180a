//! What every answer has in common, and the API's description of itself.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use api::Code;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Answer, EventBuilder, TestApp};

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    Answer::of(&server::http::router(app.state.clone()), request).await
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
    let router = server::http::router(app.state.clone());
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
                        assert!(answer.status.is_client_error(), "{answer:?}");
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
async fn metrics_are_not_for_everybody(db: PgPool) {
    let app = TestApp::new(db);
    let public = get(&app, "/metrics", &[]).await;
    assert_eq!(public.status, StatusCode::NOT_FOUND);
    let recorder = PrometheusBuilder::new().build_recorder();
    let admin = server::http::admin(recorder.handle());
    let request = Request::get("/metrics").body(Body::empty());
    let answer = Answer::of(&admin, request.expect("a request")).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations")]
async fn with_https_browsers_stay_with_it(db: PgPool) {
    let plain = TestApp::new(db.clone());
    let answer = get(&plain, "/api/events", &[]).await;
    assert_eq!(answer.header("strict-transport-security"), None);
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    let secure = TestApp::with_flags(db, &["--public-url", "https://shop.example"]);
    for path in ["/api/events", "/healthz", "/api/no/such", "/api/docs/"] {
        let answer = get(&secure, path, &[]).await;
        let strict = answer.header("strict-transport-security");
        assert_eq!(strict, Some("max-age=31536000"), "{path}");
    }
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

/// The reference uses the words that the app uses.
#[sqlx::test(migrations = "../migrations")]
async fn the_description_is_in_plain_words(db: PgPool) {
    let app = TestApp::new(db);
    let document: Value = get(&app, "/api/openapi.json", &[]).await.ok();
    let mut sentences = Vec::new();
    find_sentences(&document, &mut sentences);
    assert!(sentences.len() > 400, "{}", sentences.len());
    for sentence in sentences {
        let lower = format!(" {}", sentence.to_lowercase());
        for quaint in include_str!("../../../i18n/tests/quaint.txt").lines() {
            let is_said = lower.contains(&format!(" {quaint}"));
            assert!(!is_said, "{quaint:?} in {sentence:?}");
        }
    }
}

fn find_sentences<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "description" || name == "summary" => {
                        found.push(text);
                    }
                    _ => find_sentences(field, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_sentences(item, found)),
        _ => {}
    }
}

/// What the description promises of every operation.
#[sqlx::test(migrations = "../migrations")]
async fn the_description_says_how_everything_is_refused(db: PgPool) {
    let app = TestApp::new(db);
    let document: Value = get(&app, "/api/openapi.json", &[]).await.ok();
    let mut references = Vec::new();
    find_references(&document, &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("of this document");
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} is not there"
        );
    }
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().expect("operations") {
            let responses = operation["responses"].as_object().expect("responses");
            let mut needed = vec!["429", "500", "503"];
            if operation.get("requestBody").is_some() {
                needed.extend(["400", "408", "413", "415", "422"]);
            }
            if operation.get("security").is_some() {
                needed.extend(["401", "403"]);
            }
            for status in needed {
                assert!(responses.contains_key(status), "{method} {path} {status}");
            }
            for (status, response) in responses {
                if status.starts_with(['4', '5']) {
                    let problem = serde_json::json!({"application/problem+json":
                        {"schema": {"$ref": "#/components/schemas/Problem"}}});
                    assert_eq!(response["content"], problem, "{method} {path} {status}");
                }
            }
        }
    }
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for (name, schema) in schemas {
        // Requests refuse what they do not know.
        if schema["additionalProperties"] != false {
            continue;
        }
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let kind = property["type"].to_string();
            let named = ["format", "enum", "$ref"];
            let is_named = named.iter().any(|name| property.get(name).is_some());
            if kind.contains("string") && !is_named {
                assert!(property["maxLength"].is_u64(), "{name}.{field}");
            }
        }
    }
}

fn find_references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields
                .values()
                .for_each(|value| find_references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| find_references(value, found)),
        _ => {}
    }
}

/// Whatever a client writes where a time or a text belongs, it is not our fault.
#[sqlx::test(migrations = "../migrations")]
async fn odd_times_and_texts_are_refused_or_kept(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let cursor = |key: Value| data_encoding::BASE64URL_NOPAD.encode(key.to_string().as_bytes());
    let id = event.to_string();
    let years = [
        "-262143-01-01T00:00:00Z",
        "-4713-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "+10000-01-01T00:00:00Z",
        "+262142-12-31T23:59:59Z",
    ];
    let mut gets = Vec::new();
    for list in [
        "/events",
        "/host/events",
        "/tickets",
        "/transfers",
        "/orders",
    ] {
        for year in years {
            for key in [
                json!([year, id]),
                json!([year, id, 1]),
                json!([id, year]),
                json!([false, year, id]),
                json!([true, year, id, 1]),
                json!(year),
                json!([year, "a\u{0}"]),
            ] {
                gets.push(format!("{list}?cursor={}", cursor(key)));
            }
        }
        gets.push(format!("{list}?cursor={}", cursor(json!("\u{0}"))));
        gets.push(format!("{list}?cursor=%00"));
        gets.push(format!("{list}?when=%00"));
    }
    gets.push("/events?q=%00".to_owned());
    gets.push("/events?q=a%00b&limit=3".to_owned());
    gets.push(format!("/host/events/{id}/guests?q=%00"));
    gets.push(format!("/host/events/{id}/guests?q=x%00"));
    gets.push(format!(
        "/host/events/{id}/guests?cursor={}",
        cursor(json!(i64::MAX))
    ));
    gets.push("/claims/%00".to_owned());
    for path in gets {
        let answer = olga.get(&path).await;
        assert!(!answer.status.is_server_error(), "{path}: {answer:?}");
    }

    let promo_codes = format!("/host/events/{id}/promo-codes");
    let check_ins = format!("/host/events/{id}/check-ins/sync");
    let types = json!([{"name": "A", "price": 1, "capacity": 1, "max_per_order": 1}]);
    for year in years {
        let scan = json!({"nonce": uuid::Uuid::now_v7(), "code": "x", "gate": ""});
        let posts = [
            (
                &promo_codes,
                json!({"code": "X", "discount": {"percent": 5}, "starts_at": year}),
            ),
            (
                &promo_codes,
                json!({"code": "X", "discount": {"percent": 5}, "ends_at": year}),
            ),
            (
                &check_ins,
                json!({"scans": [{"scan": scan, "at": year, "let_in": true}]}),
            ),
            (
                &"/host/events".to_owned(),
                json!({"title": "T", "starts_at": year, "ends_at": year, "timezone": "UTC",
                    "currency": "EUR", "ticket_types": types}),
            ),
        ];
        for (path, body) in posts {
            let answer = olga.post(path, &body).await;
            assert!(
                !answer.status.is_server_error(),
                "{path} {body}: {answer:?}"
            );
        }
    }
    let nul = "a\u{0}b";
    for (path, body) in [
        ("/auth/login", json!({"email": nul, "password": nul})),
        (
            "/auth/reset",
            json!({"token": nul, "password": "correct horse"}),
        ),
        ("/auth/refresh", json!({"refresh_token": nul})),
        ("/me/verify-email", json!({"token": nul})),
        (
            "/host/events",
            json!({"title": nul, "starts_at": "2030-01-01T00:00:00Z",
            "ends_at": "2030-01-02T00:00:00Z", "timezone": nul, "currency": "EUR"}),
        ),
        (
            promo_codes.as_str(),
            json!({"code": nul, "discount": {"percent": 5}}),
        ),
        ("/orders/quote", json!({"lines": [], "promo_code": nul})),
    ] {
        let answer = olga.post(path, &body).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    }
    // One scan must not keep the others of a scanner from being recorded.
    let scan = json!({"nonce": event, "code": nul, "gate": nul});
    let scans = json!({"scans": [{"scan": scan, "at": "2030-01-01T00:00:00Z", "let_in": true}]});
    let synced: Value = olga.post(&check_ins, scans).await.ok();
    assert_eq!(synced["answers"][0]["verdict"], "not_a_ticket");
    // A list is no object, and a whole number is one with a point too.
    let list = olga.patch("/me", json!([null, null])).await;
    list.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    let body = r#"{"lines": [{"ticket_type_id": "00000000-0000-0000-0000-000000000000", "quantity": 1.0}]}"#;
    let headers = [("content-type", "application/json")];
    let whole = olga
        .send(Method::POST, "/orders/quote", &headers, body.into())
        .await;
    assert_eq!(whole.status, StatusCode::NOT_FOUND, "{whole:?}");
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
            let router = server::http::router(app.state.clone());
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

/// What the log says, level by level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        let said = std::mem::take(&mut *self.0.lock().expect("no panic"));
        String::from_utf8(said).expect("text")
    }
}

impl std::io::Write for Log {
    fn write(&mut self, said: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend(said);
        Ok(said.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Somebody is woken by errors. That many come at once is no error.
#[sqlx::test(migrations = "../migrations")]
async fn busy_is_a_warning_and_what_fails_is_an_error(db: PgPool) {
    let app = TestApp::new(db);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::WARN)
        .with_writer(move || writer.clone())
        .finish();
    // A test runs on one thread, and so do the tasks of its requests.
    let _logging = tracing::subscriber::set_default(subscriber);
    for (state, status, level) in [
        ("55P03", StatusCode::SERVICE_UNAVAILABLE, "WARN"),
        ("53300", StatusCode::SERVICE_UNAVAILABLE, "WARN"),
        ("57014", StatusCode::SERVICE_UNAVAILABLE, "WARN"),
        ("XX000", StatusCode::INTERNAL_SERVER_ERROR, "ERROR"),
    ] {
        let failing = format!(
            "create or replace function fail() returns trigger language plpgsql as
            $$ begin raise exception 'on purpose' using errcode = '{state}'; end $$;
            create or replace trigger fails before insert on users
            for each row execute function fail()"
        );
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(failing)).execute(&app.db);
        done.await.expect("a trigger");
        log.take();
        let ada = json!({"name": "Ada", "email": "ada@example.com",
            "password": "correct horse battery", "locale": "en"});
        let answer = app.stranger().post("/auth/register", ada).await;
        let said = log.take();
        assert_eq!(answer.status, status, "{state}: {said}");
        let levels: Vec<&str> = said
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        assert!(
            !levels.is_empty() && levels.iter().all(|said| *said == level),
            "{state}: {said}"
        );
    }
}
