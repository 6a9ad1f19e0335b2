//! One item: its words, headers, copies, and the bytes it came from.

use anyhow::{Result, anyhow, bail};
use cahoots_record::{ItemId, ItemOrd, Medium, Sha256};
use cahoots_search::Index;
use cahoots_store::{Case, Copy, Parts, StoredItem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::item_json::{Whole, archive_name, whole};
use crate::original::{self, Original};

/// An item as a person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemAnswer {
    #[serde(flatten)]
    pub item: Whole,
    /// `cahoots/item/1`.
    pub schema: &'static str,
    /// Headers of the original, in its order.
    pub headers: Vec<Header>,
    /// Every occurrence, in the order of import.
    pub copies: Vec<CopyFound>,
    /// Other items with the same native id and other content.
    #[schema(value_type = Vec<String>)]
    pub variants: Vec<ItemId>,
    /// Other printings of the same message, the one that stands for it first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub printings: Vec<PrintingFound>,
    pub original: OriginalFound,
    /// Whether it is a mail with markup of its own.
    pub markup: bool,
}

/// A header of the original.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// An occurrence of an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CopyFound {
    /// The archive's name.
    pub archive: String,
    #[schema(value_type = Option<String>)]
    pub archive_sha256: Option<Sha256>,
    /// From whose holdings the archive came.
    pub custodian: Option<String>,
    pub locator: String,
    #[schema(value_type = String)]
    pub raw_sha256: Sha256,
}

/// Another document that prints the same message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PrintingFound {
    #[schema(value_type = String)]
    pub id: ItemId,
    /// The archive's name.
    pub archive: String,
    pub locator: String,
    /// Whether it is a quotation there.
    pub recovered: bool,
}

/// Whether the original bytes can be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum OriginalFound {
    /// They can.
    There {
        bytes: usize,
        /// Whether they have the digest recorded at import.
        unchanged: bool,
    },
    /// They cannot.
    Missing {
        /// Why.
        missing: String,
    },
}

/// The place of the item with this id or beginning of an id.
///
/// # Errors
/// When several items begin so, or the text cannot be an id.
pub fn find(index: &Index, text: &str) -> Result<Option<ItemOrd>> {
    let text = text.trim().trim_start_matches("id:").to_lowercase();
    if text.len() < 4 || text.len() > 26 {
        bail!("{text}: an item id has 26 characters; at least its first 4 are needed");
    }
    let found = index.find_id_prefix(&text)?;
    match found.as_slice() {
        [] => Ok(None),
        [(_, ord)] => Ok(Some(*ord)),
        several => {
            let ids: Vec<String> = several.iter().take(5).map(|(id, _)| id.to_string()).collect();
            bail!("{text} begins {} ids: {} …", several.len(), ids.join(", "))
        }
    }
}

/// An item with what belongs to it.
pub struct Shown {
    pub stored: StoredItem,
    pub copies: Vec<Copy>,
    pub original: Result<Original>,
    pub headers: Vec<(String, String)>,
    pub variants: Vec<StoredItem>,
    /// Other printings of the same message, the one that stands for it first.
    pub printings: Vec<StoredItem>,
}

/// One whole item.
///
/// # Errors
/// When the case cannot be read.
pub fn stored(case: &Case, ord: ItemOrd) -> Result<StoredItem> {
    case.items(&[ord], Parts::All)?
        .pop()
        .ok_or_else(|| anyhow!("the index names item {} that the record does not have", ord.0))
}

/// The original bytes of an item.
///
/// # Errors
/// When they are not where they were.
pub fn original(case: &Case, stored: &StoredItem) -> Result<Original> {
    original::read(case, stored.archive, &stored.item.locator, &stored.item.raw_sha256)
}

/// An item with what belongs to it.
///
/// # Errors
/// When the case cannot be read.
pub fn item(desk: &Desk, ord: ItemOrd) -> Result<Shown> {
    let case = desk.case();
    let stored = stored(case, ord)?;
    let original = original(case, &stored);
    let headers = match &original {
        Ok(original) => headers(case, &stored, original),
        Err(_) => Vec::new(),
    };
    let (copies, variants) = (case.copies(ord)?, variants(desk, &stored)?);
    let printings = printings(case, &stored)?;
    Ok(Shown { stored, copies, original, headers, variants, printings })
}

fn headers(case: &Case, stored: &StoredItem, original: &Original) -> Vec<(String, String)> {
    let format = case.archives().get(stored.archive as usize).map(|row| row.format.clone());
    cahoots_import::original::headers(
        &format.unwrap_or_default(),
        &stored.item.locator,
        &original.bytes,
    )
}

/// Other items with the same native id and other content.
fn variants(desk: &Desk, stored: &StoredItem) -> Result<Vec<StoredItem>> {
    let Some(native_id) = &stored.item.native_id else { return Ok(Vec::new()) };
    let mut ords = desk.index()?.with_native_id(native_id)?;
    ords.retain(|ord| *ord != stored.ord);
    let mut items = desk.case().items(&ords, Parts::Line)?;
    items.retain(|other| other.item.medium == stored.item.medium);
    Ok(items)
}

/// Other printings of the same message, the one that stands for it first.
fn printings(case: &Case, stored: &StoredItem) -> Result<Vec<StoredItem>> {
    let mut ords = case.printings_of(stored.ord)?;
    ords.retain(|ord| *ord != stored.ord);
    Ok(case.items(&ords, Parts::Line)?)
}

/// The answer in JSON.
pub fn answer(desk: &Desk, shown: &Shown) -> ItemAnswer {
    let case = desk.case();
    let mail = shown.stored.item.medium == Medium::Email;
    let original = shown.original.as_ref().ok().filter(|_| mail);
    let header =
        |(name, value): &(String, String)| Header { name: name.clone(), value: value.clone() };
    ItemAnswer {
        item: whole(case, &shown.stored),
        schema: "cahoots/item/1",
        headers: shown.headers.iter().map(header).collect(),
        copies: shown.copies.iter().map(|copy| copy_found(case, copy)).collect(),
        variants: shown.variants.iter().map(|stored| stored.item.id).collect(),
        printings: shown.printings.iter().map(|other| printing_found(case, other)).collect(),
        original: match &shown.original {
            Ok(original) => {
                OriginalFound::There { bytes: original.bytes.len(), unchanged: original.unchanged }
            }
            Err(error) => OriginalFound::Missing { missing: format!("{error:#}") },
        },
        markup: original.is_some_and(|it| cahoots_import::markup(&it.bytes).is_some()),
    }
}

fn printing_found(case: &Case, other: &StoredItem) -> PrintingFound {
    PrintingFound {
        id: other.item.id,
        archive: archive_name(case, other.archive),
        locator: other.item.locator.to_string(),
        recovered: other.item.flags.recovered,
    }
}

fn copy_found(case: &Case, copy: &Copy) -> CopyFound {
    let row = case.archives().get(copy.archive as usize);
    CopyFound {
        archive: archive_name(case, copy.archive),
        archive_sha256: row.map(|row| row.sha256),
        custodian: row.map(|row| row.custodian.clone()),
        locator: copy.locator.to_string(),
        raw_sha256: copy.raw_sha256,
    }
}
