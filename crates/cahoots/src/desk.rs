//! A case open on the desk: what several questions need is read once and held.
//!
//! A command opens a desk, asks one question and is done. The server keeps what was read
//! ([`Held`]) and gives every request a desk of its own over it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use cahoots_analyze::Record;
use cahoots_record::ItemOrd;
use cahoots_search::{Index, Names};
use cahoots_store::Case;
use jiff::tz::TimeZone;
use tokio::sync::OwnedSemaphorePermit;

use crate::analysis::of_case;
use crate::annotations::Notebook;
use crate::axis::Axis;
use crate::names::People;
use crate::objects::Objects;

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
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.as_ref() {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(read()?);
        *held = Some(Arc::clone(&read));
        Ok(read)
    }

    fn known(&self) -> Option<Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn share(&self) -> Self {
        Self(Mutex::new(self.known()))
    }
}

/// What was read of a case, at one state of it.
#[derive(Default)]
pub struct Held {
    index: Slot<Index>,
    people: Slot<People>,
    record: Slot<Record>,
    notebook: Slot<Notebook>,
    axis: Slot<Axis>,
    objects: Slot<Objects>,
    /// The index at an earlier state of the case, for what a new one shares with it.
    before: Mutex<Option<Arc<Index>>>,
}

impl Held {
    /// What is still true after a decision that is not about who is who.
    pub fn with_new_log(&self) -> Self {
        Self {
            index: self.index.share(),
            people: Slot::default(),
            record: self.record.share(),
            notebook: Slot::default(),
            ..self.with_new_people()
        }
    }

    /// What is still true after a decision on who is who.
    pub fn with_new_people(&self) -> Self {
        Self {
            index: self.index.share(),
            axis: self.axis.share(),
            objects: self.objects.share(),
            before: Mutex::new(self.before.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            ..Self::default()
        }
    }

    /// What is still of use after the record has grown.
    pub fn of_more(&self) -> Self {
        let before = self.index.0.try_lock().ok().and_then(|index| index.clone());
        let earlier = || self.before.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Self { before: Mutex::new(before.or_else(earlier)), ..Self::default() }
    }
}

/// An open case and what was read of it.
pub struct Desk {
    case: Case,
    held: Arc<Held>,
    zone: TimeZone,
    /// The right to compute now, where askers take turns; given back before a long wait.
    turn: Mutex<Option<OwnedSemaphorePermit>>,
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
        Self { case, held, zone, turn: Mutex::default() }
    }

    /// The same, asked in its turn.
    pub fn in_turn(self, turn: OwnedSemaphorePermit) -> Self {
        Self { turn: Mutex::new(Some(turn)), ..self }
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
        if self.held.record.0.try_lock().is_ok_and(|record| record.is_none()) {
            // Reading it, or waiting until somebody has read it, takes long: others go first.
            self.turn.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
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

    /// Every item in the order of time.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn axis(&self) -> Result<Arc<Axis>> {
        self.held.axis.get(|| Axis::read(&self.case))
    }

    /// What every item refers to.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn objects(&self) -> Result<Arc<Objects>> {
        self.held.objects.get(|| Objects::read(&self.case))
    }

    /// Reads what most questions need, before the first one is asked.
    ///
    /// # Errors
    /// When the case cannot be read.
    pub fn prepare(&self) -> Result<()> {
        // The first page asks for everybody at once.
        self.people()?;
        let before = self.held.before.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.index()?.prepare(before.as_deref())?;
        for segment in self.case.shared_segments() {
            segment.make_ready()?;
        }
        Ok(())
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
        self.people().map(|people| people.accounts_of(text)).unwrap_or_default()
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
