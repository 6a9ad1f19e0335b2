//! Reading one JSON value in spite of what exporters do to strings.

use std::borrow::Cow;

use serde_json::Value;

/// What had to be repaired before a value could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Repaired {
    /// Half of a surrogate pair, alone (`\ud83d`): half of an emoji that was cut.
    pub(crate) surrogates: bool,
    /// Bytes that are no UTF-8.
    pub(crate) bytes: bool,
    /// Control characters that should have been escaped.
    pub(crate) controls: bool,
}

impl Repaired {
    /// Whether anything was.
    pub(crate) fn any(self) -> bool {
        self != Self::default()
    }

    /// In words for a person.
    pub(crate) fn what(self) -> String {
        let parts = [
            (self.surrogates, "half of a surrogate pair"),
            (self.bytes, "bytes that are not UTF-8"),
            (self.controls, "control characters that are not escaped"),
        ];
        let parts: Vec<&str> = parts.iter().filter(|(is, _)| *is).map(|(_, what)| *what).collect();
        format!("the JSON holds {}", parts.join(", "))
    }
}

/// Reads a value; what cannot be a character becomes U+FFFD. The error names the place.
pub(crate) fn parse(bytes: &[u8]) -> Result<(Value, Repaired), serde_json::Error> {
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok((value, Repaired::default())),
        Err(error) => error,
    };
    let mut repaired = Repaired::default();
    let text = String::from_utf8_lossy(bytes);
    repaired.bytes = matches!(text, Cow::Owned(_));
    let fixed = fix(&text, &mut repaired);
    if !repaired.any() {
        return Err(error);
    }
    Ok((serde_json::from_str(&fixed)?, repaired))
}

/// The text with lone surrogates replaced and control characters in strings escaped.
fn fix(text: &str, repaired: &mut Repaired) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut quoted = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if quoted && c == '\\' {
            let unit = |text: &str| {
                let digits = text.strip_prefix("\\u")?.get(..4)?;
                u32::from_str_radix(digits, 16).ok()
            };
            let taken = match (unit(rest), rest.get(6..).and_then(unit)) {
                (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
                (Some(0xD800..=0xDFFF), _) => {
                    repaired.surrogates = true;
                    out.push_str("\\ufffd");
                    rest = &rest[6..];
                    continue;
                }
                _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            };
            out.push_str(&rest[..taken]);
            rest = &rest[taken..];
            continue;
        }
        quoted ^= c == '"';
        if quoted && c.is_ascii_control() && c != '\u{7f}' {
            repaired.controls = true;
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_characters_are_replaced_and_said() {
        let read = |bytes: &[u8]| parse(bytes).map(|(value, repaired)| (value, repaired.what()));
        let (value, _) = read(br#"{"a": "\ud83d\ude00 \"\\"}"#).unwrap();
        assert_eq!(value["a"], "😀 \"\\");
        let (value, what) = read(br#"["a\ud83d", "\ude00b\u00e4"]"#).unwrap();
        assert_eq!(value, serde_json::json!(["a\u{FFFD}", "\u{FFFD}bä"]));
        assert_eq!(what, "the JSON holds half of a surrogate pair");
        assert_eq!(read(b"[\"a\xFFb\nc\"]").unwrap().0[0], "a\u{FFFD}b\nc");
        assert!(read(b"{\"a\": }").is_err());
        assert!(read(b"\"\\ud8").is_err());
    }
}
