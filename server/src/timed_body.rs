//! The body of a request, all of which has to be there in time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A body that fails when it is not complete in time.
pub(crate) struct TimedBody {
    body: Body,
    end: Instant,
    /// Set up by the first wait: most bodies arrive with their request.
    timer: Option<Pin<Box<Sleep>>>,
    late: Arc<AtomicBool>,
}

impl TimedBody {
    /// Gives `body` so much time from now, and sets `late` when that was not enough.
    pub(crate) fn new(body: Body, within: Duration, late: Arc<AtomicBool>) -> Self {
        Self {
            body,
            end: Instant::now() + within,
            timer: None,
            late,
        }
    }
}

impl TimedBody {
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let end = self.end;
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        timer.as_mut().poll(cx).is_ready()
    }

    fn give_up(&self) -> axum::Error {
        self.late.store(true, Ordering::Relaxed);
        axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut))
    }
}

impl HttpBody for TimedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        // Once there was a wait the time is looked at first, or small pieces would never end.
        let waited = this.timer.is_some();
        if waited && this.is_late(cx) {
            return Poll::Ready(Some(Err(this.give_up())));
        }
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            return Poll::Ready(frame);
        }
        if !waited && this.is_late(cx) {
            return Poll::Ready(Some(Err(this.give_up())));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
