//! What a text says beyond its words: objects, language, normal forms.

mod language;
mod scan;
mod url;

use cahoots_record::{Object, ObjectKind, Sha256, UtcMicros};
use unicode_normalization::UnicodeNormalization;

pub use language::language;
pub use url::{canonical_url, domain_of};

/// Objects found in a text: URLs (canonical) with their domains, hashtags, @mentions. Sorted, no
/// two equal.
pub fn objects(text: &str) -> Vec<Object> {
    let mut found = Vec::new();
    scan::each(text, &mut |hit| match hit {
        scan::Hit::Url(raw) => push_url(&mut found, raw),
        scan::Hit::Hashtag(tag) => {
            found.push(Object { kind: ObjectKind::Hashtag, key: tag.to_lowercase(), raw: None });
        }
        scan::Hit::Mention(handle) => {
            found.push(Object { kind: ObjectKind::Mention, key: handle.to_lowercase(), raw: None });
        }
    });
    tidy(&mut found);
    found
}

/// Adds a link as an address, its site and, where it is one, the post it leads to.
pub fn push_url(found: &mut Vec<Object>, raw: &str) {
    let Some(key) = canonical_url(raw) else { return };
    if let Some(domain) = domain_of(&key) {
        found.push(Object { kind: ObjectKind::Domain, key: domain, raw: None });
    }
    if let Some(id) = url::status_id(&key) {
        found.push(Object { kind: ObjectKind::Status, key: id, raw: None });
    }
    let raw = (raw != key).then(|| raw.to_owned());
    found.push(Object { kind: ObjectKind::Url, key, raw });
}

/// Sorts objects and leaves one of each kind and key, the first with its form as found.
pub fn tidy(objects: &mut Vec<Object>) {
    objects.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
    objects.dedup_by(|b, a| a.kind == b.kind && a.key == b.key);
}

/// Letters and digits that a text needs before its hash says anything.
const SHORTEST_TEXT: usize = 32;

/// Hash of the normalised text (letters and digits only, lower case, NFKC), the key of
/// `ObjectKind::Text`; `None` for texts too short to mean anything.
pub fn text_hash(text: &str) -> Option<Sha256> {
    let mut normal = String::with_capacity(text.len());
    if text.is_ascii() {
        normal.extend(
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase() as char),
        );
    } else {
        normal.extend(text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    }
    (normal.chars().take(SHORTEST_TEXT).count() == SHORTEST_TEXT)
        .then(|| Sha256::of(normal.as_bytes()))
}

/// The instant that an X id carries; `None` for ids made before November 2010, which carry none,
/// and for text that is no id.
pub fn snowflake_time(id: &str) -> Option<UtcMicros> {
    /// The first id of the scheme that carries a clock.
    const FIRST: u64 = 29_700_859_247;
    const EPOCH_MILLIS: u64 = 1_288_834_974_657;
    let id: u64 = id.parse().ok().filter(|id| *id >= FIRST)?;
    i64::try_from((id >> 22).checked_add(EPOCH_MILLIS)?).ok().map(UtcMicros::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        objects(text).into_iter().map(|o| format!("{}:{}", o.kind, o.key)).collect()
    }

    #[test]
    fn a_text_gives_links_sites_tags_and_handles() {
        let text = "See <URL:HTTP://WWW.Example.org/a?utm_source=x#top>, (https://t.co/Ab1) and \
                    www.example.org. cc @News_Desk #Budget2016 mail ann@example.org #1";
        assert_eq!(
            keys(text),
            [
                "url:example.org",
                "url:example.org/a",
                "url:t.co/Ab1",
                "domain:example.org",
                "domain:t.co",
                "hashtag:budget2016",
                "mention:news_desk",
            ]
        );
        assert_eq!(keys("https://twitter.com/ann/status/786201435486781440?s=20").len(), 3);
    }

    #[test]
    fn ids_carry_their_clock() {
        let time = snowflake_time("786923210512142336").unwrap();
        assert_eq!(time.to_string()[..19], *"2016-10-14T13:34:48");
        assert_eq!(snowflake_time("12"), None);
        assert_eq!(snowflake_time("99999999999999999999999"), None);
    }

    #[test]
    fn hashes_ignore_layout_and_short_texts_have_none() {
        let a = text_hash("The same words, in another layout — here they are.").unwrap();
        let b = text_hash("the same WORDS in another\n  layout here they are").unwrap();
        assert_eq!(a, b);
        assert_eq!(text_hash("too short"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_scan(text in "[a-z@#:/.<>()é ]{0,80}|.{0,80}") {
            objects(&text);
        }
    }
}
