//! Reading a segment whole, a few columns at a time, without making items of it.

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{
    Array, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array,
};
use cahoots_record::{
    Flags, ItemId, ItemKind, ItemOrd, Medium, ObjectKind, Role, UtcMicros, Visibility,
};

use super::read::Segment;
use crate::error::StoreError;

/// An item without its words and people, borrowed from a batch.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    /// Its place in the case.
    pub ord: ItemOrd,
    /// Its lasting name.
    pub id: ItemId,
    /// What it is.
    pub kind: ItemKind,
    /// The form in which it travelled.
    pub medium: Medium,
    /// Private or public.
    pub visibility: Visibility,
    /// The platform's own id.
    pub native_id: Option<&'a str>,
    /// Not before.
    pub earliest: Option<UtcMicros>,
    /// Not after.
    pub latest: Option<UtcMicros>,
    /// Facts that are so or not known to be so.
    pub flags: Flags,
    /// The platform's conversation.
    pub conversation: Option<&'a str>,
    /// The item it came attached to.
    pub parent: Option<&'a str>,
    /// What the format knows beyond the vocabulary, as JSON.
    pub detail: Option<&'a str>,
    /// Number of the archive it was first read from.
    pub archive: u32,
}

/// The words of an item, borrowed from a batch.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// Its place in the case.
    pub ord: ItemOrd,
    /// Its subject.
    pub subject: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
    /// ISO 639-3 code of the detected language.
    pub language: Option<&'a str>,
}

const GLANCE: &[&str] = &[
    "item",
    "id",
    "kind",
    "medium",
    "visibility",
    "native_id",
    "time_earliest",
    "time_latest",
    "references",
    "conversation",
    "parent",
    "recovered",
    "summary",
    "deleted",
    "automated",
    "cut",
    "detail",
    "archive",
];

impl Segment {
    /// Shows every item, in order, with the native ids it refers to.
    ///
    /// # Errors
    /// When the table cannot be read or holds what is no item.
    pub fn each_item(
        &self,
        mut each: impl FnMut(Glance<'_>, &mut dyn Iterator<Item = &str>),
    ) -> Result<(), StoreError> {
        for batch in self.open("items", GLANCE, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "items", batch: &batch };
            let (ord, id) = (table.longs("item")?, table.texts("id")?);
            let (kind, medium) = (table.texts("kind")?, table.texts("medium")?);
            let (visibility, native) = (table.texts("visibility")?, table.texts("native_id")?);
            let (earliest, latest) = (table.column("time_earliest")?, table.column("time_latest")?);
            let time = |column: &dyn Array, row: usize| {
                let column = column.as_primitive_opt::<TimestampMicrosecondType>()?;
                column.is_valid(row).then(|| UtcMicros(column.value(row)))
            };
            let references = table.column("references")?.as_list_opt::<i32>();
            let cited = references.and_then(|list| list.values().as_string_opt::<i32>());
            let (conversation, parent) = (table.texts("conversation")?, table.texts("parent")?);
            let detail = table.texts("detail")?;
            let flags = ["recovered", "summary", "deleted", "automated", "cut"]
                .map(|name| table.flags(name));
            let [recovered, summary, deleted, automated, cut] = flags;
            let (recovered, summary, deleted) = (recovered?, summary?, deleted?);
            let (automated, cut) = (automated?, cut?);
            let archive = table.column("archive")?.as_primitive_opt::<UInt32Type>();
            for row in 0..batch.num_rows() {
                let glance = Glance {
                    ord: ItemOrd(ord.value(row)),
                    id: id.value(row).parse().map_err(|_| table.damaged("id", row))?,
                    kind: ItemKind::from_name(kind.value(row))
                        .ok_or_else(|| table.damaged("kind", row))?,
                    medium: Medium::from_name(medium.value(row))
                        .ok_or_else(|| table.damaged("medium", row))?,
                    visibility: Visibility::from_name(visibility.value(row))
                        .ok_or_else(|| table.damaged("visibility", row))?,
                    native_id: given(native, row),
                    earliest: time(earliest, row),
                    latest: time(latest, row),
                    flags: Flags {
                        recovered: recovered.value(row),
                        summary: summary.value(row),
                        deleted: deleted.value(row),
                        automated: automated.value(row),
                        cut: cut.value(row),
                    },
                    conversation: given(conversation, row),
                    parent: given(parent, row),
                    detail: given(detail, row),
                    archive: archive.map_or(0, |column| column.value(row)),
                };
                let range = references.map_or(0..0, |list| {
                    let offsets = list.value_offsets();
                    offsets[row] as usize..offsets[row + 1] as usize
                });
                let mut refers = range.filter_map(|at| cited.map(|texts| texts.value(at)));
                each(glance, &mut refers);
            }
        }
        Ok(())
    }

