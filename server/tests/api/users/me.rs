//! One's own account.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use sqlx::PgPool;

use super::register_ada;
use crate::support::TestApp;

#[sqlx::test(migrations = "../migrations")]
async fn only_a_bearer_token_signs_in(db: PgPool) {
    let app = TestApp::new(db);
    let token = register_ada(&app).await.access_token;
    for (credentials, status) in [
        (format!("Bearer {token}"), StatusCode::OK),
        (format!("bearer {token}"), StatusCode::OK),
        (format!("Basic {token}"), StatusCode::UNAUTHORIZED),
        (format!("Bearer {token}x"), StatusCode::UNAUTHORIZED),
        (token, StatusCode::UNAUTHORIZED),
        (String::new(), StatusCode::UNAUTHORIZED),
    ] {
        let headers = [("authorization", credentials.as_str())];
        let stranger = app.stranger();
        let answer = stranger
            .send(Method::GET, "/me", &headers, Body::empty())
            .await;
        assert_eq!(answer.status, status, "{credentials}");
    }
}
