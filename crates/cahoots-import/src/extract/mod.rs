//! What a text says beyond its words: objects, language, normal forms.
//!
//! Equal things get equal keys, and the way they were written is kept beside the key. The rules
//! are in `docs/reference/objects.md`.

mod language;
mod objects;
mod text;
mod url;
mod url_rules;

#[cfg(test)]
mod tests;

use cahoots_record::{Object, Sha256, UtcMicros};

pub(crate) use objects::{Objects, scan};

/// Objects found in a text: URLs (canonical) with their domains and the posts they name,
/// hashtags, @mentions. Sorted by kind and key, no two of one kind and key.
pub fn objects(text: &str) -> Vec<Object> {
    let mut objects = Objects::default();
    scan(text, &mut objects);
    objects.finish()
}

/// Adds an address to objects gathered elsewhere, with its domain and the post it names.
pub(crate) fn push_url(found: &mut Vec<Object>, raw: &str) {
    let mut objects = Objects::default();
    objects.address(raw);
    found.extend(objects.finish());
}

/// Sorts objects gathered from several places, one for each kind and key.
pub(crate) fn tidy(found: &mut Vec<Object>) {
    found.sort_by(|a, b| (a.kind, &a.key, a.raw.is_none()).cmp(&(b.kind, &b.key, b.raw.is_none())));
    found.dedup_by(|b, a| a.kind == b.kind && a.key == b.key);
}

/// The key that all ways of writing an address share; `http` and `https` are one. Nothing is
/// fetched, a short link stays itself. An address without scheme needs a host with a known
/// public suffix. `None` when `address` is none.
pub fn canonical_url(address: &str) -> Option<String> {
    url::canonical(address)
}

/// The registrable domain of an address or a host name; `None` for numbers and single labels.
pub fn domain_of(address: &str) -> Option<String> {
    url::domain(address)
}

/// ISO 639-3 code of the language, when the text is long and clear enough to tell.
pub fn language(text: &str) -> Option<String> {
    language::detect(text)
}

/// Hash of the normalised text (letters and digits only, lower case, NFKC), the key of
/// `ObjectKind::Text`; `None` for texts too short to mean anything.
pub fn text_hash(text: &str) -> Option<Sha256> {
    text::hash(text)
}

/// Ids that X gave out before its ids carried a clock, in November 2010.
const LAST_WITHOUT_CLOCK: u64 = 29_700_859_247;

/// Milliseconds since 1970 at which the clock in X's ids starts.
const X_EPOCH: u64 = 1_288_834_974_657;

/// The time at which X gave out `id` (of a post, message or account), to the millisecond; `None`
/// for ids from before November 2010 and for what is no id. Ids are text: they are larger than
/// the whole numbers that a spreadsheet or JavaScript holds.
pub fn snowflake_time(id: &str) -> Option<UtcMicros> {
    if id.is_empty() || id.len() > 19 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = id.parse().ok().filter(|number| *number > LAST_WITHOUT_CLOCK)?;
    let millis = i64::try_from((number >> 22) + X_EPOCH).ok()?;
    Some(UtcMicros::from_millis(millis))
}
