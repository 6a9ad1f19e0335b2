//! What stands in a path, or a refusal in our own words.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::Refused;

/// As axum's, which answers in plain text when something else stands there.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let axum::extract::Path(found) =
            axum::extract::Path::from_request_parts(parts, state).await?;
        Ok(Self(found))
    }
}
