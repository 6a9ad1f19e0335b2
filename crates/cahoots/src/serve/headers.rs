//! What every answer tells the browser not to do.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// Of the pages: our own files and nothing else, no inline script, no inline style.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types svelte-trusted-html cahoots-worker";

/// Of a mail's markup: nothing runs, nothing is fetched, its styles are its own.
pub const MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/// Of original bytes: they are shown to nobody, whatever they say they are.
pub const BYTES: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// Adds what an answer has not said itself.
pub async fn hardened(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut unless_said = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_said(CONTENT_SECURITY_POLICY, PAGE);
    unless_said(X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_said(REFERRER_POLICY, "no-referrer");
    unless_said(X_FRAME_OPTIONS, "DENY");
    // What the record says is nobody's to keep on a disk.
    unless_said(CACHE_CONTROL, "no-store");
    unless_said(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    unless_said(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    unless_said(HeaderName::from_static("cross-origin-embedder-policy"), "require-corp");
    unless_said(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    );
    response
}
