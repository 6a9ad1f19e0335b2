//! An item as the index sees it.

use cahoots_record::{Item, ItemOrd, ObjectKind, Role};
use tantivy::TantivyDocument;

use crate::schema::{Fields, schema};

/// An item made ready on a parser thread; what only the record knows is added by the writer.
pub struct Prepared {
    document: TantivyDocument,
    roles: Vec<u8>,
}

thread_local! {
    static FIELDS: Fields = schema().1;
}

impl Prepared {
    /// Makes an item ready: its texts, objects and facts.
    pub fn new(item: &Item) -> Self {
        FIELDS.with(|fields| Self::with_fields(item, fields))
    }

    fn with_fields(item: &Item, f: &Fields) -> Self {
        let mut d = TantivyDocument::new();
        d.add_text(f.id, item.id.to_string());
        let (high, low) = item.id.halves();
        d.add_u64(f.id_high, high);
        d.add_u64(f.id_low, low);
        if let Some(native) = &item.native_id {
            d.add_text(f.native, native);
        }
        d.add_text(f.body, &item.text);
        if let Some(subject) = &item.subject {
            d.add_text(f.subject, subject);
        }
        let mut line = String::new();
        for participant in &item.participants {
            line.clear();
            if let Some(name) = &participant.name {
                line.push_str(name);
                line.push(' ');
            }
            line.push_str(participant.account.native());
            let own = match participant.role {
                Role::From | Role::Sender => Some(f.from),
                Role::To | Role::Member => Some(f.to),
                Role::Cc => Some(f.cc),
                Role::Bcc => Some(f.bcc),
                Role::Mention | Role::Quoted => None,
            };
            if let Some(own) = own {
                d.add_text(own, &line);
            }
            d.add_text(f.with, &line);
        }
        for attachment in &item.attachments {
            d.add_text(f.attachment, &attachment.name);
        }
        for object in &item.objects {
            d.add_text(f.object, format!("{}:{}", object.kind, object.key));
            // A short link is found by its short form, too.
            if let (ObjectKind::Url, Some(raw)) = (object.kind, &object.raw) {
                d.add_text(f.object, format!("url:{}", bare_url(raw)));
            }
        }
        tags(item, |tag| d.add_text(f.tag, tag));
        if let Some(time) = item.when.sort_key() {
            // An open side counts as the bound that is known: `after:` and `before:` then match
            // what may lie there.
            d.add_i64(f.earliest, item.when.earliest.map_or(i64::MIN + 1, |time| time.0));
            d.add_i64(f.latest, item.when.latest.map_or(i64::MAX - 1, |time| time.0));
            d.add_i64(f.time, time.0);
        }
        d.add_u64(f.kind, u64::from(item.kind.code()));
        Self { document: d, roles: item.participants.iter().map(|p| p.role.code()).collect() }
    }

    /// The document for the item at `ord`, first read from `archive`, whose participants have
    /// these account numbers, in their order.
    pub(crate) fn finish(
        mut self,
        ord: ItemOrd,
        archive: u32,
        accounts: &[u32],
    ) -> TantivyDocument {
        FIELDS.with(|f| {
            self.document.add_u64(f.ord, ord.0);
            self.document.add_u64(f.archive, u64::from(archive));
            self.document.add_text(f.tag, format!("archive:{archive}"));
            for (account, role) in accounts.iter().zip(&self.roles) {
                self.document.add_u64(f.account, account_term(*account, *role));
            }
        });
        self.document
    }
}

/// An address without scheme, `www.` and a slash at the end, in lower case up to the path.
pub(crate) fn bare_url(url: &str) -> String {
    let url = url.trim();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let split = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(split);
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    format!("{host}{}", path.trim_end_matches('/'))
}

/// An account in a role as one number.
pub(crate) fn account_term(account: u32, role: u8) -> u64 {
    u64::from(account) << 3 | u64::from(role & 7)
}

/// The facts of an item that have few values.
fn tags(item: &Item, mut add: impl FnMut(&str)) {
    add(&format!("kind:{}", item.kind));
    add(&format!("medium:{}", item.medium.name().replace(' ', "-")));
    add(&format!("in:{}", item.visibility));
    let flags = item.flags;
    for (set, tag) in [
        (flags.recovered, "is:recovered"),
        (flags.summary, "is:summary"),
        (flags.deleted, "is:deleted"),
        (flags.automated, "is:automated"),
        (flags.cut, "is:cut"),
        (item.parent.is_some(), "is:attached"),
        (!item.references.is_empty(), "is:reply"),
        (!item.attachments.is_empty(), "has:attachment"),
        (item.when.sort_key().is_none(), "time:none"),
    ] {
        if set {
            add(tag);
        }
    }
    let has = |kind| item.objects.iter().any(|object| object.kind == kind);
    if has(ObjectKind::Url) {
        add("has:link");
    }
    if has(ObjectKind::Hashtag) {
        add("has:hashtag");
    }
    if let Some(language) = &item.language {
        add(&format!("lang:{language}"));
    }
}
