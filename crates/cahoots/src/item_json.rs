//! An item as JSON: the same keys wherever one is printed.

use cahoots_record::{
    AccountKey, Attachment, Basis, Confidence, Flags, Item, ItemId, ItemKind, Medium, Object,
    Participant, Precision, Role, Visibility, When,
};
use cahoots_store::{Case, StoredItem};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One line of a result list, with the keys that scripts rely on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Line {
    /// The item's lasting name.
    #[schema(value_type = String)]
    pub id: ItemId,
    /// The value it is sorted by, in UTC.
    pub time: Option<String>,
    /// When, with its doubt.
    pub when: WhenSaid,
    pub kind: ItemKind,
    pub medium: Medium,
    pub visibility: Visibility,
    /// Authors, with their accounts.
    pub from: Vec<String>,
    /// Addressees and members of the group.
    pub to: Vec<String>,
    /// Addressees of copies.
    pub cc: Vec<String>,
    pub subject: Option<String>,
    /// The stretch of text that shows why it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<String>,
    /// The archive's name.
    pub archive: String,
    /// Where it stands in the archive.
    pub locator: String,
    /// The platform's own id.
    pub native_id: Option<String>,
    pub flags: Flags,
}

/// When something happened, as an interval with its basis.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhenSaid {
    /// Not before this instant.
    pub earliest: Option<String>,
    /// Not after this instant.
    pub latest: Option<String>,
    /// Offset from UTC as it was stated.
    pub offset_seconds: Option<i32>,
    pub precision: Precision,
    pub basis: Basis,
    pub confidence: Confidence,
    /// What the clock or calendar read, where nothing tells its zone: `2016-10-12T13:31:00`.
    pub reading: Option<String>,
    /// The text it was read from.
    pub raw: Option<String>,
}

/// The whole item, without headers and copies.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Whole {
    #[serde(flatten)]
    pub line: Line,
    /// Text as its reader saw it, without markup.
    pub text: String,
    /// ISO 639-3 code of the detected language.
    pub language: Option<String>,
    pub participants: Vec<TakesPart>,
    /// What it refers to.
    pub objects: Vec<Object>,
    /// Native ids of the items it answers, parent last.
    pub references: Vec<String>,
    /// The platform's conversation, channel or group.
    pub conversation: Option<String>,
    /// The item it came attached to.
    #[schema(value_type = Option<String>)]
    pub parent: Option<ItemId>,
    pub attachments: Vec<Attachment>,
    /// Digest that copies share although their transport headers differ.
    pub content_sha256: String,
    /// EDRM Message Identification Hash.
    pub mih: Option<String>,
    /// Digest of the original bytes.
    pub raw_sha256: String,
    /// What the format knows beyond this.
    pub detail: Value,
}

/// Somebody on an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakesPart {
    pub account: AccountKey,
    pub role: Role,
    /// The name printed beside the account.
    pub name: Option<String>,
}

/// The line of an item.
pub fn line(case: &Case, stored: &StoredItem, snippet: Option<&str>) -> Line {
    let item = &stored.item;
    Line {
        id: item.id,
        time: item.when.sort_key().map(|time| time.to_string()),
        when: when(&item.when),
        kind: item.kind,
        medium: item.medium,
        visibility: item.visibility,
        from: people(item, &[Role::From]),
        to: people(item, &[Role::To, Role::Member]),
        cc: people(item, &[Role::Cc]),
        subject: item.subject.clone(),
        snippet: snippet.map(str::to_owned),
        archive: archive_name(case, stored.archive),
        locator: item.locator.to_string(),
        native_id: item.native_id.clone(),
        flags: item.flags,
    }
}

/// The whole item, without headers and copies.
pub fn whole(case: &Case, stored: &StoredItem) -> Whole {
    let item = &stored.item;
    Whole {
        line: line(case, stored, None),
        text: item.text.clone(),
        language: item.language.clone(),
        participants: item
            .participants
            .iter()
            .map(|p| TakesPart { account: p.account.clone(), role: p.role, name: p.name.clone() })
            .collect(),
        objects: item.objects.clone(),
        references: item.references.clone(),
        conversation: item.conversation.clone(),
        parent: item.parent,
        attachments: item.attachments.clone(),
        content_sha256: item.content_hash.to_string(),
        mih: item.mih.clone(),
        raw_sha256: item.raw_sha256.to_string(),
        detail: item.detail.clone(),
    }
}

fn when(when: &When) -> WhenSaid {
    WhenSaid {
        earliest: when.earliest.map(|time| time.to_string()),
        latest: when.latest.map(|time| time.to_string()),
        offset_seconds: when.offset,
        precision: when.precision,
        basis: when.basis,
        confidence: when.confidence,
        reading: reading(when),
        raw: when.raw.clone(),
    }
}

/// What the clock or calendar read, where nothing tells its zone: `2016-10-12T13:31:00`.
pub fn reading(when: &When) -> Option<String> {
    let at = when.reading_without_zone()?.timestamp()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).datetime().to_string())
}

/// Participants in one of `roles`, as printed with their account.
pub fn people(item: &Item, roles: &[Role]) -> Vec<String> {
    item.participants.iter().filter(|p| roles.contains(&p.role)).map(full).collect()
}

/// `Ann Example <ann@example.org>`, or the account alone.
pub fn full(participant: &Participant) -> String {
    let native = participant.account.native();
    match &participant.name {
        Some(name) if !name.is_empty() && !name.eq_ignore_ascii_case(native) => {
            format!("{name} <{native}>")
        }
        _ => native.to_owned(),
    }
}

/// The first author's short name, for a line of a list.
pub fn author(item: &Item) -> &str {
    item.participants
        .iter()
        .find(|p| p.role == Role::From)
        .or(item.participants.iter().find(|p| p.role == Role::Sender))
        .map_or("", Participant::label)
}

/// The addressees' short names, for a line of a list.
pub fn addressees(item: &Item) -> String {
    let mut names = item
        .participants
        .iter()
        .filter(|p| matches!(p.role, Role::To | Role::Member))
        .map(Participant::label);
    let first = names.next().unwrap_or_default().to_owned();
    match names.count() {
        0 => first,
        more => format!("{first} +{more}"),
    }
}

/// Who wrote to whom, for a line of a list, by the names of their parties.
pub fn who(item: &Item, people: &crate::names::People) -> String {
    let name = |p: &Participant| match &p.name {
        // A name printed on the item itself says more than any other.
        Some(name) if !name.is_empty() => name.clone(),
        _ => people.party_name(&p.account).unwrap_or(p.account.native()).to_owned(),
    };
    let from = item.participants.iter().find(|p| p.role == Role::From);
    let mut to = item.participants.iter().filter(|p| matches!(p.role, Role::To | Role::Member));
    let mut line = from.map(name).unwrap_or_default();
    if let Some(first) = to.next() {
        line.push_str(&format!(" → {}", name(first)));
    }
    match to.count() {
        0 => line,
        more => format!("{line} +{more}"),
    }
}

/// The archive's name as given.
pub fn archive_name(case: &Case, archive: u32) -> String {
    case.archives().get(archive as usize).map(|row| row.name.clone()).unwrap_or_default()
}
