//! A direct message, or an event of a group conversation, to an item.

use cahoots_record::{
    AccountKey, Attachment, Flags, Item, ItemId, ItemKind, Locator, Medium, Participant, Role,
    Severity, Sha256, UtcMicros, Visibility,
};
use serde_json::{Map, Value};

use super::{Context, Conversation, Doubts, id, lines, list, stamp, text, unescape};
use crate::extract::{self, Objects};

/// One entry of a conversation; `value` is what stands behind its `kind`, `raw` its bytes.
/// `None` when it cannot be one; an issue says why.
pub(crate) fn read(
    kind: &str,
    value: &Value,
    raw: &[u8],
    locator: &Locator,
    conversation: &Conversation,
    context: &Context,
    doubts: &mut Doubts<'_>,
) -> Option<Item> {
    if !value.is_object() {
        doubts.add(
            Severity::Lost,
            "not-a-message",
            "the entry is no message".to_owned(),
            "nothing",
        );
        return None;
    }
    if kind != "messageCreate" {
        return Some(event(kind, value, raw, locator, conversation, context, doubts));
    }
    let native = id(value, "id");
    if native.is_none() {
        let what = "the message has no id".to_owned();
        doubts.add(Severity::Damaged, "no-id", what, "the message, named after its content");
    }
    let when = stamp(text(value, "createdAt").as_deref(), native.as_deref(), doubts);
    let mut objects = Objects::default();
    let mut body = lines(&unescape(value.get("text").and_then(Value::as_str).unwrap_or_default()));
    for link in list(value, "urls") {
        let (Some(short), Some(long)) = (text(link, "url"), text(link, "expanded")) else {
            continue;
        };
        if objects.expanded(&short, &long) {
            body = body.replace(&short, &long);
        }
    }
    extract::scan(&body, &mut objects);
    if let Some(hash) = extract::text_hash(&body) {
        objects.add(cahoots_record::ObjectKind::Text, hash.to_string(), None);
    }

    let sender = text(value, "senderId");
    let recipient = text(value, "recipientId");
    let mut participants = Vec::new();
    let mut add = |id: &str, role: Role| {
        let account = AccountKey::x_id(id);
        if !participants.iter().any(|one: &Participant| one.account == account) {
            participants.push(Participant { account, role, name: name_of(id, context) });
        }
    };
    match &sender {
        Some(id) => add(id, Role::From),
        None => doubts.add(
            Severity::Damaged,
            "no-sender",
            "the message names no sender".to_owned(),
            "the message without a sender",
        ),
    }
    if let Some(id) = recipient.as_deref().filter(|id| !matches!(*id, "" | "0")) {
        add(id, Role::To);
    }
    let mut detail = Map::new();
    members(conversation, when.sort_key(), recipient.is_none(), context, &mut detail, &mut add);
    let reactions: Vec<Value> = list(value, "reactions").iter().map(reaction).collect();
    if !reactions.is_empty() {
        detail.insert("reactions".into(), reactions.into());
    }
    let attachments: Vec<Attachment> = list(value, "mediaUrls")
        .iter()
        .filter_map(Value::as_str)
        .map(|url| Attachment {
            name: url.rsplit('/').next().unwrap_or(url).to_owned(),
            media_type: media_type(url).to_owned(),
            size: None,
            sha256: None,
        })
        .collect();
    let parts = [sender.as_deref(), conversation.id.as_deref(), when.raw.as_deref(), Some(&body)];
    let content = content_hash(&parts);
    Some(Item {
        id: match &native {
            Some(id) => ItemId::of("x-dm/1", &[id.as_bytes()]),
            None => ItemId::of("x-dm/1/content", &[content.as_bytes()]),
        },
        kind: ItemKind::Message,
        medium: Medium::DirectMessage,
        visibility: Visibility::Private,
        native_id: native,
        when,
        subject: None,
        language: extract::language(&body),
        text: body,
        participants,
        objects: objects.finish(),
        references: Vec::new(),
        conversation: conversation.id.clone(),
        parent: None,
        attachments,
        flags: Flags::default(),
        content_hash: content,
        mih: None,
        detail: if detail.is_empty() { Value::Null } else { Value::Object(detail) },
        locator: locator.clone(),
        raw_sha256: Sha256::of(raw),
    })
}

