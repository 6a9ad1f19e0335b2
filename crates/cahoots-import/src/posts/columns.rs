//! Which column of a table of posts means what: one table of names, and the person's own map.

use crate::importer::{Confidence, ImportError, Options};

/// What a column can tell about a post.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Field {
    Text,
    Time,
    Account,
    AccountName,
    Url,
    Id,
    Kind,
    ReplyTo,
    RepostOf,
    Object,
    Conversation,
    Hashtags,
    Handles,
    /// What a post is about in somebody's words, parted by semicolons.
    Topics,
    Lang,
    Platform,
    Visibility,
    /// `entities` of the X API: URLs, hashtags and mentions as JSON.
    Entities,
    /// `referenced_tweets` of the X API: replies, reposts and quotes as JSON.
    Referenced,
}

/// Our name, and the column names taken for it, lower case; where several are there, the first
/// in this order is taken, the others stay in `detail`.
const TABLE: &[(Field, &str, &[&str])] = &[
    (Field::Text, "text", &["full_text", "text", "message", "body", "content", "tweet_text"]),
    (
        Field::Time,
        "time",
        &[
            "created_at",
            "timestamp_share",
            "created_at_utc",
            "created_utc",
            "timestamp",
            "utc",
            "datetime",
            "date",
            "time",
        ],
    ),
    (
        Field::Account,
        "account",
        &[
            "author_id",
            "account_id",
            "user_id",
            "userid",
            "account",
            "user",
            "screen_name",
            "username",
            "user_screen_name",
            "handle",
            "author",
        ],
    ),
    (
        Field::AccountName,
        "account_name",
        &[
            "username",
            "screen_name",
            "user_screen_name",
            "handle",
            "account_name",
            "display_name",
            "author_name",
            "name",
        ],
    ),
    (Field::Url, "url", &["urls", "url", "links", "link", "expanded_urls"]),
    (
        Field::Id,
        "id",
        &["tweet_id", "tweetid", "status_id", "content_id", "message_id", "post_id", "id"],
    ),
    (Field::Kind, "kind", &["kind", "type", "post_type", "tweet_type", "is_retweet", "is_repost"]),
    (
        Field::ReplyTo,
        "reply_to",
        &["in_reply_to_status_id", "in_reply_to_tweetid", "in_reply_to_id", "reply_id", "reply_to"],
    ),
    (
        Field::RepostOf,
        "repost_of",
        &["retweeted_status_id", "retweet_id", "retweet_tweetid", "repost_id", "repost_of"],
    ),
    (Field::Object, "object", &["object_id", "object"]),
    (Field::Conversation, "conversation", &["conversation_id", "conversation", "thread_id"]),
    (Field::Hashtags, "hashtags", &["hashtags", "hashtag"]),
    (Field::Handles, "handles", &["handles", "mentions", "user_mentions"]),
    (Field::Topics, "topics", &["topics"]),
    (Field::Lang, "lang", &["lang", "language", "tweet_language"]),
    (Field::Platform, "platform", &["platform", "network"]),
    (Field::Visibility, "visibility", &["visibility", "privacy"]),
    (Field::Entities, "entities", &["entities"]),
    (Field::Referenced, "referenced", &["referenced_tweets"]),
];

/// Columns that only X and the tools around it use.
const X_ONLY: &[&str] = &[
    "tweet_id",
    "tweetid",
    "tweet_text",
    "in_reply_to_user_id",
    "in_reply_to_status_id",
    "in_reply_to_tweetid",
    "retweeted_status_id",
    "retweet_id",
    "retweet_tweetid",
    "referenced_tweets",
    "author_id",
    "edit_history_tweet_ids",
    "user_screen_name",
    "full_text",
];

/// The columns of CooRTweet's input.
const COORTWEET: &[&str] = &["object_id", "account_id", "content_id", "timestamp_share"];

/// The columns of the Coordination Network Toolkit's input; `urls` may be missing.
const CNT: &[&str] =
    &["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp"];

