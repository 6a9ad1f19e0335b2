//! Going back to the original: the bytes of an attached message, and header fields for a reader.

use std::io::{self, Read};

use cahoots_record::Locator;

use crate::mail::body;
use crate::mail::header::Block;
use crate::mail::message::MAX_NESTING;
use crate::mail::mime::{self, Kind};
use crate::mail::words;

/// The bytes of a stored message that a locator selects in its member, or those of a part of it.
pub(crate) fn select_from(member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
    let bytes = crate::select::plain(member, &locator.selector)?;
    Ok(match &locator.part {
        None => bytes,
        Some(part) => bytes.and_then(|bytes| select(bytes, part)),
    })
}

/// The decoded bytes of part `number` of a stored message.
fn select(bytes: Vec<u8>, number: &str) -> Option<Vec<u8>> {
    let mut held = bytes;
    let mut prefix = String::new();
    for _ in 0..=MAX_NESTING {
        let structure = mime::walk(&held, &prefix);
        let lies_in = |part: &&mime::Part<'_>| {
            number
                .strip_prefix(part.number.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let part = structure
            .parts
            .iter()
            .filter(|part| part.kind != Kind::Multipart)
            .find(|part| part.number == number)
            .or_else(|| {
                structure.parts.iter().filter(|part| part.kind == Kind::Message).find(lies_in)
            })?;
        let found = part.number == number;
        let (decoded, _) = body::decoded(part, &held, false);
        let (decoded, deeper) = (decoded.into_owned(), part.number.clone());
        if found {
            return Some(decoded);
        }
        (held, prefix) = (decoded, deeper);
    }
    None
}

/// The header fields of a stored message, decoded, in order.
pub(crate) fn headers(bytes: &[u8]) -> Vec<(String, String)> {
    let block = Block::scan(bytes, 0, false);
    let fields = block.fields.iter().map(|field| {
        let name = String::from_utf8_lossy(&bytes[field.name.clone()]).into_owned();
        (name, words::decode(&bytes[field.value.clone()]).into_owned())
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_attached_messages_are_found() {
        let inner = "Subject: in\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i\n\
                     Content-Type: message/rfc822\n\nSubject: deepest\n\ny\n--i--\n";
        let text = format!(
            "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nz\n--o\n\
             Content-Type: message/rfc822\n\n{inner}\n--o--\n"
        );
        let part = |number| {
            select(text.clone().into_bytes(), number).map(|b| String::from_utf8(b).unwrap())
        };
        assert_eq!(part("1").unwrap(), "z");
        assert_eq!(part("2").unwrap(), inner);
        assert_eq!(part("2.1").unwrap(), "x");
        assert_eq!(part("2.2").unwrap(), "Subject: deepest\n\ny");
        assert_eq!(part("2.2.1").unwrap(), "y");
        assert_eq!(part("3"), None);
    }

    #[test]
    fn headers_are_decoded_in_order() {
        let found =
            headers(b"From x Mon Mar  2 10:00:00 1998\nB: =?utf-8?Q?=C3=BC?=\nA: 1\n 2\n\n");
        assert_eq!(found, [("B".into(), "ü".into()), ("A".into(), "1 2".into())]);
    }
}
