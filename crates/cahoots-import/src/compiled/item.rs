//! One entry to one item, as far as the entry alone tells.

use std::collections::BTreeSet;

use cahoots_record::{
    Attachment, Flags, Item, ItemId, ItemKind, Locator, Medium, Object, ObjectKind, Participant,
    Role, Sha256, Visibility,
};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::link;
use super::model::{Entry, EntryKind, Header, Notes, SCHEMA};
use super::people::{Network, People};
use super::{claims, coverage, times};
use crate::extract;

/// Keys whose texts `detail` keeps as they are.
const KEPT: [&str; 9] = [
    "certainty",
    "where",
    "quoted",
    "question",
    "hedge",
    "relation",
    "other_cause",
    "answered",
    "note",
];

/// What is known about the file when an entry is read.
pub(crate) struct Context<'a> {
    pub(crate) header: &'a Header,
    pub(crate) people: &'a People,
    /// The zone of the file, else the one that the person gave.
    pub(crate) zone: Option<&'a TimeZone>,
}

/// An item whose ties to other entries are still names.
pub(crate) struct Draft {
    pub(crate) item: Item,
    pub(crate) entry: EntryKind,
    pub(crate) id: Option<String>,
    pub(crate) detail: Map<String, Value>,
    pub(crate) answers: Vec<String>,
    pub(crate) forward_of: Vec<String>,
    pub(crate) answered_by: Vec<String>,
    /// Entries whose content it passes on to those who get it.
    pub(crate) tells_of: Vec<String>,
    pub(crate) relates_to: Vec<String>,
    /// Entries it bears on without being an answer to them.
    pub(crate) about: Vec<String>,
    pub(crate) published: Vec<String>,
}

