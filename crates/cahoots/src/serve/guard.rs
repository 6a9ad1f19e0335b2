//! Who may ask: the name by which the server was called, the page that asks, the session.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, bail};
use axum::extract::{Request, State};
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::api::error::Refused;
use super::sessions::Visitor;
use super::state::{Role, Workbench};

/// Addresses under which the server's own pages are opened. Everything else that reaches this port
/// under another name is a page that had its name point here (DNS rebinding).
#[derive(Clone, Debug)]
pub struct Origins {
    /// `host:port` as in the `Host` header.
    hosts: Vec<String>,
    /// `scheme://host:port` as in the `Origin` header.
    origins: Vec<String>,
    /// Whether pages are reached by TLS.
    pub secure: bool,
}

impl Origins {
    /// The address listened on, or the one that the browser shows.
    ///
    /// # Errors
    /// When `origin` is no address of a page.
    pub fn new(address: SocketAddr, origin: Option<&str>) -> Result<Self> {
        if let Some(origin) = origin {
            let origin = origin.trim_end_matches('/').to_lowercase();
            let Some((scheme @ ("http" | "https"), host)) = origin.split_once("://") else {
                bail!("--origin {origin}: write it as https://case.example.org");
            };
            if host.is_empty() || host.contains(['/', '@', '?', '#']) {
                bail!("--origin {origin}: write it as https://case.example.org");
            }
            let secure = scheme == "https";
            return Ok(Self {
                hosts: vec![host.to_owned()],
                origins: vec![origin.clone()],
                secure,
            });
        }
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if super::is_loopback(address.ip()) {
            hosts.push(format!("localhost:{port}"));
        }
        if port == 80 {
            let bare = hosts.iter().filter_map(|host| host.strip_suffix(":80"));
            hosts.extend(bare.map(str::to_owned).collect::<Vec<_>>());
        }
        let origins = hosts.iter().map(|host| format!("http://{host}")).collect();
        Ok(Self { hosts, origins, secure: false })
    }

    /// Whether a request was sent to us by this name, and from one of our own pages if it says
    /// from where; what changes something must say so.
    fn allow(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refused> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let host = text(HOST).unwrap_or_default().to_lowercase();
        if !self.hosts.contains(&host) || headers.get_all(HOST).iter().count() != 1 {
            return Err(Refused::foreign("this server is not known by that name"));
        }
        let site = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or("?"));
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let ours = match text(ORIGIN) {
            Some(origin) => self.origins.contains(&origin.to_lowercase()),
            // Browsers send it with everything that changes something. Programs of the person's
            // own may leave both out; they have no session by accident.
            None => reads || site.is_none_or(|site| site == "same-origin"),
        };
        // Following a link from elsewhere is allowed; it comes without the session's cookie.
        let navigates = headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        let near = match site {
            None | Some("same-origin" | "none") => true,
            Some(_) => reads && navigates,
        };
        if ours && near {
            return Ok(());
        }
        Err(Refused::foreign("only the workbench's own pages may ask this"))
    }
}

/// Refuses what does not come from our own pages; finds out who asks.
pub async fn guard(
    State(workbench): State<Arc<Workbench>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(refused) = workbench.origins.allow(request.method(), request.headers()) {
        return refused.into_response();
    }
    let cookies = request.headers().get(COOKIE).and_then(|value| value.to_str().ok());
    if let Some(visitor) = cookies.and_then(|cookies| workbench.sessions.visitor(cookies)) {
        request.extensions_mut().insert(visitor);
    }
    next.run(request).await
}

/// Refuses who is not signed in, and readers who want to change something.
pub async fn signed_in(request: Request, next: Next) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>() else {
        return Refused::not_signed_in().into_response();
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads && visitor.role < Role::Editor {
        return Refused::may_not().into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn other_names_and_other_pages_are_refused() {
        let local = Origins::new("127.0.0.1:7117".parse().unwrap(), None).unwrap();
        let ok = |method: &Method, pairs: &[_]| local.allow(method, &headers(pairs)).is_ok();
        assert!(ok(&Method::GET, &[("host", "127.0.0.1:7117")]));
        assert!(ok(&Method::GET, &[("host", "localhost:7117")]));
        assert!(!ok(&Method::GET, &[("host", "evil.example:7117")]), "a rebound name");
        assert!(!ok(&Method::GET, &[("host", "127.0.0.1:7118")]));
        assert!(!ok(&Method::GET, &[]));
        let host = ("host", "localhost:7117");
        assert!(ok(&Method::POST, &[host, ("origin", "http://localhost:7117")]));
        assert!(!ok(&Method::POST, &[host, ("origin", "http://evil.example")]));
        assert!(!ok(&Method::POST, &[host, ("origin", "null")]));
        assert!(!ok(&Method::GET, &[host, ("origin", "http://evil.example")]));
        assert!(!ok(&Method::POST, &[host, ("sec-fetch-site", "cross-site")]));
        assert!(!ok(&Method::GET, &[host, ("sec-fetch-site", "cross-site")]));
        assert!(!ok(&Method::GET, &[host, ("sec-fetch-site", "same-site")]), "another port");
        let link = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(ok(&Method::GET, &link));
        assert!(!ok(&Method::POST, &link));
    }

    #[test]
    fn behind_tls_only_the_public_name_counts() {
        let listen = "0.0.0.0:7117".parse().unwrap();
        let public = Origins::new(listen, Some("https://Case.Example.org/")).unwrap();
        assert!(public.secure);
        let host = ("host", "case.example.org");
        let post = headers(&[host, ("origin", "https://case.example.org")]);
        assert!(public.allow(&Method::POST, &post).is_ok());
        let plain = headers(&[host, ("origin", "http://case.example.org")]);
        assert!(public.allow(&Method::POST, &plain).is_err());
        assert!(Origins::new(listen, Some("case.example.org")).is_err());
        assert!(Origins::new(listen, Some("https://a/b")).is_err());
    }
}
