//! `statements`: what was said in public, held against the record.

use anyhow::Result;
use cahoots_analyze::statements::{Judged, Publication, Reading, Verdict, claim_reviews};
use cahoots_analyze::{Cite, Finding, Record};
use cahoots_store::Case;
use serde_json::{Value, json};

use super::Done;
use super::contacts::caveats;
use crate::analysis::work::{Work, decide};
use crate::analysis::{Cited, json_of, statements};
use crate::answers::Answer;
use crate::cli::{Global, StatementAction, Statements as Args, TakeBack};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, fit};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    match &args.action {
        Some(StatementAction::Add(add)) => return super::statement_add::run(global, add, out),
        Some(StatementAction::Remove(back)) => return take_back(global, back, out),
        None => {}
    }
    let desk = super::open_desk(global, out)?;
    if out.json || args.claim_review {
        if args.claim_review && args.page.is_none() {
            crate::report::note(
                "search engines want the address of the page that publishes a review: --page URL",
            );
        }
        return out.answer(&answer(&desk, args)?);
    }
    let (record, found) = of(&desk, args)?;
    let none = found.result.is_empty();
    if none {
        match &args.of {
            Some(text) => crate::report::note(&format!("no statement of {text} in the record")),
            None => crate::report::note(
                "no statement in the record; `cahoots statements add` enters one",
            ),
        }
    } else {
        print(&found.result, desk.case(), &record, &*desk.people()?, out)?;
        out.line("")?;
        caveats(&found.caveats, out)?;
    }
    Ok(if none { Done::Nothing } else { Done::Found })
}

/// The ledger in JSON, or as claim reviews.
///
/// # Errors
/// When the case cannot be read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let (record, ledger) = of(desk, args)?;
    let found = !ledger.result.is_empty();
    if args.claim_review {
        let by = Publication { page: args.page.clone(), reviewer: args.reviewer.clone() };
        let all: Vec<Value> =
            ledger.result.iter().flat_map(|judged| claim_reviews(&record, judged, &by)).collect();
        return Ok(Answer { value: Value::Array(all), found });
    }
    Ok(Answer { value: json_of("statements", &ledger, desk.case(), &record)?, found })
}

fn of(desk: &Desk, args: &Args) -> Result<(Record, Finding<Vec<Judged>>)> {
    let (record, mut found) = statements::of_desk(desk)?;
    if let Some(text) = &args.of {
        let lower = text.to_lowercase();
        found.result.retain(|judged| {
            judged.id.eq_ignore_ascii_case(text) || judged.speaker.to_lowercase().contains(&lower)
        });
    }
    Ok((record, found))
}

fn print(
    all: &[Judged],
    case: &Case,
    record: &Record,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let cites = |judged: &Judged| -> Vec<Cite> {
        let witnesses = judged.readings.iter().flat_map(|reading| {
            let told = reading.told_before.iter().flatten().map(|told| told.item);
            reading.witnesses.iter().map(|witness| witness.item).chain(told)
        });
        judged.statement.into_iter().chain(witnesses).collect()
    };
    let cited = Cited::read(case, record, all.iter().flat_map(cites))?;
    for judged in all {
        out.line("")?;
        let when = judged.made_on.as_deref().unwrap_or("when is not known");
        let place = judged.place_made.as_deref().map(|p| format!(", {p}")).unwrap_or_default();
        let speaker = match judged.speaker.is_empty() {
            true => "somebody",
            false => &judged.speaker,
        };
        let head = format!("{}  {speaker}, {when}{place}", judged.id);
        let head = out.styled(Style::Bold, &fit(&head, out.width()));
        out.line(head)?;
        if let Some(question) = &judged.question {
            paragraph("    asked: ", question, out)?;
        }
        match (&judged.words, judged.statement.and_then(|cite| cited.get(cite))) {
            (Some(words), _) => paragraph("    said: ", &format!("«{words}»"), out)?,
            (None, Some(stored)) => paragraph("    said: ", &stored.item.text, out)?,
            (None, None) => {}
        }
        for reading in &judged.readings {
            print_reading(reading, &cited, people, out)?;
        }
    }
    Ok(())
}

