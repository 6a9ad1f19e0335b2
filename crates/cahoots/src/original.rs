//! Back from the record to the original bytes.

use anyhow::{Result, anyhow};
use cahoots_import::discover::Holding;
use cahoots_import::tree::Limits;
use cahoots_record::{Locator, Sha256};
use cahoots_store::{ArchiveRow, Case};

/// The bytes an occurrence was read from, and whether they still have the recorded digest.
pub struct Original {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Whether their SHA-256 is the recorded one.
    pub unchanged: bool,
}

/// The archive as the importers know it.
pub fn holding(archive: &ArchiveRow) -> Holding {
    Holding {
        name: archive.name.clone(),
        path: archive.path.clone().into(),
        folder: archive.folder,
        members: archive.members.clone(),
    }
}

/// Reads an occurrence's original bytes.
///
/// # Errors
/// When the archive is not where it was, or the place does not exist in it any more.
pub fn read(case: &Case, archive: u32, locator: &Locator, recorded: &Sha256) -> Result<Original> {
    let row = case
        .archives()
        .get(archive as usize)
        .ok_or_else(|| anyhow!("the catalog has no archive {archive}"))?;
    if !std::path::Path::new(&row.path).exists() {
        return Err(anyhow!(
            "the archive {} is no longer at {}; `cahoots add` its new place to tell the case",
            row.name,
            row.path
        ));
    }
    let spool = std::env::temp_dir();
    let bytes = cahoots_import::original::read(
        &holding(row),
        &row.format,
        locator,
        &Limits::default(),
        &spool,
    )?
    .ok_or_else(|| anyhow!("{} has no {locator} any more: it was changed", row.name))?;
    let unchanged = Sha256::of(&bytes) == *recorded;
    Ok(Original { bytes, unchanged })
}
