//! One error report at the edge: what went wrong, why, and what to do.

use std::fmt;
use std::io::Write;

use anyhow::Error;
use cahoots_store::StoreError;

/// An error with a word on what to do about it.
#[derive(Debug)]
pub struct Hinted {
    /// What went wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Hinted {}

/// An error with a hint.
pub fn hinted(what: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::new(Hinted { what: what.into(), hint: hint.into() })
}

/// Prints an error with its causes and a hint to stderr.
pub fn print(error: &Error) {
    let mut text = format!("cahoots-engine: {error}\n");
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

/// Whether the reader of our output went away: nothing to report.
pub fn is_closed_pipe(error: &Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

fn hint(error: &Error) -> Option<String> {
    // As a context it is no link of the chain.
    if let Some(hinted) = error.downcast_ref::<Hinted>() {
        return Some(hinted.hint.clone());
    }
    error.chain().find_map(|cause| {
        if let Some(hinted) = cause.downcast_ref::<Hinted>() {
            return Some(hinted.hint.clone());
        }
        match cause.downcast_ref::<StoreError>()? {
            StoreError::NoCase { .. } => {
                Some("name a case with --case DIR, or files after the query".to_owned())
            }
            StoreError::Newer { .. } => {
                Some("use the cahoots-engine that came with the cahoots that made it".to_owned())
            }
            StoreError::Damaged { .. } | StoreError::Table { .. } => Some(
                "`cahoots verify` names what is damaged; originals are not affected".to_owned(),
            ),
            _ => None,
        }
    })
}
