//! What an X archive holds: its files, its posts, its messages.

mod clock;
mod conversation;
mod files;
mod message;
mod post;

pub(crate) use clock::{parse_date, stamp};
pub(crate) use conversation::{Conversation, Step, walk};
pub(crate) use files::{FileKind, Files};
pub(crate) use message::read as read_message;
pub(crate) use post::{read as read_post, read_note};

use std::collections::{BTreeMap, BTreeSet};

use cahoots_record::{Account, AccountKey, Issue, Locator, Severity};
use serde_json::Value;

/// Whose archive it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) id: Option<String>,
    pub(crate) handle: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
}

impl Owner {
    /// From the value behind `account` in `account.js`.
    pub(crate) fn of(account: &Value) -> Self {
        let text = |name: &str| text(account, name).filter(|text| !text.is_empty());
        Self {
            id: text("accountId"),
            handle: text("username"),
            name: text("accountDisplayName"),
            email: text("email"),
        }
    }

    pub(crate) fn key(&self) -> Option<AccountKey> {
        let id = self.id.as_deref().map(AccountKey::x_id);
        id.or_else(|| self.handle.as_deref().map(AccountKey::x_handle))
    }

    /// The account with everything that the archive says is the same.
    pub(crate) fn account(&self) -> Option<Account> {
        let key = self.key()?;
        let handle = self.handle.as_deref().map(AccountKey::x_handle);
        let email = self.email.as_deref().filter(|email| email.contains('@'));
        let same = handle.into_iter().chain(email.map(AccountKey::email));
        Some(Account {
            same_as: same.filter(|other| *other != key).collect(),
            key,
            name: self.name.clone(),
            basis: "the owner, as account.js of the X archive states".to_owned(),
        })
    }
}

/// A long post's whole text.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) value: Value,
}

/// What all chunks of an archive share.
#[derive(Debug, Default)]
pub(crate) struct Context {
    pub(crate) owner: Owner,
    /// Whole texts by the id of the post that shows their beginning.
    pub(crate) notes: BTreeMap<String, Note>,
    /// The ids of these texts.
    pub(crate) shown: BTreeSet<String>,
}

/// What is wrong with one entry; any of it makes the entry count as damaged.
pub(crate) struct Doubts<'a> {
    locator: &'a Locator,
    pub(crate) issues: Vec<Issue>,
    pub(crate) damaged: bool,
}

impl<'a> Doubts<'a> {
    pub(crate) fn new(locator: &'a Locator) -> Self {
        Self { locator, issues: Vec::new(), damaged: false }
    }

    pub(crate) fn add(&mut self, severity: Severity, code: &str, what: String, kept: &str) {
        self.damaged |= severity != Severity::Note;
        self.issues.push(Issue {
            severity,
            code: code.to_owned(),
            locator: self.locator.clone(),
            what,
            kept: kept.to_owned(),
        });
    }
}

/// A member as text; ids that were written as numbers, too, exactly.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        _ => None,
    }
}

/// An id: the text form before the number, which other programs may have rounded.
pub(crate) fn id(value: &Value, name: &str) -> Option<String> {
    let exact = text(value, &format!("{name}_str"));
    exact.or_else(|| text(value, name)).filter(|id| !id.is_empty())
}

/// The items of a list member.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The entities of HTML that X writes into texts, undone.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
}

/// Text as stored: lines end in `\n`, no NUL.
pub(crate) fn lines(text: &str) -> String {
    if !text.contains(['\r', '\0']) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}")
}