/// Builds the item. `None` if the entry says nothing at all.
pub(crate) fn read(entry: &Entry, context: &Context<'_>, notes: &mut Notes) -> Option<Draft> {
    let mut fields = Fields::new(entry.fields.clone(), "");
    if fields.is_empty() {
        return None;
    }
    let time_fields = fields.split_off(times::KEYS);
    let mut detail = Map::new();
    let id = fields.text("id", notes);
    let (kind, medium, network) = form(entry.kind, &mut fields, notes);
    let mut open = fields.truth("recipients_open", notes);
    let people = people(&mut fields, context, &network, &mut open, notes);
    let native_id = fields.text("native_id", notes);
    let x_id = native_id.as_deref().filter(|id| {
        kind == ItemKind::Post
            && network == Network::X
            && !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
    });
    let time = times::read(time_fields, x_id, context.zone, notes);

    let subject = match fields.text("subject", notes) {
        Some(subject) => Some(subject),
        None => fields.text("title", notes),
    };
    let words = fields.text("text", notes);
    let summary = fields.text("summary", notes);
    let quoted = fields.text("quoted", notes);
    let text = words.clone().or_else(|| quoted.clone()).or_else(|| summary.clone());
    let flags = Flags {
        summary: words.is_none() && quoted.is_none() && summary.is_some(),
        ..Flags::default()
    };
    if !flags.summary {
        put(&mut detail, "summary", summary);
    }
    if words.is_some() {
        put(&mut detail, "quoted", quoted);
    }
    let told = match entry.kind {
        EntryKind::Conflict => Some(conflict(&mut fields, notes)),
        EntryKind::Coverage => {
            let (subject, text, row) = coverage::read(&mut fields, notes);
            detail.insert("coverage".to_owned(), row.into());
            Some((subject, text))
        }
        _ => None,
    };
    let (subject, text, flags) = match told {
        Some((subject, text)) => (Some(subject), text, Flags { summary: true, ..flags }),
        None => (subject, text.unwrap_or_default().replace("\r\n", "\n"), flags),
    };
    for key in KEPT {
        let value = fields.text(key, notes);
        put(&mut detail, key, value);
    }
    let retellings = fields.list("retellings", notes);
    if !retellings.is_empty() {
        detail.insert("retellings".to_owned(), retellings.into());
    }
    let visibility = visibility(entry.kind, &mut fields, notes);
    if open {
        detail.insert("recipients_open".to_owned(), true.into());
    }
    let (links, links_told) = link::links(&mut fields, notes);
    let mut named = link::named(&mut fields, &mut detail, notes);
    let conversation = fields.text("conversation", notes).or_else(|| pair(medium, &people));
    let attachments = attachments(&mut fields, notes);
    let mut other = tables(&mut fields, context, &mut detail, notes);
    let (answers, forward_of) = (fields.list("answers", notes), fields.list("forward_of", notes));
    let (answered_by, tells_of) =
        (fields.list("answered_by", notes), fields.list("tells_of", notes));
    let (relates_to, about) = (fields.list("relates_to", notes), fields.list("about", notes));
    let published = fields.list("published", notes);
    other.extend(fields.leftovers(notes));

    let mut head = Map::new();
    head.insert("schema".to_owned(), SCHEMA.into());
    head.insert("entry".to_owned(), entry.kind.name().into());
    put(&mut head, "id", id.clone());
    put(&mut head, "record", context.header.title.clone());
    put(&mut head, "record_note", context.header.note.clone());
    if !time.detail.is_empty() {
        head.insert("time".to_owned(), time.detail.into());
    }
    head.append(&mut detail);
    if !links_told.is_empty() {
        head.insert("links".to_owned(), links_told.into());
    }
    let told: Map<String, Value> = people
        .iter()
        .filter_map(|person| person.name.as_deref())
        .filter_map(|name| Some((name.to_owned(), context.people.told(name)?.clone())))
        .collect();
    if !told.is_empty() {
        head.insert("parties".to_owned(), told.into());
    }
    if !other.is_empty() {
        head.insert("other".to_owned(), other.into());
    }

    let by = |role: Role| -> Vec<&str> {
        let people = people.iter().filter(|person| person.role == role);
        people.map(|person| person.account.as_str()).collect()
    };
    let (from, to) = (by(Role::From).join("\n"), by(Role::To).join("\n"));
    let kind_name = entry.kind.name();
    let parts = [kind_name, &from, &to, &time.identity, subject.as_deref().unwrap_or(""), &text];
    let item_id = match x_id {
        Some(id) => ItemId::of("x/1", &[id.as_bytes()]),
        None => {
            let parts = [kind_name, id.as_deref().unwrap_or(""), &from, &to, &time.identity, &text];
            ItemId::of("compiled/1", &parts.map(str::as_bytes))
        }
    };
    let content_hash =
        Sha256::of(json!(["compiled-content/1", parts, links]).to_string().as_bytes());
    // The words of a summary are the compiler's, yet it names real links and handles; its hash
    // would say nothing.
    named.extend(extract::objects(&text));
    if let Some(hash) = extract::text_hash(&text).filter(|_| !flags.summary) {
        named.push(Object { kind: ObjectKind::Text, key: hash.to_string(), raw: None });
    }
    for link in &links {
        link::push_link(&mut named, link);
    }
    extract::tidy(&mut named);
    let objects = named;
    let item = Item {
        id: item_id,
        kind,
        medium,
        visibility,
        native_id: native_id.or_else(|| id.clone()),
        when: time.when,
        subject,
        language: extract::language(&text),
        objects,
        text,
        participants: people,
        references: Vec::new(),
        conversation,
        parent: None,
        attachments,
        flags,
        content_hash,
        mih: None,
        detail: Value::Null,
        locator: Locator::clone(notes.locator()),
        raw_sha256: entry.raw_sha256,
    };
    Some(Draft {
        item,
        entry: entry.kind,
        id,
        detail: head,
        answers,
        forward_of,
        answered_by,
        tells_of,
        relates_to,
        about,
        published,
    })
}

pub(crate) fn put(map: &mut Map<String, Value>, key: &str, value: Option<String>) {
    if let Some(value) = value {
        map.insert(key.to_owned(), value.into());
    }
}

