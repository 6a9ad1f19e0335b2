//! The normal form of a text, for finding the same words in another layout.

use cahoots_record::Sha256;
use unicode_normalization::UnicodeNormalization;

/// Texts with fewer letters and digits are said by many people who have nothing in common.
const LEAST: usize = 20;

/// The digest of the letters and digits of `text`, in lower case after NFKC.
pub(super) fn hash(text: &str) -> Option<Sha256> {
    let mut normal = Vec::with_capacity(text.len());
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        normal.extend(kept.map(|byte| byte.to_ascii_lowercase()));
        return (normal.len() >= LEAST).then(|| Sha256::of(&normal));
    }
    let mut count = 0;
    let mut buffer = [0; 4];
    for c in text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        count += 1;
        normal.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
    }
    (count >= LEAST).then(|| Sha256::of(&normal))
}
