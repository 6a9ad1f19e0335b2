//! Which parts are the message's own text, which are attachments, which are messages.

use std::borrow::Cow;

use crate::mail::charset;
use crate::mail::html;
use crate::mail::mime::{Kind, Part, Structure};
use crate::mail::transfer;

/// The parts of a message, sorted by what becomes of them. Indices into `Structure::parts`.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Parts whose text is the message's, in order.
    pub(crate) text: Vec<usize>,
    /// Attached files, in order. Inline images count.
    pub(crate) attached: Vec<usize>,
    /// Attached messages, in order.
    pub(crate) messages: Vec<usize>,
    /// Calendar entries that are not the message's text.
    pub(crate) calendar: Vec<usize>,
    /// Whether an HTML version was passed over for the plain one.
    pub(crate) html_passed_over: bool,
}

/// Sorts the parts of a message.
pub(crate) fn choose(structure: &Structure<'_>, bytes: &[u8]) -> Choice {
    let parts = &structure.parts;
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for (index, part) in parts.iter().enumerate() {
        if let Some(parent) = part.parent {
            children[parent].push(index);
        }
    }
    let mut chooser = Chooser { parts, children, bytes, choice: Choice::default() };
    chooser.part(0, true);
    let mut choice = chooser.choice;
    // An invitation that came with no words of its own is the message.
    if choice.text.is_empty() && !choice.calendar.is_empty() {
        choice.text.push(choice.calendar.remove(0));
    } else {
        choice.attached.extend(choice.calendar.iter().copied());
        choice.attached.sort_unstable();
    }
    choice
}

/// How good a part is as the text of the message; lower is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Flavour {
    Plain,
    Html,
    Enriched,
    Other,
    None,
}

struct Chooser<'a> {
    parts: &'a [Part<'a>],
    children: Vec<Vec<usize>>,
    bytes: &'a [u8],
    choice: Choice,
}

impl Chooser<'_> {
    /// Takes in a part and what lies in it. With `wanted` false its text is one of several
    /// versions and another was chosen.
    fn part(&mut self, index: usize, wanted: bool) {
        let part = &self.parts[index];
        match part.kind {
            Kind::Message => self.choice.messages.push(index),
            Kind::Multipart if part.subtype() == "alternative" => {
                let children = self.children[index].clone();
                let best = children.iter().copied().min_by_key(|child| self.flavour(*child));
                for child in children {
                    self.part(child, wanted && Some(child) == best);
                }
            }
            Kind::Multipart => {
                for child in self.children[index].clone() {
                    self.part(child, wanted);
                }
            }
            Kind::Leaf if part.subtype() == "calendar" && part.main_type() == "text" => {
                self.choice.calendar.push(index);
            }
            Kind::Leaf => match (self.leaf_flavour(part), wanted) {
                (Flavour::None, _) => self.choice.attached.push(index),
                (_, true) => self.choice.text.push(index),
                (Flavour::Html, false) => self.choice.html_passed_over = true,
                (_, false) => {}
            },
        }
    }

    fn flavour(&self, index: usize) -> Flavour {
        let part = &self.parts[index];
        match part.kind {
            Kind::Message => Flavour::None,
            Kind::Multipart => self.children[index]
                .iter()
                .map(|child| self.flavour(*child))
                .min()
                .unwrap_or(Flavour::None),
            // A plain version left empty by a mailer that only thinks in HTML.
            Kind::Leaf if self.bytes[part.body.clone()].trim_ascii().is_empty() => Flavour::None,
            Kind::Leaf => self.leaf_flavour(part),
        }
    }

    /// What kind of text a leaf is; `None` for a file.
    fn leaf_flavour(&self, part: &Part<'_>) -> Flavour {
        let root = part.parent.is_none();
        if !root && (part.is_attached() || part.name().is_some()) {
            return Flavour::None;
        }
        if root && part.is_attached() && part.name().is_some() {
            return Flavour::None;
        }
        match (part.main_type(), part.subtype()) {
            ("text", "plain" | "") => Flavour::Plain,
            ("text", "html" | "x-html") | ("application", "xhtml+xml") => Flavour::Html,
            ("text", "enriched" | "richtext") => Flavour::Enriched,
            ("text", "rfc822-headers" | "calendar" | "vcard" | "x-vcard" | "directory") => {
                Flavour::None
            }
            ("text", _) => Flavour::Other,
            // PGP before there was multipart/signed.
            ("application", "pgp" | "x-pgp") => Flavour::Plain,
            ("multipart", _) => Flavour::Plain,
            ("application" | "image" | "audio" | "video" | "model" | "font" | "message", _) => {
                Flavour::None
            }
            // A type nobody knows on the only part there is: old mailers' words for text.
            _ if root => Flavour::Plain,
            _ => Flavour::None,
        }
    }
}

/// What decoding a part came upon.
#[derive(Default, Debug, PartialEq, Eq)]
pub(crate) struct Findings {
    /// Places where the transfer encoding is damaged.
    pub(crate) damage: usize,
    /// Charset that was guessed.
    pub(crate) guessed: Option<&'static str>,
    /// NUL bytes left out of the text.
    pub(crate) nul: bool,
}

/// A part's bytes as its sender meant them: `>From ` unquoted in an mbox, transfer encoding
/// undone.
pub(crate) fn decoded<'a>(
    part: &Part<'_>,
    bytes: &'a [u8],
    from_quoted: bool,
) -> (Cow<'a, [u8]>, usize) {
    let stored = &bytes[part.body.clone()];
    if from_quoted && part.encoding != transfer::Encoding::Base64 {
        match transfer::unquote_from(stored) {
            Cow::Borrowed(stored) => part.encoding.decode(stored),
            Cow::Owned(stored) => {
                let (bytes, damage) = part.encoding.decode(&stored);
                (Cow::Owned(bytes.into_owned()), damage)
            }
        }
    } else {
        part.encoding.decode(stored)
    }
}

