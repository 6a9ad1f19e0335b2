//! `quote`: a quotation held against the words it is taken from.

use anyhow::Result;
use cahoots_analyze::words::Stream;
use cahoots_analyze::words::quote::{Compared, Kept, compare};
use cahoots_analyze::{Cite, Place, Record};
use cahoots_store::Case;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::Done;
use crate::analysis::{Cited, Finder, wording};
use crate::answers::Answer;
use crate::cli::{Global, Quote as Args};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted};

/// Words in a row by which an item is searched for.
const TRIED: usize = 3;
/// At most this many items are compared.
const MOST: usize = 2_000;

/// A wording beside the quotation.
struct Beside {
    place: Place,
    /// Who printed it; empty for the item's own words.
    publication: String,
    compared: Compared,
}

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let (record, people) = (desk.record()?, desk.people()?);
    let asked = of(&desk, &record, args)?;
    print(asked.shown(args), asked.all.len(), desk.case(), &record, &people, out)?;
    if asked.summaries > 0 {
        out.line(format!(
            "{} only by a summary, in somebody else's words: nothing to compare",
            counted(asked.summaries as u64, "item is known", "items are known")
        ))?;
    }
    if asked.found_places > asked.compared {
        let n = asked.found_places;
        out.line(format!("the first {MOST} of {n} items were compared; narrow --of"))?;
    }
    if !asked.found && asked.all.is_empty() {
        out.line("no words of the record are like it; the record may lack the item")?;
    }
    Ok(if asked.found { Done::Found } else { Done::Nothing })
}

/// Wordings beside a quotation, best first.
struct Asked {
    words: String,
    all: Vec<Beside>,
    found: bool,
    found_places: usize,
    compared: usize,
    summaries: usize,
}

impl Asked {
    fn shown(&self, args: &Args) -> &[Beside] {
        &self.all[..self.all.len().min(args.limit)]
    }
}

fn of(desk: &Desk, record: &Record, args: &Args) -> Result<Asked> {
    let finder = Finder::new(desk, record)?;
    let words = args.words.join(" ");
    let mut places = match &args.of {
        Some(of) => finder.find(of)?,
        None => searched(&words, record, &finder)?,
    };
    let found_places = places.len();
    places.truncate(MOST);
    let (mut all, summaries) = compared(&words, desk.case(), record, &places)?;
    all.sort_by_key(|it| (it.compared.kept, it.place));
    let found = all.iter().any(|it| it.compared.kept != Kept::NotFound);
    // Without an item named, what has nothing like it is of no interest.
    if args.of.is_none() || all.len() > args.limit {
        all.retain(|it| it.compared.kept != Kept::NotFound);
    }
    Ok(Asked { words, all, found, found_places, compared: places.len(), summaries })
}

/// The comparison in JSON.
///
/// # Errors
/// When the item or query cannot be read, or the case cannot.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let record = desk.record()?;
    let asked = of(desk, &record, args)?;
    let rows: Vec<Value> = asked
        .shown(args)
        .iter()
        .map(|it| {
            let mut row = json!({
                "item": Cite::of(&record, it.place),
                "publication": it.publication,
                "words": it.compared.kept.words(),
            });
            if let (Some(row), Ok(Value::Object(more))) =
                (row.as_object_mut(), serde_json::to_value(&it.compared))
            {
                row.extend(more);
            }
            row
        })
        .collect();
    let value = json!({
        "schema": "cahoots/quote/1",
        "quotation": asked.words,
        "items_compared": asked.compared,
        "items_with_a_summary_only": asked.summaries,
        "found": rows,
    });
    Ok(Answer { value, found: asked.found })
}