/// What the item is, how it travelled, and on which network.
fn form(entry: EntryKind, fields: &mut Fields, notes: &mut Notes) -> (ItemKind, Medium, Network) {
    let platform = fields.text("platform", notes);
    let named = fields.text("medium", notes).and_then(|name| {
        let found = match name.to_lowercase().replace(['_', '-'], " ").as_str() {
            "dm" => Some(Medium::DirectMessage),
            "e mail" | "mail" => Some(Medium::Email),
            "retweet" | "share" => Some(Medium::Repost),
            "tweet" => Some(Medium::Post),
            name => Medium::from_name(name),
        };
        if found.is_none() {
            let names: Vec<_> = Medium::ALL.iter().map(|medium| medium.name()).collect();
            let what = format!("\"{name}\" is none of {}", names.join(", "));
            notes.damaged("bad-medium", "medium", &what, "the entry, with the word in detail");
            fields.keep("medium", name.into());
        }
        found
    });
    let (kind, usual) = match entry {
        EntryKind::Message => (ItemKind::Message, fields.message_medium()),
        EntryKind::Post if fields.has("reposted") || fields.has("repost_of") => {
            (ItemKind::Post, Medium::Repost)
        }
        EntryKind::Post => (ItemKind::Post, Medium::Post),
        EntryKind::Statement => (ItemKind::Statement, Medium::Publication),
        EntryKind::Article => (ItemKind::Article, Medium::Publication),
        _ => (ItemKind::Event, Medium::Other),
    };
    let medium = named.unwrap_or(usual);
    let network = Network::of(medium, platform.as_deref());
    if let Some(platform) = platform {
        fields.keep("platform", platform.into());
    }
    (kind, medium, network)
}

fn people(
    fields: &mut Fields,
    context: &Context<'_>,
    network: &Network,
    open: &mut bool,
    notes: &mut Notes,
) -> Vec<Participant> {
    let mut people = Vec::new();
    let roles = [
        ("from", Role::From),
        ("speaker", Role::From),
        ("author", Role::From),
        ("account", Role::From),
        ("sender", Role::Sender),
        ("to", Role::To),
        ("cc", Role::Cc),
        ("bcc", Role::Bcc),
        ("reposted", Role::Quoted),
    ];
    for (key, role) in roles {
        for text in fields.list(key, notes) {
            let mut name = text.as_str();
            if matches!(role, Role::To | Role::Cc | Role::Bcc) {
                let lower = text.to_lowercase();
                if ["others", "and others", "et al", "et al."].contains(&lower.as_str()) {
                    *open = true;
                    continue;
                }
                if lower.starts_with("including ") {
                    *open = true;
                    name = text.get("including ".len()..).unwrap_or_default().trim();
                }
            }
            people.push(context.people.participant(name, role, network, key, notes));
        }
    }
    people
}

/// The conversation of two accounts, where a medium has one channel between two.
fn pair(medium: Medium, people: &[Participant]) -> Option<String> {
    if !matches!(medium, Medium::DirectMessage | Medium::Chat) {
        return None;
    }
    let takes_part = people.iter().filter(|person| person.role != Role::Quoted);
    let keys: BTreeSet<&str> = takes_part.map(|person| person.account.as_str()).collect();
    match keys.into_iter().collect::<Vec<_>>().as_slice() {
        [a, b] => Some(format!("pair {a} {b}")),
        _ => None,
    }
}

fn visibility(entry: EntryKind, fields: &mut Fields, notes: &mut Notes) -> Visibility {
    let usual = match entry {
        EntryKind::Message => Visibility::Private,
        _ => Visibility::Public,
    };
    let Some(name) = fields.text("visibility", notes) else { return usual };
    Visibility::from_name(&name.to_lowercase()).unwrap_or_else(|| {
        let what = format!("\"{name}\" is neither private nor public");
        let kept = format!("the entry, as {usual}, with the word in detail");
        notes.damaged("bad-visibility", "visibility", &what, &kept);
        fields.keep("visibility", name.into());
        usual
    })
}

