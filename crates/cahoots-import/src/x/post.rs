//! A post of an X archive to an item.

use std::collections::BTreeMap;

use cahoots_record::{
    Account, AccountKey, Attachment, Flags, Item, ItemId, ItemKind, Locator, Medium, ObjectKind,
    Participant, Role, Severity, Sha256, Visibility,
};
use serde_json::{Map, Value};

use super::message::{content_hash, media_type};
use super::{Context, Doubts, FileKind, Note, id, lines, list, stamp, text, unescape};
use crate::extract::{self, Objects};

/// One post; `raw` are the bytes of `post`. `None` when it cannot be one; an issue says why.
pub(crate) fn read(
    post: &Value,
    raw: &[u8],
    kind: FileKind,
    locator: &Locator,
    context: &Context,
    accounts: &mut BTreeMap<AccountKey, Account>,
    doubts: &mut Doubts<'_>,
) -> Option<Item> {
    if !post.is_object() {
        doubts.add(Severity::Lost, "not-a-post", "the entry is no post".to_owned(), "nothing");
        return None;
    }
    let native = id(post, "id");
    if native.is_none() {
        let what = "the post has no id".to_owned();
        doubts.add(Severity::Damaged, "no-id", what, "the post, named after its content");
    }
    let when = stamp(text(post, "created_at").as_deref(), native.as_deref(), doubts);
    let mut detail = Map::new();
    let mut objects = Objects::default();

    let stated = ["full_text", "text"].iter().find_map(|name| post.get(*name)?.as_str());
    let mut body = lines(&unescape(stated.unwrap_or_default()));
    let repost_text = body.strip_prefix("RT @").map(str::to_owned);
    if let Some(note) = native.as_ref().and_then(|id| context.notes.get(id)) {
        body = lines(&note.text);
        note_objects(&note.value, &mut body, &mut objects);
        detail.insert("note".into(), note.id.as_str().into());
    }
    let entities = post.get("entities").unwrap_or(&Value::Null);
    for link in list(entities, "urls") {
        let (Some(short), Some(long)) = (text(link, "url"), text(link, "expanded_url")) else {
            continue;
        };
        if objects.expanded(&short, &long) {
            body = body.replace(&short, &long);
        }
    }
    for tag in list(entities, "hashtags") {
        if let Some(tag) = text(tag, "text") {
            objects.hashtag(&tag);
        }
    }
    let attachments = media(post, &mut body, &mut objects);

    let mut participants = Vec::new();
    let mut add = |account: AccountKey, role: Role, name: Option<String>| {
        if !participants.iter().any(|one: &Participant| one.account == account) {
            participants.push(Participant { account, role, name });
        }
    };
    let author = post.get("user").and_then(|user| id(user, "id")).or_else(|| id(post, "user_id"));
    match author.map(|id| AccountKey::x_id(&id)).or_else(|| context.owner.key()) {
        Some(key) => {
            let own = context.owner.key().as_ref() == Some(&key);
            add(key, Role::From, context.owner.name.clone().filter(|_| own));
        }
        None => {
            detail.insert("author_known".into(), false.into());
        }
    }
    let reposted = ["retweeted_status", "retweeted_status_result"]
        .iter()
        .find_map(|name| id(post.get(*name)?, "id"))
        .or_else(|| id(post, "retweeted_status_id"));
    let original_author = repost_text.as_deref().and_then(|text| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        text[end..].starts_with(':').then(|| text[..end].to_lowercase())
    });
    let repost = reposted.is_some() || original_author.is_some();
    if let Some(id) = reposted {
        objects.add(ObjectKind::Repost, id, None);
    }
    let mut named = Vec::new();
    for mention in list(entities, "user_mentions") {
        let Some(handle) = text(mention, "screen_name") else { continue };
        let known = id(mention, "id").filter(|id| id != "-1");
        let key = match &known {
            Some(id) => AccountKey::x_id(id),
            None => AccountKey::x_handle(&handle),
        };
        let name = text(mention, "name").filter(|name| !name.is_empty());
        if known.is_some() {
            account(accounts, key.clone(), &handle, name.clone());
        }
        objects.mention(&handle);
        let quoted = original_author.as_deref() == Some(handle.to_lowercase().as_str());
        named.push(handle.to_lowercase());
        add(key, if quoted { Role::Quoted } else { Role::Mention }, name);
    }
    if let Some(handle) = original_author.filter(|handle| !named.contains(handle)) {
        add(AccountKey::x_handle(&handle), Role::Quoted, None);
    }
    if let Some(id) = id(post, "quoted_status_id") {
        objects.add(ObjectKind::Status, id, None);
    }
    let mut references = Vec::new();
    if let Some(id) = id(post, "in_reply_to_status_id") {
        references.push(id);
    }
    answered(post, &mut detail, accounts);

    extract::scan(&body, &mut objects);
    if let Some(hash) = extract::text_hash(&body) {
        objects.add(ObjectKind::Text, hash.to_string(), None);
    }
    facts(post, kind, &mut detail);
    let language = text(post, "lang").and_then(|code| iso_639_3(&code));
    let content = content_hash(&[native.as_deref(), when.raw.as_deref(), Some(&body)]);
    Some(Item {
        id: match &native {
            Some(id) => ItemId::of("x/1", &[id.as_bytes()]),
            None => ItemId::of("x/1/content", &[content.as_bytes()]),
        },
        kind: ItemKind::Post,
        medium: if repost { Medium::Repost } else { Medium::Post },
        visibility: Visibility::Public,
        native_id: native,
        when,
        subject: None,
        language: language.map(str::to_owned).or_else(|| extract::language(&body)),
        text: body,
        participants,
        objects: objects.finish(),
        references,
        conversation: id(post, "conversation_id"),
        parent: None,
        attachments,
        flags: Flags { deleted: kind == FileKind::DeletedPosts, ..Flags::default() },
        content_hash: content,
        mih: None,
        detail: if detail.is_empty() { Value::Null } else { Value::Object(detail) },
        locator: locator.clone(),
        raw_sha256: Sha256::of(raw),
    })
}

