//! One stored message to items: the message itself, and every message attached to it.

use std::collections::BTreeSet;

use cahoots_record::{
    Attachment, Flags, Issue, Item, ItemId, ItemKind, Locator, Medium, Object, ObjectKind, Role,
    Severity, Sha256, Visibility,
};
use serde_json::{Map, Value};

use crate::extract;
use crate::importer::{Batch, Options};
use crate::mail::addresses::{self, Participants};
use crate::mail::body::{self, Choice};
use crate::mail::hashes::{self, Content};
use crate::mail::header::Block;
use crate::mail::mime::{self, Kind, Structure};
use crate::mail::stamp::Clocks;
use crate::mail::stored::Whole;
use crate::mail::{tnef, words};

/// Deepest nesting of attached messages that become items.
pub(crate) const MAX_NESTING: usize = 8;

/// Ids kept of `References` and `In-Reply-To`.
const MAX_REFERENCES: usize = 1_000;

/// One message as it lies in an archive.
pub(crate) struct Original<'a> {
    /// Its bytes, or the first [`MAX_MESSAGE`](crate::mail::MAX_MESSAGE) of them.
    pub(crate) bytes: &'a [u8],
    /// What to know of the whole, if `bytes` is not all.
    pub(crate) whole: Option<Whole>,
    /// Where it stands.
    pub(crate) locator: Locator,
    /// Sender and date on the envelope line.
    pub(crate) envelope: Option<(&'a str, &'a str)>,
    /// Whether body lines that start with `From ` were quoted with `>`.
    pub(crate) from_quoted: bool,
    /// Modification time of its own file.
    pub(crate) file_time: Option<i64>,
    /// What the mailbox says of it: folder, flags.
    pub(crate) detail: Map<String, Value>,
}

/// Reads one message into `batch`. Returns whether it was read with a doubt (an issue of severity
/// `damaged` or worse). The caller keeps the balance: attached messages are not entries.
pub(crate) fn read(original: Original<'_>, options: &Options, batch: &mut Batch) -> bool {
    let before = batch.issues.len();
    Reader { original, options, parent: None, depth: 0, prefix: String::new() }.read(batch);
    batch.issues[before..].iter().any(|issue| issue.severity != Severity::Note)
}

struct Reader<'a, 'o> {
    original: Original<'a>,
    options: &'o Options,
    parent: Option<ItemId>,
    depth: usize,
    /// Part number of this message in the one it came attached to.
    prefix: String,
}

/// The header fields that make an item, found in one pass.
#[derive(Default)]
struct Fields<'a> {
    from: Vec<&'a [u8]>,
    sender: Vec<&'a [u8]>,
    to: Vec<&'a [u8]>,
    cc: Vec<&'a [u8]>,
    bcc: Vec<&'a [u8]>,
    subject: Option<&'a [u8]>,
    message_id: Option<&'a [u8]>,
    references: Option<&'a [u8]>,
    in_reply_to: Option<&'a [u8]>,
    list_id: Option<&'a [u8]>,
    is_list: bool,
    automated: bool,
    clocks: Clocks<'a>,
    /// Fields kept for `detail`, with the name used there.
    noted: Vec<(&'static str, &'a [u8])>,
    /// Fields too long to be read whole.
    long: usize,
}

impl<'a> Fields<'a> {
    fn of(bytes: &'a [u8], block: &Block) -> Self {
        let mut fields = Self::default();
        let mut lower = [0u8; 24];
        for field in &block.fields {
            let name = &bytes[field.name.clone()];
            let Some(lower) = lower.get_mut(..name.len()) else { continue };
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            fields.take(lower, &bytes[field.value.clone()]);
        }
        fields
    }

