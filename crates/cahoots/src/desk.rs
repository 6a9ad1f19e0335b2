//! A case open on the desk: what several questions need is read once and held.
//!
//! A command opens a desk, asks one question and is done. The server keeps what was read
//! ([`Held`]) and gives every request a desk of its own over it.

use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result};
use cahoots_analyze::Record;
use cahoots_record::ItemOrd;
use cahoots_search::{Index, Names};
use cahoots_store::Case;
use jiff::tz::TimeZone;

use crate::analysis::of_case;
use crate::annotations::Notebook;
use crate::names::People;

/// Something that is read when first asked for, by one asker while the others wait.
struct Slot<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Slot<T> {
    fn get(&self, read: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        // Whoever panicked while reading left nothing behind; the next one reads.
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = held.as_ref() {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(read()?);
        *held = Some(Arc::clone(&read));
        Ok(read)
    }

    fn clear(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    fn share(&self) -> Self {
        let held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Self(Mutex::new(held.clone()))
    }
}

/// What was read of a case, at one state of it.
#[derive(Default)]
pub struct Held {
    index: Slot<Index>,
    people: Slot<People>,
    record: Slot<Record>,
    notebook: Slot<Notebook>,
    places: Slot<Vec<u32>>,
}

impl Held {
    /// What is still true after a decision that is not about who is who.
    pub fn with_new_log(&self) -> Self {
        Self {
            index: self.index.share(),
            people: Slot::default(),
            record: self.record.share(),
            notebook: Slot::default(),
            places: self.places.share(),
        }
    }

    /// What is still true after a decision on who is who.
    pub fn with_new_people(&self) -> Self {
        Self { index: self.index.share(), ..Self::default() }
    }
}

/// An open case and what was read of it.
pub struct Desk {
    case: Case,
    held: Arc<Held>,
    zone: TimeZone,
}

impl Desk {
    /// Opens a case; reads nothing of it yet.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn open(root: &Path) -> Result<Self> {
        Ok(Self::over(Case::open(root)?, Arc::default()))
    }

    /// An open case, and what was read of it before.
    pub fn over(case: Case, held: Arc<Held>) -> Self {
        let zone = TimeZone::get(&case.info().zone).unwrap_or(TimeZone::UTC);
        Self { case, held, zone }
    }

    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The zone in which the case's times are shown and read.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The case alone, for the next desk.
    pub fn into_case(self) -> Case {
        self.case
    }

    /// The full text.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn index(&self) -> Result<Arc<Index>> {
        self.held.index.get(|| Ok(Index::open(&self.case.index_dir())?))
    }

    /// Everybody.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn people(&self) -> Result<Arc<People>> {
        self.held.people.get(|| People::load(&self.case).context("who is who cannot be read"))
    }

    /// Every item in columns.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn record(&self) -> Result<Arc<Record>> {
        let people = self.people()?;
        self.held.record.get(|| of_case(&self.case, &people))
    }

    /// The same, to add the words of one question to: taken where nobody else holds it, copied
    /// where somebody does.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn own_record(&self) -> Result<Record> {
        let record = self.record()?;
        if Arc::strong_count(&self.held) == 1 {
            self.held.record.clear();
        }
        Ok(Arc::unwrap_or_clone(record))
    }

    /// Places in [`Self::record`] of the items by their place in the case; `u32::MAX` for none.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn places(&self) -> Result<Arc<Vec<u32>>> {
        let record = self.record()?;
        self.held.places.get(|| {
            let mut places = vec![u32::MAX; self.case.n_items() as usize];
            for place in record.places() {
                if let Some(slot) = places.get_mut(record.row(place).ord.0 as usize) {
                    *slot = place.0;
                }
            }
            Ok(places)
        })
    }

    /// What people noted on items.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn notebook(&self) -> Result<Arc<Notebook>> {
        self.held.notebook.get(|| Ok(Notebook::of(&self.case.catalog().human()?)))
    }

    fn archives_where(&self, wanted: impl Fn(&cahoots_store::ArchiveRow) -> bool) -> Vec<u32> {
        self.case.archives().iter().filter(|row| wanted(row)).map(|row| row.archive).collect()
    }
}

/// What the search asks of a case.
impl Names for Desk {
    fn accounts(&self, text: &str) -> Vec<u32> {
        self.people().map(|people| people.matcher().accounts(text)).unwrap_or_default()
    }

    fn archives(&self, text: &str) -> Vec<u32> {
        let text = text.to_lowercase();
        self.archives_where(|row| {
            row.archive.to_string() == text || row.name.to_lowercase().contains(&text)
        })
    }

    fn custodian_archives(&self, text: &str) -> Vec<u32> {
        let text = text.to_lowercase();
        self.archives_where(|row| row.custodian.to_lowercase().contains(&text))
    }

    fn thread(&self, text: &str) -> Option<Vec<ItemOrd>> {
        let index = self.index().ok()?;
        let text = text.trim().trim_start_matches('<').trim_end_matches('>');
        let by_id = index.find_id_prefix(&text.to_lowercase()).ok()?;
        let ord = match by_id.as_slice() {
            [(_, ord)] => *ord,
            _ => *index.with_native_id(text).ok()?.first()?,
        };
        self.case.thread_of(ord).ok()
    }

    fn copies_in(&self, archives: &[u32]) -> Vec<ItemOrd> {
        self.case.copies_in(archives).unwrap_or_default()
    }
}
