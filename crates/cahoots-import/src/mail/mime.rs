//! The MIME structure of one message, in one pass over its bytes.
//!
//! Structure is walked here and not by `mail-parser`, whose field grammars and charsets are
//! used: a message of a record must keep the byte range of every part, say which boundaries never
//! closed, let charsets be judged before they are applied, and stay linear in time and flat in
//! stack for a message that nests or opens parts without end.

use std::borrow::Cow;
use std::ops::Range;

use mail_parser::ContentType;
use mail_parser::parsers::MessageStream;

use crate::mail::header::{Block, line_end, trim_break};
use crate::mail::transfer::Encoding;

/// Deepest nesting of multiparts that is opened.
pub(crate) const MAX_DEPTH: usize = 64;

/// Parts read of one message.
pub(crate) const MAX_PARTS: usize = 5_000;

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Holds other parts.
    Multipart,
    /// A message attached as such.
    Message,
    /// Anything else.
    Leaf,
}

/// One part of a message.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// Number as in IMAP: `"1"`, `"2.1"`; empty for a message that is a multipart.
    pub(crate) number: String,
    pub(crate) kind: Kind,
    pub(crate) content_type: Option<ContentType<'a>>,
    pub(crate) encoding: Encoding,
    pub(crate) disposition: Option<ContentType<'a>>,
    pub(crate) block: Block,
    pub(crate) body: Range<usize>,
    /// Index of the multipart it lies in.
    pub(crate) parent: Option<usize>,
    /// For a multipart: whether its closing delimiter was there.
    pub(crate) closed: bool,
    /// Whether the declared type could not be read as one.
    pub(crate) bad_type: bool,
}

impl Part<'_> {
    /// Main media type, lower case; `text` where nothing usable is declared.
    pub(crate) fn main_type(&self) -> &str {
        self.content_type.as_ref().map_or("text", |ct| ct.ctype())
    }

    /// Media subtype, lower case.
    pub(crate) fn subtype(&self) -> &str {
        match &self.content_type {
            Some(ct) => ct.subtype().unwrap_or_default(),
            None => "plain",
        }
    }

    /// `main/sub`, as declared.
    pub(crate) fn media_type(&self) -> String {
        match self.subtype() {
            "" => self.main_type().to_owned(),
            subtype => format!("{}/{subtype}", self.main_type()),
        }
    }

    /// File name as declared, decoded.
    pub(crate) fn name(&self) -> Option<String> {
        let of = |field: &Option<ContentType<'_>>, name: &str| {
            field.as_ref().and_then(|field| field.attribute(name)).map(|name| {
                let decoded = crate::mail::words::decode(name.as_bytes());
                decoded.trim().to_owned()
            })
        };
        of(&self.disposition, "filename")
            .or_else(|| of(&self.content_type, "name"))
            .filter(|name| !name.is_empty())
    }

    /// Whether the sender marked it as something to save.
    pub(crate) fn is_attached(&self) -> bool {
        self.disposition.as_ref().is_some_and(|field| field.ctype() == "attachment")
    }

    /// Declared charset.
    pub(crate) fn charset(&self) -> Option<&str> {
        self.content_type.as_ref().and_then(|ct| ct.attribute("charset"))
    }
}

/// The parts of one message, in the order of their bytes; the root first.
#[derive(Debug)]
pub(crate) struct Structure<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    /// Parts not read because there were too many or too deep.
    pub(crate) beyond: bool,
}

struct Open {
    part: usize,
    boundary: Vec<u8>,
    children: usize,
}

