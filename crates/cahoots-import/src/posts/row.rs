//! One row of a table of posts to one item.

use std::borrow::Cow;
use std::collections::BTreeSet;

use cahoots_record::{
    Account, AccountKey, Flags, Issue, Item, ItemId, ItemKind, Locator, Medium, Object, ObjectKind,
    Participant, Role, Severity, Sha256, Visibility, When,
};
use serde_json::{Map, Value};

use super::columns::{Columns, Field, fixed_platform};
use super::{lists, time};
use crate::extract;
use crate::importer::{Batch, Options};

/// Bytes of unrecognised columns that one row keeps in `detail`.
const DETAIL: usize = 4096;

/// One row, decoded.
pub(crate) struct Row<'a> {
    pub(crate) locator: Locator,
    /// The bytes that the locator selects.
    pub(crate) raw: &'a [u8],
    pub(crate) columns: &'a Columns,
    /// Cells in the order of `columns.names`; fewer or more are allowed.
    pub(crate) cells: &'a [Cow<'a, str>],
    /// What was wrong with the row before its cells were looked at: code and words.
    pub(crate) damage: Vec<(&'static str, String)>,
}

/// Collects the items of one chunk.
pub(crate) struct Reader<'a> {
    options: &'a Options,
    batch: Batch,
    named: BTreeSet<(AccountKey, AccountKey)>,
    legacy: Option<(Locator, u64)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self { options, batch: Batch::default(), named: BTreeSet::new(), legacy: None }
    }

    /// Counts a row that is not UTF-8 and was read as windows-1252.
    pub(crate) fn legacy(&mut self, locator: &Locator) {
        self.legacy.get_or_insert_with(|| (locator.clone(), 0)).1 += 1;
    }

    /// A row that gives no item.
    pub(crate) fn skip(&mut self, locator: Locator, code: &str, what: String) {
        self.batch.balance.found += 1;
        self.batch.balance.skipped += 1;
        let kept = "nothing of this row".to_owned();
        let severity = Severity::Lost;
        self.batch.issues.push(Issue { severity, code: code.to_owned(), locator, what, kept });
    }

    /// What the chunk gave.
    pub(crate) fn finish(mut self) -> Batch {
        if let Some((locator, rows)) = self.legacy.take() {
            self.batch.issues.push(Issue {
                severity: Severity::Note,
                code: "not-utf8".to_owned(),
                locator,
                what: format!("{rows} rows from here on are not UTF-8; read as windows-1252"),
                kept: "the rows".to_owned(),
            });
        }
        self.batch
    }

    /// Turns a row into an item, or into an issue if there is nothing in it.
    pub(crate) fn row(&mut self, row: Row<'_>) {
        let columns = row.columns;
        let cell = |field| {
            let at: usize = columns.get(field)?;
            let text = row.cells.get(at)?.trim();
            (!text.is_empty()).then_some(text)
        };
        let account = cell(Field::Account);
        let identified = cell(Field::Id).or(cell(Field::Text)).or(cell(Field::Object));
        if account.is_none() && identified.is_none() {
            let what = "no account, id, text or object in this row".to_owned();
            return self.skip(row.locator, "empty-row", what);
        }
        let mut said = Said { locator: &row.locator, issues: Vec::new() };
        for (code, what) in &row.damage {
            said.damaged(code, what.clone(), "the row as far as it could be read");
        }
        let when = read_time(columns, row.cells, self.options, &mut said);
        let id = cell(Field::Id);
        if id.is_none() && columns.get(Field::Id).is_some() {
            said.note("no-id", "the id is empty", "the row, under a name made of its content");
        }
        let stated = fixed_platform(&columns.names, self.options).or(cell(Field::Platform));
        let platform = platform(stated, columns, id, &when);
        let on_x = platform == "x";
        let mut when = when;
        if let (true, Some(id)) = (on_x, id)
            && let Err(what) = time::against_id(&mut when, id)
        {
            said.damaged("clock-mismatch", what, "the column's time, marked as doubtful");
        }
        let key = |text: &str| account_key(&platform, text);
        let mut participants = Vec::new();
        match account {
            Some(text) => {
                let name = cell(Field::AccountName).map(str::to_owned);
                if let (true, true, Some(handle)) = (on_x, columns.name_is_handle, &name) {
                    self.same(key(text), AccountKey::x_handle(handle));
                }
                participants.push(Participant { account: key(text), role: Role::From, name });
            }
            None if columns.get(Field::Account).is_some() => {
                said.damaged(
                    "no-account",
                    "the account is empty".to_owned(),
                    "the rest of the row",
                );
            }
            None => {}
        }
        let text = clean(cell(Field::Text).unwrap_or_default(), &mut said);
        let links = Links::read(&cell);
        for handle in &links.handles {
            participants.push(Participant::new(key(handle), Role::Mention));
        }
        let kind = match cell(Field::Kind).unwrap_or_default().to_lowercase() {
            flag if columns.kind_is_flag => match flag.as_str() {
                "true" | "1" | "yes" | "t" | "y" => "repost".to_owned(),
                _ => String::new(),
            },
            kind => kind,
        };
        let retold = text.strip_prefix("RT @");
        if let (true, Some(rest)) = (on_x, retold) {
            let handle: String =
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !handle.is_empty() {
                let author = AccountKey::x_handle(&handle);
                participants.push(Participant::new(author, Role::Quoted));
            }
        }
        let reposts = ["repost", "retweet", "retweeted", "rt", "reblog", "share"];
        let repost =
            !links.reposts.is_empty() || retold.is_some() || reposts.contains(&kind.as_str());
        let object = cell(Field::Object);
        let objects = objects(&text, object, &links);
        let stamp = when.raw.clone().unwrap_or_default();
        let identity = match id {
            Some(id) if on_x && object.is_none() && is_number(id) => {
                ItemId::of("x/1", &[id.as_bytes()])
            }
            _ => ItemId::of(
                "posts/1",
                &[
                    platform.as_bytes(),
                    account.unwrap_or_default().as_bytes(),
                    stamp.as_bytes(),
                    id.unwrap_or(&text).as_bytes(),
                    object.unwrap_or_default().as_bytes(),
                ],
            ),
        };
        let author = participants.first().map_or("", |author| author.account.as_str());
        let content_hash = Sha256::of(format!("posts/1\n{author}\n{stamp}\n{text}").as_bytes());
        let private = cell(Field::Visibility).is_some_and(is_private);
        let language = cell(Field::Lang).and_then(lists::language);
        let detail = detail(columns, row.cells, &kind, &mut said);
        let item = Item {
            id: identity,
            kind: ItemKind::Post,
            medium: if repost { Medium::Repost } else { Medium::Post },
            visibility: if private { Visibility::Private } else { Visibility::Public },
            native_id: id.map(str::to_owned),
            when,
            subject: None,
            language: language.or_else(|| extract::language(&text)),
            text,
            participants,
            objects,
            references: links.replies,
            conversation: cell(Field::Conversation).map(str::to_owned),
            parent: None,
            attachments: Vec::new(),
            flags: Flags::default(),
            content_hash,
            mih: None,
            detail,
            raw_sha256: Sha256::of(row.raw),
            locator: row.locator.clone(),
        };
        let damaged = said.issues.iter().any(|issue| issue.severity == Severity::Damaged);
        let issues = said.issues;
        self.batch.balance.found += 1;
        self.batch.balance.damaged += u64::from(damaged);
        self.batch.balance.read += u64::from(!damaged);
        self.batch.issues.extend(issues);
        self.batch.items.push(item);
    }

    /// Notes that the table gives two names of one account, once per chunk.
    fn same(&mut self, key: AccountKey, other: AccountKey) {
        if key == other || !self.named.insert((key.clone(), other.clone())) {
            return;
        }
        let basis = "two columns of one row of the table".to_owned();
        self.batch.accounts.push(Account { key, same_as: vec![other], name: None, basis });
    }
}

