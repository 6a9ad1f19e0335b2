//! Header values as text: unfolded, encoded words (RFC 2047) decoded, raw 8-bit bytes guessed.

use std::borrow::Cow;

use crate::mail::charset;
use crate::mail::transfer;

/// Bytes of one header value that are read as text; a longer one is a bomb, not a subject.
pub(crate) const MAX_VALUE: usize = 64 * 1024;

/// A raw header value as text without encoded words resolved: unfolded, line breaks gone,
/// 8-bit bytes decoded as UTF-8 or by a guess.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, str> {
    match unfolded(value) {
        Cow::Borrowed(value) => charset::decode(value, None).text,
        Cow::Owned(value) => Cow::Owned(charset::decode(&value, None).text.into_owned()),
    }
}

/// A raw header value as a reader sees it.
pub(crate) fn decode(value: &[u8]) -> Cow<'_, str> {
    if memchr::memmem::find(value, b"=?").is_none() {
        return unfold(value);
    }
    let text = encoded_words(&unfolded(value));
    Cow::Owned(text)
}

/// A value on one line: line breaks and the white space behind them become one space.
fn unfolded(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value[..value.len().min(MAX_VALUE)].trim_ascii();
    if memchr::memchr3(b'\n', b'\r', 0, value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len());
    for line in value.split(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
        let line = if out.is_empty() { line } else { line.trim_ascii_start() };
        if !out.is_empty() && !line.is_empty() && out.last() != Some(&b' ') {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
    let length = out.trim_ascii_end().len();
    out.truncate(length);
    Cow::Owned(out)
}

/// Text with its encoded words resolved. White space between two of them is dropped, and
/// neighbours in one charset are joined before they are decoded, since mailers cut characters
/// in half. What is not a proper encoded word stays as it is.
fn encoded_words(value: &[u8]) -> String {
    let mut out = String::with_capacity(value.len());
    // The charset and bytes of the words not yet decoded.
    let mut pending: Option<(&[u8], Vec<u8>)> = None;
    // Bytes outside encoded words not yet decoded.
    let mut plain = 0..0;
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&value[at..], b"=?") {
        let start = at + found;
        let Some(word) = Word::read(&value[start..]) else {
            at = start + 2;
            plain.end = at;
            continue;
        };
        plain.end = start;
        let between = &value[plain.clone()];
        if pending.is_none() || !between.iter().all(u8::is_ascii_whitespace) {
            settle(&mut pending, &mut out);
            out.push_str(&charset::decode(between, None).text);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => {
                bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                settle(&mut pending, &mut out);
                pending = Some((word.charset, word.bytes));
            }
        }
        at = start + word.length;
        plain = at..at;
    }
    settle(&mut pending, &mut out);
    out.push_str(&charset::decode(&value[plain.start..], None).text);
    if out.contains(['\n', '\r', '\0']) {
        out = out.replace(['\n', '\r', '\0'], " ");
    }
    out
}

fn settle(pending: &mut Option<(&[u8], Vec<u8>)>, out: &mut String) {
    if let Some((name, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, std::str::from_utf8(name).ok()).text);
    }
}

struct Word<'a> {
    charset: &'a [u8],
    bytes: Vec<u8>,
    length: usize,
}

impl<'a> Word<'a> {
    /// The encoded word that `text` starts with. White space inside the encoded text is
    /// forbidden by the RFC and common in the wild.
    fn read(text: &'a [u8]) -> Option<Self> {
        let inner = text.strip_prefix(b"=?")?;
        let (charset, rest) = split_within(inner, 60)?;
        if charset.is_empty() || charset.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        let charset = charset.split(|byte| *byte == b'*').next().unwrap_or(charset);
        let (encoding, data) = split_within(rest, 1)?;
        let end = memchr::memmem::find(&data[..data.len().min(4096)], b"?=")?;
        let encoded = &data[..end];
        let bytes = match encoding {
            b"b" | b"B" => transfer::base64(encoded).0,
            b"q" | b"Q" => q_word(encoded),
            _ => return None,
        };
        let length = text.len() - data.len() + end + 2;
        Some(Self { charset, bytes, length })
    }
}

/// What stands before and behind the first `?`, which has to come soon.
fn split_within(text: &[u8], limit: usize) -> Option<(&[u8], &[u8])> {
    let at = text.iter().take(limit + 1).position(|byte| *byte == b'?')?;
    Some((&text[..at], &text[at + 1..]))
}

fn q_word(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'_', _) => out.push(b' '),
            (b'=', [high, low, after @ ..]) => match (transfer::hex(*high), transfer::hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(b'='),
            },
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, text: &str) {
        assert_eq!(decode(value.as_bytes()), text);
    }

    #[test]
    fn values_are_unfolded() {
        check(" one\r\n\ttwo\r\n  three \r\n", "one two three");
        check(" \n plain", "plain");
        check("nul\0byte", "nul byte");
    }

    #[test]
    fn encoded_words_are_decoded() {
        check("=?utf-8?Q?Gr=C3=BC=C3=9Fe?= an alle", "Grüße an alle");
        check("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?_b?=\n =?utf-8?B?w7w=?=", "a bü");
        // One character cut in half by the mailer.
        check("=?utf-8?B?w?= =?utf-8?Q?x?=", "x");
        check("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café");
        check("=?utf-8*en?q?a b?=", "a b");
        check("=?koi8-r?B?8NLJ18XU?=", "Привет");
        check("x =?broken =?utf-8?X?a?= =?utf-8?Q?y?=", "x =?broken =?utf-8?X?a?= y");
        check("a =? b", "a =? b");
        check("a =? b =?utf-8?Q?c?= d", "a =? b c d");
        assert_eq!(decode(b"=?iso-8859-1?Q?Fr\xf6sche?="), "Frösche");
    }

    #[test]
    fn raw_bytes_are_guessed() {
        assert_eq!(decode(b"Gr\xfc\xdfe aus K\xf6ln"), "Grüße aus Köln");
        check("Grüße", "Grüße");
    }

    #[test]
    fn a_bomb_takes_no_time() {
        let bomb = "=?a?q?".repeat(100_000);
        assert!(decode(bomb.as_bytes()).len() <= MAX_VALUE);
    }
}
