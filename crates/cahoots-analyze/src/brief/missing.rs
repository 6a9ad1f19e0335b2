//! What should be in the record and is not.

use super::{Line, Options, Section, counted, grouped};
use crate::absences::{self, absences};
use crate::record::Record;

pub(super) fn section(record: &Record, options: &Options) -> Section {
    let found = absences(
        record,
        &absences::Options { most: options.lines, ..absences::Options::default() },
    )
    .result;
    let mut lines = Vec::new();
    if let Some(first) = found.referred.rows.first() {
        lines.push(Line {
            words: format!(
                "{} referred to and absent; one of them {}.",
                counted(found.referred.total, "message is", "messages are"),
                counted(first.referred_by, "time", "times")
            ),
            cites: first.cites.clone(),
        });
    }
    if found.quoted_only.total > 0 {
        lines.push(Line {
            words: format!(
                "{} known only because others quote or forward them.",
                counted(found.quoted_only.total, "message is", "messages are")
            ),
            cites: found.quoted_only.rows.clone(),
        });
    }
    for series in found.numbering.rows.iter().take(3) {
        lines.push(Line {
            words: format!(
                "In {} {} of {} to {} missing.",
                series.archive,
                counted(series.missing, "number", "numbers"),
                format_args!("{}{}", series.prefix, series.range.0),
                format_args!(
                    "{}{} {}",
                    series.prefix,
                    series.range.1,
                    if series.missing == 1 { "is" } else { "are" }
                )
            ),
            cites: series.gaps.iter().take(3).flat_map(|gap| [gap.before, gap.after]).collect(),
        });
    }
    if let Some(first) = found.attachments.rows.first() {
        lines.push(Line {
            words: format!(
                "{} named and not held, «{}» among them.",
                counted(found.attachments.total, "attachment is", "attachments are"),
                first.name
            ),
            cites: found.attachments.rows.iter().map(|row| row.cite).take(5).collect(),
        });
    }
    for quiet in found.silences.rows.iter().take(3) {
        let names: Vec<&str> = quiet.parties.iter().map(|party| party.name.as_str()).collect();
        lines.push(Line {
            words: format!(
                "Silence of {:.0} days ({}), where {:.1} are usual (q = {:.4} over {} gaps).",
                quiet.days,
                names.join(" and "),
                quiet.usual_days,
                quiet.q.max(0.0001),
                grouped(found.gaps_tested)
            ),
            cites: vec![quiet.after, quiet.until],
        });
    }
    if lines.is_empty() {
        lines.push(Line {
            words:
                "Nothing in the record points to something missing. That does not say that it is \
                    complete."
                    .to_owned(),
            cites: Vec::new(),
        });
    }
    Section { title: "What is missing".to_owned(), lines, more: "cahoots absences".to_owned() }
}
