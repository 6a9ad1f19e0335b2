//! Which statements the record contradicts, which it cannot test.

use super::{Line, Section, counted};
use crate::finding::Cite;
use crate::statements::{Judged, Reading, Verdict};

/// Statements the record speaks against first, then those it supports; the rest as numbers.
pub fn section(all: &[Judged], most: usize) -> Section {
    let readings =
        || all.iter().flat_map(|judged| judged.readings.iter().map(move |r| (judged, r)));
    let rank = |reading: &Reading| match reading.verdict {
        Verdict::Contradicted => Some(0),
        Verdict::InTension => Some(1),
        Verdict::Supported => Some(2),
        Verdict::ConsistentWithCompleteRecord => Some(3),
        Verdict::NotContradicted { .. } | Verdict::NotTestable { .. } | Verdict::Opinion => None,
    };
    let mut told: Vec<(i32, &Judged, &Reading)> =
        readings().filter_map(|(judged, r)| Some((rank(r)?, judged, r))).collect();
    told.sort_by_key(|(rank, ..)| *rank);
    let mut lines: Vec<Line> =
        told.iter().take(most).map(|(_, judged, reading)| line(judged, reading)).collect();
    if told.len() > most {
        let more = counted((told.len() - most) as u64, "more reading", "more readings");
        lines.push(Line { words: format!("{more} with a verdict."), cites: Vec::new() });
    }
    let open: Vec<&Judged> = readings()
        .filter(|(_, r)| matches!(r.verdict, Verdict::NotContradicted { .. }))
        .map(|(judged, _)| judged)
        .collect();
    let untested: Vec<&Judged> = readings()
        .filter(|(_, r)| matches!(r.verdict, Verdict::NotTestable { .. }))
        .map(|(judged, _)| judged)
        .collect();
    if !open.is_empty() {
        lines.push(Line {
            words: format!(
                "{} not contradicted by a record that is not known to be complete ({}).",
                counted(open.len() as u64, "reading is", "readings are"),
                labels(&open)
            ),
            cites: cites(&open),
        });
    }
    if !untested.is_empty() {
        lines.push(Line {
            words: format!(
                "{} cannot be tested by this record ({}).",
                counted(untested.len() as u64, "reading", "readings"),
                labels(&untested)
            ),
            cites: cites(&untested),
        });
    }
    let opinions: Vec<&Judged> = readings()
        .filter(|(_, r)| r.verdict == Verdict::Opinion)
        .map(|(judged, _)| judged)
        .collect();
    if !opinions.is_empty() {
        lines.push(Line {
            words: format!(
                "{} kept as opinion and left unscored ({}).",
                counted(opinions.len() as u64, "reading is", "readings are"),
                labels(&opinions)
            ),
            cites: cites(&opinions),
        });
    }
    if lines.is_empty() {
        lines.push(Line {
            words: "No statement stands in the record.".to_owned(),
            cites: Vec::new(),
        });
    }
    Section {
        title: "What was said in public".to_owned(),
        lines,
        more: "cahoots statements".to_owned(),
    }
}

fn line(judged: &Judged, reading: &Reading) -> Line {
    let when = judged.made_on.as_deref().map(|day| format!(", {day}")).unwrap_or_default();
    let speaker = if judged.speaker.is_empty() { "somebody" } else { &judged.speaker };
    let told = reading
        .told_before
        .as_ref()
        .is_some_and(|told| told.iter().any(|told| told.certainly_before && told.grade <= 3));
    let told = if told { " An item shows it sent to the speaker before." } else { "" };
    // A verdict on one reading must not pass for one on the statement.
    let others: Vec<&Reading> =
        judged.readings.iter().filter(|other| !std::ptr::eq(*other, reading)).collect();
    let others = other_readings(&others);
    let cites = judged.statement.into_iter().chain(reading.witnesses.iter().map(|w| w.item));
    Line {
        words: format!("{} ({speaker}{when}): {}{told}{others}", judged.id, reading.sentence),
        cites: cites.collect(),
    }
}

/// One other reading is named with its verdict, of several the verdicts are counted: a statement of
/// ten claims would otherwise be listed whole with each of them.
fn other_readings(others: &[&Reading]) -> String {
    match others {
        [] => String::new(),
        [other] => {
            format!(" Another reading, «{}»: {}.", other.reading, lower(&other.verdict.words()))
        }
        _ => {
            let mut counts: Vec<(String, usize)> = Vec::new();
            for other in others {
                let verdict = lower(&other.verdict.words());
                match counts.iter_mut().find(|(known, _)| *known == verdict) {
                    Some((_, n)) => *n += 1,
                    None => counts.push((verdict, 1)),
                }
            }
            let counts: Vec<String> =
                counts.iter().map(|(verdict, n)| format!("{n} {verdict}")).collect();
            format!(" Of its {} other readings: {}.", others.len(), counts.join("; "))
        }
    }
}

fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn labels(all: &[&Judged]) -> String {
    let mut labels: Vec<&str> = all.iter().map(|judged| judged.id.as_str()).collect();
    labels.dedup();
    let more = labels.len().saturating_sub(12);
    labels.truncate(12);
    let list = labels.join(", ");
    if more > 0 { format!("{list} and {more} more") } else { list }
}

fn cites(all: &[&Judged]) -> Vec<Cite> {
    let mut cites: Vec<Cite> = all.iter().filter_map(|judged| judged.statement).collect();
    cites.dedup();
    cites
}
