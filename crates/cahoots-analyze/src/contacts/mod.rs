//! Who was in contact with whom, since when, who answered and who was ignored (DEFINITIONS §1).
//!
//! A contact of A and B is a private message that one of them wrote and that was addressed to the
//! other. A message by a third party that both received is *shared* and counted apart. Automated
//! mail is no contact unless asked for; entries whose existence is in doubt are listed and not
//! counted.

use serde::Serialize;
use serde_json::json;

use crate::finding::{Cite, Finding, Searched};
use crate::record::{DAY, Place, Record};

mod answers;
mod dossier;
mod pairs;

pub use answers::{Answer, Doubt};
pub use dossier::{Dossier, Month, Sent, Silence, Why, dossier};
pub use pairs::{Pair, Side, table};

/// Name of the method in findings.
pub const METHOD: &str = "contacts";
/// Version of the method.
pub const VERSION: u32 = 1;

/// What to count, and when a message counts as answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// An answer comes within this many microseconds.
    pub answer_window: i64,
    /// Count messages that programs and lists sent.
    pub automated: bool,
    /// Leave messages with more addressees than this out of the table of pairs.
    pub most_addressees: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { answer_window: 7 * DAY, automated: false, most_addressees: usize::MAX }
    }
}

impl Options {
    fn parameters(&self) -> serde_json::Value {
        json!({
            "answer_window_days": self.answer_window as f64 / DAY as f64,
            "automated_counted": self.automated,
        })
    }

    /// Whether an item can be a contact at all.
    fn counts(&self, record: &Record, place: Place) -> bool {
        let row = record.row(place);
        row.is_private_message() && (self.automated || !row.flags.automated)
    }
}

/// What the record was searched for, with what was left out in words.
fn finding<T: Serialize>(
    record: &Record,
    options: &Options,
    what: &str,
    places: Vec<Place>,
    caveats: Vec<String>,
    result: T,
) -> Finding<T> {
    Finding {
        method: METHOD,
        version: VERSION,
        parameters: options.parameters(),
        searched: Searched::over(record, what, places),
        caveats,
        result,
    }
}

/// A number and the items it rests on; at most as many as `MOST_CITED` are named.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Cited))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Cited {
    /// The number.
    pub n: u64,
    /// The items, in the order of time.
    pub cites: Vec<Cite>,
}

/// How many items a count names at most.
pub const MOST_CITED: usize = 1_000;

impl Cited {
    /// Counts and names.
    pub fn of(record: &Record, places: &[Place]) -> Self {
        Self {
            n: places.len() as u64,
            cites: places.iter().take(MOST_CITED).map(|at| Cite::of(record, *at)).collect(),
        }
    }
}