/// Somebody joined, left or renamed the conversation.
fn event(
    kind: &str,
    value: &Value,
    raw: &[u8],
    locator: &Locator,
    conversation: &Conversation,
    context: &Context,
    doubts: &mut Doubts<'_>,
) -> Item {
    let stated = text(value, "createdAt");
    let when = stamp(stated.as_deref(), None, doubts);
    let mut participants = Vec::new();
    let mut add = |id: &str, role: Role| {
        let account = AccountKey::x_id(id);
        if !participants.iter().any(|one: &Participant| one.account == account) {
            participants.push(Participant { account, role, name: name_of(id, context) });
        }
    };
    if let Some(id) = text(value, "initiatingUserId").filter(|id| !id.is_empty()) {
        add(&id, Role::From);
    }
    let mut detail = Map::new();
    detail.insert("event".into(), kind.into());
    members(conversation, when.sort_key(), true, context, &mut detail, &mut add);
    let ids =
        |name: &str| -> Vec<&str> { list(value, name).iter().filter_map(Value::as_str).collect() };
    for name in ["userIds", "participantsSnapshot"] {
        if !list(value, name).is_empty() {
            detail.insert(name.into(), value[name].clone());
        }
    }
    let said = match kind {
        "joinConversation" => {
            format!("joined a conversation of {}", ids("participantsSnapshot").join(", "))
        }
        "participantsJoin" => format!("added {}", ids("userIds").join(", ")),
        "participantsLeave" => format!("{} left", ids("userIds").join(", ")),
        "conversationNameUpdate" => {
            format!("named the conversation “{}”", text(value, "name").unwrap_or_default())
        }
        other => format!("({other})"),
    };
    let native = id(value, "id");
    let parts = [Some(kind), conversation.id.as_deref(), stated.as_deref(), Some(&said)];
    let content = content_hash(&parts);
    Item {
        id: ItemId::of("x-dm-event/1", &[content.as_bytes()]),
        kind: ItemKind::Event,
        medium: Medium::DirectMessage,
        visibility: Visibility::Private,
        native_id: native,
        when,
        subject: None,
        text: lines(&said),
        language: None,
        participants,
        objects: Vec::new(),
        references: Vec::new(),
        conversation: conversation.id.clone(),
        parent: None,
        attachments: Vec::new(),
        flags: Flags { automated: true, ..Flags::default() },
        content_hash: content,
        mih: None,
        detail: Value::Object(detail),
        locator: locator.clone(),
        raw_sha256: Sha256::of(raw),
    }
}

/// Members of a group at the time; the archive's owner is one, or would not have the message.
fn members(
    conversation: &Conversation,
    at: Option<UtcMicros>,
    group: bool,
    context: &Context,
    detail: &mut Map<String, Value>,
    add: &mut dyn FnMut(&str, Role),
) {
    if !group {
        return;
    }
    let (mut members, name) = conversation.at(at);
    if let Some(name) = name {
        detail.insert("conversation_name".into(), name.into());
    }
    if members.is_empty() {
        detail.insert("members_known".into(), false.into());
    }
    members.extend(context.owner.id.clone());
    for id in members {
        add(&id, Role::Member);
    }
}

fn name_of(id: &str, context: &Context) -> Option<String> {
    context.owner.name.clone().filter(|_| context.owner.id.as_deref() == Some(id))
}

fn reaction(value: &Value) -> Value {
    let mut out = Map::new();
    for (from, to) in [("senderId", "from"), ("reactionKey", "key"), ("createdAt", "at")] {
        if let Some(text) = text(value, from) {
            out.insert(to.to_owned(), text.into());
        }
    }
    Value::Object(out)
}

/// A media type from the end of a file name.
pub(super) fn media_type(name: &str) -> &'static str {
    let name = name.split(['?', '#']).next().unwrap_or(name).to_ascii_lowercase();
    match name.rsplit('.').next().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "m3u8" => "application/x-mpegurl",
        _ => "application/octet-stream",
    }
}

/// Version 1: the fields one after another with their lengths.
pub(super) fn content_hash(parts: &[Option<&str>]) -> Sha256 {
    let mut bytes = b"x/1".to_vec();
    for part in parts {
        let part = part.unwrap_or_default();
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    Sha256::of(&bytes)
}
