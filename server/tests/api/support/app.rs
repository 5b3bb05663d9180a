//! The app under test and the people who use it.

use std::sync::Arc;
use std::time::Duration;

use api::orders::{IDEMPOTENCY_KEY, PlaceOrder, PlaceOrderLine};
use api::users::Session;
use api::{Code, Problem};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use clap::Parser;
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::auth::AccessKeys;
use server::config::{Cli, Command, ServeConfig};
use server::events::live::Live;
use server::events::recent::Recent;
use server::orders::purchase::Purchases;
use server::payment::{PayAtDoor, PaymentProvider};
use server::rate_limit::RateLimiters;
use server::state::{AppState, Shared};
use server::text::Fonts;
use server::users::password::Passwords;
use sqlx::PgPool;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;

/// The whole service on one database.
#[derive(Clone)]
pub(crate) struct TestApp {
    pub(crate) db: PgPool,
    pub(crate) state: AppState,
    router: Router,
}

impl TestApp {
    /// Configured as by default.
    pub(crate) fn new(db: PgPool) -> Self {
        Self::with(db, &[], Arc::new(PayAtDoor))
    }

    /// With further flags of `boxoffice serve`.
    pub(crate) fn with_flags(db: PgPool, flags: &[&str]) -> Self {
        Self::with(db, flags, Arc::new(PayAtDoor))
    }

    /// With another way to pay.
    pub(crate) fn with_payments(db: PgPool, payments: Arc<dyn PaymentProvider>) -> Self {
        Self::with(db, &[], payments)
    }

    fn with(db: PgPool, flags: &[&str], payments: Arc<dyn PaymentProvider>) -> Self {
        let config = serve_config(flags);
        let state = AppState::new(Shared {
            access_keys: AccessKeys::new(&[7; 32].into()),
            passwords: Passwords::default(),
            rate_limiters: RateLimiters::new(config.rate_limits),
            purchases: Purchases::new(
                db.clone(),
                db.clone(),
                config.purchase_path,
                payments,
                Handle::current(),
            ),
            recent: Recent::new(Duration::from_millis(config.reads_max_age_ms)),
            live: Live::start(db.clone(), CancellationToken::new()),
            db: db.clone(),
            fonts: Fonts::new(None),
            config,
        });
        let router = server::http::router(state.clone());
        Self { db, state, router }
    }

    /// Someone with an account of long ago and a verified address, signed in.
    pub(crate) async fn user(&self, name: &str) -> TestUser {
        /// A hash of the right form which no password matches.
        const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let id = Uuid::now_v7();
        let email = format!("{}-{}@example.com", name.to_lowercase(), id.simple());
        let session = Uuid::now_v7();
        sqlx::query!(
            "with new_user as (
                insert into users (id, name, email, password_hash, email_verified_at, created_at)
                values ($1, $2, $3, $4, now(), now() - interval '2 years') returning id
            )
            insert into sessions (id, user_id, expires_at)
            select $5, id, now() + interval '30 days' from new_user",
            id,
            name,
            email,
            HASH,
            session,
        )
        .execute(&self.db)
        .await
        .expect("a new user");
        let token = self.state.access_keys.issue(id, session).expect("a token");
        TestUser {
            app: self.clone(),
            id,
            email,
            token: Some(token),
        }
    }

    /// Who began this session.
    pub(crate) fn signed_in(&self, session: &Session) -> TestUser {
        TestUser {
            app: self.clone(),
            id: session.user.id,
            email: session.user.email.clone(),
            token: Some(session.access_token.clone()),
        }
    }

    /// The same who reads German.
    pub(crate) async fn german(&self, name: &str) -> TestUser {
        let user = self.user(name).await;
        sqlx::query!("update users set locale = 'de-DE' where id = $1", user.id)
            .execute(&self.db)
            .await
            .expect("a reader of German");
        user
    }

    /// Nobody in particular.
    pub(crate) fn stranger(&self) -> TestUser {
        TestUser {
            app: self.clone(),
            id: Uuid::nil(),
            email: String::new(),
            token: None,
        }
    }
}