/// Reads the structure of a message. `prefix` is the part number of the message itself when it
/// came attached (`""` otherwise). There is always a root part.
pub(crate) fn walk<'a>(bytes: &'a [u8], prefix: &str) -> Structure<'a> {
    let mut structure = Structure { parts: Vec::with_capacity(1), beyond: false };
    let mut root = read_part(bytes, 0, false, None, false);
    let mut stack: Vec<Open> = Vec::new();
    match boundary(&root) {
        Some(boundary) => {
            root.number = prefix.to_owned();
            stack.push(Open { part: 0, boundary, children: 0 });
        }
        None => {
            if root.kind == Kind::Multipart {
                root.kind = Kind::Leaf;
            }
            root.number = join(prefix, 1);
        }
    }
    let mut at = root.body.start;
    structure.parts.push(root);
    let dashes = memchr::memmem::Finder::new(b"\n--");
    // The leaf whose bytes are being passed over.
    let mut leaf: Option<usize> = None;
    let mut fresh = true;
    while !stack.is_empty() {
        let line = match fresh && bytes[at..].starts_with(b"--") {
            true => at,
            false => match dashes.find(&bytes[at..]) {
                Some(found) => at + found + 1,
                None => break,
            },
        };
        fresh = false;
        let end = line_end(bytes, line);
        let Some((level, closing)) = delimiter(&bytes[line..end], &stack) else {
            // The line break that ends this line may start the next delimiter.
            at = if end > line { end - 1 } else { end };
            continue;
        };
        let content_end = before_break(bytes, line);
        if let Some(leaf) = leaf.take() {
            set_end(&mut structure.parts[leaf], content_end);
        }
        for open in stack.drain(level + 1..) {
            set_end(&mut structure.parts[open.part], content_end);
        }
        let open = &mut stack[level];
        let parent = open.part;
        if closing {
            let part = &mut structure.parts[parent];
            set_end(part, line);
            part.closed = true;
            stack.pop();
            at = end.saturating_sub(1).max(line);
            continue;
        }
        if structure.parts.len() >= MAX_PARTS {
            structure.beyond = true;
            break;
        }
        open.children += 1;
        let digest = structure.parts[parent].subtype() == "digest";
        let mut part = read_part(bytes, end, true, Some(parent), digest);
        part.number = join(&structure.parts[parent].number, open.children);
        at = part.body.start;
        fresh = true;
        let index = structure.parts.len();
        match boundary(&part) {
            Some(boundary) if stack.len() < MAX_DEPTH => {
                stack.push(Open { part: index, boundary, children: 0 });
            }
            deeper => {
                structure.beyond |= deeper.is_some();
                if part.kind == Kind::Multipart {
                    part.kind = Kind::Leaf;
                }
                leaf = Some(index);
            }
        }
        structure.parts.push(part);
    }
    // A multipart whose boundary never came holds its bytes as plain text.
    for index in 0..structure.parts.len() {
        if structure.parts[index].kind == Kind::Multipart
            && structure.parts.get(index + 1).is_none_or(|next| next.parent != Some(index))
        {
            let part = &mut structure.parts[index];
            part.kind = Kind::Leaf;
            if part.number.is_empty() || part.number == prefix {
                part.number = join(prefix, 1);
            }
        }
    }
    structure
}

fn join(prefix: &str, number: usize) -> String {
    if prefix.is_empty() { number.to_string() } else { format!("{prefix}.{number}") }
}

fn set_end(part: &mut Part<'_>, end: usize) {
    part.body.end = end.max(part.body.start);
}

/// Which open boundary a line that starts with `--` is, innermost first, and whether it closes.
fn delimiter(line: &[u8], stack: &[Open]) -> Option<(usize, bool)> {
    let text = trim_break(line).get(2..)?.trim_ascii_end();
    for (level, open) in stack.iter().enumerate().rev() {
        if let Some(rest) = text.strip_prefix(open.boundary.as_slice()) {
            if rest.is_empty() {
                return Some((level, false));
            }
            if rest.starts_with(b"--") {
                return Some((level, true));
            }
        }
    }
    None
}

/// The end of a part's content: the line break before a delimiter belongs to the delimiter.
fn before_break(bytes: &[u8], line: usize) -> usize {
    match &bytes[..line] {
        [.., b'\r', b'\n'] => line - 2,
        [.., b'\n'] => line - 1,
        _ => line,
    }
}

fn boundary(part: &Part<'_>) -> Option<Vec<u8>> {
    if part.kind != Kind::Multipart {
        return None;
    }
    let value = part.content_type.as_ref()?.attribute("boundary")?;
    // A quotation mark that never closed swallows what follows.
    let value = value.split(['"', '\n', '\r']).next().unwrap_or_default().trim_end();
    (!value.is_empty()).then(|| value.as_bytes()[..value.len().min(200)].to_vec())
}

fn read_part(
    bytes: &[u8],
    start: usize,
    inner: bool,
    parent: Option<usize>,
    digest: bool,
) -> Part<'_> {
    let block = Block::scan(bytes, start, inner);
    let raw_type = block.value(bytes, b"content-type");
    let content_type = raw_type.and_then(structured).filter(is_media_type);
    let bad_type =
        content_type.is_none() && raw_type.is_some_and(|value| !value.trim_ascii().is_empty());
    let encoding = block
        .value(bytes, b"content-transfer-encoding")
        .map(Encoding::from_value)
        .unwrap_or_default();
    let disposition = block.value(bytes, b"content-disposition").and_then(structured);
    let kind = match &content_type {
        Some(ct) if ct.ctype() == "multipart" => Kind::Multipart,
        Some(ct)
            if ct.ctype() == "message" && matches!(ct.subtype(), Some("rfc822" | "global")) =>
        {
            Kind::Message
        }
        None if digest && !bad_type => Kind::Message,
        _ => Kind::Leaf,
    };
    let body = block.body..bytes.len();
    Part {
        number: String::new(),
        kind,
        content_type,
        encoding,
        disposition,
        block,
        body,
        parent,
        closed: false,
        bad_type,
    }
}

