//! Cells that hold several things, and what X writes as JSON into one cell.

use cahoots_record::Object;
use serde_json::Value;

/// The things in a cell: a JSON list, a Python list, or parts between spaces, `,`, `;` and `|`.
/// In cells with full URLs only white space and separators before `http` part two of them.
pub(crate) fn split(cell: &str) -> Vec<String> {
    let cell = cell.trim();
    if cell.starts_with('[') {
        if let Ok(Value::Array(list)) = serde_json::from_str::<Value>(cell) {
            return list.iter().filter_map(name_of).collect();
        }
        let inner = cell.trim_matches(['[', ']']);
        return inner
            .split(',')
            .map(|part| part.trim().trim_matches(['\'', '"']).to_owned())
            .filter(|part| !part.is_empty())
            .collect();
    }
    let urls = cell.contains("://");
    let mut parts = vec![String::new()];
    for (at, c) in cell.char_indices() {
        let parting = c.is_whitespace()
            || (matches!(c, ',' | ';' | '|')
                && (!urls || cell[at + c.len_utf8()..].trim_start().starts_with("http")));
        match parts.last_mut() {
            Some(last) if !parting => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The name in one element of a JSON list.
fn name_of(value: &Value) -> Option<String> {
    const KEYS: &[&str] =
        &["expanded_url", "unwound_url", "url", "tag", "username", "screen_name", "text", "id"];
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(map) => KEYS.iter().find_map(|key| map.get(*key)?.as_str())?.to_owned(),
        _ => return None,
    };
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// What `entities` of the X API holds.
#[derive(Default)]
pub(crate) struct Entities {
    pub(crate) urls: Vec<String>,
    pub(crate) hashtags: Vec<String>,
    pub(crate) handles: Vec<String>,
}

/// Reads an `entities` cell; anything else gives nothing.
pub(crate) fn entities(cell: &str) -> Entities {
    let Ok(value) = serde_json::from_str::<Value>(cell) else { return Entities::default() };
    let names = |keys: &[&str]| -> Vec<String> {
        let lists = keys.iter().filter_map(|key| value.get(key)?.as_array());
        lists.flatten().filter_map(name_of).collect()
    };
    Entities {
        urls: names(&["urls"]),
        hashtags: names(&["hashtags"]),
        handles: names(&["mentions", "user_mentions"]),
    }
}

/// Reads a `referenced_tweets` cell: pairs of kind (`replied_to`, `retweeted`, `quoted`) and id.
pub(crate) fn referenced(cell: &str) -> Vec<(String, String)> {
    let Ok(Value::Array(list)) = serde_json::from_str::<Value>(cell) else { return Vec::new() };
    let pair = |entry: &Value| {
        let text = |key| entry.get(key)?.as_str().map(str::to_owned);
        Some((text("type")?, text("id")?))
    };
    list.iter().filter_map(pair).collect()
}

/// Whether a text is a URL, with or without its scheme.
pub(crate) fn looks_like_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return true;
    }
    let (host, rest) = lower.split_once('/').unwrap_or((&lower, ""));
    let label = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let known = host.contains('.') && host.chars().all(label) && has_known_suffix(host);
    known && (!rest.is_empty() || host.starts_with("www.") || !host.ends_with('.'))
}

fn has_known_suffix(host: &str) -> bool {
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
        && psl::domain_str(host).is_some()
}

/// The objects of a URL: its form with a lower-case host and without fragment, and its domain.
pub(crate) fn url_objects(text: &str) -> Vec<Object> {
    let text = text.trim().trim_matches(['<', '>', '"', '\'']);
    let mut objects = crate::extract::Objects::default();
    objects.address(text);
    objects.finish()
}

/// ISO 639-3 for the two-letter codes that platforms state, and for codes of three letters.
pub(crate) fn language(code: &str) -> Option<String> {
    const CODES: &[(&str, &str)] = &[
        ("ar", "ara"),
        ("bg", "bul"),
        ("ca", "cat"),
        ("cs", "ces"),
        ("da", "dan"),
        ("de", "deu"),
        ("el", "ell"),
        ("en", "eng"),
        ("es", "spa"),
        ("et", "est"),
        ("fa", "pes"),
        ("fi", "fin"),
        ("fr", "fra"),
        ("he", "heb"),
        ("iw", "heb"),
        ("hi", "hin"),
        ("hu", "hun"),
        ("id", "ind"),
        ("in", "ind"),
        ("it", "ita"),
        ("ja", "jpn"),
        ("ko", "kor"),
        ("lt", "lit"),
        ("lv", "lav"),
        ("nl", "nld"),
        ("no", "nob"),
        ("pl", "pol"),
        ("pt", "por"),
        ("ro", "ron"),
        ("ru", "rus"),
        ("sr", "srp"),
        ("sv", "swe"),
        ("th", "tha"),
        ("tr", "tur"),
        ("uk", "ukr"),
        ("ur", "urd"),
        ("vi", "vie"),
        ("zh", "cmn"),
    ];
    let code = code.trim().to_ascii_lowercase();
    let short = code.split(['-', '_']).next().unwrap_or_default();
    CODES.iter().find(|(two, _)| *two == short).map(|(_, three)| (*three).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_several_things() {
        for (cell, expected) in [
            ("t.co/a t.co/b", vec!["t.co/a", "t.co/b"]),
            ("a, b;c|d", vec!["a", "b", "c", "d"]),
            (
                "https://a.example/x,y|https://b.example/",
                vec!["https://a.example/x,y", "https://b.example/"],
            ),
            (r#"["one","two"]"#, vec!["one", "two"]),
            (r#"[{"expanded_url":"https://a.example/"}]"#, vec!["https://a.example/"]),
            ("['one', 'two']", vec!["one", "two"]),
            ("[]", vec![]),
            (" ", vec![]),
        ] {
            assert_eq!(split(cell), expected, "{cell}");
        }
    }

    #[test]
    fn urls_are_told_from_ids() {
        for (text, expected) in [
            ("HTTPS://Example.org/A", true),
            ("example.org", true),
            ("t.co/abc", true),
            ("u23678", false),
            ("1.5", false),
            ("some words. more", false),
        ] {
            assert_eq!(looks_like_url(text), expected, "{text}");
        }
        let keys: Vec<String> =
            url_objects("News.Example.ORG/A#top").into_iter().map(|o| o.key).collect();
        assert_eq!(keys, ["https://news.example.org/A", "example.org"]);
    }
}