fn attachments(fields: &mut Fields, notes: &mut Notes) -> Vec<Attachment> {
    let mut list = Vec::new();
    for mut table in fields.tables("attachments", "name", notes) {
        let sha256 = table.text("sha256", notes).and_then(|text| {
            let digest = text.to_lowercase().parse().ok();
            if digest.is_none() {
                let what = format!("\"{text}\" is no SHA-256 of 64 hexadecimal digits");
                notes.damaged("bad-hash", &table.path("sha256"), &what, "the attachment");
            }
            digest
        });
        list.push(Attachment {
            name: table.text("name", notes).unwrap_or_default(),
            media_type: table.text("media_type", notes).unwrap_or_default().to_lowercase(),
            size: table.count("size", notes),
            sha256,
        });
        for (key, value) in table.leftovers(notes) {
            fields.keep(&format!("attachments.{key}"), value);
        }
    }
    list
}

/// The tables inside an entry; gives what in them is none of our keys.
fn tables(
    fields: &mut Fields,
    context: &Context<'_>,
    detail: &mut Map<String, Value>,
    notes: &mut Notes,
) -> Map<String, Value> {
    let mut other = Map::new();
    let mut keep = |path: String, rest: Map<String, Value>| {
        if !rest.is_empty() {
            other.insert(path, rest.into());
        }
    };
    if let Some(mut asked) = fields.table("asked", notes) {
        let mut told = Map::new();
        for key in ["kind", "act", "what", "object", "of", "note"] {
            let value = asked.text(key, notes);
            put(&mut told, key, value);
        }
        detail.insert("asked".to_owned(), told.into());
        keep("asked".to_owned(), asked.leftovers(notes));
    }
    let mut conflicts = Vec::new();
    for mut table in fields.tables("conflict", "value", notes) {
        let mut told = Map::new();
        for key in ["field", "value", "publication", "note"] {
            let value = table.text(key, notes);
            put(&mut told, key, value);
        }
        conflicts.push(Value::Object(told));
        keep(table.path("").trim_end_matches('.').to_owned(), table.leftovers(notes));
    }
    if !conflicts.is_empty() {
        detail.insert("other_values".to_owned(), conflicts.into());
    }
    let mut wordings = Vec::new();
    for mut table in fields.tables("wording", "words", notes) {
        let mut told = Map::new();
        for key in ["words", "publication", "note"] {
            let value = table.text(key, notes);
            put(&mut told, key, value);
        }
        wordings.push(Value::Object(told));
        keep(table.path("").trim_end_matches('.').to_owned(), table.leftovers(notes));
    }
    if !wordings.is_empty() {
        detail.insert("wordings".to_owned(), wordings.into());
    }
    let mut read = Vec::new();
    for table in fields.tables("claim", "reading", notes) {
        let path = table.path("").trim_end_matches('.').to_owned();
        let (claim, rest) = claims::read(table, context.people, notes);
        read.push(json!(claim));
        keep(path, rest);
    }
    if !read.is_empty() {
        detail.insert("claims".to_owned(), read.into());
    }
    other
}

/// Subject and text of a conflict between publications.
fn conflict(fields: &mut Fields, notes: &mut Notes) -> (String, String) {
    let on = fields.text("on", notes).unwrap_or_else(|| "not said on what".to_owned());
    let mut lines = Vec::new();
    for key in ["a", "b"] {
        if let Some(value) = fields.text(key, notes) {
            lines.push(value);
        }
    }
    for mut value in fields.tables("value", "value", notes) {
        let text = value.text("value", notes).unwrap_or_default();
        let published = value.list("published", notes).join(", ");
        lines.push(if published.is_empty() { text } else { format!("{text} ({published})") });
        for (key, rest) in value.leftovers(notes) {
            fields.keep(&format!("value.{key}"), rest);
        }
    }
    if lines.len() < 2 {
        let what = "has fewer than two values; a conflict needs a and b";
        notes.damaged("one-value", "", what, "the entry");
    }
    let letters = ('A'..='Z').chain(std::iter::repeat('…'));
    let mut text: Vec<String> =
        letters.zip(lines).map(|(letter, line)| format!("{letter}: {line}")).collect();
    if let Some(resolution) = fields.text("resolution", notes) {
        text.push(format!("Resolution: {resolution}"));
    }
    (format!("conflict between publications: {on}"), text.join("\n"))
}
