//! `boxoffice serve`: listens, and stops without dropping anyone.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::auth::{AccessKeys, AccessSecrets};
use crate::config::ServeConfig;
use crate::connections::{Admitted, Connections, HEADER_TIMEOUT, Watched};
use crate::database::Database;
use crate::events::live::Live;
use crate::events::recent::Recent;
use crate::mail::Transport;
use crate::orders::purchase::{Purchases, batch_thread};
use crate::payment::PayAtDoor;
use crate::rate_limit::RateLimiters;
use crate::state::{AppState, Shared};
use crate::text::Fonts;
use crate::users::password::Passwords;
use crate::{demo, http, jobs, mail, telemetry};

/// What a connection may hold of a request or an answer that is on its way.
const BUFFER_BYTES: usize = 64 * 1024;
/// The most requests at once on one connection of HTTP/2.
const STREAMS_MAX: u32 = 100;
/// How long running requests get once the server is told to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves until told to stop by SIGTERM or Ctrl-C.
pub async fn serve(config: ServeConfig) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let connections = Arc::new(Connections::new(&config)?);
    let listener = TcpListener::bind(config.bind)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.bind))?;
    let transport = Transport::new(&config)
        .map_err(|error| format!("BOXOFFICE_SMTP_URL cannot be used: {error}"))?;
    let secrets = match &config.access_token_secrets {
        Some(secrets) => secrets.clone(),
        None => AccessSecrets::load_or_create(&config.database.data_dir)?,
    };
    let database = Database::open(&config.database).await?;
    let stop = CancellationToken::new();
    // Streams do not come to an end by themselves.
    let end_streams = CancellationToken::new();
    let state = AppState::new(Shared {
        db: database.pool.clone(),
        access_keys: AccessKeys::new(&secrets),
        passwords: Passwords::default(),
        rate_limiters: RateLimiters::new(config.rate_limits),
        purchases: Purchases::new(
            database.pool.clone(),
            database.purchase_pool(config.purchase_connections),
            config.purchase_path,
            Arc::new(PayAtDoor),
            batch_thread::start(stop.clone())?,
        ),
        recent: Recent::new(Duration::from_millis(config.reads_max_age_ms)),
        live: Live::start(database.pool.clone(), end_streams.clone()),
        fonts: Fonts::new(config.font_dir.clone()),
        config,
    });
    if state.config.demo {
        demo::load_once(&state.db, &state.passwords).await?;
    }
    let jobs = jobs::start(state.clone(), stop.clone());
    let post = mail::start(state.clone(), transport, stop.clone());
    if let Some(bind) = state.config.admin_bind {
        serve_admin(bind, &state.config, stop.clone()).await?;
    }
    let router = http::router(state.clone());

    tracing::info!("listening on http://{}", listener.local_addr()?);
    let told = async {
        told_to_stop().await;
        end_streams.cancel();
    };
    accept(listener, router, connections, told).await;

    tracing::info!("stopping");
    stop.cancel();
    let done = async { tokio::try_join!(jobs, post) };
    match tokio::time::timeout(DRAIN_TIMEOUT, done).await {
        Ok(ended) => {
            ended?;
        }
        // They wait for a database that does not answer. They begin again at the next start.
        Err(_) => tracing::warn!("some jobs did not end in {DRAIN_TIMEOUT:?}"),
    }
    drop(state);
    database.close().await;
    Ok(())
}

/// Serves the metrics on an address of their own until `stop`.
async fn serve_admin(
    bind: SocketAddr,
    config: &ServeConfig,
    stop: CancellationToken,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let listener = TcpListener::bind(bind)
        .await
        .map_err(|error| format!("cannot listen on {bind}: {error}"))?;
    tracing::info!("metrics on http://{}/metrics", listener.local_addr()?);
    let router = http::admin(telemetry::start_metrics()?);
    let connections = Connections::with(config.connections, Vec::new());
    tokio::spawn(accept(
        listener,
        router,
        Arc::new(connections),
        stop.cancelled_owned(),
    ));
    Ok(())
}

/// Serves `router` until `stop`, then lets running requests finish.
pub async fn accept(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    stop: impl Future<Output = ()>,
) {
    let builder = http_builder();
    let running = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => { pause_after(&error).await; continue }
            },
            () = &mut stop => break,
        };
        let Some(admitted) = connections.admit(peer.ip()) else {
            tracing::debug!(%peer, "too many connections");
            continue;
        };
        // Answers are small and wanted at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let admitted = Arc::new(admitted);
        let service = service_fn(service(router.clone(), Arc::clone(&admitted), peer));
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = running.watch(connection.into_owned());
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "connection ended early");
                },
                why = admitted.over() => tracing::debug!(%peer, why, "connection closed"),
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIMEOUT, running.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in {DRAIN_TIMEOUT:?}");
    }
}

fn http_builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(HEADER_TIMEOUT))
        .max_concurrent_streams(STREAMS_MAX)
        .max_send_buf_size(BUFFER_BYTES);
    builder
}

/// Answers the requests of one connection by `router`, and counts those that are under way.
fn service(
    router: Router,
    admitted: Arc<Admitted>,
    peer: SocketAddr,
) -> impl Fn(hyper::Request<Incoming>) -> Answering {
    move |request| {
        let mut request: Request = request.map(axum::body::Body::new);
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo::<SocketAddr>(peer));
        let counted = admitted.request(peer.ip(), request.headers());
        if counted.is_none() {
            request.extensions_mut().insert(http::TooMany);
        }
        let answer = router.clone().oneshot(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| Watched::new(body, counted)))
        })
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<hyper::Response<Watched>, Infallible>> + Send>>;

/// Out of file descriptors or the like: wait for some to come free instead of spinning.
async fn pause_after(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {},
            _ = tokio::signal::ctrl_c() => {},
        },
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGTERM");
            ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    ctrl_c().await;
}

async fn ctrl_c() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "cannot listen for Ctrl-C");
        std::future::pending::<()>().await;
    }
}
