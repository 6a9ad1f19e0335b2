//! Messages as they lie in files: reading one in bounded memory, and telling one from other text.

use std::io::{self, Read};

use cahoots_record::Sha256;
use sha2::Digest;

use crate::mail::header::{Block, field_name, line_end, trim_break};

/// Bytes of one message that are kept and parsed. The rest of a longer one is hashed and left.
pub(crate) const MAX_MESSAGE: usize = 32 * 1024 * 1024;

/// Length and digest of a message of which only the head is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) length: u64,
    pub(crate) sha256: Sha256,
}

/// Reads one message: its first [`MAX_MESSAGE`] bytes, and what to know of the whole when there
/// are more.
pub(crate) fn read_member(reader: &mut dyn Read) -> io::Result<(Vec<u8>, Option<Whole>)> {
    let mut kept = Vec::new();
    reader.take(MAX_MESSAGE as u64).read_to_end(&mut kept)?;
    if kept.len() < MAX_MESSAGE {
        return Ok((kept, None));
    }
    let mut hasher = sha2::Sha256::new();
    let mut length = kept.len() as u64;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = match reader.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            break;
        }
        if length == kept.len() as u64 {
            hasher.update(&kept);
        }
        hasher.update(&buffer[..read]);
        length += read as u64;
    }
    let whole = (length > kept.len() as u64)
        .then(|| Whole { length, sha256: Sha256::from_bytes(hasher.finalize().into()) });
    Ok((kept, whole))
}

/// How many of the fields that mail has stand at the head of these bytes; 0 when they do not
/// start with header fields at all.
pub(crate) fn looks_like_message(head: &[u8]) -> usize {
    if field_name(trim_break(&head[..line_end(head, 0)])).is_none() {
        return 0;
    }
    let block = Block::scan(head, 0, false);
    if block.garbage > block.fields.len() {
        return 0;
    }
    const KNOWN: [&[u8]; 18] = [
        b"from",
        b"to",
        b"subject",
        b"date",
        b"message-id",
        b"received",
        b"return-path",
        b"mime-version",
        b"content-type",
        b"delivered-to",
        b"reply-to",
        b"sender",
        b"cc",
        b"in-reply-to",
        b"references",
        b"dkim-signature",
        b"x-mailer",
        b"content-transfer-encoding",
    ];
    KNOWN.iter().filter(|name| block.value(head, name).is_some()).count()
}

/// Sender and date of an envelope line (`From ann@example.org Mon Mar  2 10:00:00 1998`).
pub(crate) fn envelope(line: &[u8]) -> Option<(&str, &str)> {
    let rest = std::str::from_utf8(line.strip_prefix(b"From ")?).ok()?;
    let rest = rest.trim_start();
    let (sender, date) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    Some((sender, date.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_and_hashed_whole() {
        let bytes = vec![b'x'; MAX_MESSAGE + 5];
        let (kept, whole) = read_member(&mut &bytes[..]).unwrap();
        assert_eq!(kept.len(), MAX_MESSAGE);
        let whole = whole.unwrap();
        assert_eq!((whole.length, whole.sha256), (bytes.len() as u64, Sha256::of(&bytes)));
        let (kept, whole) = read_member(&mut &bytes[..MAX_MESSAGE]).unwrap();
        assert_eq!((kept.len(), whole), (MAX_MESSAGE, None));
    }

    #[test]
    fn mail_is_told_from_other_text() {
        assert!(looks_like_message(b"From: a\nTo: b\nSubject: c\n\nx") >= 3);
        assert_eq!(looks_like_message(b"name,text\nfoo: bar\n"), 0);
        assert_eq!(looks_like_message(b"https://example.org\n"), 0);
        assert_eq!(looks_like_message(b""), 0);
    }
}
