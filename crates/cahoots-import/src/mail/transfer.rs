//! Content-Transfer-Encoding, read leniently: damage is counted and what can be read is kept.

use std::borrow::Cow;

/// How a part's bytes travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Encoding {
    /// As they are: 7bit, 8bit, binary, or a word nobody knows.
    #[default]
    Identity,
    QuotedPrintable,
    Base64,
    Uuencode,
}

impl Encoding {
    /// The encoding a header value names.
    pub(crate) fn from_value(value: &[u8]) -> Self {
        let value = value.trim_ascii();
        let word = value
            .split(|b| matches!(b, b';' | b' ' | b'\t' | b'(' | b'\r' | b'\n'))
            .next()
            .unwrap_or_default();
        let word = word.strip_prefix(b"\"").unwrap_or(word);
        let word = word.strip_suffix(b"\"").unwrap_or(word);
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if is("base64") || is("b64") {
            Self::Base64
        } else if is("quoted-printable") || is("quotedprintable") || is("qp") {
            Self::QuotedPrintable
        } else if is("x-uuencode") || is("uuencode") || is("x-uue") || is("uue") {
            Self::Uuencode
        } else {
            Self::Identity
        }
    }

    /// The decoded bytes, and the number of places where the encoding is damaged.
    pub(crate) fn decode<'a>(self, bytes: &'a [u8]) -> (Cow<'a, [u8]>, usize) {
        match self {
            Self::Identity => (Cow::Borrowed(bytes), 0),
            Self::QuotedPrintable => quoted_printable(bytes),
            Self::Base64 => {
                let (bytes, damage) = base64(bytes);
                (Cow::Owned(bytes), damage)
            }
            Self::Uuencode => {
                let (bytes, damage) = uuencode(bytes);
                (Cow::Owned(bytes), damage)
            }
        }
    }
}

const fn base64_table() -> [u8; 256] {
    let mut table = [0xff; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table
}

static BASE64: [u8; 256] = base64_table();

/// Base64 with everything outside the alphabet skipped, as RFC 2045 §6.8 asks; what is skipped
/// and is neither white space nor padding counts as damage, as does an incomplete last group.
pub(crate) fn base64(bytes: &[u8]) -> (Vec<u8>, usize) {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3 + 3);
    let (mut group, mut held, mut damage) = (0u32, 0u32, 0usize);
    let mut rest = bytes;
    while !rest.is_empty() {
        if held == 0 {
            // Four good characters at a time: nearly all of any real attachment.
            while let [a, b, c, d, tail @ ..] = rest {
                let (a, b) = (BASE64[*a as usize], BASE64[*b as usize]);
                let (c, d) = (BASE64[*c as usize], BASE64[*d as usize]);
                if a | b | c | d == 0xff {
                    break;
                }
                let word =
                    u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
                out.extend_from_slice(&word.to_be_bytes()[1..]);
                rest = tail;
            }
        }
        let Some((&byte, tail)) = rest.split_first() else { break };
        rest = tail;
        match BASE64[byte as usize] {
            0xff => match byte {
                b'=' => {
                    damage += flush(group, held, &mut out);
                    (group, held) = (0, 0);
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => damage += 1,
            },
            value => {
                group = group << 6 | u32::from(value);
                held += 1;
                if held == 4 {
                    out.extend_from_slice(&group.to_be_bytes()[1..]);
                    (group, held) = (0, 0);
                }
            }
        }
    }
    // Padding left out is common and harmless; a single dangling character is neither.
    damage += flush(group, held, &mut out);
    (out, damage)
}

fn flush(group: u32, held: u32, out: &mut Vec<u8>) -> usize {
    match held {
        2 => out.push((group >> 4) as u8),
        3 => out.extend_from_slice(&[(group >> 10) as u8, (group >> 2) as u8]),
        1 => return 1,
        _ => {}
    }
    0
}

/// Quoted-printable; an `=` that introduces nothing stays in the text and counts as damage.
fn quoted_printable(bytes: &[u8]) -> (Cow<'_, [u8]>, usize) {
    if memchr::memchr(b'=', bytes).is_none() {
        return (Cow::Borrowed(bytes), 0);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut damage = 0;
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'=', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let [high, low, tail @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            out.push(high << 4 | low);
            rest = tail;
            continue;
        }
        let blanks = rest.iter().take_while(|b| matches!(**b, b' ' | b'\t')).count();
        match &rest[blanks..] {
            [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail,
            [] | [b'\r'] => rest = &[],
            _ => {
                damage += 1;
                out.push(b'=');
            }
        }
    }
    out.extend_from_slice(rest);
    (Cow::Owned(out), damage)
}

/// Value of a hexadecimal digit.
pub(crate) fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

/// Uuencode between its `begin` and `end` lines.
fn uuencode(bytes: &[u8]) -> (Vec<u8>, usize) {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut begun, mut damage) = (false, 0);
    for line in bytes.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !begun {
            begun = line.starts_with(b"begin ");
            continue;
        }
        if line == b"end" {
            return (out, damage);
        }
        let Some((&length, data)) = line.split_first() else { continue };
        let wanted = usize::from(length.wrapping_sub(b' ') & 0x3f);
        let before = out.len();
        for group in data.chunks(4) {
            let digit = |at: usize| {
                u32::from(group.get(at).copied().unwrap_or(b' ').wrapping_sub(b' ') & 0x3f)
            };
            let word = digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3);
            out.extend_from_slice(&word.to_be_bytes()[1..]);
        }
        if out.len() - before < wanted {
            damage += 1;
        }
        out.truncate((before + wanted).min(out.len()));
    }
    (out, damage + 1)
}

