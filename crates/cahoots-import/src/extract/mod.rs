//! What a text says beyond its words: objects, language, normal forms.

use cahoots_record::{Object, Sha256};

/// Objects found in a text: URLs (canonical) with their domains, hashtags, @mentions. Sorted, no
/// two equal.
pub fn objects(text: &str) -> Vec<Object> {
    let _ = text;
    Vec::new()
}

/// ISO 639-3 code of the language, when the text is long and clear enough to tell.
pub fn language(text: &str) -> Option<String> {
    let _ = text;
    None
}

/// Hash of the normalised text (letters and digits only, lower case, NFKC), the key of
/// `ObjectKind::Text`; `None` for texts too short to mean anything.
pub fn text_hash(text: &str) -> Option<Sha256> {
    let _ = text;
    None
}