    fn take(&mut self, name: &[u8], value: &'a [u8]) {
        let is_list = matches!(name, b"from" | b"sender" | b"to" | b"cc" | b"bcc");
        self.long += usize::from(value.len() > words::MAX_VALUE && !is_list);
        let mut note = |name| self.noted.push((name, value));
        match name {
            b"from" => self.from.push(value),
            b"sender" => self.sender.push(value),
            b"to" | b"apparently-to" => self.to.push(value),
            b"cc" => self.cc.push(value),
            b"bcc" => self.bcc.push(value),
            b"subject" => self.subject = self.subject.or(Some(value)),
            b"message-id" => self.message_id = self.message_id.or(Some(value)),
            b"references" => self.references = self.references.or(Some(value)),
            b"in-reply-to" => self.in_reply_to = self.in_reply_to.or(Some(value)),
            b"date" => self.clocks.date.push(value),
            b"received" => self.clocks.received.push(value),
            b"list-id" => {
                self.list_id = self.list_id.or(Some(value));
                self.is_list = true;
            }
            b"list-post" | b"mailing-list" | b"list-unsubscribe" => {
                self.is_list = true;
                note(match name {
                    b"list-post" => "list_post",
                    b"mailing-list" => "mailing_list",
                    _ => "list_unsubscribe",
                });
            }
            b"precedence" => {
                let value = value.trim_ascii();
                self.automated |= ["bulk", "list", "junk", "auto_reply"]
                    .iter()
                    .any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
            }
            b"auto-submitted" => {
                self.automated |= !value.trim_ascii().eq_ignore_ascii_case(b"no");
                note("auto_submitted");
            }
            b"x-autoreply" | b"x-autorespond" => self.automated = true,
            b"reply-to" => note("reply_to"),
            b"x-mailer" => note("x_mailer"),
            b"user-agent" => note("user_agent"),
            b"organization" | b"organisation" => note("organization"),
            b"return-path" => note("return_path"),
            b"delivered-to" => note("delivered_to"),
            b"resent-from" => note("resent_from"),
            b"resent-sender" => note("resent_sender"),
            b"resent-to" => note("resent_to"),
            b"resent-cc" => note("resent_cc"),
            b"resent-date" => note("resent_date"),
            b"resent-message-id" => note("resent_message_id"),
            b"x-originating-ip" => note("x_originating_ip"),
            b"x-gmail-labels" => note("gmail_labels"),
            b"x-gm-thrid" => note("gmail_thread"),
            b"keywords" => note("keywords"),
            _ => {}
        }
    }
}

