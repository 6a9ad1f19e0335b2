//! Coverage entries: of whom, and over which time, somebody knows the record to be complete.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::model::{Notes, nearest};
use super::times;

/// How complete a stretch of the record may be said to be.
const COMPLETENESS: [&str; 3] = ["full", "partial", "unknown"];

/// Reads a coverage entry: its headline, its words, and the row of the coverage table it gives.
pub(crate) fn read(fields: &mut Fields, notes: &mut Notes) -> (String, String, Map<String, Value>) {
    let mut row = Map::new();
    let custodian = fields.text("custodian", notes);
    let covers = fields.list("covers", notes);
    let channel = fields.text("channel", notes).unwrap_or_else(|| "*".to_owned());
    let whose = match (&custodian, covers.is_empty()) {
        (_, false) => covers.join(", "),
        (Some(custodian), true) => custodian.clone(),
        (None, true) => {
            let what = "and covers are missing: of whom is this the coverage?";
            notes.damaged("no-custodian", "custodian", what, "the entry, which counts for nothing");
            "nobody named".to_owned()
        }
    };
    row.insert("custodian".to_owned(), custodian.unwrap_or_else(|| whose.clone()).into());
    if !covers.is_empty() {
        row.insert("covers".to_owned(), covers.into());
    }
    row.insert("channel".to_owned(), channel.clone().into());
    let mut bounds = [String::new(), String::new()];
    for (bound, (key, name)) in bounds.iter_mut().zip([("since", "from"), ("until", "to")]) {
        let Some(text) = fields.text(key, notes) else { continue };
        if times::is_time(&text) {
            row.insert(name.to_owned(), text.clone().into());
            *bound = text;
        } else {
            let what = format!("\"{text}\" is no time");
            notes.damaged("bad-time", key, &what, "the entry, without it");
            fields.keep(key, text.into());
        }
    }
    let completeness = fields.text("completeness", notes).unwrap_or_else(|| "unknown".to_owned());
    if COMPLETENESS.contains(&completeness.as_str()) {
        row.insert("completeness".to_owned(), completeness.clone().into());
    } else {
        let hint = nearest(&completeness, COMPLETENESS)
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        let what = format!("\"{completeness}\" is none of {}{hint}", COMPLETENESS.join(", "));
        notes.damaged("bad-completeness", "completeness", &what, "the entry, as unknown");
    }
    if let Some(how) = fields.text("how_known", notes) {
        row.insert("how_known".to_owned(), how.into());
    }
    let [since, until] = bounds;
    let period = match (since.is_empty(), until.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!(", since {since}"),
        (true, false) => format!(", until {until}"),
        (false, false) => format!(", {since} to {until}"),
    };
    (format!("coverage of {whose}"), format!("{channel}{period}: {completeness}"), row)
}
