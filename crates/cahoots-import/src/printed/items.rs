//! Documents to items: one for each message, or one for a document that has none.

use std::borrow::Cow;

use cahoots_record::{
    AccountKey, Attachment, Flags, Issue, Item, ItemId, ItemKind, Locator, Medium, Object,
    ObjectKind, Participant, Role, Selector, Severity, Sha256, Visibility, When,
};
use serde_json::{Map, Value, json};
use sha2::Digest;

use super::blocks;
use super::body;
use super::chain::{Head, Message};
use super::damage::Damage;
use super::dates::{self, Reading};
use super::documents::{Document, documents};
use super::labels::Field;
use super::names::{self, Printed};
use crate::extract;
use crate::importer::{Batch, Options};

/// Where a text was read from.
pub(crate) struct Origin<'a> {
    pub(crate) member: &'a str,
    pub(crate) place: Place<'a>,
}

/// How lines of the text lead back to bytes.
pub(crate) enum Place<'a> {
    /// The text is the member's bytes, line for line.
    Lines(&'a [u8]),
    /// The text was taken out of the member; pages and lines are counted in what was taken out.
    Whole {
        /// Digest of the member.
        sha256: Sha256,
        /// How the text was taken out, for `detail`.
        by: &'static str,
    },
}

/// Reads a text into `batch`: a document of it is an entry of the balance.
pub(crate) fn read(text: &str, origin: &Origin<'_>, options: &Options, batch: &mut Batch) {
    let text = &*plain(text);
    let starts = match origin.place {
        Place::Lines(bytes) => line_starts(bytes),
        Place::Whole { .. } => Vec::new(),
    };
    for document in documents(text) {
        let before = batch.issues.len();
        Reader { document: &document, origin, starts: &starts, options }.read(batch);
        let damaged = batch.issues[before..].iter().any(|issue| issue.severity != Severity::Note);
        batch.balance.found += 1;
        batch.balance.damaged += u64::from(damaged);
        batch.balance.read += u64::from(!damaged);
    }
}

/// A text without NUL bytes and without carriage returns in the middle of a line, line for line.
fn plain(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    if !memchr::memchr2_iter(b'\r', b'\0', bytes).any(|at| bytes[at] == b'\0' || lone(at)) {
        return Cow::Borrowed(text);
    }
    let clean = |(at, c): (usize, char)| match c {
        '\0' => char::REPLACEMENT_CHARACTER,
        '\r' if lone(at) => ' ',
        other => other,
    };
    Cow::Owned(text.char_indices().map(clean).collect())
}

/// Where each line starts, and where the last one ends.
fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at + 1));
    if starts.last() != Some(&bytes.len()) {
        starts.push(bytes.len());
    }
    starts
}

struct Reader<'r, 'a> {
    document: &'r Document<'a>,
    origin: &'r Origin<'r>,
    starts: &'r [usize],
    options: &'r Options,
}

/// People of one field of one message.
struct People {
    role: Role,
    field: Field,
    printed: Vec<Printed>,
    codes: Vec<String>,
}

