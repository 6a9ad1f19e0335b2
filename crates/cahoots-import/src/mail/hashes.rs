//! The identities of a message: Message-ID, its EDRM hash, and our content hash.

use cahoots_record::{Attachment, ItemId, Sha256};
use md5::Md5;
use sha2::Digest;

/// What a content hash is made of.
pub(crate) struct Content<'a> {
    /// The stated date, normal form (see [`crate::mail::message`]).
    pub(crate) date: &'a str,
    /// Address of the author, empty if there is none.
    pub(crate) from: &'a str,
    /// Addresses of the addressees, in any order.
    pub(crate) recipients: Vec<&'a str>,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    pub(crate) attachments: &'a [Attachment],
}

impl Content<'_> {
    /// Content hash, version `content/1`: SHA-256 over length-prefixed fields: version, date to
    /// the second, author's address, addressees' addresses sorted, subject, the body's letters
    /// and digits, attachments' names and sizes sorted. What transport changes is not in it.
    pub(crate) fn hash(&mut self) -> Sha256 {
        let mut hasher = Fields::new("content/1");
        self.common(&mut hasher);
        let mut attachments: Vec<(&str, u64)> =
            self.attachments.iter().map(|a| (a.name.as_str(), a.size.unwrap_or(0))).collect();
        attachments.sort_unstable();
        hasher.count(attachments.len());
        for (name, size) in attachments {
            hasher.field(name.as_bytes());
            hasher.field(&size.to_le_bytes());
        }
        hasher.finish()
    }

    /// The identity of mail without a Message-ID: the same fields but the attachments.
    pub(crate) fn id(&mut self) -> ItemId {
        let mut hasher = Fields::new("no message-id/1");
        self.common(&mut hasher);
        ItemId::of("email/1", &[b"", hasher.finish().as_bytes()])
    }

    fn common(&mut self, hasher: &mut Fields) {
        hasher.field(self.date.as_bytes());
        hasher.field(self.from.as_bytes());
        self.recipients.sort_unstable();
        self.recipients.dedup();
        hasher.count(self.recipients.len());
        for recipient in &self.recipients {
            hasher.field(recipient.as_bytes());
        }
        hasher.field(self.subject.as_bytes());
        hasher.letters(self.text);
    }
}

/// The identity of mail with a Message-ID.
pub(crate) fn item_id(message_id: &str, content: &Sha256) -> ItemId {
    ItemId::of("email/1", &[message_id.as_bytes(), content.as_bytes()])
}

/// EDRM Message Identification Hash: MD5 of the Message-ID with its angle brackets, in hex.
pub(crate) fn mih(message_id: &str) -> String {
    let mut hasher = Md5::new();
    hasher.update(b"<");
    hasher.update(message_id.as_bytes());
    hasher.update(b">");
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)] as char);
        out.push(DIGITS[usize::from(byte & 15)] as char);
    }
    out
}

struct Fields(sha2::Sha256);

impl Fields {
    fn new(version: &str) -> Self {
        let mut fields = Self(sha2::Sha256::new());
        fields.field(version.as_bytes());
        fields
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    /// A text's letters and digits, and then their number: the length is not known before.
    fn letters(&mut self, text: &str) {
        let mut buffer = [0u8; 1024];
        let (mut held, mut total) = (0, 0u64);
        let mut utf8 = [0; 4];
        let mut rest = text;
        while !rest.is_empty() {
            if held + 4 > buffer.len() {
                self.0.update(&buffer[..held]);
                total += held as u64;
                held = 0;
            }
            // As many bytes as fit for certain, while they are ASCII.
            let bytes = rest.as_bytes();
            let window = bytes.len().min(buffer.len() - held);
            let mut taken = 0;
            while taken < window && bytes[taken].is_ascii() {
                buffer[held] = bytes[taken];
                held += usize::from(bytes[taken].is_ascii_alphanumeric());
                taken += 1;
            }
            rest = &rest[taken..];
            if taken == 0
                && let Some(c) = rest.chars().next()
            {
                if c.is_alphanumeric() {
                    let encoded = c.encode_utf8(&mut utf8).as_bytes();
                    buffer[held..held + encoded.len()].copy_from_slice(encoded);
                    held += encoded.len();
                }
                rest = &rest[c.len_utf8()..];
            }
        }
        self.0.update(&buffer[..held]);
        self.count((total + held as u64) as usize);
    }

    fn finish(self) -> Sha256 {
        Sha256::from_bytes(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content<'a>(text: &'a str, recipients: &[&'a str]) -> Content<'a> {
        Content {
            date: "1",
            from: "a@example.org",
            recipients: recipients.to_vec(),
            subject: "s",
            text,
            attachments: &[],
        }
    }

    #[test]
    fn the_published_example_of_the_edrm_hash() {
        assert_eq!(
            mih("CALckR-a8UDkRjO4xJyjd_s0GPxQWw@mail.gmail.com"),
            "1de319c276884bd0c9e2f1621ada26cc"
        );
    }

    #[test]
    fn layout_and_order_do_not_count_and_words_do() {
        let hash = |text: &str, recipients: &[&str]| content(text, recipients).hash();
        let base = hash("Hello, Jörg! 12", &["b", "c"]);
        assert_eq!(base, hash("Hello\r\n  Jörg 1 2", &["c", "b", "b"]));
        assert_ne!(base, hash("hello, Jörg! 12", &["b", "c"]));
        assert_ne!(base, hash("Hello, Jorg! 12", &["b", "c"]));
        assert_ne!(base, hash("Hello, Jörg! 12", &["bc"]));
        assert_ne!(content("x", &[]).id(), content("y", &[]).id());
    }

    #[test]
    fn long_texts_are_hashed_whole() {
        let long = "ä1-".repeat(2_000);
        let other = "ä1-".repeat(1_999) + "ä2-";
        assert_ne!(content(&long, &[]).hash(), content(&other, &[]).hash());
        assert_eq!(content(&long, &[]).hash(), content(&long.replace('-', "\n"), &[]).hash());
    }
}
