//! `rebuild`: the text index anew from the record, and what was kept of answers thrown away.

use anyhow::{Context, Result};
use cahoots_import::StopFlag;
use cahoots_store::Case;

use super::Done;
use crate::cli::Global;
use crate::ingest::{self, Request};
use crate::output::{Output, counted};
use crate::progress::Progress;

pub(super) fn run(global: &Global, out: &mut Output) -> Result<Done> {
    // Opened for reading first: rebuilding must not make a case.
    drop(Case::open(&global.case)?);
    let mut case = Case::open_for_writing(&global.case, "")?;
    for folder in [case.index_dir(), case.kept_dir()] {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("{} cannot be removed", folder.display()))?;
        }
    }
    let progress = Progress::new(global.quiet);
    ingest::add(&mut case, &Request::default(), &StopFlag::default(), &progress)?;
    let items = counted(case.n_items(), "item", "items");
    if out.json {
        out.value(&serde_json::json!({ "schema": "cahoots/rebuild/1", "items": case.n_items() }))?;
    } else {
        out.line(format!("{items} indexed"))?;
    }
    Ok(Done::Found)
}