/// A long post whose short form is not in the archive, as an item of its own.
pub(crate) fn read_note(
    note: &Value,
    raw: &[u8],
    deleted: bool,
    locator: &Locator,
    context: &Context,
    doubts: &mut Doubts<'_>,
) -> Option<Item> {
    let Some(native) = id(note, "noteTweetId") else {
        doubts.add(Severity::Lost, "not-a-post", "the entry is no long post".to_owned(), "nothing");
        return None;
    };
    let core = note.get("core").unwrap_or(&Value::Null);
    let mut body = lines(core.get("text").and_then(Value::as_str).unwrap_or_default());
    let when = stamp(text(note, "createdAt").as_deref(), Some(&native), doubts);
    let mut objects = Objects::default();
    note_objects(note, &mut body, &mut objects);
    extract::scan(&body, &mut objects);
    if let Some(hash) = extract::text_hash(&body) {
        objects.add(ObjectKind::Text, hash.to_string(), None);
    }
    let owner = context.owner.key();
    let content = content_hash(&[Some(&native), when.raw.as_deref(), Some(&body)]);
    Some(Item {
        id: ItemId::of("x-note/1", &[native.as_bytes()]),
        kind: ItemKind::Post,
        medium: Medium::Post,
        visibility: Visibility::Public,
        native_id: Some(native),
        when,
        subject: None,
        language: extract::language(&body),
        text: body,
        participants: owner
            .map(|account| Participant {
                account,
                role: Role::From,
                name: context.owner.name.clone(),
            })
            .into_iter()
            .collect(),
        objects: objects.finish(),
        references: Vec::new(),
        conversation: None,
        parent: None,
        attachments: Vec::new(),
        flags: Flags { deleted, ..Flags::default() },
        content_hash: content,
        mih: None,
        detail: serde_json::json!({ "note_without_post": true }),
        locator: locator.clone(),
        raw_sha256: Sha256::of(raw),
    })
}

