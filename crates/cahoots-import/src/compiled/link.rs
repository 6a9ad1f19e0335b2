//! Links that an entry names by themselves, as objects.

use cahoots_record::{AccountKey, Object, ObjectKind};
use serde_json::{Map, Value, json};
use url::Url;

use super::fields::Fields;
use super::model::Notes;

/// The links of an entry: every address, and the list as told. A link is an address, or a table
/// with `link`, the address that it is said to lead to in `expands_to`, and how sure that is.
pub(crate) fn links(fields: &mut Fields, notes: &mut Notes) -> (Vec<String>, Vec<Value>) {
    let (mut addresses, mut told) = (Vec::new(), Vec::new());
    for mut table in fields.tables("links", "link", notes) {
        let mut link = Map::new();
        for key in ["link", "expands_to"] {
            if let Some(address) = table.text(key, notes) {
                addresses.push(address.clone());
                link.insert(key.to_owned(), address.into());
            }
        }
        for key in ["certainty", "basis", "note"] {
            if let Some(text) = table.text(key, notes) {
                link.insert(key.to_owned(), text.into());
            }
        }
        let published = table.list("published", notes);
        if !published.is_empty() {
            link.insert("published".to_owned(), published.into());
        }
        for (key, value) in table.leftovers(notes) {
            fields.keep(&format!("links.{key}"), value);
        }
        match (link.len(), link.remove("link")) {
            (1, Some(address)) => told.push(address),
            (_, Some(address)) => {
                link.insert("link".to_owned(), address);
                told.push(Value::Object(link));
            }
            (_, None) => told.push(json!(link)),
        }
    }
    (addresses, told)
}

/// What an entry names beside its text: handles, hashtags, topics in the compiler's words, the
/// post that it repeats.
pub(crate) fn named(
    fields: &mut Fields,
    detail: &mut Map<String, Value>,
    notes: &mut Notes,
) -> Vec<Object> {
    let mut objects = Vec::new();
    let names = [("handles", ObjectKind::Mention, '@'), ("hashtags", ObjectKind::Hashtag, '#')];
    for (key, kind, mark) in names {
        for raw in fields.list(key, notes) {
            let name = raw.trim_start_matches(mark).to_lowercase();
            if !name.is_empty() {
                let raw = (name != raw).then_some(raw);
                objects.push(Object { kind, key: name, raw });
            }
        }
    }
    let topics = fields.list("topics", notes);
    for topic in &topics {
        // Names are compared without regard to case and spacing, as those of people are.
        let key = format!("topic:{}", AccountKey::name(topic).native());
        objects.push(Object { kind: ObjectKind::Other, key, raw: Some(topic.clone()) });
    }
    if !topics.is_empty() {
        detail.insert("topics".to_owned(), topics.into());
    }
    if let Some(id) = fields.text("repost_of", notes) {
        objects.push(Object { kind: ObjectKind::Repost, key: id, raw: None });
    }
    objects
}

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