impl Reader<'_, '_> {
    fn read(&self, batch: &mut Batch) {
        let messages = &self.document.chain.messages;
        let damage = self.damage();
        if damage.matters() {
            let (first, last) = self.extent();
            batch.issues.push(Issue {
                severity: Severity::Damaged,
                code: "damaged-text".to_owned(),
                locator: self.locator(first, last),
                what: format!(
                    "{} of {} lines ({} %) are not readable text: recognition failed on them",
                    damage.damaged,
                    damage.lines,
                    damage.percent()
                ),
                kept: "everything, as it was recognised".to_owned(),
            });
        }
        if messages.is_empty() {
            batch.items.push(self.whole_document());
            return;
        }
        let above =
            body::text(&self.document.lines, std::slice::from_ref(&self.document.chain.above), 0);
        let mut items: Vec<Item> = Vec::with_capacity(messages.len());
        // From the oldest on: each needs the names of those it quotes.
        for (at, message) in messages.iter().enumerate().rev() {
            let quoted = self.document.chain.quoted_by(at).len();
            let quoted = &items[items.len() - quoted..];
            let references = quoted.iter().filter_map(|item| item.native_id.clone()).collect();
            let item = self.message(at, message, references, batch);
            items.push(item);
        }
        items.reverse();
        if above.chars().filter(|c| c.is_alphabetic()).count() >= ABOVE {
            let range = self.document.chain.above.clone();
            let mut item = self.document_item(range, above, "stands above the first message");
            item.parent = items.first().map(|item| item.id);
            batch.items.push(item);
        } else if !above.is_empty()
            && let Some(detail) = items.first_mut().and_then(|item| item.detail.as_object_mut())
        {
            detail.insert("above".into(), above.into());
        }
        batch.items.append(&mut items);
    }

    fn damage(&self) -> Damage {
        let mut damage = Damage::default();
        self.document.lines.iter().filter(|line| line.is_text()).for_each(|l| damage.look(l.text));
        damage
    }

    /// Numbers of the first and last line.
    fn extent(&self) -> (u64, u64) {
        let number = |line: Option<&super::lines::Line<'_>>| line.map_or(1, |line| line.number);
        (number(self.document.lines.first()), number(self.document.lines.last()))
    }

    fn locator(&self, first: u64, last: u64) -> Locator {
        match self.origin.place {
            Place::Lines(_) => Locator::new(self.origin.member, Selector::Lines { first, last }),
            Place::Whole { .. } => {
                let mut locator = Locator::new(self.origin.member, Selector::Whole);
                locator.part = Some(format!("lines {first}-{last}"));
                locator
            }
        }
    }

    fn digest(&self, first: u64, last: u64) -> Sha256 {
        match self.origin.place {
            Place::Lines(bytes) => {
                let at = |line: u64| self.starts.get(line as usize).copied().unwrap_or(bytes.len());
                Sha256::of(&bytes[at(first - 1)..at(last)])
            }
            Place::Whole { sha256, .. } => sha256,
        }
    }

    fn detail(&self) -> Map<String, Value> {
        let mut detail = Map::new();
        let stamps = self.document.stamps.detail();
        if !stamps.is_empty() {
            detail.insert("document".into(), stamps.into());
        }
        if let Place::Whole { by, .. } = self.origin.place {
            detail.insert("read_by".into(), by.into());
        }
        detail
    }

    /// What names the document where nothing else can: its number, else its member.
    fn own_name(&self) -> &str {
        self.document.stamps.document.as_deref().unwrap_or(self.origin.member)
    }