impl Reader<'_, '_> {
    fn read(self, batch: &mut Batch) -> ItemId {
        let bytes = self.original.bytes;
        let structure = mime::walk(bytes, &self.prefix);
        let choice = body::choose(&structure, bytes);
        let mut issues = Issues { locator: &self.original.locator, list: &mut batch.issues };
        let mut detail = self.original.detail.clone();
        let block = &structure.parts[0].block;
        let fields = Fields::of(bytes, block);
        self.structure_issues(&structure, block, &mut issues);
        if fields.long > 0 {
            issues.damaged(
                "long-field",
                format!("{} header fields are longer than {} bytes", fields.long, words::MAX_VALUE),
                "their beginning".to_owned(),
            );
        }

        let mut flags = Flags {
            automated: fields.automated || fields.is_list || is_report(&structure),
            cut: self.original.whole.is_some(),
            ..Flags::default()
        };
        let text = self.text(&structure, &choice, &mut issues);
        let attachments = self.attachments(&structure, &choice, &mut detail, &mut issues);
        if choice.html_passed_over {
            detail.insert("html".into(), Value::Bool(true));
        }
        if has_calendar(&structure) {
            flags.automated = true;
        }

        let mut participants = Participants::default();
        for (values, role) in [
            (&fields.from, Role::From),
            (&fields.sender, Role::Sender),
            (&fields.to, Role::To),
            (&fields.cc, Role::Cc),
            (&fields.bcc, Role::Bcc),
        ] {
            for value in values {
                participants.header(value, role);
            }
        }
        drop_repeated_sender(&mut participants);
        if participants.beyond > 0 {
            issues.damaged(
                "too-many-recipients",
                format!("{} addressees beyond the limit", participants.beyond),
                format!("the first {} participants", participants.list.len()),
            );
        }

        let mut clocks = fields.clocks;
        clocks.envelope = self.original.envelope.map(|(_, date)| date);
        clocks.file = self.original.file_time;
        let dates = clocks.date.len();
        let stamp = clocks.stamp(self.options.zone.as_ref());
        if let Some((severity, what)) = stamp.issue {
            let kept = match stamp.when.sort_key() {
                Some(_) => format!("the time by its {}", stamp.when.basis),
                None => "the message, without a time".to_owned(),
            };
            issues.push(severity, if dates == 0 { "no-date" } else { "bad-date" }, what, kept);
        }

        let subject = fields
            .subject
            .map(|value| words::decode(value).into_owned())
            .filter(|subject| !subject.is_empty());
        let message_id = fields.message_id.and_then(message_id);
        if fields.from.is_empty() && fields.subject.is_none() {
            let what = match block.fields.is_empty() {
                true => "no header fields",
                false => "neither From nor Subject",
            };
            issues.note("no-from-no-subject", what.to_owned(), "the message as it is".to_owned());
        }

        let recipients = || {
            participants
                .list
                .iter()
                .filter(|p| matches!(p.role, Role::To | Role::Cc | Role::Bcc))
                .map(|p| p.account.as_str())
                .collect::<Vec<_>>()
        };
        let from = participants.first(Role::From).or(participants.first(Role::Sender));
        let mut content = Content {
            date: &stamp.key,
            from: from.map_or("", |account| account.as_str()),
            recipients: recipients(),
            subject: subject.as_deref().unwrap_or_default(),
            text: &text,
            attachments: &attachments,
        };
        let content_hash = content.hash();
        let (id, mih) = match &message_id {
            Some(message_id) => {
                (hashes::item_id(message_id, &content_hash), Some(hashes::mih(message_id)))
            }
            None => {
                let delivered = stamp.when.sort_key().map(|at| at.seconds().to_string());
                let delivered = delivered.unwrap_or_default();
                if dates == 0 {
                    content.date = &delivered;
                }
                (content.id(), None)
            }
        };

        let from_address = participants.first(Role::From).map(|from| from.native().to_owned());
        let conversation = fields.list_id.map(|value| list_name(&words::decode(value)));
        for (name, value) in &fields.noted {
            note(&mut detail, name, addresses::plain(value));
        }
        if let Some(value) = fields.list_id {
            note(&mut detail, "list", addresses::plain(value));
        }
        if let Some((sender, _)) = self.original.envelope
            && !matches!(sender, "" | "-")
            && from_address.as_deref() != Some(sender.to_ascii_lowercase().as_str())
        {
            note(&mut detail, "envelope_sender", sender.to_owned());
        }
        if !participants.groups.is_empty() {
            let groups = std::mem::take(&mut participants.groups);
            detail.insert("groups".into(), groups.into_iter().map(Value::String).collect());
        }
        if dates != 1 {
            detail.insert("date_headers".into(), Value::from(dates));
        }
        if let Some(unused) = stamp.unused {
            note(&mut detail, "date", unused);
        }

        let public = self.options.public_list;
        let item = Item {
            id,
            kind: ItemKind::Message,
            medium: Medium::Email,
            visibility: if public { Visibility::Public } else { Visibility::Private },
            references: references(&fields.references, &fields.in_reply_to, message_id.as_deref()),
            native_id: message_id,
            when: stamp.when,
            language: extract::language(&text),
            objects: objects(&text, &attachments),
            subject,
            text,
            participants: participants.list,
            conversation,
            parent: self.parent,
            attachments,
            flags,
            content_hash,
            mih,
            detail: if detail.is_empty() { Value::Null } else { Value::Object(detail) },
            locator: self.original.locator.clone(),
            raw_sha256: match self.original.whole {
                Some(whole) => whole.sha256,
                None => Sha256::of(bytes),
            },
        };
        batch.items.push(item);
        self.attached_messages(id, &structure, &choice, batch);
        id
    }