/// Column names that beside `type` mark a record somebody compiled, which is another format.
const COMPILED: &[&str] = &["earliest", "latest", "speaker", "summary"];

/// Names that say the time is UTC though the value does not.
const UTC: &[&str] = &["utc", "created_at_utc", "created_utc"];

/// Names that hold a handle rather than a printed name.
const HANDLE: &[&str] = &["username", "screen_name", "user_screen_name", "handle"];

/// How the columns of one table are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// Column names as they stand, trimmed.
    pub(crate) names: Vec<String>,
    /// Field and column, in the order of the table above.
    fields: Vec<(Field, usize)>,
    /// A `time` column beside the `date` column that was taken.
    pub(crate) clock: Option<usize>,
    /// The columns are X's own.
    pub(crate) of_x: bool,
    /// The name of the time column says UTC.
    pub(crate) utc: bool,
    /// The kind is a yes or no to «is it a repost».
    pub(crate) kind_is_flag: bool,
    /// The printed name is a handle.
    pub(crate) name_is_handle: bool,
}

/// What `--map platform=…` said, where it names no column.
pub(crate) fn fixed_platform<'a>(names: &[String], options: &'a Options) -> Option<&'a str> {
    let (_, value) = options.map.iter().rev().find(|(ours, _)| ours == "platform")?;
    (!names.iter().any(|name| name.eq_ignore_ascii_case(value))).then_some(value)
}

impl Columns {
    /// Reads a header. Mapped columns win; a mapped name that is not there is passed over here,
    /// see [`Columns::check`].
    pub(crate) fn new<S: AsRef<str>>(header: &[S], options: &Options) -> Self {
        let names: Vec<String> =
            header.iter().map(|name| name.as_ref().trim().to_owned()).collect();
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let place = |wanted: &str| lower.iter().position(|name| name == wanted);
        let mut columns = Self { names, ..Self::default() };
        for (field, ours, _) in TABLE {
            let mapped = options.map.iter().rev().find(|(name, _)| name == ours);
            if let Some(at) = mapped.and_then(|(_, theirs)| place(&theirs.trim().to_lowercase())) {
                columns.fields.push((*field, at));
            }
        }
        for (field, _, theirs) in TABLE {
            if columns.get(*field).is_some() {
                continue;
            }
            let free = |at: &usize| columns.fields.iter().all(|(_, taken)| taken != at);
            if let Some(at) = theirs.iter().find_map(|name| place(name).filter(free)) {
                columns.fields.push((*field, at));
            }
        }
        let named = |field, list: &[&str]| {
            columns.get(field).is_some_and(|at| list.contains(&lower[at].as_str()))
        };
        let (utc, name_is_handle) = (named(Field::Time, UTC), named(Field::AccountName, HANDLE));
        let clock = place("time").filter(|_| named(Field::Time, &["date"]));
        let kind_is_flag = named(Field::Kind, &["is_retweet", "is_repost"]);
        columns.utc = utc;
        columns.kind_is_flag = kind_is_flag;
        columns.name_is_handle = name_is_handle;
        columns.clock = clock;
        columns.of_x = has_all(&lower, CNT) || X_ONLY.iter().any(|name| place(name).is_some());
        columns
    }

    /// The column of a field.
    pub(crate) fn get(&self, field: Field) -> Option<usize> {
        self.fields.iter().find(|(have, _)| *have == field).map(|(_, at)| *at)
    }

    /// Whether a column was given a meaning.
    pub(crate) fn is_used(&self, column: usize) -> bool {
        self.clock == Some(column) || self.fields.iter().any(|(_, at)| *at == column)
    }

    /// Whether rows can be told as posts: account and time, or id and text.
    pub(crate) fn suffices(&self) -> bool {
        let has = |field| self.get(field).is_some();
        (has(Field::Account) && has(Field::Time)) || (has(Field::Id) && has(Field::Text))
    }

