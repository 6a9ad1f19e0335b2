//! Header values as text: unfolded, encoded words (RFC 2047) decoded, raw 8-bit bytes guessed.

use std::borrow::Cow;

use crate::mail::charset;
use crate::mail::transfer;

/// Bytes of one header value that are read as text; a longer one is a bomb, not a subject.
pub(crate) const MAX_VALUE: usize = 64 * 1024;

/// A raw header value as text without encoded words resolved: unfolded, line breaks gone,
/// 8-bit bytes decoded as UTF-8 or by a guess.
pub(crate) fn unfold(value: &[u8]) -> Cow<'_, str> {
    let value = value[..value.len().min(MAX_VALUE)].trim_ascii();
    let text = charset::decode(value, None).text;
    if memchr::memchr3(b'\n', b'\r', 0, text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\0']) {
        let line = if out.is_empty() { line } else { line.trim_start_matches([' ', '\t']) };
        if !out.is_empty() && !line.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(line);
    }
    out.truncate(out.trim_end().len());
    Cow::Owned(out)
}

/// A raw header value as a reader sees it.
pub(crate) fn decode(value: &[u8]) -> Cow<'_, str> {
    let text = unfold(value);
    match memchr::memmem::find(text.as_bytes(), b"=?") {
        None => text,
        Some(_) => Cow::Owned(encoded_words(&text)),
    }
}

/// Text with its encoded words resolved. White space between two of them is dropped, and
/// neighbours in one charset are joined before they are decoded, since mailers cut characters
/// in half. What is not a proper encoded word stays as it is.
fn encoded_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // The charset and bytes of the words not yet decoded.
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let between = &rest[..at];
        let word = Word::read(&rest[at..]);
        let joins = between.chars().all(char::is_whitespace);
        if !(joins && word.is_some()) || pending.is_none() {
            settle(&mut pending, &mut out);
            out.push_str(between);
        }
        let Some(word) = word else {
            out.push_str("=?");
            rest = &rest[at + 2..];
            continue;
        };
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => {
                bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                settle(&mut pending, &mut out);
                pending = Some((word.charset, word.bytes));
            }
        }
        rest = &rest[at + word.length..];
    }
    settle(&mut pending, &mut out);
    out.push_str(rest);
    if out.contains(['\n', '\r', '\0']) {
        out = out.replace(['\n', '\r', '\0'], " ");
    }
    out
}

fn settle(pending: &mut Option<(&str, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(&charset::decode(&bytes, Some(charset)).text);
    }
}

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    length: usize,
}

impl<'a> Word<'a> {
    /// The encoded word that `text` starts with. White space inside the encoded text is
    /// forbidden by the RFC and common in the wild.
    fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix("=?")?;
        let (charset, rest) = split_within(inner, '?', 60)?;
        if charset.is_empty() || charset.contains(char::is_whitespace) {
            return None;
        }
        let charset = charset.split_once('*').map_or(charset, |(name, _)| name);
        let (encoding, data) = split_within(rest, '?', 1)?;
        let end = memchr::memmem::find(data.as_bytes().get(..data.len().min(4096))?, b"?=")?;
        let encoded = &data.as_bytes()[..end];
        let bytes = match encoding {
            "b" | "B" => transfer::base64(encoded).0,
            "q" | "Q" => q_word(encoded),
            _ => return None,
        };
        let length = text.len() - data.len() + end + 2;
        Some(Self { charset, bytes, length })
    }
}

fn split_within(text: &str, mark: char, limit: usize) -> Option<(&str, &str)> {
    let at = text.bytes().take(limit + 1).position(|b| b == mark as u8)?;
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
