//! What is served beside the API: the app's files, what links show, and what machines read.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use sqlx::PgPool;
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::support::{EventBuilder, TestApp};

const PAGE: &str = include_str!("../../../app/index.html");

/// A service with the files of a web app.
struct Site {
    app: TestApp,
    _files: TempDir,
}

struct Got {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    fn header(&self, name: header::HeaderName) -> &str {
        let value = self.headers.get(name).expect("the header");
        value.to_str().expect("text")
    }
}

impl Site {
    fn new(db: PgPool, flags: &[&str]) -> Self {
        let files = TempDir::new().expect("a folder");
        let path = |file| files.path().join(file);
        fs::create_dir(path("assets")).expect("a folder");
        for (file, content) in [
            ("index.html", PAGE),
            ("sw.js", "// worker"),
            ("assets/app-1.js", "// app"),
        ] {
            fs::write(path(file), content).expect("a file");
        }
        let folder = files.path().display().to_string();
        let always = ["--public-url", "https://shop.example", "--web-dir", &folder];
        let app = TestApp::with_flags(db, &[&always, flags].concat());
        Self { app, _files: files }
    }

    async fn get(&self, path: &str) -> Got {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, headers: &[(header::HeaderName, &str)]) -> Got {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let router = server::http::router(self.app.state.clone());
        let response = router.oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Got {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn event(&self, builder: EventBuilder) -> Uuid {
        let organizer = self.app.user("Olga").await;
        builder.create(&self.app, &organizer).await.id
    }
}

#[test]
fn the_manifest_names_pictures_that_are_there() {
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/public");
    let manifest = fs::read(public.join("manifest.webmanifest")).expect("the manifest");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).expect("JSON");
    for (member, value) in [
        ("id", "/"),
        ("scope", "/"),
        ("start_url", "/"),
        ("display", "standalone"),
    ] {
        assert_eq!(manifest[member], value, "{member}");
    }
    let mut needed = vec![
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    ];
    for icon in manifest["icons"].as_array().expect("icons") {
        let file = icon["src"]
            .as_str()
            .expect("a path")
            .trim_start_matches('/');
        let content = fs::read(public.join(file)).expect("the icon");
        if icon["type"] == "image/png" {
            let (width, height) = image_size(&content);
            assert_eq!(icon["sizes"], format!("{width}x{height}"), "{file}");
        }
        let purpose = icon["purpose"].as_str().unwrap_or("any");
        needed.retain(|(size, for_what)| icon["sizes"] != *size || purpose != *for_what);
    }
    assert!(needed.is_empty(), "no icons for {needed:?}");
}

/// A PNG begins with its size.
fn image_size(png: &[u8]) -> (u32, u32) {
    let number =
        |from: usize| u32::from_be_bytes(png[from..from + 4].try_into().expect("a number"));
    (number(16), number(20))
}

fn property<'a>(page: &'a str, name: &str) -> &'a str {
    let start = format!("<meta property=\"{name}\" content=\"");
    let (_, rest) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split_once('"').expect("the end of an attribute").0
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_to_an_event_shows_what_it_is(db: PgPool) {
    let site = Site::new(db, &[]);
    let id = site.event(EventBuilder::new("Night of the Organ")).await;
    let got = site.get(&format!("/events/{id}")).await;
    assert_eq!(got.status, StatusCode::OK);
    let page = got.text();
    let url = format!("https://shop.example/events/{id}");
    assert!(
        page.contains("<title>Night of the Organ · Box Office</title>"),
        "{page}"
    );
    assert_eq!(property(&page, "og:title"), "Night of the Organ");
    let description = property(&page, "og:description");
    assert!(
        description.contains("(Berlin time) · Hall, Berlin"),
        "{description}"
    );
    assert_eq!(property(&page, "og:url"), url);
    assert_eq!(property(&page, "og:image"), format!("{url}/preview.png"));
    assert!(page.contains("content=\"summary_large_image\""));
    assert!(
        page.contains("/assets/app.js"),
        "it is not the app any more"
    );
    let policy = got.header(header::CONTENT_SECURITY_POLICY);
    assert!(!policy.contains("unsafe-inline"), "{policy}");

    assert_eq!(got.header(header::CACHE_CONTROL), "no-cache");
    let tag = got.header(header::ETAG);
    let again = site
        .get_with(&format!("/events/{id}"), &[(header::IF_NONE_MATCH, tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[sqlx::test(migrations = "../migrations")]
async fn hostile_titles_stay_text(db: PgPool) {
    let site = Site::new(db, &[]);
    for title in [
        "</title><script>alert(1)</script>",
        "\" /><script src=//evil.example></script>",
        "</script><script>alert(1)</script><!--",
        "<img src=x onerror='alert(1)'>",
    ] {
        let id = site.event(EventBuilder::new(title)).await;
        let page = site.get(&format!("/events/{id}")).await.text();
        for tag in ["<script", "</script", "<title", "</title", "<img", "<!--"] {
            // The page has two more scripts: what it says to search engines and to the app.
            let more = if tag.contains("script") { 2 } else { 0 };
            let expected = PAGE.matches(tag).count() + more;
            assert_eq!(page.matches(tag).count(), expected, "{tag} in {page}");
        }
        let shown = property(&page, "og:title");
        let shown = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
        ]
        .into_iter()
        .fold(shown.to_owned(), |text, (from, to)| text.replace(from, to));
        assert_eq!(shown, title);
        let (_, data) = page.split_once("ld+json\">").expect("the data");
        let (data, _) = data.split_once("</script>").expect("its end");
        let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
        assert_eq!(data["name"], title);
    }
}

/// What the page of an event says to search engines.
async fn structured(site: &Site, id: Uuid) -> serde_json::Value {
    let page = site.get(&format!("/events/{id}")).await.text();
    let (_, data) = page.split_once("ld+json\">").expect("the data");
    let (data, _) = data.split_once("</script>").expect("its end");
    serde_json::from_str(data).expect("JSON")
}

#[sqlx::test(migrations = "../migrations")]
async fn search_engines_are_told_the_local_time_the_place_and_what_can_be_had(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    let summer = "2031-07-04T18:00:00Z".parse().expect("a time");
    let id = site
        .event(EventBuilder::new("Night").starts_at(summer))
        .await;
    let data = structured(&site, id).await;
    assert_eq!(data["startDate"], "2031-07-04T20:00:00+02:00");
    assert_eq!(data["endDate"], "2031-07-04T23:00:00+02:00");
    let place = serde_json::json!({
        "@type": "Place",
        "name": "Hall",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Street 1",
            "addressLocality": "Berlin",
        },
    });
    assert_eq!(data["location"], place);
    let offer = |data: &serde_json::Value| data["offers"]["availability"].clone();
    assert_eq!(offer(&data), "https://schema.org/InStock");
    for (change, availability) in [
        (
            "update ticket_types set sold = capacity",
            Some("https://schema.org/SoldOut"),
        ),
        (
            "update ticket_types set sold = 0, sale_starts_at = '2031-01-04T11:00:00Z'",
            Some("https://schema.org/PreOrder"),
        ),
        (
            "update ticket_types set sale_starts_at = null, sale_ends_at = '2020-01-01'",
            None,
        ),
    ] {
        sqlx::raw_sql(change).execute(&db).await.expect("changed");
        let data = structured(&site, id).await;
        let expected = availability.map_or(serde_json::Value::Null, Into::into);
        assert_eq!(offer(&data), expected, "{change}: {data}");
        if availability == Some("https://schema.org/PreOrder") {
            assert_eq!(data["offers"]["validFrom"], "2031-01-04T12:00:00+01:00");
        }
    }
}

/// A price at which nothing is left would be a lie.
#[sqlx::test(migrations = "../migrations")]
async fn search_engines_are_told_the_price_that_can_be_had(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    let event = EventBuilder::new("Night")
        .ticket_type("Early", 0, 2)
        .ticket_type("Standing", 1250, 50);
    let id = site.event(event).await;
    for (change, price) in [
        ("update ticket_types set sold = 0", "0.00"),
        (
            "update ticket_types set sold = capacity where name = 'Early'",
            "12.50",
        ),
    ] {
        sqlx::raw_sql(change).execute(&db).await.expect("changed");
        let offers = structured(&site, id).await["offers"].clone();
        assert_eq!(offers["lowPrice"], price, "{offers}");
        assert_eq!(offers["priceCurrency"], "EUR", "{offers}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_draft_is_like_nothing_at_all(db: PgPool) {
    let site = Site::new(db, &[]);
    let draft = site.event(EventBuilder::new("Secret").draft()).await;
    for name in [
        draft.to_string(),
        Uuid::now_v7().to_string(),
        "nonsense".to_owned(),
    ] {
        let got = site.get(&format!("/events/{name}")).await;
        assert_eq!(got.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(got.text(), PAGE, "{name}");
        let picture = site.get(&format!("/events/{name}/preview.png")).await;
        assert_eq!(picture.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_cancelled_event_says_so(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    let id = site.event(EventBuilder::new("Night")).await;
    sqlx::query!(
        "update events set status = 'cancelled', cancelled_at = now() where id = $1",
        id
    )
    .execute(&db)
    .await
    .expect("a cancelled event");
    let page = site.get(&format!("/events/{id}")).await.text();
    assert_eq!(property(&page, "og:title"), "Cancelled: Night");
    assert!(page.contains("https://schema.org/EventCancelled"), "{page}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_link_speaks_the_language_of_who_made_the_event(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    let id = site.event(EventBuilder::new("Nacht")).await;
    sqlx::query!("update users set locale = 'de'")
        .execute(&db)
        .await
        .expect("organizers who write German");
    sqlx::query!("update events set status = 'cancelled', cancelled_at = now()")
        .execute(&db)
        .await
        .expect("a cancelled event");
    let page = site.get(&format!("/events/{id}")).await.text();
    assert!(page.contains("<html lang=\"de\" "), "{page}");
    assert_eq!(property(&page, "og:title"), "Abgesagt: Nacht");
    let description = property(&page, "og:description");
    assert!(
        description.contains("Uhr (Ortszeit Berlin)"),
        "{description}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn the_page_comes_with_its_first_screen(db: PgPool) {
    let site = Site::new(db, &[]);
    let id = site.event(EventBuilder::new("Night & Day")).await;
    site.event(EventBuilder::new("Secret").draft()).await;
    let german = [
        (header::ACCEPT_LANGUAGE, "de-AT, en;q=0.5"),
        (header::COOKIE, "theme=dark"),
    ];
    let got = site.get_with("/", &german).await;
    let list = got.text();
    assert!(
        list.contains("<html lang=\"de\" data-theme=\"dark\">"),
        "{list}"
    );
    assert!(list.contains(">Diese Woche<"), "{list}");
    let link = format!("<a href=\"/events/{id}\">Night &amp; Day</a>");
    assert!(list.contains(&link), "{list}");
    assert!(!list.contains("Secret"), "{list}");
    assert!(!list.contains("rel=\"preload\""), "{list}");
    let vary: Vec<_> = got.headers.get_all(header::VARY).iter().collect();
    assert!(
        vary.iter().any(|by| *by == "accept-language, cookie"),
        "{vary:?}"
    );

    let (_, kept) = list.split_once("data-kept=\"events-All\">").expect("kept");
    let (kept, _) = kept.split_once("</script>").expect("its end");
    let kept: serde_json::Value = serde_json::from_str(kept).expect("JSON");
    let asked = site.get("/api/events?limit=10").await.text();
    let asked: serde_json::Value = serde_json::from_str(&asked).expect("JSON");
    assert_eq!(kept, asked);

    let event = site.get(&format!("/events/{id}")).await.text();
    assert!(
        event.contains("<h1 class=\"heading\" dir=\"auto\">Night &amp; Day</h1>"),
        "{event}"
    );
    assert!(
        event.contains(&format!("data-kept=\"event-{id}\"")),
        "{event}"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn what_somebody_chose_counts_more_than_their_browser(db: PgPool) {
    let site = Site::new(db, &[]);
    let chosen = [
        (header::ACCEPT_LANGUAGE, "de"),
        (header::COOKIE, "language=en; theme=\"><script>"),
    ];
    let page = site.get_with("/", &chosen).await.text();
    assert!(
        page.contains("<html lang=\"en\" data-theme=\"\">"),
        "{page}"
    );
    assert!(page.contains(">This week<"), "{page}");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_list_that_is_narrowed_is_the_apps_to_show(db: PgPool) {
    let site = Site::new(db, &[]);
    site.event(EventBuilder::new("Night")).await;
    for path in ["/?when=past", "/?a=%&q=day&q=", "/index.html", "/tickets"] {
        let page = site.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text().contains("prerendered"), "{path}");
    }
    let campaign = site.get("/?utm_source=poster").await.text();
    assert!(campaign.contains("prerendered"), "{campaign}");
}

#[sqlx::test(migrations = "../migrations")]
async fn the_preview_is_the_poster_or_the_cover(db: PgPool) {
    let site = Site::new(db.clone(), &[]);
    let id = site.event(EventBuilder::new("Night")).await;
    let picture = site.get(&format!("/events/{id}/preview.png")).await;
    assert_eq!(picture.status, StatusCode::OK);
    assert_eq!(picture.header(header::CONTENT_TYPE), "image/png");
    assert_eq!(
        picture.header(header::CACHE_CONTROL),
        "public, max-age=86400"
    );
    assert!(picture.body.starts_with(b"\x89PNG"), "it is no PNG");

    let cover = Uuid::now_v7();
    sqlx::query!(
        "with cover as (
            insert into covers (id, content_type, content) values ($1, 'image/jpeg', 'picture')
        )
        update events set cover_id = $1 where id = $2",
        cover,
        id
    )
    .execute(&db)
    .await
    .expect("a cover");
    let page = site.get(&format!("/events/{id}")).await.text();
    let expected = format!("https://shop.example/api/covers/{cover}");
    assert_eq!(property(&page, "og:image"), expected);
}

#[sqlx::test(migrations = "../migrations")]
async fn search_engines_find_what_takes_place(db: PgPool) {
    let site = Site::new(db, &[]);
    let public = site.event(EventBuilder::new("Night")).await;
    let draft = site.event(EventBuilder::new("Secret").draft()).await;
    let robots = site.get("/robots.txt").await.text();
    assert!(
        robots.contains("Sitemap: https://shop.example/sitemap.xml"),
        "{robots}"
    );
    assert!(robots.contains("Disallow: /tickets"), "{robots}");
    let sitemap = site.get("/sitemap.xml").await;
    assert_eq!(sitemap.header(header::CONTENT_TYPE), "application/xml");
    let sitemap = sitemap.text();
    assert!(sitemap.contains(&format!("<loc>https://shop.example/events/{public}</loc>")));
    assert!(!sitemap.contains(&draft.to_string()), "{sitemap}");
}

#[sqlx::test(migrations = "../migrations")]
async fn phone_apps_open_links_only_when_they_are_named(db: PgPool) {
    const ANDROID: &str = "/.well-known/assetlinks.json";
    const APPLE: &str = "/.well-known/apple-app-site-association";
    let nobody = Site::new(db.clone(), &[]);
    for path in [ANDROID, APPLE] {
        assert_eq!(nobody.get(path).await.status, StatusCode::NOT_FOUND);
    }
    let print = ["AB"; 32].join(":");
    let apple = "TEAMID1234.app.boxoffice.tickets";
    let flags = ["--android-fingerprints", &print, "--apple-app-ids", apple];
    let site = Site::new(db, &flags);
    let got = site.get(ANDROID).await;
    assert_eq!(got.header(header::CONTENT_TYPE), "application/json");
    let links: serde_json::Value = serde_json::from_slice(&got.body).expect("JSON");
    assert_eq!(links[0]["target"]["package_name"], "app.boxoffice.tickets");
    assert_eq!(links[0]["target"]["sha256_cert_fingerprints"][0], print);
    let got = site.get(APPLE).await;
    assert_eq!(got.header(header::CONTENT_TYPE), "application/json");
    let links: serde_json::Value = serde_json::from_slice(&got.body).expect("JSON");
    assert_eq!(links["applinks"]["details"][0]["appIDs"][0], apple);
}

#[sqlx::test(migrations = "../migrations")]
async fn files_are_kept_as_long_as_they_are_true(db: PgPool) {
    let site = Site::new(db, &[]);
    for path in ["/", "/tickets", "/index.html", "/sw.js"] {
        let got = site.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        assert_eq!(got.header(header::CACHE_CONTROL), "no-cache", "{path}");
        let tag = got.header(header::ETAG).to_owned();
        let again = site.get_with(path, &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
    }
    let asset = site.get("/assets/app-1.js").await;
    assert!(asset.header(header::CACHE_CONTROL).contains("immutable"));
    // The page asks for it with an origin, the service worker without one.
    assert_eq!(asset.header(header::VARY), "accept-encoding");
    let missing = site.get("/assets/app-2.js").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.header(header::CACHE_CONTROL), "no-store");
}
