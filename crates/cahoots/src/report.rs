//! One error report at the edge: what went wrong, why, and what to do.

use std::io::Write;

use anyhow::Error;
use cahoots_store::StoreError;

use crate::commands::NotInstalled;

/// Prints an error with its causes and a hint to stderr.
pub fn print(error: &Error) {
    let mut text = format!("cahoots: {error}\n");
    for cause in error.chain().skip(1) {
        text.push_str(&format!("  because: {cause}\n"));
    }
    if let Some(hint) = hint(error) {
        text.push_str(&format!("hint: {hint}\n"));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A note to the person, on stderr.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A question to the person, on stderr; the answer follows on the same line.
pub fn ask(question: &str) {
    let mut err = std::io::stderr();
    let _ = write!(err, "{question}: ").and_then(|()| err.flush());
}

/// Whether the reader of our output went away: nothing to report.
pub fn is_closed_pipe(error: &Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// What to do about an error, where that is known.
pub fn hint(error: &Error) -> Option<&'static str> {
    if error.is::<NotInstalled>() {
        return Some(NotInstalled::HINT);
    }
    error.chain().find_map(|cause| match cause.downcast_ref::<StoreError>()? {
        StoreError::NoCase { .. } => {
            Some("make one with `cahoots open FOLDER`, or name another with --case DIR")
        }
        StoreError::NotACase { .. } => {
            Some("name an empty or new folder with --case DIR; nothing was changed")
        }
        StoreError::Locked { .. } => Some("wait until it is done, or use another --case DIR"),
        StoreError::Newer { .. } => Some("use the cahoots that made it, or a newer one"),
        StoreError::Damaged { .. } | StoreError::Table { .. } => {
            Some("`cahoots verify` names what is damaged; originals are not affected")
        }
        StoreError::Io { .. } | StoreError::CaseFile { .. } | StoreError::Catalog { .. } => None,
    })
}
