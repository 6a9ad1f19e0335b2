//! One form for addresses that lead to the same page. Nothing is ever fetched.

use std::borrow::Cow;

/// Parameters that say where a reader came from and not what is read.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "msclkid",
    "yclid",
    "twclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "vero_id",
    "oly_anon_id",
    "oly_enc_id",
    "ref_src",
    "ref_url",
    "cmpid",
    "ncid",
    "soc_src",
    "soc_trk",
    "smid",
    "wt_mc",
    "spm",
    "scid",
    "rss",
    "feature",
    "si",
];

/// Sites whose pages only pass a reader on to the address in a parameter.
const REDIRECTORS: &[(&str, &[&str], &[&str])] = &[
    ("google.com", &["/url"], &["url", "q"]),
    ("l.facebook.com", &["/l.php"], &["u"]),
    ("lm.facebook.com", &["/l.php"], &["u"]),
    ("t.umblr.com", &["/redirect"], &["z"]),
    ("l.instagram.com", &["/"], &["u"]),
    ("youtube.com", &["/redirect"], &["q"]),
    ("out.reddit.com", &[""], &["url"]),
    ("steamcommunity.com", &["/linkfilter"], &["url"]),
    ("vk.com", &["/away.php"], &["to"]),
];

/// The canonical form: host and path without scheme, default port, fragment, tracking parameters,
/// mobile and AMP hosts. `None` for what is no web address.
///
/// The scheme is left out because http and https lead to the same page; the form as found is kept
/// beside it by the caller. The rules stand in `docs/reference/objects.md`.
pub fn canonical_url(text: &str) -> Option<String> {
    canonical(text.trim(), 0)
}

fn canonical(text: &str, depth: u8) -> Option<String> {
    let text: Cow<'_, str> = match text.split_once("://") {
        Some(_) => text.into(),
        None if text.contains('.') && !text.contains(|c: char| c.is_whitespace() || c == '@') => {
            format!("http://{text}").into()
        }
        None => return None,
    };
    let url = url::Url::parse(&text).ok()?;
    if !matches!(url.scheme(), "http" | "https" | "ftp" | "gopher") {
        return None;
    }
    let host = url.host_str()?.trim_end_matches('.');
    if !host.contains('.') && !host.starts_with('[') && host != "localhost" {
        return None;
    }
    let host = plain_host(host);
    let path = url.path();
    if depth < 4
        && let Some(inner) = unwrapped(&url, &host, path)
        && let Some(found) = canonical(&inner, depth + 1)
    {
        return Some(found);
    }
    let mut out = String::with_capacity(text.len());
    if !matches!(url.scheme(), "http" | "https") {
        out.push_str(url.scheme());
        out.push_str("://");
    }
    out.push_str(&host);
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        out.push(':');
        out.push_str(&port.to_string());
    }
    out.push_str(plain_path(path));
    if let Some(query) = url.query() {
        let status = status_id(&out).is_some();
        let kept: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !is_tracking(pair, status))
            .collect();
        if !kept.is_empty() {
            out.push('?');
            out.push_str(&kept.join("&"));
        }
    }
    // Some sites keep the page itself behind `#!`.
    if let Some(fragment) = url.fragment().filter(|fragment| fragment.starts_with('!')) {
        out.push('#');
        out.push_str(fragment);
    }
    Some(out)
}

/// The host without what only says which kind of reader it serves.
fn plain_host(host: &str) -> String {
    let mut host = host.to_owned();
    for prefix in ["www.", "m.", "mobile.", "amp."] {
        if let Some(rest) = host.strip_prefix(prefix)
            && rest.contains('.')
        {
            host = rest.to_owned();
        }
    }
    // en.m.wikipedia.org
    if let Some(rest) = host.strip_suffix(".m.wikipedia.org") {
        host = format!("{rest}.wikipedia.org");
    }
    match host.as_str() {
        "twitter.com" => "x.com".to_owned(),
        "youtu.be" => host,
        _ => host,
    }
}

fn plain_path(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.strip_suffix("/amp").unwrap_or(path)
}

fn is_tracking(pair: &str, status: bool) -> bool {
    let name = pair.split('=').next().unwrap_or(pair).to_ascii_lowercase();
    name.starts_with("utm_")
        || TRACKING.contains(&name.as_str())
        || (status && matches!(name.as_str(), "s" | "t" | "ref" | "lang"))
}