/// Appends a part's text to `out`.
pub(crate) fn append_text(
    part: &Part<'_>,
    bytes: &[u8],
    from_quoted: bool,
    out: &mut String,
) -> Findings {
    let (decoded, damage) = decoded(part, bytes, from_quoted);
    let text = charset::decode(&decoded, part.charset());
    let findings = Findings {
        damage,
        guessed: text.guessed,
        nul: memchr::memchr(0, text.text.as_bytes()).is_some(),
    };
    let before = out.len();
    if before > 0 {
        out.push('\n');
    }
    match (part.main_type(), part.subtype()) {
        ("text", "html" | "x-html" | "enriched" | "richtext") | ("application", "xhtml+xml") => {
            push_lines(&html::to_text(&text.text), out);
        }
        // Nothing was declared, and it names itself.
        _ if part.content_type.is_none() && is_page(&text.text) => {
            push_lines(&html::to_text(&text.text), out);
        }
        ("text", "calendar") => push_lines(&unfold_calendar(&text.text), out),
        _ => push_lines(&text.text, out),
    }
    let length = out[before..].trim_end_matches(['\n', ' ', '\t']).len() + before;
    out.truncate(length);
    if !out.is_empty() {
        out.push('\n');
    }
    findings
}

/// Whether a text starts as a page of HTML does.
fn is_page(text: &str) -> bool {
    let head = text.trim_ascii_start().as_bytes();
    let starts = |mark: &[u8]| head.get(..mark.len()).is_some_and(|h| h.eq_ignore_ascii_case(mark));
    starts(b"<html") || starts(b"<!doctype html")
}

/// Appends text with `\n` line breaks and without NUL.
fn push_lines(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    if memchr::memchr2(b'\r', 0, bytes).is_none() {
        out.push_str(text);
        return;
    }
    let mut from = 0;
    for at in memchr::memchr2_iter(b'\r', 0, bytes) {
        out.push_str(&text[from..at]);
        if bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n') {
            out.push('\n');
        }
        from = at + 1;
    }
    out.push_str(&text[from..]);
}

/// A calendar entry with folded lines joined and escapes undone.
fn unfold_calendar(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    text.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
}

/// One line on a calendar entry: what, when, where.
pub(crate) fn calendar_summary(text: &str) -> String {
    let text = unfold_calendar(text);
    let mut out = String::new();
    for wanted in ["SUMMARY", "DTSTART", "DTEND", "LOCATION"] {
        let value = text.lines().take(2_000).find_map(|line| {
            let rest = line.strip_prefix(wanted)?;
            let (parameters, value) = rest.split_once(':')?;
            (parameters.is_empty() || parameters.starts_with(';')).then_some(value.trim())
        });
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            if !out.is_empty() {
                out.push_str(" | ");
            }
            out.extend(value.chars().take(200));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mime::walk;

    fn check(message: &str, text: &str, attached: &[&str]) {
        let structure = walk(message.as_bytes(), "");
        let choice = choose(&structure, message.as_bytes());
        let mut out = String::new();
        for index in &choice.text {
            append_text(&structure.parts[*index], message.as_bytes(), false, &mut out);
        }
        let numbers: Vec<&str> =
            choice.attached.iter().map(|index| structure.parts[*index].number.as_str()).collect();
        assert_eq!((out.as_str(), numbers.as_slice()), (text, attached), "{message}");
    }

    #[test]
    fn plain_is_preferred_unless_empty() {
        let alternative = |plain: &str| {
            format!(
                "Content-Type: multipart/alternative; boundary=a\n\n--a\n\n{plain}\n--a\n\
                 Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n\
                 <p>rich</p>\n--b\nContent-Type: image/png; name=x.png\n\nPNG\n--b--\n--a--\n"
            )
        };
        check(&alternative("plain"), "plain\n", &["2.2"]);
        check(&alternative(" "), "rich\n", &["2.2"]);
    }

    #[test]
    fn named_texts_are_files_and_unnamed_ones_are_read() {
        check(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\
             Content-Type: text/plain; name=notes.txt\n\nfile\n--a\n\ntwo\n--a--\n",
            "one\n\ntwo\n",
            &["2"],
        );
    }

    #[test]
    fn old_and_unknown_types_of_the_only_part_are_text() {
        check("Content-Type: text\n\nx\r\ny\0\n\n\n", "x\ny\n", &[]);
        check("Content-Type: X-Sun-Attachment\n\nx\n", "x\n", &[]);
        check("Content-Type: application/pgp; format=text\n\nx\n", "x\n", &[]);
        check("Content-Type: image/png\n\nx\n", "", &["1"]);
        check("Subject: x\n\n<HTML><b>x</b>\n", "x\n", &[]);
    }

    #[test]
    fn a_lone_invitation_is_the_text() {
        let entry =
            "BEGIN:VCALENDAR\nSUMMARY;LANGUAGE=en:Lunch\\, late\nDTSTART:20160302T\n 120000Z\n";
        check(
            &format!("Content-Type: text/calendar\n\n{entry}"),
            "BEGIN:VCALENDAR\nSUMMARY;LANGUAGE=en:Lunch, late\nDTSTART:20160302T120000Z\n",
            &[],
        );
        assert_eq!(calendar_summary(entry), "Lunch, late | 20160302T120000Z");
    }
}