    /// How much a header looks like a table of posts, for `recognize`. `None` for records that
    /// somebody compiled.
    pub(crate) fn confidence(&self) -> Option<Confidence> {
        let lower: Vec<String> = self.names.iter().map(|name| name.to_lowercase()).collect();
        let has = |name: &&str| lower.iter().any(|have| have == name);
        if has(&"type") && COMPILED.iter().any(has) {
            return None;
        }
        if has_all(&lower, COORTWEET) || has_all(&lower, CNT) {
            return Some(Confidence::Certain);
        }
        let known = self.fields.len();
        let x = self.of_x && self.get(Field::Id).is_some();
        (self.suffices() && (known >= 3 || x)).then_some(Confidence::Likely)
    }

    /// Holds the mapping to the header: unknown fields, columns that are not there, or too few
    /// columns are an error that shows what was found.
    pub(crate) fn check(
        &self,
        member: &str,
        options: &Options,
        first_rows: &[String],
    ) -> Result<(), ImportError> {
        let mut wrong = Vec::new();
        for (ours, theirs) in &options.map {
            if !TABLE.iter().any(|(_, name, _)| name == ours) {
                wrong.push(format!("--map {ours}={theirs}: there is no field `{ours}`"));
            } else if ours != "platform"
                && !self.names.iter().any(|name| name.eq_ignore_ascii_case(theirs.trim()))
            {
                wrong.push(format!("--map {ours}={theirs}: there is no column `{theirs}`"));
            }
        }
        if wrong.is_empty() && !self.suffices() {
            wrong.push(
                "posts need at least the columns account and time, or id and text".to_owned(),
            );
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let member = if member.is_empty() { "the table" } else { member }.to_owned();
        Err(ImportError::Unfit { member, reason: self.reason(wrong, first_rows) })
    }

    fn reason(&self, mut lines: Vec<String>, first_rows: &[String]) -> String {
        lines.push(format!("columns: {}", self.names.join(" | ")));
        for (number, row) in first_rows.iter().take(3).enumerate() {
            let short: String = row.chars().take(200).collect();
            lines.push(format!("row {}: {short}", number + 1));
        }
        for (field, ours, theirs) in TABLE {
            lines.push(match self.get(*field).and_then(|at| self.names.get(at)) {
                Some(name) => format!("{ours}: found as `{name}`"),
                None => format!("{ours}: not found; looked for {}", theirs.join(", ")),
            });
        }
        lines.push(
            "Say which column is which with --map, for example --map account=who,time=posted"
                .to_owned(),
        );
        lines.join("\n")
    }
}

fn has_all(have: &[String], wanted: &[&str]) -> bool {
    wanted.iter().all(|name| have.iter().any(|h| h == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Columns {
        Columns::new(&header.split(',').collect::<Vec<_>>(), &Options::default())
    }

    #[test]
    fn known_tables_are_recognised_and_others_are_not() {
        for (header, expected) in [
            ("object_id,account_id,content_id,timestamp_share", Some(Confidence::Certain)),
            (
                "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls",
                Some(Confidence::Certain),
            ),
            ("id,text,author_id,created_at,lang", Some(Confidence::Likely)),
            ("ref,tweet_id,account,utc,kind,links,relation", Some(Confidence::Likely)),
            ("Tweet_ID , Full_Text", Some(Confidence::Likely)),
            ("type,earliest,latest,account,text,time", None),
            ("name,amount,city", None),
            ("Dear all, the text of this letter", None),
            ("account,time", None),
        ] {
            assert_eq!(columns(header).confidence(), expected, "{header}");
        }
    }

    #[test]
    fn a_column_means_one_thing_and_the_map_wins() {
        let both = columns("author_id,username,created_at,text,id");
        assert_eq!(both.get(Field::Account), Some(0));
        assert_eq!(both.get(Field::AccountName), Some(1));
        let one = columns("username,created_at");
        assert_eq!((one.get(Field::Account), one.get(Field::AccountName)), (Some(0), None));
        let options = Options { map: vec![("text".into(), "Note".into())], ..Options::default() };
        let mapped = Columns::new(&["text", "note"], &options);
        assert_eq!(mapped.get(Field::Text), Some(1));
        assert!(!mapped.is_used(0));
    }
}