fn note_objects(note: &Value, body: &mut String, objects: &mut Objects) {
    let core = note.get("core").unwrap_or(&Value::Null);
    for link in list(core, "urls") {
        if let (Some(short), Some(long)) = (text(link, "shortUrl"), text(link, "expandedUrl")) {
            objects.expanded(&short, &long);
            *body = body.replace(&short, &long);
        }
    }
    for tag in list(core, "hashtags") {
        if let Some(tag) = text(tag, "text") {
            objects.hashtag(&tag);
        }
    }
    for mention in list(core, "mentions") {
        if let Some(handle) = text(mention, "screenName") {
            objects.mention(&handle);
        }
    }
}

/// What came with the post; the short links that stand for it leave the text.
fn media(post: &Value, body: &mut String, objects: &mut Objects) -> Vec<Attachment> {
    let extended = post.get("extended_entities").map_or(&[][..], |one| list(one, "media"));
    let plain = post.get("entities").map_or(&[][..], |one| list(one, "media"));
    let media = if extended.is_empty() { plain } else { extended };
    let mut attachments = Vec::new();
    for one in media {
        if let (Some(short), Some(long)) = (text(one, "url"), text(one, "expanded_url")) {
            objects.expanded(&short, &long);
            *body = body.replace(&short, &long);
        }
        // Of a video, the file with the highest bit rate is what was shown.
        let best = one
            .get("video_info")
            .map_or(&[][..], |info| list(info, "variants"))
            .iter()
            .max_by_key(|one| text(one, "bitrate").and_then(|rate| rate.parse::<u64>().ok()))
            .and_then(|one| text(one, "url"));
        let url = best.or_else(|| text(one, "media_url_https")).or_else(|| text(one, "media_url"));
        if let Some(url) = url {
            let name = url.split('?').next().unwrap_or(&url);
            attachments.push(Attachment {
                name: name.rsplit('/').next().unwrap_or(name).to_owned(),
                media_type: media_type(name).to_owned(),
                size: None,
                sha256: None,
            });
        }
    }
    attachments
}

/// Whom the post answers.
fn answered(
    post: &Value,
    detail: &mut Map<String, Value>,
    accounts: &mut BTreeMap<AccountKey, Account>,
) {
    let user = id(post, "in_reply_to_user_id");
    let handle = text(post, "in_reply_to_screen_name").filter(|handle| !handle.is_empty());
    if let (Some(id), Some(handle)) = (&user, &handle) {
        account(accounts, AccountKey::x_id(id), handle, None);
    }
    let mut answered = Map::new();
    answered.extend(user.map(|id| ("id".to_owned(), Value::from(id))));
    answered.extend(handle.map(|handle| ("handle".to_owned(), Value::from(handle))));
    if !answered.is_empty() {
        detail.insert("in_reply_to".into(), answered.into());
    }
}

/// Facts beside text and time.
fn facts(post: &Value, kind: FileKind, detail: &mut Map<String, Value>) {
    for (from, to) in [
        ("favorite_count", "likes"),
        ("retweet_count", "reposts"),
        ("deleted_at", "deleted_at"),
        ("community_id_str", "community"),
    ] {
        if let Some(text) = text(post, from).filter(|text| !text.is_empty()) {
            detail.insert(to.to_owned(), text.into());
        }
    }
    if kind == FileKind::CommunityPosts {
        detail.entry("community").or_insert(Value::Bool(true));
    }
    if let Some(client) = text(post, "source") {
        // `<a href="…">name</a>`
        let name = client.split('>').nth(1).and_then(|rest| rest.split('<').next());
        let name = name.unwrap_or(&client).trim();
        if !name.is_empty() {
            detail.insert("client".into(), name.into());
        }
    }
    let edits = post.get("edit_info").and_then(|info| {
        let initial = info.get("initial").map(|initial| list(initial, "editTweetIds"));
        let initial = initial.filter(|ids| ids.len() > 1).map(|ids| Value::from(ids.to_vec()));
        initial.or_else(|| info.get("edit").and_then(|edit| edit.get("initialTweetId")).cloned())
    });
    if let Some(edits) = edits {
        detail.insert("edits".into(), edits);
    }
}

