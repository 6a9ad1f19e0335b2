//! What others than importers may ask of a table of posts: which column means what, what the
//! cells of a row refer to, and when a cell says it was.

use std::borrow::Cow;

use cahoots_record::{Object, ObjectKind, Precision};
use jiff::tz::TimeZone;

use super::columns::{Columns, Field};
use super::row::objects_of;
use super::time;
use crate::importer::{ImportError, Options};

/// The columns of a table of posts or shares.
#[derive(Clone, Debug)]
pub struct PostTable {
    columns: Columns,
}

impl PostTable {
    /// Reads a header. `map` holds pairs of our name and theirs and wins over known names.
    ///
    /// # Errors
    /// When a mapped column is not there, or the columns do not tell account and time; the
    /// message shows what was looked for. `member` names the file in it.
    pub fn new(
        header: &[String],
        map: &[(String, String)],
        member: &str,
    ) -> Result<Self, ImportError> {
        let options = Options { map: map.to_vec(), ..Options::default() };
        let columns = Columns::new(header, &options);
        columns.check(member, &options, &[])?;
        Ok(Self { columns })
    }

    /// Who: an id or a handle.
    pub fn account(&self) -> Option<usize> {
        self.columns.get(Field::Account)
    }

    /// When, with the column of the clock where date and clock stand apart.
    pub fn time(&self) -> Option<(usize, Option<usize>)> {
        Some((self.columns.get(Field::Time)?, self.columns.clock))
    }

    /// Whether the name of the time column says UTC.
    pub fn is_utc(&self) -> bool {
        self.columns.utc
    }

    /// The id of the post.
    pub fn id(&self) -> Option<usize> {
        self.columns.get(Field::Id)
    }

    /// An object id of somebody else's making.
    pub fn object(&self) -> Option<usize> {
        self.columns.get(Field::Object)
    }

    /// The words.
    pub fn text(&self) -> Option<usize> {
        self.columns.get(Field::Text)
    }

    /// What was reposted.
    pub fn repost_of(&self) -> Option<usize> {
        self.columns.get(Field::RepostOf)
    }

    /// What was replied to.
    pub fn reply_to(&self) -> Option<usize> {
        self.columns.get(Field::ReplyTo)
    }

    /// Links.
    pub fn urls(&self) -> Option<usize> {
        self.columns.get(Field::Url)
    }

    /// Everything that the cells of a row refer to. Cells in the order of the header.
    pub fn objects(&self, cells: &[Cow<'_, str>]) -> Vec<Object> {
        objects_of(&self.columns, cells)
    }

    /// The kinds of object that the columns can give.
    pub fn kinds(&self) -> Vec<ObjectKind> {
        let has = |field| self.columns.get(field).is_some();
        let links = has(Field::Url) || has(Field::Entities) || has(Field::Text);
        [
            (ObjectKind::Url, links),
            (ObjectKind::Domain, links),
            (ObjectKind::Hashtag, has(Field::Hashtags) || links),
            (ObjectKind::Mention, has(Field::Handles) || links),
            (ObjectKind::Repost, has(Field::RepostOf) || has(Field::Referenced)),
            (ObjectKind::Status, links || has(Field::Referenced)),
            (ObjectKind::Text, has(Field::Text)),
            (ObjectKind::Other, has(Field::Object) || has(Field::Topics)),
        ]
        .into_iter()
        .filter_map(|(kind, there)| there.then_some(kind))
        .collect()
    }
}

/// A time of a cell as one instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// Microseconds since 1970 UTC: the first instant that the cell can mean, read as UTC where
    /// no zone is known.
    pub micros: i64,
    /// How fine the cell is.
    pub precision: Precision,
    /// Whether the zone is known.
    pub is_zoned: bool,
}

/// Reads the text of a time column as one instant.
///
/// # Errors
/// Says in words why it is no time.
pub fn moment(text: &str, zone: Option<&TimeZone>, utc: bool) -> Result<Moment, String> {
    let known = time::read(text, zone, utc)?;
    let is_zoned = known.offset.is_some() || zone.is_some() || utc;
    let when = match is_zoned {
        true => known,
        false => time::read(text, Some(&TimeZone::UTC), false)?,
    };
    let earliest = when.earliest.ok_or_else(|| "not a time that can be read".to_owned())?;
    Ok(Moment { micros: earliest.0, precision: when.precision, is_zoned })
}

/// The text of a cell of a Parquet column: empty where it is null, JSON where it is a list.
pub fn cell_of_parquet(array: &dyn arrow_array::Array, row: usize) -> String {
    cell_of_json(&super::parquet_rows::value(array, row))
}

/// The text of a JSON value as a cell: empty where it is null, JSON where it is a list.
pub fn cell_of_json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn both_peers_columns_are_known() {
        let cnt = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls";
        let table = PostTable::new(&header(cnt), &[], "").unwrap();
        assert_eq!(
            (table.account(), table.time(), table.id()),
            (Some(1), Some((6, None)), Some(0))
        );
        assert_eq!(
            (table.urls(), table.repost_of(), table.reply_to()),
            (Some(7), Some(3), Some(4))
        );
        let coor = "object_id,account_id,content_id,timestamp_share";
        let table = PostTable::new(&header(coor), &[], "").unwrap();
        assert_eq!((table.object(), table.id()), (Some(0), Some(2)));
        assert_eq!(table.kinds(), [ObjectKind::Other]);
    }

    #[test]
    fn the_cells_of_a_row_refer_to_what_the_importer_finds() {
        let table = PostTable::new(&header("id,user,date,text,urls"), &[], "").unwrap();
        let row = ["1", "ann", "2020-01-01", "see #This", "https://example.org/a example.org/b"];
        let cells: Vec<Cow<'_, str>> = row.into_iter().map(Cow::Borrowed).collect();
        let keys: Vec<String> =
            table.objects(&cells).into_iter().map(|object| object.key).collect();
        let expected = ["https://example.org/a", "https://example.org/b", "example.org", "this"];
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_cell_gives_one_instant_with_its_doubt() {
        let of = |text: &str| moment(text, None, false).unwrap();
        assert_eq!(of("1577966400").micros, 1_577_966_400_000_000);
        let bare = of("2020-01-02 12:00:00");
        assert_eq!((bare.micros, bare.is_zoned), (1_577_966_400_000_000, false));
        assert!(of("2020-01-02T13:00:00+01:00").is_zoned);
        assert_eq!(of("2020-01-02").precision, Precision::Day);
        assert!(moment("soon", None, false).is_err());
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let local = moment("2020-01-02 13:00:00", Some(&zone), false).unwrap();
        assert_eq!((local.micros, local.is_zoned), (1_577_966_400_000_000, true));
    }
}