/// The items that hold most rows of three words of a quotation, most first.
fn searched(words: &str, record: &Record, finder: &Finder<'_>) -> Result<Vec<Place>> {
    let mut held: FxHashMap<Place, u32> = FxHashMap::default();
    for part in words.split(['\u{2026}', '[', ']']) {
        let stream = Stream::of(part);
        let n = TRIED.min(stream.len());
        for start in 0..(stream.len() + 1).saturating_sub(n) {
            let Some(row) = part.get(stream.bytes(start..start + n)) else { continue };
            // A row of words that everybody uses finds nothing.
            for place in finder.in_a_row(row, MOST)?.into_iter().flatten() {
                *held.entry(place).or_default() += 1;
            }
        }
    }
    for place in record.places().filter(|place| !printed(record, *place).is_empty()) {
        held.entry(place).or_default();
    }
    let mut found: Vec<(u32, Place)> = held.into_iter().map(|(place, n)| (n, place)).collect();
    found.sort_unstable_by_key(|(n, place)| (std::cmp::Reverse(*n), *place));
    Ok(found.into_iter().take(200).map(|(_, place)| place).collect())
}

/// Wordings that a compiled entry gives, with who printed them.
fn printed(record: &Record, place: Place) -> Vec<(String, String)> {
    let all = record.details.get(&place).and_then(|detail| detail.get("wordings")?.as_array());
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
    };
    all.into_iter()
        .flatten()
        .map(|wording| (text(wording, "words"), text(wording, "publication")))
        .filter(|(words, _)| !words.is_empty())
        .collect()
}

/// Every wording of these items beside the quotation, and how many items have none.
fn compared(
    quotation: &str,
    case: &Case,
    record: &Record,
    places: &[Place],
) -> Result<(Vec<Beside>, usize)> {
    let mut all = Vec::new();
    let mut summaries = 0;
    for text in wording::read(case, record, places)? {
        let own = !record.row(text.place).flags.summary && !text.whole.trim().is_empty();
        let printed = printed(record, text.place);
        summaries += usize::from(!own && printed.is_empty());
        let own = own.then(|| (text.whole, String::new()));
        for (words, publication) in own.into_iter().chain(printed) {
            let compared = compare(quotation, &words);
            all.push(Beside { place: text.place, publication, compared });
        }
    }
    Ok((all, summaries))
}

fn print(
    shown: &[Beside],
    all: usize,
    case: &Case,
    record: &Record,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let cited = Cited::read(case, record, shown.iter().map(|it| Cite::of(record, it.place)))?;
    for it in shown {
        let line = cited.line(Cite::of(record, it.place), people, out, out.width());
        out.line(line)?;
        let by = match it.publication.as_str() {
            "" => String::new(),
            publication => format!(", as printed by {publication}"),
        };
        let kept = out.styled(Style::Bold, &in_words(&it.compared));
        out.line(format!("  {kept}{by}"))?;
        for said in notes(&it.compared) {
            for line in super::wrapped(&said, out.width().saturating_sub(4), 6) {
                out.line(format!("    {}", crate::output::printable(&line)))?;
            }
        }
    }
    if all > shown.len() {
        out.line(format!("… {} more (-n shows more)", all - shown.len()))?;
    }
    Ok(())
}

/// How the two stand to each other; of a wording that has too little of it, how much.
pub(super) fn in_words(compared: &Compared) -> String {
    match (compared.kept, compared.words) {
        (Kept::NotFound, (all, some)) if some > 0 => format!("only {some} of {all} words in order"),
        (kept, _) => kept.words().to_owned(),
    }
}

/// What is different, in words.
fn notes(compared: &Compared) -> Vec<String> {
    if compared.kept == Kept::NotFound {
        return Vec::new();
    }
    let list = |runs: &[String]| {
        runs.iter().take(6).map(|run| format!("«{run}»")).collect::<Vec<_>>().join(", ")
    };
    let mut notes = Vec::new();
    if !compared.left_out.is_empty() {
        notes.push(format!("left out without a mark: {}", list(&compared.left_out)));
    }
    if !compared.added.is_empty() {
        notes.push(format!("in the quotation and not there: {}", list(&compared.added)));
    }
    if compared.omitted_with_mark > 0 {
        notes.push(format!(
            "{} left out where the quotation marks it",
            counted(compared.omitted_with_mark as u64, "word is", "words are")
        ));
    }
    if let Some(more) = &compared.goes_on {
        notes.push(format!("the sentence goes on there: «{more}»"));
    }
    if compared.stored_in_part {
        notes.push("the stored wording has gaps itself".to_owned());
    }
    notes
}
