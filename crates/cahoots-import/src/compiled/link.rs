//! Links that an entry names by themselves, as objects.

use cahoots_record::{Object, ObjectKind};
use url::Url;

/// The object for a link as a compiler writes it: with or without scheme. `None` if it is none.
///
/// The form: scheme `https` where none is given, host in lower case without `www.`, no fragment,
/// no slash at the end.
pub(crate) fn link_object(raw: &str) -> Option<Object> {
    let raw = raw.trim();
    if raw.is_empty() || raw.contains(char::is_whitespace) {
        return None;
    }
    let full = if raw.contains("://") { raw.to_owned() } else { format!("https://{raw}") };
    let mut url = Url::parse(&full).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?.to_owned();
    if !host.contains('.') {
        return None;
    }
    url.set_scheme("https").ok()?;
    if let Some(bare) = host.strip_prefix("www.").filter(|bare| bare.contains('.')) {
        url.set_host(Some(bare)).ok()?;
    }
    url.set_fragment(None);
    let text = url.to_string();
    let key = text.strip_suffix('/').unwrap_or(&text).to_owned();
    let found = (key != raw).then(|| raw.to_owned());
    Some(Object { kind: ObjectKind::Url, key, raw: found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_link_in_many_spellings_is_one_object() {
        let key = |raw| link_object(raw).map(|object| object.key);
        for raw in ["a.example", "https://www.A.example/", "http://a.example#top"] {
            assert_eq!(key(raw).as_deref(), Some("https://a.example"), "{raw}");
        }
        for raw in ["not printed in what was read", "", "ftp://a.example", "nothing"] {
            assert_eq!(key(raw), None, "{raw}");
        }
    }
}
