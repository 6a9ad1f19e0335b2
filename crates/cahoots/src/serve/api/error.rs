//! What a request is refused with: words for the person, nothing of the machine.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cahoots_search::SearchError;
use cahoots_store::StoreError;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Why something was not done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What is wrong, in words.
    pub message: String,
    /// What to do about it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What stands there now, when somebody else was there first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
}

/// A refusal with its status.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    problem: Box<Problem>,
    retry_after: Option<u64>,
}

impl Refused {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let problem = Box::new(Problem { message: message.into(), hint: None, current: None });
        Self { status, problem, retry_after: None }
    }

    /// What was asked makes no sense.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// There is no such thing.
    pub fn nothing(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// Something is broken on our side.
    pub fn broken(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// Somebody else was there first.
    pub fn conflict(message: impl Into<String>, current: Value) -> Self {
        let mut refused = Self::new(StatusCode::CONFLICT, message);
        refused.problem.current = Some(current);
        refused
    }

    /// A change must say which version it changes.
    pub fn version_wanted() -> Self {
        let message = "say which version you saw, in an If-Match header";
        Self::new(StatusCode::PRECONDITION_REQUIRED, message)
    }

    /// The request is not one of our own pages'.
    pub fn foreign(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// Nobody is signed in.
    pub fn not_signed_in() -> Self {
        let mut refused = Self::new(StatusCode::UNAUTHORIZED, "you are not signed in");
        refused.problem.hint =
            Some("open the link that `cahoots serve` printed, or sign in".to_owned());
        refused
    }

    /// A link or a password that opens nothing.
    pub fn bad_entry(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// Readers do not decide.
    pub fn may_not() -> Self {
        Self::new(StatusCode::FORBIDDEN, "you may read this case, not change it")
    }

    /// Too many failed attempts.
    pub fn must_wait(seconds: u64) -> Self {
        let message = format!("too many failed attempts; try again in {seconds} seconds");
        let mut refused = Self::new(StatusCode::TOO_MANY_REQUESTS, message);
        refused.retry_after = Some(seconds);
        refused
    }
}

impl From<anyhow::Error> for Refused {
    /// What the store or the index fails with is our trouble; everything else is said about what
    /// was asked.
    fn from(error: anyhow::Error) -> Self {
        let ours = error.chain().any(|cause| {
            cause.is::<StoreError>() || cause.is::<SearchError>() || cause.is::<std::io::Error>()
        });
        let mut refused =
            if ours { Self::broken(error.to_string()) } else { Self::wrong(format!("{error:#}")) };
        refused.problem.hint = crate::report::hint(&error).map(str::to_owned);
        refused
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),+) => {$(
        impl From<$rejection> for Refused {
            fn from(rejection: $rejection) -> Self {
                Self::new(rejection.status(), rejection.body_text())
            }
        }
    )+};
}
from_rejection!(JsonRejection, PathRejection, QueryRejection);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(*self.problem)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
