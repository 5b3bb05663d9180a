//! Pictures are put up and taken down.

use api::Code;
use api::events::EventDetail;
use api::host::{COVER_MAX_BYTES, HostEvent};
use axum::http::{Method, StatusCode};
use sqlx::PgPool;
use uuid::Uuid;

use super::{act, employ};
use crate::support::{Answer, EventBuilder, TestApp, TestUser};

async fn put_cover(user: &TestUser, event: Uuid, file: Vec<u8>) -> Answer {
    let path = format!("/host/events/{event}/cover");
    let headers = [("content-type", "image/png")];
    user.send(Method::PUT, &path, &headers, file.into()).await
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut file, image::ImageFormat::Png)
        .expect("encoded");
    file.into_inner()
}

async fn covers_kept(app: &TestApp) -> Option<i64> {
    sqlx::query_scalar!("select count(*) from covers")
        .fetch_one(&app.db)
        .await
        .expect("counted")
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cover_is_put_up_replaced_and_taken_down(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let mut urls = Vec::new();
    for (file, size) in [
        (picture(640, 360), (640, 360)),
        (picture(2000, 1000), (1600, 800)),
    ] {
        let answer: HostEvent = put_cover(&olga, event, file).await.ok();
        let url = answer.cover_url.expect("a cover");
        let served = app.stranger().get(url.trim_start_matches("/api")).await;
        assert_eq!(served.header("content-type"), Some("image/jpeg"));
        let kept = image::load_from_memory(&served.body).expect("a picture");
        assert_eq!((kept.width(), kept.height()), size);
        urls.push(url);
    }
    assert_ne!(urls[0], urls[1], "a cover is cached for ever");
    assert_eq!(covers_kept(&app).await, Some(1));

    let seen: EventDetail = app.stranger().get(&format!("/events/{event}")).await.ok();
    assert_eq!(seen.summary.cover_url.as_ref(), Some(&urls[1]));
    let cover = format!("/host/events/{event}/cover");
    for _ in 0..2 {
        let without: HostEvent = olga.delete(&cover).await.ok();
        assert_eq!(without.cover_url, None);
    }
    assert_eq!(covers_kept(&app).await, Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_picture_or_too_large_is_no_cover(db: PgPool) {
    let app = TestApp::new(db);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let page = b"<html><script>alert(1)</script></html>".to_vec();
    let answer = put_cover(&olga, event, page).await;
    let problem = answer.refused(StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid);
    assert_eq!(
        problem.errors["cover"],
        "This file isn’t a picture. Choose a JPEG, PNG or WebP file."
    );

    let mut large = picture(8, 8);
    large.resize(COVER_MAX_BYTES, 0);
    put_cover(&olga, event, large.clone())
        .await
        .ok::<HostEvent>();
    large.push(0);
    let answer = put_cover(&olga, event, large.clone()).await;
    answer.refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
    let elsewhere = olga
        .send(
            Method::POST,
            "/host/events",
            &[("content-type", "application/json")],
            large.into(),
        )
        .await;
    elsewhere.refused(StatusCode::PAYLOAD_TOO_LARGE, Code::Invalid);
}

#[sqlx::test(migrations = "../migrations")]
async fn only_those_who_may_edit_change_the_cover(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, doris) = (app.user("Olga").await, app.user("Doris").await);
    let event = EventBuilder::new("Night").create(&app, &olga).await.id;
    let path = format!("/host/events/{event}/cover");
    for (user, status, code) in [
        (
            app.stranger(),
            StatusCode::UNAUTHORIZED,
            Code::Unauthenticated,
        ),
        (
            app.user("Mallory").await,
            StatusCode::NOT_FOUND,
            Code::NotFound,
        ),
        (doris.clone(), StatusCode::FORBIDDEN, Code::Forbidden),
    ] {
        if user.id == doris.id {
            employ(&app, event, &doris, "door").await;
        }
        put_cover(&user, event, picture(8, 8))
            .await
            .refused(status, code);
        user.delete(&path).await.refused(status, code);
    }
    act(&olga, event, "cancel").await.ok::<HostEvent>();
    let answer = put_cover(&olga, event, picture(8, 8)).await;
    answer.refused(StatusCode::CONFLICT, Code::Conflict);
    assert_eq!(covers_kept(&app).await, Some(0));
}
