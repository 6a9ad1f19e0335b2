//! What an entry names by itself, beside its text: links, handles, hashtags, topics.

use cahoots_record::{AccountKey, Object, ObjectKind};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::model::Notes;
use crate::extract;

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

/// Adds a link as a compiler writes it, with or without scheme, in the form that links in texts
/// have. What is no address adds nothing.
pub(crate) fn push_link(found: &mut Vec<Object>, raw: &str) {
    let raw = raw.trim();
    if raw.contains(char::is_whitespace) || !raw.contains('.') {
        return;
    }
    if raw.contains("://") {
        extract::push_url(found, raw);
        return;
    }
    let before = found.len();
    extract::push_url(found, &format!("http://{raw}"));
    let added = found.iter_mut().skip(before).filter(|object| object.kind == ObjectKind::Url);
    for object in added {
        object.raw = (object.key != raw).then(|| raw.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_link_in_many_spellings_is_one_object() {
        let urls = |raw| {
            let mut found = Vec::new();
            push_link(&mut found, raw);
            found.retain(|object| object.kind == ObjectKind::Url);
            found.into_iter().map(|object| object.key).collect::<Vec<_>>()
        };
        for raw in ["a.example", "https://www.A.example/", "http://a.example#top", " a.example/ "] {
            assert_eq!(urls(raw), ["https://a.example"], "{raw}");
        }
        let in_text = extract::objects("see https://a.example/b?utm_source=x, please");
        assert!(in_text.iter().any(|object| object.key == urls("a.example/b")[0]));
        for raw in ["not printed in what was read", "", "nothing"] {
            assert!(urls(raw).is_empty(), "{raw}");
        }
    }
}
