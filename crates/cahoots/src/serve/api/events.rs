//! What happens while a page is open, as it happens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::broadcast::error::RecvError;

use super::error::Problem;
use crate::serve::state::{Event, Workbench};

/// Decisions, and that the record has grown, as server-sent events.
#[utoipa::path(
    get, path = "/events", tag = "case",
    responses((status = 200, content_type = "text/event-stream", body = Event), (status = 401, body = Problem))
)]
pub async fn events(
    State(workbench): State<Arc<Workbench>>,
) -> Sse<impl Stream<Item = Result<Sent, Infallible>>> {
    let happening = workbench.events.subscribe();
    let stream = stream::unfold(happening, |mut happening| async {
        loop {
            let event = match happening.recv().await {
                Ok(event) => event,
                // A page that fell behind looks again anyway.
                Err(RecvError::Lagged(_)) => continue,
                Err(RecvError::Closed) => return None,
            };
            if let Ok(sent) = Sent::default().json_data(&event) {
                return Some((Ok(sent), happening));
            }
        }
    });
    let stream = stream.take_until(workbench.ended());
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}