    /// The member's own name, for a document with nothing on it that could be a title.
    fn file_name(&self) -> Option<String> {
        let name = self.origin.member.rsplit(['/', '\\']).next()?;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn whole_document(&self) -> Item {
        let lines = 0..self.document.lines.len();
        let text = body::text(&self.document.lines, std::slice::from_ref(&lines), 0);
        let why = if text.is_empty() {
            "nothing is printed on it but stamps"
        } else {
            "no header of an e-mail stands in it"
        };
        self.document_item(lines, text, why)
    }

    fn document_item(&self, range: std::ops::Range<usize>, text: String, why: &str) -> Item {
        let lines = &self.document.lines[range];
        let first = lines.first().map_or(1, |line| line.number);
        let last = lines.last().map_or(first, |line| line.number);
        let mut detail = self.detail();
        detail.insert("why".into(), format!("no message: {why}").into());
        let content_hash = letters_hash("printed-document/1", &[self.own_name()], &text);
        Item {
            id: ItemId::of("printed-document/1", &[content_hash.as_bytes()]),
            kind: ItemKind::File,
            medium: Medium::Other,
            visibility: Visibility::Private,
            native_id: None,
            when: When::unknown(),
            subject: title(&text).or_else(|| self.file_name()),
            language: extract::language(&text),
            participants: Vec::new(),
            objects: objects(&text),
            references: Vec::new(),
            conversation: None,
            parent: None,
            attachments: Vec::new(),
            flags: Flags::default(),
            content_hash,
            mih: None,
            detail: detail.into(),
            locator: self.locator(first, last),
            raw_sha256: self.digest(first, last),
            text,
        }
    }

    fn message(
        &self,
        at: usize,
        message: &Message,
        references: Vec<String>,
        batch: &mut Batch,
    ) -> Item {
        let lines = &self.document.lines;
        let total = self.document.chain.messages.len();
        let (head_first, head_last) = message.head.places();
        let zone = message.shown.first();
        let first = lines[head_first].number;
        let last = zone.map_or(lines[head_last].number, |zone| lines[zone.end - 1].number);
        let locator = self.locator(first, last);
        let text = body::text(lines, &message.shown, message.depth);
        let header = Header::of(&message.head);

        let mut detail = self.detail();
        detail.insert("position".into(), format!("{} of {total}", at + 1).into());
        detail.insert("header_lines".into(), json!([first, lines[head_last].number]));
        if !message.zones.is_empty() {
            let zones = message.zones.iter();
            let zones =
                zones.map(|zone| json!([lines[zone.start].number, lines[zone.end - 1].number]));
            detail.insert("body_lines".into(), zones.collect());
        }
        let recovered = at > 0;
        let (when, reading) = self.time(&header, &locator, batch);
        let mut printed = header.printed();
        if let Some(reading) = &reading {
            printed.insert("time".into(), reading.civil().into());
            if let Some(zone) = &reading.zone {
                printed.insert("zone".into(), zone.as_str().into());
            }
        }
        detail.insert("printed".into(), printed.into());
        let redactions = body::redactions(lines, &message.shown);
        if !redactions.is_empty() {
            detail.insert("redactions".into(), redactions.into());
        }

        let content_hash = self.identity(&header, reading.as_ref(), &text, recovered, at);
        let id = ItemId::of("printed/1", &[content_hash.as_bytes()]);
        let (participants, withheld) = participants(&header, &id);
        if !withheld.is_empty() {
            detail.insert("withheld".into(), withheld.into());
        }
        if !header.blank.is_empty() {
            detail.insert("blank".into(), header.blank.clone().into());
        }
        Item {
            id,
            kind: ItemKind::Message,
            medium: Medium::Email,
            visibility: Visibility::Private,
            native_id: Some(format!("printed:{id}")),
            when,
            subject: header.subject.clone().filter(|subject| !subject.is_empty()),
            language: extract::language(&text),
            participants,
            objects: objects(&text),
            references,
            conversation: None,
            parent: None,
            attachments: header.attachments.clone(),
            flags: Flags { recovered, ..Flags::default() },
            content_hash,
            mih: None,
            detail: detail.into(),
            locator,
            raw_sha256: self.digest(first, last),
            text,
        }
    }

    fn time(
        &self,
        header: &Header,
        locator: &Locator,
        batch: &mut Batch,
    ) -> (When, Option<Reading>) {
        let Some(raw) = header.sent.as_deref().filter(|raw| !raw.is_empty()) else {
            return (When::unknown(), None);
        };
        let mut issue = |code: &str, what: String, kept: &str| {
            batch.issues.push(Issue {
                severity: Severity::Note,
                code: code.to_owned(),
                locator: locator.clone(),
                what,
                kept: kept.to_owned(),
            });
        };
        let Some(reading) = dates::read(raw) else {
            let what = format!("the time «{raw}» cannot be read");
            issue("bad-date", what, "the message without a time, the words as printed");
            return (When { raw: Some(raw.to_owned()), ..When::unknown() }, None);
        };
        let released = self.document.stamps.year();
        if released.is_some_and(|released| reading.stated.year > released) {
            let what = format!("the time «{raw}» is later than the document's release: misread");
            issue("date-after-release", what, "the message without a time, the words as printed");
            return (When { raw: Some(raw.to_owned()), ..When::unknown() }, Some(reading));
        }
        if reading.other_weekday {
            let what = format!("the weekday in «{raw}» is not that of the date: one is misread");
            issue("weekday-differs", what, "the date, with low confidence");
        }
        if reading.mended {
            let what =
                format!("«{raw}» has letters where digits belong: read as {}", reading.civil());
            issue("misread-date", what, "the time as it was read, with low confidence");
        }
        if reading.either_way {
            let what = format!("in «{raw}» the day and the month could be the other way round");
            issue("ambiguous-date", what, "an interval that covers both readings");
        }
        let when = reading.when(raw, self.options.zone.as_ref());
        (when, Some(reading))
    }

    /// What makes two printings one and the same: everything printed, reduced to letters and
    /// digits, and whether it is the document's own message or a quoted one. Printings that
    /// differ more are joined later, by a rule over the whole record.
    fn identity(
        &self,
        header: &Header,
        reading: Option<&Reading>,
        text: &str,
        recovered: bool,
        at: usize,
    ) -> Sha256 {
        let civil = reading.map(Reading::civil).unwrap_or_default();
        let zone = reading.and_then(|reading| reading.zone.clone()).unwrap_or_default();
        let mut parts: Vec<String> =
            vec![civil, zone, header.sent.clone().unwrap_or_default(), recovered.to_string()];
        for people in &header.people {
            parts.push(people.field.name().to_owned());
            parts.extend(people.printed.iter().map(Printed::bare));
            parts.extend(people.codes.iter().cloned());
        }
        parts.push(header.subject.clone().unwrap_or_default());
        if reading.is_none() && text.chars().filter(|c| c.is_alphabetic()).count() < OWN_WORDS {
            // Without a time and with few words, only its place tells it from others.
            parts.push(self.own_name().to_owned());
            parts.push(at.to_string());
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        letters_hash("printed/1", &parts, text)
    }
}

/// Letters above the first message from which on they are an item of their own.
const ABOVE: usize = 40;

/// Letters from which on a text without a time identifies itself.
const OWN_WORDS: usize = 80;

/// A digest over parts and the letters and digits of a text, whatever the case.
fn letters_hash(domain: &str, parts: &[&str], text: &str) -> Sha256 {
    let mut hasher = sha2::Sha256::new();
    let mut letters = String::new();
    for part in std::iter::once(&domain).chain(parts) {
        letters.clear();
        letters.extend(part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        hasher.update((letters.len() as u64).to_le_bytes());
        hasher.update(letters.as_bytes());
    }
    letters.clear();
    letters.extend(text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
    hasher.update(letters.as_bytes());
    Sha256::from_bytes(hasher.finalize().into())
}

/// A header's values.
#[derive(Default)]
struct Header {
    people: Vec<People>,
    sent: Option<String>,
    subject: Option<String>,
    attachments: Vec<Attachment>,
    /// Labels that are printed with nothing behind them and no code beside them.
    blank: Vec<&'static str>,
    /// Fields withheld whole, with their codes.
    withheld: Vec<(Field, Vec<String>)>,
}

impl Header {
    fn of(head: &Head) -> Self {
        let mut header = Self::default();
        match head {
            Head::Block(block) => block.fields.iter().for_each(|printed| header.take(printed)),
            Head::Attribution(line) => {
                let printed = names::split(&line.who, true);
                if printed.is_empty() && !line.codes.is_empty() {
                    header.withheld.push((Field::From, line.codes.clone()));
                } else if printed.is_empty() {
                    header.blank.push(Field::From.name());
                }
                header.people.push(People {
                    role: Role::From,
                    field: Field::From,
                    printed,
                    codes: line.codes.clone(),
                });
                header.sent = Some(line.when.clone()).filter(|when| !when.is_empty());
            }
        }
        header
    }

    fn take(&mut self, field: &blocks::Printed) {
        let joined = field.value.split_whitespace().collect::<Vec<_>>().join(" ");
        let empty = !joined.chars().any(char::is_alphanumeric);
        match field.field {
            Field::From | Field::To | Field::Cc | Field::Bcc => {
                let role = match field.field {
                    Field::From => Role::From,
                    Field::To => Role::To,
                    Field::Cc => Role::Cc,
                    _ => Role::Bcc,
                };
                let printed = names::split(&field.value, field.field == Field::From);
                let codes = field.codes.clone();
                self.people.push(People { role, field: field.field, printed, codes });
            }
            Field::Sent => self.sent = Some(joined),
            Field::Subject => self.subject = Some(joined),
            Field::Attachments => {
                let names = field.value.split([';', '\n']).map(str::trim);
                self.attachments = names
                    .filter(|name| !name.is_empty())
                    .map(|name| Attachment {
                        name: name.to_owned(),
                        media_type: String::new(),
                        size: None,
                        sha256: None,
                    })
                    .collect();
            }
            Field::Other => {}
        }
        if empty && field.field != Field::Other {
            if field.codes.is_empty() {
                self.blank.push(field.field.name());
            } else {
                self.withheld.push((field.field, field.codes.clone()));
            }
        }
    }

    /// The values as printed, for whoever compares.
    fn printed(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for people in &self.people {
            let texts: Vec<&str> = people.printed.iter().map(|one| one.text.as_str()).collect();
            map.insert(people.field.name().into(), texts.into());
        }
        if let Some(sent) = &self.sent {
            map.insert("sent".into(), sent.as_str().into());
        }
        if let Some(subject) = &self.subject {
            map.insert("subject".into(), subject.as_str().into());
        }
        map
    }
}

/// Who took part. A value that is withheld is a participant of its own, which nothing joins to
/// any other: that somebody was there is known, and not who.
fn participants(header: &Header, id: &ItemId) -> (Vec<Participant>, Vec<Value>) {
    let mut participants = Vec::new();
    let mut withheld = Vec::new();
    for people in &header.people {
        for one in &people.printed {
            participants.push(Participant {
                account: one.account(),
                role: people.role,
                name: Some(one.name.clone()).filter(|name| !name.is_empty()),
            });
            if one.cut {
                let code = people.codes.join(", ");
                withheld.push(json!({
                    "field": people.field.name(), "what": "address", "of": one.name, "code": code
                }));
            }
        }
        let part = !people.codes.is_empty() && people.printed.iter().all(|one| !one.cut);
        if part {
            let code = people.codes.join(", ");
            let what = if people.printed.is_empty() { "value" } else { "part of the value" };
            withheld.push(json!({ "field": people.field.name(), "what": what, "code": code }));
            let native = format!(
                "{}/{}/{}",
                code.to_lowercase(),
                &id.to_string()[..16],
                people.field.name()
            );
            participants.push(Participant {
                account: AccountKey::other("withheld", &native),
                role: people.role,
                name: Some(format!("[withheld: {code}]")),
            });
        }
    }
    for (field, codes) in header.withheld.iter().filter(|(field, _)| !field.is_people()) {
        withheld.push(json!({ "field": field.name(), "what": "value", "code": codes.join(", ") }));
    }
    (participants, withheld)
}

fn objects(text: &str) -> Vec<Object> {
    let mut objects = extract::objects(text);
    if let Some(hash) = extract::text_hash(text) {
        objects.push(Object { kind: ObjectKind::Text, key: hash.to_string(), raw: None });
    }
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// The first line of a document that could be its title.
fn title(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| {
        line.chars().filter(|c| c.is_alphabetic()).count() >= 4 && !line.starts_with('[')
    })?;
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(120).collect())
}
