//! What should be in the record and is not (DEFINITIONS §6): messages that others refer to, gaps in
//! numbered exports, attachments named and missing, silences, and what the archives cover.
//!
//! An absence is a fact about the record, never about a person: a message may have been deleted,
//! never released, lost by a server, or never have existed.

use serde::Serialize;
use serde_json::json;

use crate::finding::{Cite, Finding, Searched};
use crate::record::{Place, Record};

mod coverage;
mod numbering;
mod rhythm;
mod silences;

pub use coverage::{Covered, Strip};
pub use numbering::Series;
pub use silences::Quiet;

/// Name of the method in findings.
pub const METHOD: &str = "absences";
/// Version of the method.
pub const VERSION: u32 = 1;

/// How absences are looked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Options {
    /// Silences are listed when their share of false discoveries is at most this.
    pub level: f64,
    /// A rhythm needs at least this many gaps.
    pub least_gaps: usize,
    /// At most this many rows of each kind; the totals count all.
    pub most: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { level: 0.01, least_gaps: 15, most: 1_000 }
    }
}

/// A message that others refer to and that the record does not hold.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Referred))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Referred {
    /// Its native id.
    pub native_id: String,
    /// How many items refer to it.
    pub referred_by: u64,
    /// The first of them.
    pub cites: Vec<Cite>,
}

/// An attachment that an item names and whose bytes no archive holds.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Lost))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lost {
    /// Its name as given.
    pub name: String,
    /// The item.
    pub cite: Cite,
}

/// A list with the number of all its rows.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Rows))]
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Rows<T> {
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub rows: Vec<T>,
}

impl<T> Rows<T> {
    fn cut(mut rows: Vec<T>, most: usize) -> Self {
        let total = rows.len() as u64;
        rows.truncate(most);
        Self { total, rows }
    }
}

/// Everything that is missing, by kind.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Absences))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Absences {
    /// Messages referred to and absent, most referred to first.
    pub referred: Rows<Referred>,
    /// Messages known only because another quotes or forwards them.
    pub quoted_only: Rows<Cite>,
    /// Numbered exports with numbers missing.
    pub numbering: Rows<Series>,
    /// Attachments named and missing.
    pub attachments: Rows<Lost>,
    /// Silences that the rhythm before and after makes improbable.
    pub silences: Rows<Quiet>,
    /// How many rhythms were tested for silences: the family of the q values.
    pub gaps_tested: u64,
    /// What each holder's archives cover, by month.
    pub coverage: Vec<Covered>,
    /// Items without any usable time; they are in no month.
    pub undated: u64,
}

/// Looks for everything that is missing.
pub fn absences(record: &Record, options: &Options) -> Finding<Absences> {
    // Old programs wrote «In-Reply-To: your message, ann@example.org»: an address is no message.
    let addresses: rustc_hash::FxHashSet<&str> =
        record.accounts.iter().map(|account| account.key.native()).collect();
    let mut referred: Vec<Referred> = record
        .missing
        .iter()
        .filter(|missing| !addresses.contains(missing.native_id.to_lowercase().as_str()))
        .map(|missing| Referred {
            native_id: missing.native_id.clone(),
            referred_by: missing.referred_by.len() as u64,
            cites: missing.referred_by.iter().take(5).map(|at| Cite::of(record, *at)).collect(),
        })
        .collect();
    referred.sort_by(|a, b| {
        b.referred_by.cmp(&a.referred_by).then_with(|| a.native_id.cmp(&b.native_id))
    });
    let quoted: Vec<Cite> = record
        .places()
        .filter(|place| record.row(*place).flags.recovered)
        .map(|place| Cite::of(record, place))
        .collect();
    let lost = record
        .lost_attachments
        .iter()
        .map(|(place, name)| Lost { name: name.clone(), cite: Cite::of(record, *place) });
    let (silences, gaps_tested) = silences::find(record, options);
    let result = Absences {
        referred: Rows::cut(referred, options.most),
        quoted_only: Rows::cut(quoted, options.most),
        numbering: Rows::cut(numbering::find(record), options.most),
        attachments: Rows::cut(lost.collect(), options.most),
        silences: Rows::cut(silences, options.most),
        gaps_tested,
        coverage: coverage::of(record),
        undated: (record.rows.len() - record.dated().len()) as u64,
    };
    let mut caveats = vec![
        "An absence says something about the record. Why something is missing, the record cannot tell."
            .to_owned(),
    ];
    if gaps_tested > 0 {
        caveats.push(format!(
            "Silences: {gaps_tested} gaps were tested against the rhythm of the same pair or account; \
             at a level of {} about that share of those listed is expected to be chance.",
            options.level
        ));
    }
    Finding {
        method: METHOD,
        version: VERSION,
        parameters: json!({
            "level": options.level,
            "least_gaps": options.least_gaps,
            "rhythm": "log-normal gaps, the tested gap left out",
        }),
        searched: Searched::over(record, "all items", record.places()),
        caveats,
        result,
    }
}

/// Places of private messages that people wrote.
fn letters(record: &Record) -> impl Iterator<Item = Place> + '_ {
    record.places().filter(|place| {
        let row = record.row(*place);
        row.is_private_message() && !row.flags.automated && !record.is_unverified(*place)
    })
}

#[cfg(test)]
mod tests;