/// Issues of one row.
struct Said<'a> {
    locator: &'a Locator,
    issues: Vec<Issue>,
}

impl Said<'_> {
    fn push(&mut self, severity: Severity, code: &str, what: String, kept: &str) {
        let locator = self.locator.clone();
        let (code, kept) = (code.to_owned(), kept.to_owned());
        self.issues.push(Issue { severity, code, locator, what, kept });
    }

    fn damaged(&mut self, code: &str, what: String, kept: &str) {
        self.push(Severity::Damaged, code, what, kept);
    }

    fn note(&mut self, code: &str, what: &str, kept: &str) {
        self.push(Severity::Note, code, what.to_owned(), kept);
    }
}

fn read_time(
    columns: &Columns,
    cells: &[Cow<'_, str>],
    options: &Options,
    said: &mut Said<'_>,
) -> When {
    let at = |column: Option<usize>| {
        column.and_then(|at| cells.get(at)).map(|cell| cell.trim()).unwrap_or_default()
    };
    let mut text = at(columns.get(Field::Time)).to_owned();
    if !text.is_empty() && !at(columns.clock).is_empty() {
        text = format!("{text} {}", at(columns.clock));
    }
    if text.is_empty() {
        return When::unknown();
    }
    time::read(&text, options.zone.as_ref(), columns.utc).unwrap_or_else(|why| {
        let shown: String = text.chars().take(80).collect();
        said.damaged("bad-time", format!("«{shown}»: {why}"), "the row, without a time");
        When { raw: Some(text), ..When::unknown() }
    })
}

/// The platform's name: as stated, else `x` where columns or id say so, else `web`.
fn platform(stated: Option<&str>, columns: &Columns, id: Option<&str>, when: &When) -> String {
    let stated = stated.map(|name| name.trim().to_lowercase());
    match stated.as_deref() {
        Some("x" | "twitter" | "x.com" | "twitter.com") => "x".to_owned(),
        Some(name) => name.to_owned(),
        None if columns.of_x || id.is_some_and(|id| time::clock_fits(id, when)) => "x".to_owned(),
        None => "web".to_owned(),
    }
}

fn account_key(platform: &str, text: &str) -> AccountKey {
    match platform {
        "x" if is_number(text) => AccountKey::x_id(text),
        "x" => AccountKey::x_handle(text),
        _ => AccountKey::other(platform, text),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_private(text: &str) -> bool {
    let text = text.to_lowercase();
    ["private", "protected", "followers", "friends", "direct", "limited"].contains(&text.as_str())
}

/// Line ends as `\n`, NUL bytes out.
fn clean(text: &str, said: &mut Said<'_>) -> String {
    if text.contains('\0') {
        said.damaged("nul", "NUL bytes in the text".to_owned(), "the text without them");
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}

/// What a row points to.
#[derive(Default)]
struct Links {
    urls: Vec<String>,
    hashtags: Vec<String>,
    handles: Vec<String>,
    topics: Vec<String>,
    replies: Vec<String>,
    reposts: Vec<String>,
    quotes: Vec<String>,
}

impl Links {
    fn read<'c>(cell: &impl Fn(Field) -> Option<&'c str>) -> Self {
        let list = |field| cell(field).map(lists::split).unwrap_or_default();
        let one = |field| cell(field).map(str::to_owned).into_iter().collect::<Vec<_>>();
        let mut links = Self {
            urls: list(Field::Url),
            hashtags: list(Field::Hashtags),
            handles: list(Field::Handles),
            // Topics are words and may hold spaces.
            topics: cell(Field::Topics)
                .unwrap_or_default()
                .split([';', '|'])
                .map(|topic| topic.trim().to_owned())
                .collect(),
            replies: one(Field::ReplyTo),
            reposts: one(Field::RepostOf),
            quotes: Vec::new(),
        };
        if let Some(entities) = cell(Field::Entities).map(lists::entities) {
            links.urls.extend(entities.urls);
            links.hashtags.extend(entities.hashtags);
            links.handles.extend(entities.handles);
        }
        for (kind, id) in cell(Field::Referenced).map(lists::referenced).unwrap_or_default() {
            match kind.as_str() {
                "replied_to" => links.replies.push(id),
                "retweeted" => links.reposts.push(id),
                _ => links.quotes.push(id),
            }
        }
        links
    }
}

/// Everything that the cells of a row refer to.
pub(crate) fn objects_of(columns: &Columns, cells: &[Cow<'_, str>]) -> Vec<Object> {
    let cell = |field| {
        let text = cells.get(columns.get(field)?)?.trim();
        (!text.is_empty()).then_some(text)
    };
    let links = Links::read(&cell);
    objects(cell(Field::Text).unwrap_or_default(), cell(Field::Object), &links)
}

fn objects(text: &str, object: Option<&str>, links: &Links) -> Vec<Object> {
    let mut objects = extract::objects(text);
    let mut push = |kind, key: String, raw: &str| {
        let raw = (key != raw).then(|| raw.to_owned());
        if !key.is_empty() {
            objects.push(Object { kind, key, raw });
        }
    };
    for tag in &links.hashtags {
        push(ObjectKind::Hashtag, tag.trim_start_matches('#').to_lowercase(), tag);
    }
    for handle in &links.handles {
        push(ObjectKind::Mention, handle.trim_start_matches('@').to_lowercase(), handle);
    }
    for topic in links.topics.iter().filter(|topic| !topic.is_empty()) {
        // The form that topics of compiled records have, so that the two can be shared.
        let name = cahoots_record::AccountKey::name(topic);
        push(ObjectKind::Other, format!("topic:{}", name.native()), topic);
    }
    for id in &links.reposts {
        push(ObjectKind::Repost, id.clone(), id);
    }
    for id in &links.quotes {
        push(ObjectKind::Status, id.clone(), id);
    }
    if let Some(hash) = extract::text_hash(text) {
        let key = hash.to_string();
        push(ObjectKind::Text, key.clone(), &key);
    }
    match object {
        Some(url) if lists::looks_like_url(url) => objects.extend(lists::url_objects(url)),
        Some(key) => push(ObjectKind::Other, key.to_owned(), key),
        None => {}
    }
    objects.extend(links.urls.iter().flat_map(|url| lists::url_objects(url)));
    objects.sort();
    objects.dedup_by(|later, kept| later.kind == kept.kind && later.key == kept.key);
    objects
}

/// The columns without a meaning of ours, as JSON strings; and the kind, where it was stated.
fn detail(columns: &Columns, cells: &[Cow<'_, str>], kind: &str, said: &mut Said<'_>) -> Value {
    let mut map = Map::new();
    let mut size = 0;
    for (at, cell) in cells.iter().enumerate() {
        let cell = cell.trim();
        if cell.is_empty() || columns.is_used(at) {
            continue;
        }
        let name = columns.names.get(at).filter(|name| !name.is_empty());
        let name = name.cloned().unwrap_or_else(|| format!("column {}", at + 1));
        size += name.len() + cell.len();
        if size > DETAIL {
            said.note("detail-cut", "more than 4 KB in columns without a meaning", "the first");
            break;
        }
        map.insert(name, Value::String(cell.to_owned()));
    }
    if !matches!(kind, "" | "post" | "repost") {
        map.insert("kind".to_owned(), Value::String(kind.to_owned()));
    }
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}