fn serve_config(flags: &[&str]) -> ServeConfig {
    let arguments = ["boxoffice", "serve"].iter().chain(flags);
    match Cli::parse_from(arguments).command {
        // Tests read what they wrote at once, unless they are about just that.
        Command::Serve(config) if flags.contains(&"--reads-max-age-ms") => *config,
        Command::Serve(config) => ServeConfig {
            reads_max_age_ms: 0,
            ..*config
        },
        other => panic!("{other:?} is not `serve`"),
    }
}

/// Someone who sends requests.
#[derive(Clone)]
pub(crate) struct TestUser {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    app: TestApp,
    token: Option<String>,
}

impl TestUser {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.send_json(Method::POST, path, &[], body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.send_json(Method::PATCH, path, &[], body).await
    }

    /// Buys tickets of some types with a key of its own.
    pub(crate) async fn buy(&self, lines: &[(Uuid, i32)]) -> Answer {
        self.buy_with_key(Uuid::new_v4(), lines).await
    }

    /// Buys tickets of some types with this key.
    pub(crate) async fn buy_with_key(&self, key: Uuid, lines: &[(Uuid, i32)]) -> Answer {
        self.place(key, &order_of(lines)).await
    }

    /// Places an order with this key.
    pub(crate) async fn place(&self, key: Uuid, order: &PlaceOrder) -> Answer {
        let key = key.to_string();
        self.send_json(Method::POST, "/orders", &[(IDEMPOTENCY_KEY, &key)], order)
            .await
    }

    /// Sends `body` as JSON with more headers.
    pub(crate) async fn send_json(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Serialize,
    ) -> Answer {
        let body = serde_json::to_vec(&body).expect("a body that can be written");
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.send(method, path, &headers, body.into()).await
    }

    /// The access token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().expect("someone signed in")
    }

    /// Sends anything; paths are those under `/api`.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(body).expect("a request");
        Answer::of(&self.app.router, request).await
    }
}

/// An order of tickets of some types.
pub(crate) fn order_of(lines: &[(Uuid, i32)]) -> PlaceOrder {
    let lines = lines
        .iter()
        .map(|(ticket_type_id, quantity)| PlaceOrderLine {
            ticket_type_id: *ticket_type_id,
            quantity: *quantity,
        });
    PlaceOrder {
        lines: lines.collect(),
        promo_code: None,
        expected_total: None,
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// What `router` answers to `request`.
    pub(crate) async fn of(router: &Router, request: Request<Body>) -> Self {
        let Ok(response) = router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let endless = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        let body = match endless {
            true => Default::default(),
            false => body.collect().await.expect("a whole body").to_bytes(),
        };
        Self {
            status: parts.status,
            headers: parts.headers,
            body: body.into(),
        }
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?;
        Some(value.to_str().expect("a header of text"))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, of an answer with this status.
    #[track_caller]
    pub(crate) fn expect<T: DeserializeOwned>(&self, status: StatusCode) -> T {
        assert_eq!(self.status, status, "{}", self.text());
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body of a 200.
    #[track_caller]
    pub(crate) fn ok<T: DeserializeOwned>(&self) -> T {
        self.expect(StatusCode::OK)
    }

    /// The body of a 201.
    #[track_caller]
    pub(crate) fn created<T: DeserializeOwned>(&self) -> T {
        self.expect(StatusCode::CREATED)
    }

    /// The problem of a refusal with this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: StatusCode, code: Code) -> Problem {
        let problem: Problem = self.expect(status);
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!((problem.status, problem.code), (status.as_u16(), code));
        let asked = self
            .header("retry-after")
            .map(|wait| wait.parse().expect("seconds"));
        assert_eq!(
            problem.retry_after, asked,
            "the header and the body say the same"
        );
        let comes_again = matches!(status.as_u16(), 429 | 503);
        assert_eq!(
            asked.is_some(),
            comes_again,
            "{status} and when to try again"
        );
        problem
    }
}
