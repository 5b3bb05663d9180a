//! Clients that say nothing, send slowly, read nothing, or come too many at once: over real sockets.

use std::fs::{self, File};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::{Code, Problem};
use axum::body::Bytes;
use axum::http::{Request, StatusCode, header};
use futures::future::join_all;
use h2::client::{ResponseFuture, SendRequest};
use server::connections::Connections;
use server::orders::purchase::lock_stock;
use sqlx::PgPool;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

use crate::support::{EventBuilder, TestApp, assert_sound, order_of};

/// What HTTP/2 begins with, and a frame of no settings.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// A server that listens.
struct Served {
    address: SocketAddr,
    connections: Arc<Connections>,
}

impl Served {
    async fn new(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let config = &app.state.config;
        let connections = Connections::with(config.connections, config.trusted_proxies.clone());
        let connections = Arc::new(connections);
        tokio::spawn(server::serve::accept(
            listener,
            server::http::router(app.state.clone()),
            Arc::clone(&connections),
            std::future::pending(),
        ));
        Self {
            address,
            connections,
        }
    }

    /// Connects and says so much.
    async fn say(&self, text: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("connected");
        stream.write_all(text).await.expect("sent");
        stream
    }

    /// Connects from another address of this machine.
    async fn say_from(&self, last: u8, text: &[u8]) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        let from = IpAddr::from(Ipv4Addr::new(127, 0, 0, last));
        socket.bind((from, 0).into()).expect("an address");
        let mut stream = socket.connect(self.address).await.expect("connected");
        stream.write_all(text).await.expect("sent");
        stream
    }

    async fn http2(&self, window: u32) -> SendRequest<Bytes> {
        let stream = TcpStream::connect(self.address).await.expect("connected");
        let mut builder = h2::client::Builder::new();
        let (send, connection) = builder
            .initial_window_size(window)
            .handshake(stream)
            .await
            .expect("HTTP/2");
        tokio::spawn(connection);
        send
    }

    /// Waits until so many are connected.
    async fn settles_at(&self, count: usize) {
        let settled = async {
            while self.connections.count() != count {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let settled = timeout(Duration::from_secs(5), settled).await;
        assert!(
            settled.is_ok(),
            "{} are connected",
            self.connections.count()
        );
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes()
}

/// All that is said until the connection is closed, and when that is.
async fn until_closed(stream: &mut TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let mut said = Vec::new();
    let closed = timeout(Duration::from_secs(40), stream.read_to_end(&mut said)).await;
    assert!(closed.is_ok(), "it is still open");
    (String::from_utf8_lossy(&said).into_owned(), begun.elapsed())
}

/// The first that is said.
async fn first_words(stream: &mut TcpStream) -> String {
    let mut said = vec![0; 1024];
    let read = timeout(Duration::from_secs(5), stream.read(&mut said)).await;
    let read = read.expect("an answer in time").unwrap_or(0);
    String::from_utf8_lossy(&said[..read]).into_owned()
}

#[track_caller]
fn took(elapsed: Duration, seconds: std::ops::Range<u64>, what: &str) {
    assert!(seconds.contains(&elapsed.as_secs()), "{what}: {elapsed:?}");
}

#[sqlx::test(migrations = "../migrations")]
async fn who_says_nothing_is_let_go(db: PgPool) {
    let served = Served::new(&TestApp::new(db)).await;
    let both = [PREFACE, SETTINGS].concat();
    let beginnings: [&[u8]; 7] = [
        b"",
        b"G",
        b"PRI * HT",
        PREFACE,
        &both,
        b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n",
        b"\x16\x03\x01",
    ];
    let silent = beginnings.iter().map(async |beginning| {
        let mut stream = served.say(beginning).await;
        let (_, elapsed) = until_closed(&mut stream).await;
        let what = String::from_utf8_lossy(beginning);
        took(elapsed, 0..13, &what);
    });
    let dripping = ["GET /healthz HTTP/1.1\r\nx: ", "PRI"].map(async |beginning| {
        let (mut reader, mut writer) = served.say(beginning.as_bytes()).await.into_split();
        let drip = async {
            for _ in 0..30 {
                sleep(Duration::from_secs(1)).await;
                if writer.write_all(b" ").await.is_err() {
                    return;
                }
            }
        };
        let mut said = Vec::new();
        let begun = Instant::now();
        tokio::select! {
            () = drip => panic!("{beginning} could go on"),
            _ = reader.read_to_end(&mut said) => took(begun.elapsed(), 0..13, beginning),
        }
    });
    let after_a_request = async {
        let mut stream = served.say(&get("/healthz")).await;
        let (said, elapsed) = until_closed(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        took(elapsed, 5..62, "after a request");
    };
    tokio::join!(join_all(silent), join_all(dripping), after_a_request);
    served.settles_at(0).await;
}

#[sqlx::test(migrations = "../migrations")]
async fn a_slow_body_is_ended(db: PgPool) {
    let served = Served::new(&TestApp::new(db)).await;
    let head =
        "POST /api/orders/quote HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let bodies = [
        ("content-length: 1000\r\n\r\n{", " "),
        ("transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", "1\r\n \r\n"),
        ("content-length: 1000\r\n\r\n", ""),
    ];
    let slow = bodies.map(async |(beginning, piece)| {
        let begin = format!("{head}{beginning}");
        let (mut reader, mut writer) = served.say(begin.as_bytes()).await.into_split();
        let dripping = tokio::spawn(async move {
            while writer.write_all(piece.as_bytes()).await.is_ok() {
                sleep(Duration::from_millis(300)).await;
            }
        });
        let begun = Instant::now();
        let mut said = Vec::new();
        let closed = timeout(Duration::from_secs(40), reader.read_to_end(&mut said)).await;
        assert!(closed.is_ok(), "it is still open");
        took(begun.elapsed(), 14..18, beginning);
        let said = String::from_utf8_lossy(&said);
        assert!(said.starts_with("HTTP/1.1 408"), "{said}");
        assert!(said.contains("application/problem+json"), "{said}");
        dripping.abort();
    });
    let over_http2 = async {
        let mut client = served.http2(65_535).await;
        let request = Request::post("http://localhost/api/orders/quote")
            .header(header::CONTENT_TYPE, "application/json")
            .body(())
            .expect("a request");
        let (answer, mut body) = client.send_request(request, false).expect("sent");
        let dripping = tokio::spawn(async move {
            while body.send_data(Bytes::from_static(b" "), false).is_ok() {
                sleep(Duration::from_millis(300)).await;
            }
        });
        let begun = Instant::now();
        let answer = timeout(Duration::from_secs(40), answer).await;
        let answer = answer.expect("in time").expect("an answer");
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
        took(begun.elapsed(), 14..18, "HTTP/2");
        dripping.abort();
    };
    tokio::join!(join_all(slow), over_http2);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_reads_nothing_is_let_go(db: PgPool) {
    let files = TempDir::new().expect("a folder");
    fs::write(files.path().join("index.html"), "the app").expect("a file");
    let large = File::create(files.path().join("large.bin")).expect("a file");
    large.set_len(256 * 1024 * 1024).expect("a large file");
    let folder = files.path().display().to_string();
    let app = TestApp::with_flags(db, &["--web-dir", &folder]);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    let served = Served::new(&app).await;

    let deaf = served.say(&get("/large.bin")).await;
    // No room for any of the answer's body.
    let mut no_room = served.http2(0).await;
    let request = Request::get("http://localhost/healthz")
        .body(())
        .expect("a request");
    let (answer, _) = no_room.send_request(request, true).expect("sent");
    let answer = answer.await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    // Who listens to what seldom comes is not meant.
    let mut listening = served
        .say(&get(&format!("/api/events/{}/live", event.id)))
        .await;
    assert!(
        first_words(&mut listening)
            .await
            .starts_with("HTTP/1.1 200")
    );
    let mut ear = listening;
    let heard = tokio::spawn(async move { until_closed(&mut ear).await });
    assert_eq!(served.connections.count(), 3);

    sleep(Duration::from_secs(15)).await;
    assert_eq!(served.connections.count(), 3);
    // From when the system has taken all that it takes for them.
    sleep(Duration::from_secs(20)).await;
    served.settles_at(1).await;
    assert!(!heard.is_finished(), "who listens is let go");
    heard.abort();
    drop((deaf, answer));
}

#[sqlx::test(migrations = "../migrations")]
async fn silence_from_one_address_keeps_nobody_out(db: PgPool) {
    let app = TestApp::with_flags(db, &["--connections-per-address", "4"]);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    let served = Served::new(&app).await;
    let mut silent = Vec::new();
    for _ in 0..30 {
        silent.push(served.say(b"").await);
    }
    served.settles_at(4).await;
    let mut honest = served.say(&get("/healthz")).await;
    assert!(first_words(&mut honest).await.starts_with("HTTP/1.1 200"));
    drop((silent, honest));
    served.settles_at(0).await;

    // Those that are at work stay.
    let live = get(&format!("/api/events/{}/live", event.id));
    let mut watching = Vec::new();
    for _ in 0..4 {
        let mut stream = served.say(&live).await;
        assert!(first_words(&mut stream).await.starts_with("HTTP/1.1 200"));
        watching.push(stream);
    }
    let mut late = served.say(b"").await;
    let (said, elapsed) = until_closed(&mut late).await;
    assert_eq!(said, "");
    took(elapsed, 0..2, "one too many");
    watching.pop();
    served.settles_at(3).await;
    let mut next = served.say(&get("/healthz")).await;
    assert!(first_words(&mut next).await.starts_with("HTTP/1.1 200"));
}

#[cfg(target_os = "linux")]
#[sqlx::test(migrations = "../migrations")]
async fn silence_from_everywhere_keeps_nobody_out(db: PgPool) {
    let app = TestApp::with_flags(db, &["--connections", "16"]);
    let served = Served::new(&app).await;
    let mut silent = Vec::new();
    for address in 0..40 {
        silent.push(served.say_from(2 + address, b"").await);
    }
    served.settles_at(16).await;
    let mut honest = served.say(&get("/healthz")).await;
    assert!(first_words(&mut honest).await.starts_with("HTTP/1.1 200"));
}

#[cfg(target_os = "linux")]
#[sqlx::test(migrations = "../migrations")]
async fn an_address_has_so_many_requests_at_once(db: PgPool) {
    let flags = [
        "--requests-per-address",
        "4",
        "--trusted-proxies",
        "127.0.0.9",
    ];
    let app = TestApp::with_flags(db, &flags);
    let olga = app.user("Olga").await;
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    let served = Served::new(&app).await;
    let live = format!("http://localhost/api/events/{}/live", event.id);
    let mut client = served.http2(65_535).await;
    let mut ask = || -> ResponseFuture {
        let request = Request::get(&live).body(()).expect("a request");
        client.send_request(request, true).expect("sent").0
    };
    let mut watching = Vec::new();
    for _ in 0..4 {
        let answer = ask().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        watching.push(answer);
    }
    let mut refused = ask().await.expect("an answer");
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let body = refused
        .body_mut()
        .data()
        .await
        .expect("a body")
        .expect("read");
    let problem: Problem = serde_json::from_slice(&body).expect("a problem");
    assert_eq!(problem.code, Code::Busy);

    // Elsewhere nobody notices, whether they come by themselves or through a proxy.
    let mut other = served.say_from(2, &get("/healthz")).await;
    assert!(first_words(&mut other).await.starts_with("HTTP/1.1 200"));
    let behind = |who: &str| {
        let head =
            format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: {who}\r\n\r\n");
        head.into_bytes()
    };
    let mut proxied = served.say_from(9, &behind("192.0.2.1")).await;
    assert!(first_words(&mut proxied).await.starts_with("HTTP/1.1 200"));
    let mut same = served.say_from(9, &behind("127.0.0.1")).await;
    assert!(first_words(&mut same).await.starts_with("HTTP/1.1 503"));

    drop(watching);
    sleep(Duration::from_millis(500)).await;
    let answer = ask().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
}

/// However much one account asks for, it has a few places in the queue, and others come next.
#[sqlx::test(migrations = "../migrations")]
async fn one_account_does_not_fill_the_queue(db: PgPool) {
    let app = TestApp::new(db);
    let (olga, ada, bo) = (
        app.user("Olga").await,
        app.user("Ada").await,
        app.user("Bo").await,
    );
    let event = EventBuilder::new("Hot").create(&app, &olga).await;
    // Nobody is served meanwhile.
    let mut held = app.db.begin().await.expect("begun");
    lock_stock(&mut held, &[event.id]).await.expect("locked");

    let lines = [(event.types[0], 1)];
    let mut flood = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let ada = ada.clone();
        flood.spawn(async move { ada.buy(&lines).await.status });
    }
    sleep(Duration::from_millis(300)).await;
    let honest = tokio::spawn({
        let bo = bo.clone();
        async move { bo.buy(&lines).await }
    });
    sleep(Duration::from_millis(300)).await;
    held.rollback().await.expect("released");

    let order: api::orders::Order = honest.await.expect("no panic").created();
    let first = sqlx::query_scalar!(
        "select first_number from order_lines where order_id = $1",
        order.id,
    )
    .fetch_one(&app.db)
    .await
    .expect("a line");
    assert!(first.is_some_and(|number| number <= 5), "{first:?}");
    let answers = flood.join_all().await;
    let busy = answers
        .iter()
        .filter(|status| **status == StatusCode::SERVICE_UNAVAILABLE)
        .count();
    assert!((100..200).contains(&busy), "{answers:?}");
    assert_sound(&app.db).await;
}

/// Who waits for a place has not sent a body yet.
#[sqlx::test(migrations = "../migrations")]
async fn a_place_comes_before_the_body(db: PgPool) {
    let app = TestApp::new(db);
    let ada = app.user("Ada").await;
    let served = Served::new(&app).await;
    let order = serde_json::to_string(&order_of(&[(uuid::Uuid::nil(), 1)])).expect("an order");
    let head = format!(
        "POST /api/orders HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
        idempotency-key: {}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        uuid::Uuid::new_v4(),
        ada.token(),
        order.len()
    );
    let mut waiting = Vec::new();
    for _ in 0..64 {
        waiting.push(served.say(head.as_bytes()).await);
    }
    sleep(Duration::from_millis(300)).await;
    let mut refused = served.say(head.as_bytes()).await;
    let said = first_words(&mut refused).await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
    drop(waiting);
}

/// Service managers start programs with 1,024 descriptors, however many the system allows.
#[sqlx::test(migrations = "../migrations")]
async fn descriptors_are_raised_as_far_as_the_system_allows(db: PgPool) {
    let app = TestApp::new(db);
    let (before, most) = rlimit::Resource::NOFILE.get().expect("limits");
    let few = 1024.min(before);
    rlimit::Resource::NOFILE.set(few, most).expect("fewer");
    let connections = Connections::new(&app.state.config);
    let now = rlimit::Resource::NOFILE.get().expect("limits");
    connections.expect("connections");
    assert_eq!(now, (most, most));
}
