//! The fields of the query language: one table that parser, help and documentation read.

/// A field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// Author.
    From,
    /// Addressee.
    To,
    /// Addressee of a copy.
    Cc,
    /// Addressee of a blind copy.
    Bcc,
    /// Anybody taking part.
    With,
    /// Author, sender or whoever posted or said it.
    By,
    /// Words of the subject.
    Subject,
    /// Words of the text.
    Body,
    /// Private or public.
    In,
    /// What kind of item.
    Kind,
    /// How it travelled.
    Medium,
    /// A fact about it.
    Is,
    /// Something it has.
    Has,
    /// A day, month, year or range.
    On,
    /// Later than.
    After,
    /// Earlier than.
    Before,
    /// Not before.
    Since,
    /// Not after.
    Until,
    /// Which archive.
    Archive,
    /// Whose holdings.
    Custodian,
    /// Which thread.
    Thread,
    /// A link.
    Url,
    /// A link to a site.
    Domain,
    /// A hashtag.
    Hashtag,
    /// A handle mentioned.
    Mention,
    /// Any object, as kind:key.
    Object,
    /// The item's or the platform's own id.
    Id,
    /// Words of attachment names.
    Attachment,
    /// Language.
    Lang,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// What is typed before the colon.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What it finds.
    pub about: &'static str,
    /// An example.
    pub example: &'static str,
    /// The only values it takes; empty when it takes anything.
    pub values: &'static [&'static str],
}

const fn row(
    field: Field,
    name: &'static str,
    about: &'static str,
    example: &'static str,
) -> FieldRow {
    FieldRow { field, name, aliases: &[], about, example, values: &[] }
}

const fn also(mut info: FieldRow, aliases: &'static [&'static str]) -> FieldRow {
    info.aliases = aliases;
    info
}

const fn only(mut info: FieldRow, values: &'static [&'static str]) -> FieldRow {
    info.values = values;
    info
}

/// Every field.
pub const FIELDS: &[FieldRow] = &[
    row(Field::From, "from", "written by this person or account", "from:ann"),
    row(Field::To, "to", "addressed to this person (not by copy)", "to:ben@harrow.example"),
    row(Field::Cc, "cc", "copied to this person", "cc:\"cleo marsh\""),
    row(Field::Bcc, "bcc", "copied blind to this person", "bcc:dov"),
    also(
        row(
            Field::With,
            "with",
            "this person takes part in any way, mentions included",
            "with:@desk",
        ),
        &["participant"],
    ),
    row(Field::By, "by", "written, posted or said by this party", "by:\"ann example\""),
    row(Field::Subject, "subject", "words of the subject", "subject:\"draft permit\""),
    also(row(Field::Body, "body", "words of the text only", "body:harbour"), &["text"]),
    only(
        row(Field::In, "in", "made in private or in public", "in:private"),
        &["private", "public"],
    ),
    only(
        row(Field::Kind, "kind", "what it is", "kind:post,statement"),
        &["message", "post", "statement", "article", "file", "event"],
    ),
    only(
        row(Field::Medium, "medium", "the form in which it travelled", "medium:email"),
        &["email", "direct-message", "chat", "post", "repost", "publication", "other"],
    ),
    only(
        row(Field::Is, "is", "a fact about it", "is:deleted"),
        &[
            "private",
            "public",
            "recovered",
            "summary",
            "deleted",
            "automated",
            "cut",
            "attached",
            "reply",
        ],
    ),
    only(
        row(Field::Has, "has", "something it has", "has:attachment"),
        &["attachment", "link", "hashtag"],
    ),
    also(row(Field::On, "on", "in this day, month, year or range", "on:2016-10-12"), &["date"]),
    row(Field::After, "after", "later than this day or time", "after:2016-09-30"),
    row(Field::Before, "before", "earlier than this day or time", "before:\"12 Oct 2016\""),
    row(Field::Since, "since", "on this day or later", "since:oct-2016"),
    row(Field::Until, "until", "on this day or earlier", "until:2016"),
    row(Field::Archive, "archive", "found in an archive whose name has this", "archive:inbox"),
    row(Field::Custodian, "custodian", "held by this person or body", "custodian:ann"),
    row(Field::Thread, "thread", "in the thread of this item", "thread:4k8m2x"),
    also(
        row(Field::Url, "url", "links to this address or below it", "url:example.org/report"),
        &["link"],
    ),
    row(Field::Domain, "domain", "links to this site", "domain:example.org"),
    row(Field::Hashtag, "hashtag", "uses this hashtag", "hashtag:budget"),
    row(Field::Mention, "mention", "mentions this handle", "mention:@desk"),
    row(Field::Object, "object", "has this object, written kind:key", "object:attachment:9f86d0…"),
    row(Field::Id, "id", "the item's id, its beginning, or the platform's own id", "id:4k8m2x"),
    row(Field::Attachment, "attachment", "words of attachment names", "attachment:pdf"),
    row(Field::Lang, "lang", "in this language (ISO 639-3 or 639-1)", "lang:deu"),
];

/// The field with this name or alias.
pub fn find(name: &str) -> Option<&'static FieldRow> {
    let name = name.to_lowercase();
    FIELDS.iter().find(|info| info.name == name || info.aliases.contains(&name.as_str()))
}

/// The field names nearest to a misspelt one.
pub fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    FIELDS
        .iter()
        .flat_map(|info| std::iter::once(&info.name).chain(info.aliases))
        .map(|candidate| (distance(&name, candidate), *candidate))
        .filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits between two words; a swap of neighbours is one.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j - 1] + same).min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