    fn structure_issues(&self, structure: &Structure<'_>, block: &Block, issues: &mut Issues<'_>) {
        if let Some(whole) = self.original.whole {
            issues.damaged(
                "too-large",
                format!("the message has {} bytes", whole.length),
                format!(
                    "text and attachments of the first {} bytes; the digest is of all of them",
                    self.original.bytes.len()
                ),
            );
        }
        if block.beyond > 0 {
            issues.damaged(
                "header-bomb",
                format!("{} header fields beyond the limit", block.beyond),
                format!("the first {} header fields", block.fields.len()),
            );
        }
        if block.garbage > 0 {
            let what = format!("{} stray lines among the header fields", block.garbage);
            issues.note("header-garbage", what, "the fields around them".to_owned());
        }
        if !block.ended && !block.fields.is_empty() {
            let what = "the header fields do not end: no empty line, no body".to_owned();
            issues.damaged("truncated", what, "the header fields".to_owned());
        }
        if block.implicit_end && !block.fields.is_empty() {
            let what = "no empty line between header fields and text".to_owned();
            issues.note(
                "no-separator",
                what,
                "the text from the first line that is no field".into(),
            );
        }
        if structure.beyond {
            issues.damaged(
                "too-many-parts",
                "more MIME parts, or deeper ones, than are read".to_owned(),
                format!("the first {} parts", structure.parts.len()),
            );
        }
        let open = structure.parts.iter().filter(|part| part.kind == Kind::Multipart);
        let open = open.filter(|part| !part.closed).count();
        if open > 0 && !structure.beyond && self.original.whole.is_none() {
            let what = format!("{open} MIME boundaries never close: cut off, or badly made");
            issues.damaged("open-boundary", what, "the parts up to the end".to_owned());
        }
        let bad = structure.parts.iter().filter(|part| part.bad_type).count();
        if bad > 0 {
            let what = format!("{bad} Content-Type fields that name no media type");
            issues.note("bad-content-type", what, "the parts as text".to_owned());
        }
        let lost = structure.parts.iter().any(|part| {
            part.main_type() == "multipart" && part.kind == Kind::Leaf && !structure.beyond
        });
        if lost {
            let what = "a multipart without a usable boundary".to_owned();
            issues.damaged("no-boundary", what, "its bytes as text".to_owned());
        }
    }

    /// The message's own text.
    fn text(&self, structure: &Structure<'_>, choice: &Choice, issues: &mut Issues<'_>) -> String {
        let mut text = String::new();
        let mut guessed = BTreeSet::new();
        let (mut damage, mut nul) = (0, false);
        for index in &choice.text {
            let part = &structure.parts[*index];
            let findings =
                body::append_text(part, self.original.bytes, self.original.from_quoted, &mut text);
            damage += findings.damage;
            nul |= findings.nul;
            guessed.extend(findings.guessed);
        }
        if !guessed.is_empty() {
            let names = guessed.into_iter().collect::<Vec<_>>().join(", ");
            issues.note(
                "charset-guessed",
                "the charset is not declared, unknown or wrong".to_owned(),
                format!("the text read as {names}"),
            );
        }
        if damage > 0 {
            let what = format!("the transfer encoding of the text is damaged in {damage} places");
            issues.damaged("bad-encoding", what, "what could be decoded".to_owned());
        }
        if nul {
            let what = "NUL bytes in the text".to_owned();
            issues.note("nul-bytes", what, "the text without them".to_owned());
        }
        text
    }

