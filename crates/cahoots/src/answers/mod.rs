//! What the program answers, as it is written in JSON: on the command line and by the server, from
//! the same functions and byte for byte the same.

pub mod item;
pub mod overview;
pub mod people;
pub mod problems;
pub mod search;
pub mod thread;

use serde::Serialize;
use serde_json::Value;

/// An answer in JSON, and whether anything was found.
pub struct Answer {
    /// The answer.
    pub value: Value,
    /// Whether it holds anything; the command line's exit code says it.
    pub found: bool,
}

impl Answer {
    /// An answer of a type.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(answer: &impl Serialize, found: bool) -> anyhow::Result<Self> {
        Ok(Self { value: serde_json::to_value(answer)?, found })
    }

    /// The bytes, as the command line prints them.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(&self.value)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