/// Body bytes of an mbox with one level of `>From ` quoting taken off.
pub(crate) fn unquote_from(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_quoted = |at: usize| {
        let line = &bytes[at..];
        let marks = line.iter().take(64).take_while(|b| **b == b'>').count();
        marks > 0 && line[marks..].starts_with(b"From ")
    };
    let mut out: Vec<u8> = Vec::new();
    let mut done = 0;
    for at in memchr::memmem::find_iter(bytes, b">From ") {
        let start = bytes[..at].iter().rposition(|b| *b != b'>').map_or(0, |before| before + 1);
        if (start == 0 || bytes[start - 1] == b'\n') && start >= done && is_quoted(start) {
            out.extend_from_slice(&bytes[done..start]);
            done = start + 1;
        }
    }
    if done == 0 {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(&bytes[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_through_damage() {
        assert_eq!(base64(b"aGVs\r\nbG8="), (b"hello".to_vec(), 0));
        assert_eq!(base64(b"aGVsbG8"), (b"hello".to_vec(), 0));
        assert_eq!(base64(b"aGV*sbG8="), (b"hello".to_vec(), 1));
        assert_eq!(base64(b"aGVsb"), (b"hel".to_vec(), 1));
        assert_eq!(base64(b"aGk=aGk="), (b"hihi".to_vec(), 0));
    }

    #[test]
    fn quoted_printable_keeps_what_it_cannot_read() {
        let decode = |text: &'static str| {
            let (bytes, damage) = Encoding::QuotedPrintable.decode(text.as_bytes());
            (String::from_utf8(bytes.into_owned()).unwrap(), damage)
        };
        assert_eq!(decode("caf=C3=A9 =3d =\nnext=\r\n"), ("café = next".into(), 0));
        assert_eq!(decode("1+1=two =ZZ"), ("1+1=two =ZZ".into(), 2));
        assert_eq!(decode("end="), ("end".into(), 0));
    }

    #[test]
    fn uuencode_reads_lines_by_their_length() {
        let (bytes, damage) = uuencode(b"begin 644 x\n#0V%T\n`\nend\n");
        assert_eq!((bytes.as_slice(), damage), (&b"Cat"[..], 0));
        assert_eq!(uuencode(b"begin 644 x\n#0V%T\n").1, 1);
    }

    #[test]
    fn from_lines_lose_one_mark() {
        let check = |text: &'static [u8]| String::from_utf8(unquote_from(text).into_owned());
        assert_eq!(
            check(b">From a\n>>From b\nx >From c\n").unwrap(),
            "From a\n>From b\nx >From c\n"
        );
        assert!(matches!(unquote_from(b"nothing"), Cow::Borrowed(_)));
    }

    #[test]
    fn names_of_encodings() {
        assert_eq!(Encoding::from_value(b" Base64 \r\n"), Encoding::Base64);
        assert_eq!(Encoding::from_value(b"quoted-printable; x"), Encoding::QuotedPrintable);
        assert_eq!(Encoding::from_value(b"8bit+"), Encoding::Identity);
    }
}
