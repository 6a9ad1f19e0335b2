//! One page on the whole case: who, when, what was asked, what was done, who was told, which
//! statements the record speaks to, what is missing. Every line is cited.
//!
//! The brief computes nothing of its own: it runs the other analyses with their defaults and says
//! what they found, first things first.

use serde::Serialize;
use serde_json::json;

use crate::finding::{Cite, Finding, Searched};
use crate::record::{Party, Place, Record};

mod asked;
mod contact;
mod facts;
mod missing;
pub mod said;
mod told;

/// Name of the method in findings.
pub const METHOD: &str = "brief";
/// Version of the method.
pub const VERSION: u32 = 1;

/// How much the brief says.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    /// Lines in a section at most.
    pub lines: usize,
    /// Redraws of the permutation tests behind the verdicts.
    pub redraws: u32,
    /// Seed of the redraws.
    pub seed: u64,
    /// Where the public record of single parties is known to be complete.
    pub coverage_of: Vec<(Party, Vec<crate::record::Span>)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { lines: 8, redraws: 999, seed: 1, coverage_of: Vec::new() }
    }
}

/// A sentence with what it rests on.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = brief::Line))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// The sentence.
    pub words: String,
    /// The items to open, most telling first.
    pub cites: Vec<Cite>,
}

/// The sentences on one question.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = brief::Section))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Section {
    /// The question, as a heading.
    pub title: String,
    /// What is found; never empty: that nothing is found is said, too.
    pub lines: Vec<Line>,
    /// The command that says more.
    pub more: String,
}

/// The page.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = brief::Brief))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Brief {
    /// Its sections, in reading order.
    pub sections: Vec<Section>,
}

/// The questions about acts that the page asks of a record, so that the words that matter to them
/// can be read before.
pub fn questions(record: &Record, options: &Options) -> Vec<crate::acts::Question> {
    asked::questions(record, &contact::pairs(record), options)
}

/// The private messages whose passing on the page follows.
pub fn followed(record: &Record) -> Vec<Place> {
    told::messages(record)
}

/// Writes the page. `extra` are sections that need more than the record (statements), put before
/// what is missing.
pub fn brief(record: &Record, options: &Options, extra: Vec<Section>) -> Finding<Brief> {
    let pairs = contact::pairs(record);
    let mut sections = vec![
        facts::section(record),
        contact::section(record, &pairs, options),
        asked::section(record, &pairs, options),
        told::section(record, options),
    ];
    sections.extend(extra);
    sections.extend(facts::conflicts(record, options));
    sections.push(missing::section(record, options));
    Finding {
        method: METHOD,
        version: VERSION,
        parameters: json!({
            "lines": options.lines, "redraws": options.redraws, "seed": options.seed,
        }),
        searched: Searched::over(record, "all items", record.places()),
        caveats: vec![
            "The brief names what stands out by the defaults of each analysis. The commands under \
             each section say more, with their limits."
                .to_owned(),
            "Nothing here says that one thing caused another, or that anybody knew what they were \
             sent."
                .to_owned(),
        ],
        result: Brief { sections },
    }
}

fn cites(record: &Record, places: impl IntoIterator<Item = Place>) -> Vec<Cite> {
    places.into_iter().map(|place| Cite::of(record, place)).collect()
}

/// The text with a capital letter in front.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// «1 message», «12 messages».
fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(n)) }
}

/// «98,617».
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