fn print_reading(
    reading: &Reading,
    cited: &Cited,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let style = match reading.verdict {
        Verdict::Contradicted | Verdict::InTension => Style::Match,
        Verdict::NotTestable { .. } | Verdict::Opinion => Style::Dim,
        _ => Style::Plain,
    };
    // The sentence begins with the name of the verdict.
    let name = match reading.verdict {
        Verdict::NotContradicted { .. } => "Not contradicted".to_owned(),
        _ => reading.verdict.words(),
    };
    let width = out.width().saturating_sub(6);
    for (n, line) in super::wrapped(&reading.sentence, width, 10).into_iter().enumerate() {
        let line = match line.strip_prefix(name.as_str()) {
            Some(rest) if n == 0 => format!("{}{rest}", out.styled(style, &name)),
            _ => line,
        };
        out.line(format!("  {} {line}", if n == 0 { "▸" } else { " " }))?;
    }
    for witness in &reading.witnesses {
        let doubts = match witness.doubts.is_empty() {
            true => String::new(),
            false => format!(" ({})", witness.doubts.join("; ")),
        };
        let line = cited.line(witness.item, people, out, out.width() - 8);
        out.line(format!("      {line}{doubts}"))?;
    }
    if reading.witness_count > reading.witnesses.len() as u64 {
        let more = reading.witness_count - reading.witnesses.len() as u64;
        out.line(format!("      … {more} more (--json)"))?;
    }
    if reading.quotations.len() > 1 {
        for quotation in &reading.quotations {
            let by = match quotation.publication.as_str() {
                "" => "the item's own words",
                publication => publication,
            };
            paragraph(&format!("      {by}: "), &super::quote::in_words(&quotation.compared), out)?;
        }
    }
    for reason in &reading.reasons {
        paragraph("      ", reason, out)?;
    }
    if let Some(hedge) = &reading.hedge {
        paragraph("      hedge: ", hedge, out)?;
    }
    if let Some(line) = &reading.coverage_line {
        paragraph("      known complete: ", line, out)?;
    }
    if let Some(told) = reading.told_before.as_ref().filter(|told| !told.is_empty()) {
        let items: Vec<String> = told
            .iter()
            .take(5)
            .map(|told| {
                let open = if told.certainly_before { "" } else { ", perhaps later" };
                format!("[{}] grade {}{open}", told.item.0.short(), told.grade)
            })
            .collect();
        paragraph("      the speaker had been told before: ", &items.join(", "), out)?;
    }
    let contradicts = matches!(reading.verdict, Verdict::Contradicted | Verdict::InTension);
    if contradicts && !reading.alternatives.is_empty() {
        paragraph("      other readings of these items: ", &reading.alternatives.join("; "), out)?;
    }
    Ok(())
}

fn paragraph(head: &str, text: &str, out: &mut Output) -> Result<()> {
    let width = out.width().saturating_sub(head.len());
    for (n, line) in super::wrapped(text, width, 8).into_iter().enumerate() {
        let head = if n == 0 { head.to_owned() } else { " ".repeat(head.len()) };
        let line = out.styled(Style::Dim, &format!("{head}{}", crate::output::printable(&line)));
        out.line(line)?;
    }
    Ok(())
}

/// Takes a decision back.
pub(super) fn take_back(global: &Global, back: &TakeBack, out: &mut Output) -> Result<Done> {
    let work = Work::Undo { seq: back.seq, reason: back.reason.clone() };
    done(&decide(&global.case, back.author.as_deref(), &work)?, out)
}

/// Says what was written down.
pub(super) fn done((seq, value): &(u64, Value), out: &mut Output) -> Result<Done> {
    if out.json {
        out.value(&json!({ "schema": "cahoots/decision/1", "seq": seq, "decision": value }))?;
    } else {
        out.line(format!("written down as decision {seq}"))?;
    }
    Ok(Done::Found)
}
