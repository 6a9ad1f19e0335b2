//! What an importer could not read, and the account of an import.

use serde::{Deserialize, Serialize};

use crate::locator::Locator;
use crate::time::coded;

coded! {
    /// How much an issue matters.
    Severity {
        /// Worth knowing; nothing was lost.
        Note = 0 "note",
        /// Read, but with a doubt or a repair.
        Damaged = 1 "damaged",
        /// Not read: its bytes are in the archive and nowhere else.
        Lost = 2 "lost",
    }
}

/// One thing that went wrong with one place of an archive, and what was kept in spite of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// A short stable code in kebab case, for counting (`"bad-date"`, `"truncated"`).
    pub code: String,
    /// Where.
    pub locator: Locator,
    /// What is wrong, in words for a person.
    pub what: String,
    /// What was kept.
    pub kept: String,
}

/// The account of an import. Invariant: `found == read + damaged + skipped`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Entries the archive holds or declares.
    pub found: u64,
    /// Entries read without a doubt worth an issue of severity `damaged`.
    pub read: u64,
    /// Entries read with a doubt or a repair.
    pub damaged: u64,
    /// Entries that are not in the record; each has an issue.
    pub skipped: u64,
}

impl Balance {
    /// Whether the account closes.
    pub const fn holds(&self) -> bool {
        self.found == self.read + self.damaged + self.skipped
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &Self) {
        self.found += other.found;
        self.read += other.read;
        self.damaged += other.damaged;
        self.skipped += other.skipped;
    }
}
