//! Bytes to text: the declared charset where it holds, a guess that says so where it does not.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// Bytes that `chardetng` looks at; more do not make its guess better.
const GUESS_BYTES: usize = 64 * 1024;

/// Text from bytes, and whether its charset had to be guessed.
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Name of the charset that was guessed, when the declaration was missing, unknown or wrong.
    pub(crate) guessed: Option<&'static str>,
}

/// Decodes `bytes`, declared to be in `charset`.
pub(crate) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Decoded<'a> {
    let charset = charset.map(|name| name.trim_matches(is_dressing)).unwrap_or_default();
    let sure = |text| Decoded { text, guessed: None };
    if is_ascii_superset(charset) && bytes.is_ascii() && !bytes.contains(&0x1b) {
        return match std::str::from_utf8(bytes) {
            Ok(text) => sure(Cow::Borrowed(text)),
            Err(_) => sure(String::from_utf8_lossy(bytes)),
        };
    }
    let declared_unicode = charset.eq_ignore_ascii_case("utf-8")
        || charset.eq_ignore_ascii_case("utf8")
        || charset.eq_ignore_ascii_case("unicode-1-1-utf-8");
    if declared_unicode || says_nothing(charset) {
        return match std::str::from_utf8(bytes) {
            Ok(text) if declared_unicode || (bytes.is_ascii() && !bytes.contains(&0x1b)) => {
                sure(Cow::Borrowed(text))
            }
            Ok(text) if !bytes.is_ascii() => {
                Decoded { text: Cow::Borrowed(text), guessed: Some("UTF-8") }
            }
            _ => guess(bytes),
        };
    }
    // mail-parser knows UTF-7 and the DOS code pages, which the web's list lacks; that list
    // knows labels which mail-parser lacks.
    if let Some(decoder) = charset_decoder(charset.as_bytes()) {
        return sure(Cow::Owned(decoder(bytes)));
    }
    match encoding_rs::Encoding::for_label(charset.as_bytes()) {
        Some(encoding) => sure(encoding.decode_without_bom_handling(bytes).0),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Decoded { text: Cow::Borrowed(text), guessed: Some("UTF-8") },
            Err(_) => guess(bytes),
        },
    }
}

/// A guess by what the bytes look like. Never fails: windows-1252 reads anything.
fn guess(bytes: &[u8]) -> Decoded<'_> {
    let head = &bytes[..bytes.len().min(GUESS_BYTES)];
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(head, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let guessed = match encoding.name() {
        // Plain ASCII with an escape character in it is not worth a word.
        "windows-1252" | "UTF-8" if bytes.is_ascii() => None,
        name => Some(name),
    };
    Decoded { text, guessed }
}

fn is_dressing(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')
}

/// Whether a declaration leaves 8-bit bytes unexplained.
fn says_nothing(charset: &str) -> bool {
    ["", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "unknown", "7bit", "8bit", "binary"]
        .iter()
        .any(|name| charset.eq_ignore_ascii_case(name))
}

/// Whether bytes below 0x80 (without escapes) mean themselves.
fn is_ascii_superset(charset: &str) -> bool {
    let starts = |prefix: &str| {
        charset.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    !(starts("utf-7")
        || starts("utf7")
        || starts("unicode-1-1-utf-7")
        || starts("utf-16")
        || starts("utf16")
        || starts("utf-32")
        || starts("ucs")
        || starts("hz")
        || starts("iso-10646"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], charset: Option<&str>, text: &str, guessed: Option<&str>) {
        let decoded = decode(bytes, charset);
        assert_eq!((&*decoded.text, decoded.guessed), (text, guessed), "{charset:?}");
    }

    #[test]
    fn declared_charsets_hold() {
        check(b"caf\xe9", Some("iso-8859-1"), "café", None);
        check("žluť".as_bytes(), Some("\"UTF-8\""), "žluť", None);
        check(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет", None);
        check(b"Hi +2AHcHg-!", Some("utf-7"), "Hi \u{1041e}!", None);
        check(b"\x1b$B$3$s\x1b(B", Some("iso-2022-jp"), "こん", None);
    }

    #[test]
    fn missing_and_wrong_ones_are_guessed_and_said() {
        check("Grüße".as_bytes(), None, "Grüße", Some("UTF-8"));
        check(b"Gr\xfc\xdfe aus K\xf6ln", None, "Grüße aus Köln", Some("windows-1252"));
        check(b"Gr\xfc\xdfe aus K\xf6ln", Some("utf-8"), "Grüße aus Köln", Some("windows-1252"));
        check(b"Gr\xfc\xdfe aus K\xf6ln", Some("Hexa"), "Grüße aus Köln", Some("windows-1252"));
        check(b"plain \x1b[0m", None, "plain \x1b[0m", None);
    }
}
