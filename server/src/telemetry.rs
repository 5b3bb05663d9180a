//! Logs and metrics.

use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Sends logs to standard error in the form asked for.
pub fn start_logging(config: &LogConfig) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(&config.log_filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.log {
        LogFormat::Text => registry.with(layer.with_target(false)).init(),
        LogFormat::Json => registry
            .with(layer.json().flatten_event(true).with_current_span(true))
            .init(),
    }
    Ok(())
}

/// Collects metrics for `/metrics`.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    /// Seconds, from a memory hit to a request that times out.
    const BUCKETS: [f64; 11] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0,
    ];
    /// Histograms keep every value until someone counts it, and nobody may ask for `/metrics`.
    const UPKEEP: Duration = Duration::from_secs(5);
    let metrics = PrometheusBuilder::new().set_buckets(&BUCKETS)?;
    let metrics = metrics.install_recorder()?;
    let counted = metrics.clone();
    tokio::spawn(async move {
        let mut due = tokio::time::interval(UPKEEP);
        loop {
            due.tick().await;
            counted.run_upkeep();
        }
    });
    Ok(metrics)
}