    fn attachments(
        &self,
        structure: &Structure<'_>,
        choice: &Choice,
        detail: &mut Map<String, Value>,
        issues: &mut Issues<'_>,
    ) -> Vec<Attachment> {
        let mut list = Vec::new();
        let mut damage = 0;
        let mut indices: Vec<usize> =
            choice.attached.iter().chain(&choice.messages).copied().collect();
        indices.sort_unstable();
        for index in indices {
            let part = &structure.parts[index];
            // The select of a part knows no mbox: attached messages stay as they are stored.
            let unquote = self.original.from_quoted && part.kind != Kind::Message;
            let (bytes, part_damage) = body::decoded(part, self.original.bytes, unquote);
            damage += part_damage;
            list.push(Attachment {
                name: part.name().unwrap_or_default(),
                media_type: match part.kind {
                    Kind::Message => "message/rfc822".to_owned(),
                    _ => part.media_type(),
                },
                size: Some(bytes.len() as u64),
                sha256: Some(Sha256::of(&bytes)),
            });
            if choice.calendar.contains(&index) {
                let text = crate::mail::charset::decode(&bytes, part.charset());
                note(detail, "calendar", body::calendar_summary(&text.text));
            }
            if tnef::is_tnef(&bytes) {
                let (files, whole) = tnef::list(&bytes);
                let names = files.iter().map(|file| Value::from(file.name.as_str())).collect();
                detail.insert("tnef".into(), Value::Array(names));
                list.extend(files);
                if !whole {
                    let what = "winmail.dat ends in the middle of an entry".to_owned();
                    issues.damaged("bad-tnef", what, "the files before it".to_owned());
                }
            }
        }
        if damage > 0 {
            let what =
                format!("the transfer encoding of attachments is damaged in {damage} places");
            issues.damaged("bad-encoding", what, "what could be decoded".to_owned());
        }
        list
    }

    /// Every attached message becomes an item of its own, tied to its parent.
    fn attached_messages(
        &self,
        id: ItemId,
        structure: &Structure<'_>,
        choice: &Choice,
        batch: &mut Batch,
    ) {
        for index in &choice.messages {
            let part = &structure.parts[*index];
            let mut locator = self.original.locator.clone();
            locator.part = Some(part.number.clone());
            if self.depth >= MAX_NESTING {
                let mut issues = Issues { locator: &locator, list: &mut batch.issues };
                issues.damaged(
                    "nested-too-deep",
                    format!("messages attached to messages more than {MAX_NESTING} deep"),
                    "the message as an attachment of the one above".to_owned(),
                );
                continue;
            }
            let (bytes, _) = body::decoded(part, self.original.bytes, false);
            let original = Original {
                bytes: &bytes,
                whole: None,
                locator,
                envelope: None,
                from_quoted: self.original.from_quoted
                    && part.encoding == crate::mail::transfer::Encoding::Identity,
                file_time: None,
                detail: Map::new(),
            };
            Reader {
                original,
                options: self.options,
                parent: Some(id),
                depth: self.depth + 1,
                prefix: part.number.clone(),
            }
            .read(batch);
        }
    }
}

/// Collects issues at one place.
struct Issues<'a> {
    locator: &'a Locator,
    list: &'a mut Vec<Issue>,
}

impl Issues<'_> {
    fn push(&mut self, severity: Severity, code: &str, what: String, kept: String) {
        let locator = self.locator.clone();
        self.list.push(Issue { severity, code: code.to_owned(), locator, what, kept });
    }

    fn note(&mut self, code: &str, what: String, kept: String) {
        self.push(Severity::Note, code, what, kept);
    }

    fn damaged(&mut self, code: &str, what: String, kept: String) {
        self.push(Severity::Damaged, code, what, kept);
    }
}

fn note(detail: &mut Map<String, Value>, name: &str, value: String) {
    if !value.is_empty() && !detail.contains_key(name) {
        detail.insert(name.to_owned(), Value::String(value));
    }
}

fn is_report(structure: &Structure<'_>) -> bool {
    structure.parts[0].main_type() == "multipart" && structure.parts[0].subtype() == "report"
}

