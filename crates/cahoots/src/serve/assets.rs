//! The pages' own files, built from `web/` and carried in the program.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

/// What `web/` was built to. Without Node nothing was built, and [`NOT_BUILT`] stands in for it.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

const NOT_BUILT: &str = include_str!("not-built.html");

/// A file by its path; every other path is a state of the one page.
pub async fn file(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let asked = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if let Some(file) = Files::get(path).filter(|_| path != "index.html") {
        let digest: String =
            file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let etag = format!("\"{digest}\"");
        // Names of built files carry a digest of their content.
        let cache = if path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        if asked == Some(etag.as_str()) {
            return (StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response();
        }
        let headers = [
            (CONTENT_TYPE, media_type(path).to_owned()),
            (CACHE_CONTROL, cache.to_owned()),
            (ETAG, etag),
        ];
        return (headers, file.data).into_response();
    }
    if path.starts_with("assets/") || path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = Files::get("index.html").map_or(NOT_BUILT.as_bytes().into(), |file| file.data);
    let no_cache = [(header::CACHE_CONTROL, "no-cache")];
    (no_cache, Html(page.into_owned())).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
