//! One key for each address, however it was written. Nothing is fetched.
//!
//! The rules are listed in `docs/reference/objects.md`; `canonical` applies them in order until
//! nothing changes, so that a key is its own key.

use url::{Host, Url};

use super::url_rules as rules;

/// Longer addresses are keys as they are: no page has one, and rules cost time.
const LONGEST: usize = 8 * 1024;

/// Redirectors inside redirectors that are unwrapped.
const DEEPEST: usize = 6;

/// Schemes whose addresses are objects. `http` and `https` share their keys; `hxxp` is how
/// analysts write `http` so that nobody clicks.
pub(super) const SCHEMES: &[&str] = &[
    "http", "https", "hxxp", "hxxps", "ftp", "ftps", "sftp", "gopher", "gemini", "ws", "wss",
    "git", "svn", "ssh", "irc", "ircs", "nntp", "rtsp", "telnet", "ipfs",
];

/// The canonical form of an address, always with a scheme: `https` stands for `http`, too.
/// `None` when `raw` is no address. An address without scheme is one if its host ends in a known
/// public suffix.
pub(crate) fn canonical(raw: &str) -> Option<String> {
    let mut key = step(raw.trim(), 0)?;
    // Unwrapping and percent signs can uncover more to do; it soon settles.
    for _ in 0..DEEPEST {
        let again = step(&key, 0)?;
        if again == key {
            return Some(key);
        }
        key = again;
    }
    // Endless nesting made by hand: what is left is a key by decree of `settled`.
    Some(settled(key))
}

/// Cuts an address that keeps changing to its host, which does not.
fn settled(key: String) -> String {
    let after = key.find("://").map_or(0, |at| at + 3);
    let end = key[after..].find(['/', '?', '#']).map_or(key.len(), |at| after + at);
    key[..end].to_owned()
}

/// The registrable domain of an address or host: one label below the public suffix. The host
/// itself where it is a public suffix; `None` for numbers and single labels.
pub(crate) fn domain(address: &str) -> Option<String> {
    let url = parse(address.trim())?;
    let Host::Domain(host) = url.host()? else { return None };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    registrable(&host).map(str::to_owned).or_else(|| host.contains('.').then_some(host))
}

/// The host of an address that is a name.
pub(super) fn registrable(host: &str) -> Option<&str> {
    if !host.contains('.') {
        return None;
    }
    psl::domain_str(host)
}

/// Whether the end of a host is on the public suffix list.
pub(super) fn known_suffix(host: &str) -> bool {
    psl::domain(host.as_bytes()).is_some_and(|domain| domain.suffix().is_known())
}

/// The id of the post that a canonical address names, on X.
pub(crate) fn status_id(key: &str) -> Option<&str> {
    let id = key.strip_prefix("https://x.com/i/status/")?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

fn parse(raw: &str) -> Option<Url> {
    let given = match raw.find("://") {
        Some(at) => {
            let scheme = raw[..at].to_ascii_lowercase();
            if !SCHEMES.contains(&scheme.as_str()) {
                // A scheme inside a path (`web.example/http://…`) belongs to the path.
                if scheme.contains(['/', '?', '.']) { bare(raw)? } else { return None }
            } else {
                match scheme.as_str() {
                    "hxxp" => format!("http{}", &raw[at..]),
                    "hxxps" => format!("https{}", &raw[at..]),
                    _ => raw.to_owned(),
                }
            }
        }
        None => bare(raw)?,
    };
    let url = Url::parse(&given).ok()?;
    match url.host() {
        Some(Host::Domain(name)) if name.trim_matches('.').is_empty() => None,
        Some(_) => Some(url),
        None => None,
    }
}

/// An address without a scheme, given one; `None` when it does not look like an address.
fn bare(raw: &str) -> Option<String> {
    let raw = raw.strip_prefix("//").unwrap_or(raw);
    let end = raw.find(['/', '?', '#']).unwrap_or(raw.len());
    let host = raw[..end].split(':').next().unwrap_or_default();
    if host.contains(|c: char| c.is_whitespace() || c == '@') || !host.contains('.') {
        return None;
    }
    let named = known_suffix(host.to_lowercase().trim_end_matches('.'));
    // Names in other scripts have suffixes that the list holds in ASCII.
    (named || !host.is_ascii()).then(|| format!("http://{raw}"))
}

fn step(raw: &str, depth: usize) -> Option<String> {
    if raw.len() > LONGEST {
        return (raw.contains("://") && parse(raw).is_some()).then(|| settled(raw.to_lowercase()));
    }
    let url = parse(raw)?;
    let web = matches!(url.scheme(), "http" | "https");
    let mut host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_lowercase(),
        other => other.to_string(),
    };
    if web {
        host = rules::bare_host(host);
    }
    let mut path = unescape_plain(url.path());
    let mut query = url.query().map(unescape_plain).unwrap_or_default();
    let mut fragment = url.fragment().filter(|text| text.starts_with('!')).unwrap_or_default();
    if web {
        if depth < DEEPEST
            && let Some(inner) = rules::unwrap(&host, &path, &query)
            && let Some(key) = step(&inner, depth + 1)
        {
            return Some(key);
        }
        rules::site(&mut host, &mut path, &mut query, &mut fragment);
        query = rules::without_tracking(&host, &query);
        rules::without_amp(&mut path);
    }
    while path.ends_with('/') {
        path.pop();
    }
    let scheme = if web { "https" } else { url.scheme() };
    let mut key = format!("{scheme}://{host}");
    match url.port() {
        Some(80 | 443) if web => {}
        Some(port) => key.push_str(&format!(":{port}")),
        None => {}
    }
    key.push_str(&path);
    if !query.is_empty() {
        key.push('?');
        key.push_str(&query);
    }
    // `#!` names a page, not a place in one.
    if !fragment.is_empty() {
        key.push('#');
        key.push_str(fragment);
    }
    Some(key)
}

/// Undoes percent signs on letters, digits and `-._~`, and writes the others in capitals: forms
/// that RFC 3986 calls equivalent.
fn unescape_plain(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut copied = 0;
    while let Some(found) = memchr::memchr(b'%', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let Some(byte) = bytes.get(start + 1..start + 3).and_then(hex) else { continue };
        out.push_str(&text[copied..start]);
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&text[start + 1..start + 3].to_ascii_uppercase());
        }
        at = start + 3;
        copied = at;
    }
    out.push_str(&text[copied..]);
    out
}

/// The byte that two hexadecimal digits write.
fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some((digit(pair.first()?)? * 16 + digit(pair.get(1)?)?) as u8)
}

/// Percent signs undone, for an address inside a query.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%').and_then(hex);
        out.push(match (escaped, bytes[at]) {
            (Some(byte), _) => byte,
            (None, b'+') => b' ',
            (None, byte) => byte,
        });
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}
