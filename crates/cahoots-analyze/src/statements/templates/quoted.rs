//! A claim that an item says certain words: the quotation is held against the stored wordings.

use serde_json::Value;

use super::super::claim::About;
use super::super::judge::{Case, Ground};
use super::super::verdict::{Judgement, Quotation, Verdict, Witness};
use crate::finding::Cite;
use crate::record::{Place, Record};
use crate::words::quote::{Kept, compare};

/// Words of an item as somebody printed them.
struct Wording {
    place: Place,
    words: String,
    /// Who printed them; empty for the item's own text.
    publication: String,
    /// The record holds the item's whole text.
    whole: bool,
}

/// `about` says these words.
pub(super) fn quoted(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let record = ground.record;
    let Some(quotation) = case.claim.quotes.as_deref().filter(|words| !words.trim().is_empty())
    else {
        return Judgement::not_testable("the claim gives no words");
    };
    let places = match &case.claim.about {
        About::Items(places) => places.clone(),
        About::Thing(thing) => record.places_of.of(thing.0).to_vec(),
        About::None | About::Unresolved(_) => Vec::new(),
    };
    let wordings: Vec<Wording> = places.iter().flat_map(|place| wordings(ground, *place)).collect();
    if wordings.is_empty() {
        return Judgement::not_testable(
            "the record holds no wording of it, only what somebody says it says",
        );
    }
    let mut compared: Vec<(Quotation, &Wording)> = wordings
        .iter()
        .map(|wording| {
            let quotation = Quotation {
                item: Cite::of(record, wording.place),
                publication: wording.publication.clone(),
                compared: compare(quotation, &wording.words),
            };
            (quotation, wording)
        })
        .collect();
    compared.sort_by_key(|(it, wording)| (it.compared.kept, wording.place));
    let Some((best, wording)) = compared.first() else {
        return Judgement::not_testable("the record holds no wording of it");
    };
    let kept = best.compared.kept;
    let whole = wordings.iter().any(|it| it.whole);
    let by = match best.publication.as_str() {
        "" => "the words that the record holds".to_owned(),
        publication => format!("the wording of {publication}"),
    };
    let (verdict, found) = match kept {
        Kept::WordForWord => (Verdict::Supported, format!("it stands word for word in {by}")),
        Kept::Trimmed => (
            Verdict::Supported,
            format!(
                "every word stands in {by} in this order; {} left out without a mark",
                runs(&best.compared.left_out)
            ),
        ),
        Kept::Changed => {
            (Verdict::InTension, format!("{by} does not have {}", runs(&best.compared.added)))
        }
        Kept::NotFound if whole => (
            Verdict::InTension,
            "its words, which the record holds in full, have nothing like it".to_owned(),
        ),
        Kept::NotFound => {
            return Judgement::not_testable(
                "the wordings that the record holds are parts, and have nothing like it",
            );
        }
    };
    let mut reasons = Vec::new();
    if kept == Kept::Changed && !best.compared.left_out.is_empty() {
        reasons.push(format!("Left out without a mark: {}.", list(&best.compared.left_out)));
    }
    if kept != Kept::NotFound
        && let Some(more) = &best.compared.goes_on
    {
        reasons.push(format!("The sentence goes on there: «{more}»."));
    }
    let differ = compared.iter().filter(|(it, _)| it.compared.kept != kept).count();
    if compared.len() > 1 && differ > 0 {
        reasons.push(format!(
            "Of {} wordings in the record, {differ} stand otherwise to it.",
            compared.len()
        ));
    }
    if kept == Kept::Changed && best.compared.stored_in_part {
        reasons.push("The stored wording has gaps itself.".to_owned());
    }
    let witness = Witness {
        item: Cite::of(record, wording.place),
        grade: 1,
        suffices: true,
        doubts: Vec::new(),
    };
    Judgement {
        verdict,
        found,
        witnesses: vec![witness],
        reasons,
        quotations: compared.into_iter().map(|(quotation, _)| quotation).collect(),
        ..Judgement::not_testable("")
    }
}

/// Every wording of an item that the record holds: what was printed of it, and its own text if it
/// is not a summary.
fn wordings(ground: &Ground<'_>, place: Place) -> Vec<Wording> {
    let record: &Record = ground.record;
    let Some(row) = record.rows.get(place.0 as usize) else { return Vec::new() };
    let mut found = Vec::new();
    let detail = record.details.get(&place).unwrap_or(&Value::Null);
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
    };
    for printed in detail.get("wordings").and_then(Value::as_array).into_iter().flatten() {
        found.push(Wording {
            place,
            words: text(printed, "words"),
            publication: text(printed, "publication"),
            whole: false,
        });
    }
    let compiled = detail.get("schema").is_some();
    if !row.flags.summary
        && let Some(words) = ground.options.words.and_then(|words| words(place))
    {
        // What was compiled by hand is what was printed of it, not the thing itself.
        let whole = !compiled && !row.flags.cut && !row.flags.recovered;
        found.push(Wording { place, words, publication: String::new(), whole });
    }
    found.retain(|wording| !wording.words.trim().is_empty());
    found
}

/// «American», «you know» and 2 more.
fn list(runs: &[String]) -> String {
    let shown: Vec<String> = runs.iter().take(4).map(|run| format!("«{run}»")).collect();
    match runs.len().saturating_sub(4) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn runs(runs: &[String]) -> String {
    list(runs)
}
