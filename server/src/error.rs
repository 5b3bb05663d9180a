//! Every way a request can be refused, and how each looks on the wire.

use std::sync::Arc;
use std::time::Duration;

use api::email::EmailError;
use api::{Code, FieldErrors, Problem};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::orders::Refusal;

/// What an ended session is told, wherever that is found out.
pub(crate) const SESSION_OVER: &str = "Your session has expired. Sign in again.";
/// What is told to who must confirm their address first.
pub(crate) const EMAIL_UNVERIFIED: &str = "Confirm your email first. We’ve sent you a link.";

/// What handlers answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Invalid(FieldErrors),
    /// The request as a whole cannot be read.
    #[error("{detail}")]
    Malformed {
        /// 400, 404, 405, 408, 413, 415 or 422.
        status: StatusCode,
        /// A sentence for people.
        detail: String,
    },
    /// HTTP does not define this method.
    #[error("unknown method")]
    UnknownMethod,
    /// No one is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// Email or password is wrong.
    #[error("email or password is wrong")]
    InvalidCredentials,
    /// The access or refresh token is no longer good.
    #[error("this session is no longer good")]
    TokenExpired,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    #[error("there is no such thing")]
    NotFound,
    /// The request does not fit what is.
    #[error("{detail}")]
    Conflict {
        /// Which conflict.
        code: Code,
        /// A sentence for people.
        detail: String,
    },
    /// An order was refused.
    #[error(transparent)]
    Order(#[from] Refusal),
    /// Too many attempts.
    #[error("too many attempts")]
    RateLimited {
        /// When to try again.
        retry_after: Duration,
    },
    /// More people were invited than an account may.
    #[error("too many people were invited")]
    InvitationsUsedUp {
        /// When to try again.
        retry_after: Duration,
    },
    /// Right password, but the account is suspended.
    #[error("the account is suspended")]
    Suspended,
    /// Too much is going on.
    #[error("too much is going on")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// Our fault.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// A conflict without a code of its own.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::Conflict {
            code: Code::Conflict,
            detail: detail.into(),
        }
    }

    /// What has a link in a name or title waits until a person has looked at it.
    pub fn held_for_review() -> Self {
        Self::Conflict {
            code: Code::HeldForReview,
            detail:
                "We check names and titles with links before anyone sees them. Remove the link, \
                     or try again later."
                    .to_owned(),
        }
    }

    /// What reaches other people needs a confirmed address.
    pub fn email_unverified() -> Self {
        Self::Conflict {
            code: Code::EmailUnverified,
            detail: EMAIL_UNVERIFIED.to_owned(),
        }
    }

    /// One wrong field.
    pub fn field(field: &str, sentence: &str) -> Self {
        let mut errors = FieldErrors::default();
        errors.require(false, field, sentence);
        Self::Invalid(errors)
    }

    fn status_and_code(&self) -> (StatusCode, Code) {
        match self {
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid),
            Self::Malformed { status, .. } => (*status, Code::Invalid),
            Self::UnknownMethod => (StatusCode::NOT_IMPLEMENTED, Code::Invalid),
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, Code::Unauthenticated),
            Self::InvalidCredentials => (StatusCode::UNAUTHORIZED, Code::InvalidCredentials),
            Self::TokenExpired => (StatusCode::UNAUTHORIZED, Code::TokenExpired),
            Self::Forbidden => (StatusCode::FORBIDDEN, Code::Forbidden),
            Self::NotFound => (StatusCode::NOT_FOUND, Code::NotFound),
            Self::Conflict { code, .. } => (StatusCode::CONFLICT, *code),
            Self::Order(refusal) => refusal.status_and_code(),
            Self::RateLimited { .. } | Self::InvitationsUsedUp { .. } => {
                (StatusCode::TOO_MANY_REQUESTS, Code::RateLimited)
            }
            Self::Suspended => (StatusCode::FORBIDDEN, Code::AccountSuspended),
            Self::Busy { .. } => (StatusCode::SERVICE_UNAVAILABLE, Code::Busy),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Invalid(errors) => match errors.0.values().next() {
                Some(only) if errors.0.len() == 1 => only.clone(),
                _ => "Check the highlighted fields.".to_owned(),
            },
            Self::UnknownMethod => "Box Office does not support this HTTP method.".to_owned(),
            Self::Unauthenticated => "Sign in to continue.".to_owned(),
            Self::InvalidCredentials => "Wrong email or password.".to_owned(),
            Self::TokenExpired => SESSION_OVER.to_owned(),
            Self::Forbidden => "You don’t have permission to do this.".to_owned(),
            Self::NotFound => "We couldn’t find that.".to_owned(),
            Self::RateLimited { retry_after } => too_many_attempts(*retry_after),
            Self::InvitationsUsedUp { .. } => {
                "You’ve reached the number of people you can send tickets to for now. Try again later."
                    .to_owned()
            }
            Self::Suspended => "This account is suspended.".to_owned(),
            Self::Busy { .. } => "We’re very busy right now. Try again in a moment.".to_owned(),
            Self::Internal(_) => "Something went wrong on our end. Try again.".to_owned(),
            Self::Malformed { detail, .. } | Self::Conflict { detail, .. } => detail.clone(),
            Self::Order(refusal) => refusal.to_string(),
        }
    }

    fn problem(&self) -> Problem {
        let (status, code) = self.status_and_code();
        let mut problem = Problem::new(status.as_u16(), code, self.detail());
        problem.retry_after = self.retry_after();
        match self {
            Self::Invalid(errors) => problem.errors.clone_from(&errors.0),
            Self::Order(refusal) => refusal.describe(&mut problem),
            _ => {}
        }
        problem
    }

    /// Seconds until it is worth trying again.
    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::RateLimited { retry_after }
            | Self::InvitationsUsedUp { retry_after }
            | Self::Busy { retry_after } => Some((retry_after.as_secs_f64().ceil() as u32).max(1)),
            _ => None,
        }
    }
}