/// The address that a redirector or an AMP cache wraps.
fn unwrapped(url: &url::Url, host: &str, path: &str) -> Option<String> {
    // google.com/amp/s/example.org/page and example-org.cdn.ampproject.org/c/s/example.org/page
    if host == "google.com"
        && let Some(rest) = path.strip_prefix("/amp/")
    {
        return Some(format!("http://{}", rest.strip_prefix("s/").unwrap_or(rest)));
    }
    if host.ends_with("cdn.ampproject.org") {
        let rest = path.trim_start_matches('/');
        let rest = rest.split_once('/').map(|(kind, rest)| (kind.len() <= 2, rest));
        if let Some((true, rest)) = rest {
            return Some(format!("http://{}", rest.strip_prefix("s/").unwrap_or(rest)));
        }
    }
    let (_, paths, names) = REDIRECTORS.iter().find(|(site, ..)| *site == host)?;
    if !paths.iter().any(|known| known.is_empty() || *known == path) {
        return None;
    }
    let found = url
        .query_pairs()
        .find(|(name, value)| names.contains(&name.as_ref()) && value.contains("://"))?;
    Some(found.1.into_owned())
}

/// The registrable domain of a canonical address: `example.co.uk` for `news.example.co.uk/a`.
pub fn domain_of(canonical: &str) -> Option<String> {
    let rest = canonical.split_once("://").map_or(canonical, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?;
    if host.starts_with('[') {
        return None;
    }
    let host = host.split(':').next()?.to_ascii_lowercase();
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return Some(host);
    }
    let domain = psl::domain_str(&host)?;
    Some(domain.to_owned())
}

/// The id in the address of a post on X.
pub(super) fn status_id(canonical: &str) -> Option<String> {
    let rest = canonical.strip_prefix("x.com/")?;
    let mut parts = rest.split('/');
    let (_, status, id) = (parts.next()?, parts.next()?, parts.next()?);
    let id = id.split('?').next()?;
    let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(status, "status" | "statuses") && digits).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_page_are_one() {
        for (given, expected) in [
            ("HTTP://WWW.Example.ORG:80/A/?utm_source=x&b=1#frag", "example.org/A?b=1"),
            ("https://example.org", "example.org"),
            ("example.org/a", "example.org/a"),
            ("https://m.example.org/a/amp", "example.org/a"),
            ("https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa&sa=D", "example.org/a"),
            ("https://www.google.com/amp/s/example.org/a", "example.org/a"),
            ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "example.org/a"),
            ("https://mobile.twitter.com/ann/status/12?s=20", "x.com/ann/status/12"),
            ("https://en.m.wikipedia.org/wiki/X", "en.wikipedia.org/wiki/X"),
            ("https://t.co/AbC", "t.co/AbC"),
            ("http://user:pw@example.org:8080/", "example.org:8080"),
            ("http://bücher.example/ä", "xn--bcher-kva.example/%C3%A4"),
            ("ftp://ftp.example.org/pub", "ftp://ftp.example.org/pub"),
        ] {
            assert_eq!(canonical_url(given).as_deref(), Some(expected), "{given}");
        }
        for given in ["", "nothing", "mailto:a@b.c", "javascript:alert(1)", "http://", "http://x/"]
        {
            assert_eq!(canonical_url(given), None, "{given}");
        }
    }

    #[test]
    fn sites_follow_the_public_suffix_list() {
        assert_eq!(domain_of("news.example.co.uk/a").as_deref(), Some("example.co.uk"));
        assert_eq!(domain_of("example.org:8080").as_deref(), Some("example.org"));
        assert_eq!(domain_of("192.0.2.1/x").as_deref(), Some("192.0.2.1"));
        assert_eq!(domain_of("co.uk"), None);
    }

    proptest::proptest! {
        #[test]
        fn canonical_forms_are_their_own_canonical_form(
            text in "https?://(www\\.|m\\.)?[a-z]{1,8}\\.(org|co\\.uk)(:[0-9]{2,4})?(/[a-zA-Z0-9%._~-]{0,8}){0,3}(\\?[a-z=&0-9]{0,12})?(#[a-z!]{0,4})?"
        ) {
            if let Some(once) = canonical_url(&text) {
                let twice = canonical_url(&once);
                proptest::prop_assert_eq!(twice.as_deref(), Some(once.as_str()));
            }
        }
    }
}