fn has_calendar(structure: &Structure<'_>) -> bool {
    structure.parts.iter().any(|p| p.main_type() == "text" && p.subtype() == "calendar")
}

/// A `Sender` that repeats `From` says nothing.
fn drop_repeated_sender(participants: &mut Participants) {
    let Some(from) = participants.first(Role::From).cloned() else { return };
    participants.list.retain(|p| p.role != Role::Sender || p.account != from);
}

/// The id in a `Message-ID` field, without brackets.
fn message_id(value: &[u8]) -> Option<String> {
    let text = words::unfold(value);
    let id = match text.split_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(rest, |(id, _)| id),
        None => text.split_whitespace().next().unwrap_or_default(),
    };
    let id = id.trim();
    (!id.is_empty() && id.len() <= 1_000).then(|| id.to_owned())
}

/// Ids of the messages this one answers, parent last.
fn references(
    references: &Option<&[u8]>,
    in_reply_to: &Option<&[u8]>,
    own: Option<&str>,
) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for value in [references, in_reply_to].into_iter().flatten() {
        for id in ids(&words::unfold(value)) {
            if Some(id) == own || list.len() >= MAX_REFERENCES {
                continue;
            }
            if seen.insert(id.to_owned()) {
                list.push(id.to_owned());
            }
        }
    }
    // The parent goes last although `References` may name it earlier.
    if let Some(value) = in_reply_to {
        let value = words::unfold(value);
        let mut parents = ids(&value);
        if let (Some(parent), None) = (parents.next(), parents.next())
            && let Some(at) = list.iter().position(|id| id == parent)
        {
            let parent = list.remove(at);
            list.push(parent);
        }
    }
    list
}

fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|rest| {
        let id = rest.split_once('>')?.0.trim();
        (!id.is_empty() && id.len() <= 1_000 && !id.contains(char::is_whitespace)).then_some(id)
    })
}

/// The name inside a `List-Id`.
fn list_name(value: &str) -> String {
    let name = match value.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(rest, |(name, _)| name),
        None => value,
    };
    name.trim().to_lowercase()
}

fn objects(text: &str, attachments: &[Attachment]) -> Vec<Object> {
    let mut objects = extract::objects(text);
    for attachment in attachments {
        if let Some(sha256) = attachment.sha256 {
            let raw = (!attachment.name.is_empty()).then(|| attachment.name.clone());
            objects.push(Object { kind: ObjectKind::Attachment, key: sha256.to_string(), raw });
        }
    }
    if let Some(hash) = extract::text_hash(text) {
        objects.push(Object { kind: ObjectKind::Text, key: hash.to_string(), raw: None });
    }
    objects.sort_unstable();
    objects.dedup();
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_out_of_what_surrounds_them() {
        assert_eq!(message_id(b" <a@b> (added by x)\n").unwrap(), "a@b");
        assert_eq!(message_id(b"a@b\n").unwrap(), "a@b");
        assert_eq!(message_id(b" <>\n"), None);
        assert_eq!(message_id(b" <a@b\n").unwrap(), "a@b");
    }

    #[test]
    fn the_parent_comes_last() {
        let check = |refs: &str, parent: &str, expected: &[&str]| {
            let found = references(&Some(refs.as_bytes()), &Some(parent.as_bytes()), Some("own@x"));
            assert_eq!(found, expected);
        };
        check("<a@x>\n <b@x> <a@x>", "<c@x>", &["a@x", "b@x", "c@x"]);
        check("<a@x> <b@x>", "<a@x>", &["b@x", "a@x"]);
        check("", "Your message of Monday <a@x>", &["a@x"]);
        check("<own@x> <a@x>", "Ann's letter", &["a@x"]);
    }

    #[test]
    fn list_names() {
        assert_eq!(list_name("\"The Friends\" <Friends.example.org>"), "friends.example.org");
        assert_eq!(list_name("friends.example.org"), "friends.example.org");
    }
}