    /// Shows the bounds of every item's time and its visibility, in order.
    ///
    /// # Errors
    /// When the table cannot be read or holds an unknown visibility.
    pub fn each_time(
        &self,
        mut each: impl FnMut(ItemOrd, Option<UtcMicros>, Option<UtcMicros>, Visibility),
    ) -> Result<(), StoreError> {
        let columns = ["item", "visibility", "time_earliest", "time_latest"];
        for batch in self.open("items", &columns, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "items", batch: &batch };
            let (ord, visibility) = (table.longs("item")?, table.texts("visibility")?);
            let (earliest, latest) = (table.times("time_earliest")?, table.times("time_latest")?);
            let at = |column: &TimestampMicrosecondArray, row: usize| {
                column.is_valid(row).then(|| UtcMicros(column.value(row)))
            };
            for row in 0..batch.num_rows() {
                let visibility = Visibility::from_name(visibility.value(row))
                    .ok_or_else(|| table.damaged("visibility", row))?;
                each(ItemOrd(ord.value(row)), at(earliest, row), at(latest, row), visibility);
            }
        }
        Ok(())
    }

    /// Shows every participation: item, account, role.
    ///
    /// # Errors
    /// When the table cannot be read or holds an unknown role.
    pub fn each_participant(
        &self,
        mut each: impl FnMut(ItemOrd, &str, Role),
    ) -> Result<(), StoreError> {
        let columns = ["item", "account", "role"];
        for batch in self.open("participants", &columns, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "participants", batch: &batch };
            let (ord, account) = (table.longs("item")?, table.texts("account")?);
            let role = table.texts("role")?;
            for row in 0..batch.num_rows() {
                let role =
                    Role::from_name(role.value(row)).ok_or_else(|| table.damaged("role", row))?;
                each(ItemOrd(ord.value(row)), account.value(row), role);
            }
        }
        Ok(())
    }

    /// Shows every reference: item, kind of object, its key.
    ///
    /// # Errors
    /// When the table cannot be read or holds an unknown kind.
    pub fn each_object(
        &self,
        mut each: impl FnMut(ItemOrd, ObjectKind, &str),
    ) -> Result<(), StoreError> {
        let columns = ["item", "kind", "key"];
        for batch in self.open("objects", &columns, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "objects", batch: &batch };
            let (ord, kind, key) =
                (table.longs("item")?, table.texts("kind")?, table.texts("key")?);
            for row in 0..batch.num_rows() {
                let kind = ObjectKind::from_name(kind.value(row))
                    .ok_or_else(|| table.damaged("kind", row))?;
                each(ItemOrd(ord.value(row)), kind, key.value(row));
            }
        }
        Ok(())
    }

    /// Shows every attachment: item, name, whether an archive holds its bytes.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn each_attachment(
        &self,
        mut each: impl FnMut(ItemOrd, &str, bool),
    ) -> Result<(), StoreError> {
        let columns = ["item", "name", "sha256"];
        for batch in self.open("attachments", &columns, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "attachments", batch: &batch };
            let (ord, name) = (table.longs("item")?, table.texts("name")?);
            let digest = table.texts("sha256")?;
            for row in 0..batch.num_rows() {
                each(ItemOrd(ord.value(row)), name.value(row), digest.is_valid(row));
            }
        }
        Ok(())
    }

    /// Shows every occurrence: item and number of the archive that holds it.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn each_copy(&self, mut each: impl FnMut(ItemOrd, u32)) -> Result<(), StoreError> {
        for batch in self.open("occurrences", &["item", "archive"], None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "occurrences", batch: &batch };
            let ord = table.longs("item")?;
            let archive = table.column("archive")?.as_primitive_opt::<UInt32Type>();
            for row in 0..batch.num_rows() {
                each(ItemOrd(ord.value(row)), archive.map_or(0, |column| column.value(row)));
            }
        }
        Ok(())
    }

    /// Shows the words of every item, in order.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn each_text(&self, mut each: impl FnMut(Words<'_>)) -> Result<(), StoreError> {
        let columns = ["item", "subject", "text", "language"];
        for batch in self.open("items", &columns, None)?.into_iter().flatten() {
            let batch = batch?;
            let table = Table { segment: self, name: "items", batch: &batch };
            let (ord, subject) = (table.longs("item")?, table.texts("subject")?);
            let (text, language) = (table.texts("text")?, table.texts("language")?);
            for row in 0..batch.num_rows() {
                each(Words {
                    ord: ItemOrd(ord.value(row)),
                    subject: given(subject, row),
                    text: text.value(row),
                    language: given(language, row),
                });
            }
        }
        Ok(())
    }
}

fn given(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// A batch of a table, with errors that name the file.
struct Table<'a> {
    segment: &'a Segment,
    name: &'static str,
    batch: &'a RecordBatch,
}

impl<'a> Table<'a> {
    fn error(&self, reason: String) -> StoreError {
        StoreError::Damaged { path: self.segment.path(self.name), reason }
    }

    fn damaged(&self, column: &str, row: usize) -> StoreError {
        self.error(format!("row {row} of a batch: column {column} holds what is unknown"))
    }

    fn column(&self, name: &str) -> Result<&'a dyn Array, StoreError> {
        self.batch
            .column_by_name(name)
            .map(|column| column.as_ref())
            .ok_or_else(|| self.error(format!("there is no column {name}")))
    }

    fn texts(&self, name: &str) -> Result<&'a StringArray, StoreError> {
        self.column(name)?
            .as_string_opt::<i32>()
            .ok_or_else(|| self.error(format!("column {name} is no text")))
    }

    fn longs(&self, name: &str) -> Result<&'a UInt64Array, StoreError> {
        self.column(name)?
            .as_primitive_opt::<UInt64Type>()
            .ok_or_else(|| self.error(format!("column {name} holds no whole numbers")))
    }

    fn times(&self, name: &str) -> Result<&'a TimestampMicrosecondArray, StoreError> {
        self.column(name)?
            .as_primitive_opt::<TimestampMicrosecondType>()
            .ok_or_else(|| self.error(format!("column {name} holds no times")))
    }

    fn flags(&self, name: &str) -> Result<&'a BooleanArray, StoreError> {
        self.column(name)?
            .as_boolean_opt()
            .ok_or_else(|| self.error(format!("column {name} holds no flags")))
    }
}