/// Says for how long to wait: never for one second or minute, which would need words of their own.
fn too_many_attempts(wait: Duration) -> String {
    let seconds = wait.as_secs_f64().ceil().max(2.0) as u64;
    match seconds {
        ..=90 => format!("Too many attempts. Try again in {seconds} seconds."),
        _ => format!(
            "Too many attempts. Try again in {} minutes.",
            seconds.div_ceil(60)
        ),
    }
}

/// A database error is ours, never the caller's, with two exceptions. A database which is too busy
/// to answer in time makes us busy. A violated foreign key means that somebody has removed what the
/// request names, or begun to use what it removes, since the request was checked. Other constraint
/// violations that mean something are matched by name where they can happen, see [`violates`].
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        /// `lock_not_available`, `query_canceled`, `too_many_connections`, `cannot_connect_now`,
        /// `admin_shutdown`, `crash_shutdown`
        const BUSY: [&str; 6] = ["55P03", "57014", "53300", "57P03", "57P01", "57P02"];
        let busy = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
            sqlx::Error::Database(database) => database
                .code()
                .is_some_and(|code| BUSY.contains(&code.as_ref())),
            _ => false,
        };
        let in_use = matches!(&error, sqlx::Error::Database(database)
            if database.is_foreign_key_violation());
        if in_use {
            tracing::warn!(%error, "a request names what is gone, or removes what is used");
            Self::conflict("This has changed since you opened it. Refresh and try again.")
        } else if busy {
            tracing::warn!(%error, "the database is busy or away");
            Self::Busy {
                retry_after: Duration::from_secs(1),
            }
        } else {
            Self::internal(error)
        }
    }
}

/// Whether `error` is a violation of the constraint with this name.
pub fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    matches!(error, sqlx::Error::Database(database) if database.constraint() == Some(constraint))
}

/// What a handler refused with, for the layer that writes the body and the log (see [`crate::http`]).
#[derive(Clone)]
pub(crate) struct Refused {
    pub(crate) problem: Problem,
    pub(crate) cause: Arc<Error>,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = problem.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Refused {
            problem,
            cause: Arc::new(self),
        });
        response
    }
}

/// An address that no check of the request has refused yet.
impl From<EmailError> for Error {
    fn from(error: EmailError) -> Self {
        Self::field("email", error.sentence())
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}
