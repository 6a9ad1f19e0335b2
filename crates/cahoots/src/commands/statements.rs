//! `statements`: what was said in public, held against the record.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cahoots_analyze::statements::{Judged, Reading, Verdict, claim_reviews};
use cahoots_analyze::{Cite, Finding, Record};
use cahoots_record::{Claim, Template};
use cahoots_store::Case;
use serde_json::{Value, json};

use super::Done;
use super::contacts::caveats;
use crate::analysis::work::{Said, Work, decide};
use crate::analysis::{Cited, json_of, moment, statements};
use crate::answers::Answer;
use crate::cli::{Global, StatementAction, StatementAdd, Statements as Args, TakeBack};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, fit};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    match &args.action {
        Some(StatementAction::Add(add)) => return enter(global, add, out),
        Some(StatementAction::Remove(back)) => return take_back(global, back, out),
        None => {}
    }
    let desk = super::open_desk(global, out)?;
    if out.json || args.claim_review {
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
        let all: Vec<Value> =
            ledger.result.iter().flat_map(|judged| claim_reviews(&record, judged)).collect();
        return Ok(Answer { value: Value::Array(all), found });
    }
    Ok(Answer { value: json_of("statements", &ledger, desk.case(), &record)?, found })
}

fn of(desk: &Desk, args: &Args) -> Result<(Arc<Record>, Finding<Vec<Judged>>)> {
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
        Verdict::NotTestable { .. } => Style::Dim,
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

/// Enters a statement: what the options say, and the rest by asking, if somebody is there to ask.
fn enter(global: &Global, add: &StatementAdd, out: &mut Output) -> Result<Done> {
    let mut said = Said {
        speaker: add.speaker.clone().unwrap_or_default(),
        at: add.at.clone().unwrap_or_default(),
        place: add.place.clone().unwrap_or_default(),
        question: add.question.clone().unwrap_or_default(),
        quoted: add.quoted.clone().unwrap_or_default(),
        published: add.published.clone(),
        claims: Vec::new(),
    };
    if let Some(file) = &add.file {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        said = toml::from_str(&text)
            .map_err(|error| anyhow::anyhow!("{}: {}", file.display(), error.message()))?;
    }
    if let Some(name) = &add.template {
        let template = Template::from_name(name).with_context(|| templates(name))?;
        said.claims.push(Claim {
            reading: add.reading.clone().unwrap_or_default(),
            template: Some(template),
            actors: add.actor.clone(),
            counterparts: add.counterpart.clone(),
            about: add.about.clone(),
            from: add.from.clone(),
            until: add.until.clone(),
            bound: add.bound.clone(),
            count: add.count,
            hedge: add.hedge.clone(),
        });
    } else if let Some(reading) = &add.reading {
        said.claims.push(Claim { reading: reading.clone(), ..Claim::default() });
    }
    ask(&mut said, out)?;
    if said.speaker.is_empty() && said.quoted.is_empty() {
        bail!("a statement needs --speaker and --quoted (or --file, or a terminal to ask at)");
    }
    if !said.at.is_empty() {
        moment(&said.at, out.zone())?;
    }
    let work = Work::Statement { statement: said };
    done(&decide(&global.case, add.author.as_deref(), &work)?, out)
}

fn templates(name: &str) -> String {
    let names: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
    format!("{name} is no template; there are {}", names.join(", "))
}

/// Asks for what is missing, where a person sits at the terminal.
fn ask(said: &mut Said, out: &mut Output) -> Result<()> {
    use std::io::IsTerminal as _;
    if !std::io::stdin().is_terminal() || out.json || out.quiet {
        return Ok(());
    }
    let line = |question: &str, slot: &mut String| -> Result<()> {
        if slot.is_empty() {
            crate::report::ask(question);
            std::io::stdin().read_line(slot)?;
            *slot = slot.trim().to_owned();
        }
        Ok(())
    };
    line("Who said it", &mut said.speaker)?;
    line("When (2016-10-14, or with a time)", &mut said.at)?;
    line("Where", &mut said.place)?;
    line("What was asked", &mut said.question)?;
    line("The words spoken", &mut said.quoted)?;
    if said.claims.is_empty() {
        let (mut reading, mut template) = (String::new(), String::new());
        line("What does it claim, in one sentence", &mut reading)?;
        let names: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
        line(&format!("Template (empty for none): {}", names.join(", ")), &mut template)?;
        let mut claim = Claim { reading, ..Claim::default() };
        if !template.is_empty() {
            claim.template =
                Some(Template::from_name(&template).with_context(|| templates(&template))?);
            let list = |question: &str| -> Result<Vec<String>> {
                let mut text = String::new();
                line(question, &mut text)?;
                let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
                Ok(names.map(str::to_owned).collect())
            };
            claim.actors = list("Whom it is about (several parted by ;)")?;
            claim.counterparts = list("The other side (several parted by ;)")?;
            let given = |text: String| (!text.is_empty()).then_some(text);
            let (mut about, mut until) = (String::new(), String::new());
            line("About what (an item, url:…, a query; empty for nothing)", &mut about)?;
            line("Until when (empty: until it was said)", &mut until)?;
            (claim.about, claim.until) = (given(about), given(until));
        }
        if !claim.reading.is_empty() || claim.template.is_some() {
            said.claims.push(claim);
        }
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