fn account(
    accounts: &mut BTreeMap<AccountKey, Account>,
    key: AccountKey,
    handle: &str,
    name: Option<String>,
) {
    let same = AccountKey::x_handle(handle);
    let known = accounts.entry(key.clone()).or_insert_with(|| Account {
        key,
        same_as: Vec::new(),
        name: None,
        basis: "a post of the X archive gives id and handle together".to_owned(),
    });
    if !known.same_as.contains(&same) {
        known.same_as.push(same);
    }
    known.name = known.name.take().or(name);
}

/// The platform's two-letter language as ISO 639-3; `None` for its «undetermined» and others.
pub(crate) fn iso_639_3(code: &str) -> Option<&'static str> {
    const CODES: &[(&str, &str)] = &[
        ("am", "amh"),
        ("ar", "ara"),
        ("bg", "bul"),
        ("bn", "ben"),
        ("bs", "bos"),
        ("ca", "cat"),
        ("cs", "ces"),
        ("cy", "cym"),
        ("da", "dan"),
        ("de", "deu"),
        ("el", "ell"),
        ("en", "eng"),
        ("es", "spa"),
        ("et", "est"),
        ("eu", "eus"),
        ("fa", "pes"),
        ("fi", "fin"),
        ("fr", "fra"),
        ("gu", "guj"),
        ("he", "heb"),
        ("iw", "heb"),
        ("hi", "hin"),
        ("hr", "hrv"),
        ("ht", "hat"),
        ("hu", "hun"),
        ("hy", "hye"),
        ("id", "ind"),
        ("in", "ind"),
        ("is", "isl"),
        ("it", "ita"),
        ("ja", "jpn"),
        ("ka", "kat"),
        ("kn", "kan"),
        ("ko", "kor"),
        ("lt", "lit"),
        ("lv", "lav"),
        ("ml", "mal"),
        ("mr", "mar"),
        ("my", "mya"),
        ("ne", "nep"),
        ("nl", "nld"),
        ("no", "nob"),
        ("pa", "pan"),
        ("pl", "pol"),
        ("pt", "por"),
        ("ro", "ron"),
        ("ru", "rus"),
        ("si", "sin"),
        ("sk", "slk"),
        ("sl", "slv"),
        ("sq", "sqi"),
        ("sr", "srp"),
        ("sv", "swe"),
        ("ta", "tam"),
        ("te", "tel"),
        ("th", "tha"),
        ("tl", "tgl"),
        ("tr", "tur"),
        ("uk", "ukr"),
        ("ur", "urd"),
        ("vi", "vie"),
        ("zh", "cmn"),
    ];
    let code = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    CODES.iter().find(|(two, _)| *two == code).map(|(_, three)| *three)
}

/// The long texts of `note-tweet.js`, for the posts that show their beginning.
impl Note {
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let core = value.get("core")?;
        Some(Self {
            id: id(value, "noteTweetId")?,
            text: core.get("text")?.as_str()?.to_owned(),
            value: value.clone(),
        })
    }

    /// Whether `text` is the beginning of this one, with «…» or a link behind it.
    pub(crate) fn begins(&self, text: &str) -> bool {
        let text = unescape(text);
        let cut = text.rsplit_once("https://t.co/").map_or(text.as_str(), |(before, _)| before);
        let cut = cut.trim_end().trim_end_matches('…').trim_end();
        // The short form has t.co links where the long one has them, too.
        cut.len() >= 40 && self.text.starts_with(cut)
    }
}
