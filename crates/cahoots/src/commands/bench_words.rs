//! `bench-words`: what pairs of texts share in words, for calibration and for judging by eye.
//!
//! Pairs are answers on a public list (what was written and what answers it, without quotations)
//! and the same texts shuffled: each with the answer to another. Only numbers and ids are printed
//! unless the texts are asked for.

use anyhow::Result;
use cahoots_analyze::record::Tie;
use cahoots_analyze::wording::Text;
use cahoots_analyze::words::near::{overlap, shingles};
use cahoots_analyze::words::{Stream, near_copies, shared_phrases, shared_runs};
use cahoots_analyze::{Place, Record};
use cahoots_store::Case;
use serde_json::{Value, json};

use super::Done;
use crate::analysis::wording::is_copy;
use crate::analysis::{Finder, wording};
use crate::cli::{BenchWords as Args, Global};
use crate::output::Output;

/// Own words of a text that is looked at, at least.
const FEWEST: usize = 10;

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let (case, record) = (desk.case(), desk.record()?);
    let finder = Finder::new(&desk, &record)?;
    let mut answers = answers(&record);
    shuffle(&mut answers, args.seed);
    answers.truncate(args.pairs * 2);
    let mut places: Vec<Place> = answers.iter().flat_map(|(a, b)| [*a, *b]).collect();
    places.sort_unstable();
    places.dedup();
    let texts = wording::read(case, &record, &places)?;
    let text = |place: Place| texts.iter().find(|text| text.place == place);
    let mut pairs: Vec<(&Text, &Text)> = answers
        .iter()
        .filter_map(|(asked, answer)| Some((text(*asked)?, text(*answer)?)))
        .filter(|(a, b)| [a, b].iter().all(|it| Stream::of(&it.own).len() >= FEWEST))
        .collect();
    pairs.truncate(args.pairs);
    let mut rows = Vec::new();
    for (n, (asked, answer)) in pairs.iter().enumerate() {
        rows.push(row("answer", asked, answer, &record, &finder, args.show)?);
        // With the answer to another, a fixed step away in the shuffled list.
        for step in [7, 31] {
            let (_, other) = pairs[(n + step) % pairs.len()];
            rows.push(row("shuffled", asked, other, &record, &finder, args.show)?);
        }
    }
    let near = near(case, &record, &finder, args)?;
    out.value(&json!({
        "schema": "cahoots/bench-words/1", "seed": args.seed, "pairs": rows, "near": near,
    }))?;
    Ok(Done::Found)
}

/// Near copies by two people among a sample of public texts, the same texts and what is alike in
/// formulas alone left out, in a seeded order.
fn near(case: &Case, record: &Record, finder: &Finder<'_>, args: &Args) -> Result<Vec<Value>> {
    let mut places: Vec<Place> = record
        .places()
        .filter(|place| record.row(*place).is_public() && !record.row(*place).flags.summary)
        .collect();
    shuffle(&mut places, args.seed);
    places.truncate(args.near);
    places.sort_unstable();
    let texts = wording::read(case, record, &places)?;
    let (texts, streams): (Vec<&Text>, Vec<Stream>) = texts
        .iter()
        .map(|text| (text, Stream::of(&text.own)))
        .filter(|(_, stream)| stream.len() >= FEWEST)
        .unzip();
    let mut pairs = near_copies(&streams).pairs;
    let author = |n: u32| record.authors(texts[n as usize].place).next().map(|taker| taker.party);
    pairs.retain(|pair| author(pair.here) != author(pair.there));
    let mut kept = Vec::new();
    for pair in pairs {
        if is_copy(record, texts[pair.here as usize], texts[pair.there as usize], finder)? {
            kept.push(pair);
        }
    }
    shuffle(&mut kept, args.seed);
    let id = |n: u32| record.row(texts[n as usize].place).id.to_string();
    Ok(kept
        .iter()
        .map(|pair| {
            json!({
                "here": id(pair.here), "there": id(pair.there), "jaccard": pair.jaccard(),
                "words": [streams[pair.here as usize].len(), streams[pair.there as usize].len()],
            })
        })
        .collect())
}

/// Public items that answer another one by somebody else.
fn answers(record: &Record) -> Vec<(Place, Place)> {
    let mut found = Vec::new();
    for place in record.places().filter(|place| record.row(*place).is_public()) {
        for asked in record.tied(place, Tie::Answers) {
            let author = |place: Place| record.authors(place).next().map(|taker| taker.party);
            if record.row(asked).is_public() && author(asked) != author(place) {
                found.push((asked, place));
            }
        }
    }
    found
}

/// Fisher and Yates, with the generator SplitMix64.
fn shuffle<T>(list: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..list.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        list.swap(last, (mixed % (last as u64 + 1)) as usize);
    }
}

fn row(
    kind: &str,
    asked: &Text,
    answer: &Text,
    record: &Record,
    finder: &Finder<'_>,
    show: bool,
) -> Result<Value> {
    let (here, there) = (Stream::of(&asked.own), Stream::of(&answer.own));
    let before = record.public_before(asked.place);
    let mut phrases = Vec::new();
    for words in shared_phrases(&here, &there) {
        let raw = asked.own.get(here.bytes(words.clone())).unwrap_or_default();
        let holding = finder.in_a_row(raw, usize::MAX)?.unwrap_or_default();
        let df = holding.iter().filter(|it| **it < asked.place && record.row(**it).is_public());
        let mut phrase = json!({ "from": words.start, "words": words.len(), "df": df.count() });
        if show && let Some(phrase) = phrase.as_object_mut() {
            phrase.insert("said".to_owned(), here.said(words).into());
        }
        phrases.push(phrase);
    }
    let runs: Vec<usize> = shared_runs(&here, &there).iter().map(|run| run.words).collect();
    let (both, either) = overlap(&shingles(&here), &shingles(&there));
    let mut row = json!({
        "kind": kind,
        "asked": record.row(asked.place).id.to_string(),
        "answer": record.row(answer.place).id.to_string(),
        "words": [here.len(), there.len()],
        "before": before,
        "phrases": phrases,
        "runs": runs,
        "jaccard": both as f64 / either.max(1) as f64,
    });
    if show && let Some(row) = row.as_object_mut() {
        row.insert("asked_text".to_owned(), asked.own.clone().into());
        row.insert("answer_text".to_owned(), answer.own.clone().into());
    }
    Ok(row)
}