/// A field with parameters. Values without a final line break, or longer than any honest one, are
/// read from a copy.
fn structured(value: &[u8]) -> Option<ContentType<'_>> {
    const MAX: usize = 8 * 1024;
    if value.len() <= MAX && value.ends_with(b"\n") && !value.contains(&0) {
        return MessageStream::new(value).parse_content_type().into_content_type();
    }
    let mut copy: Vec<u8> =
        value[..value.len().min(MAX)].iter().copied().filter(|byte| *byte != 0).collect();
    while copy.last().is_some_and(u8::is_ascii_whitespace) {
        copy.pop();
    }
    copy.push(b'\n');
    let parsed = MessageStream::new(&copy).parse_content_type().into_content_type()?;
    Some(owned(parsed))
}

fn owned(field: ContentType<'_>) -> ContentType<'static> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    ContentType {
        c_type: own(field.c_type),
        c_subtype: field.c_subtype.map(own),
        attributes: field.attributes.map(|list| {
            list.into_iter()
                .map(|a| mail_parser::Attribute { name: own(a.name), value: own(a.value) })
                .collect()
        }),
    }
}

/// Whether both halves are words of a media type: markup pasted into the field is not.
fn is_media_type(field: &ContentType<'_>) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.len() < 128
            && text.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'+' | b'*' | b'!')
            })
    };
    is_token(field.ctype()) && field.subtype().is_none_or(is_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each part as `number kind type body`, one a line.
    fn check(message: &str, expected: &str) {
        for text in [message.to_owned(), message.replace('\n', "\r\n")] {
            let structure = walk(text.as_bytes(), "");
            let mut found = String::new();
            for part in &structure.parts {
                let body = match part.kind {
                    Kind::Multipart => if part.closed { "closed" } else { "open" }.to_owned(),
                    _ => format!("{:?}", text[part.body.clone()].replace('\r', "")),
                };
                found.push_str(&format!("{} {} {body}\n", part.number, part.media_type()));
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn nested_multiparts() {
        check(
            "Content-Type: multipart/mixed; boundary=\"a\"\n\npreamble\n--a\n\
             Content-Type: multipart/alternative; boundary=aa\n\n--aa\n\none\n--aa\n\
             Content-Type: text/html\n\n<p>\n\n--aa--\n--a\nContent-Type: image/png\n\nPNG\n\
             --a--\nepilogue\n--a\n",
            " multipart/mixed closed\n1 multipart/alternative closed\n1.1 text/plain \"one\"\n\
             1.2 text/html \"<p>\\n\"\n2 image/png \"PNG\"\n",
        );
    }

    #[test]
    fn damage() {
        // The inner boundary never closes; the outer one closes both.
        check(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n\
             Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny\n",
            " multipart/mixed open\n1 multipart/mixed open\n1.1 text/plain \"x\"\n2 text/plain \"y\\n\"\n",
        );
        // Never opened; quote never closed; markup in the type.
        check("Content-Type: multipart/mixed; boundary=a\n\nx\n", "1 multipart/mixed \"x\\n\"\n");
        check(
            "Content-Type: multipart/mixed; boundary=\"a\nX: 1\n\n--a\n\nx\n--a--\n",
            " multipart/mixed closed\n1 text/plain \"x\"\n",
        );
        check("Content-Type: <html><body>\n\nx", "1 text/plain \"x\"\n");
        // A part without header fields or blank line; an empty part.
        check(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n--a\n\n--a--\n",
            " multipart/mixed closed\n1 text/plain \"\"\n2 text/plain \"\"\n",
        );
    }

    #[test]
    fn a_digest_holds_messages() {
        let text = "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: x\n\ny\n--a--\n";
        let structure = walk(text.as_bytes(), "2");
        assert_eq!(structure.parts[1].kind, Kind::Message);
        assert_eq!(structure.parts[1].number, "2.1");
    }

    #[test]
    fn hostile_structures_stay_linear() {
        let nested: String = (0..10_000)
            .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
            .collect();
        let structure = walk(nested.as_bytes(), "");
        assert!(structure.beyond && structure.parts.len() <= MAX_DEPTH + 1);
        let wide = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned()
            + &"--a\nContent-Type: multipart/mixed; boundary=never\n\n".repeat(20_000);
        let structure = walk(wide.as_bytes(), "");
        assert!(structure.beyond && structure.parts.len() == MAX_PARTS);
    }
}
