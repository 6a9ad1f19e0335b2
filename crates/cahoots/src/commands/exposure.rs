//! `exposure`: who was told, by whom and when; and, set apart, who could have known.

use anyhow::{Result, bail};
use cahoots_analyze::exposure::{Exposure, Question, exposure};
use cahoots_analyze::record::SECOND;
use cahoots_analyze::{Finding, Record};
use cahoots_store::Case;

use super::Done;
use super::contacts::caveats;
use crate::analysis::{Cited, Finder, json_of, lags, length, moment, party, span};
use crate::answers::Answer;
use crate::cli::{Exposure as Args, Global};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted, fit, number};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let text = args.about.join(" ");
    let Some(found) = of(&desk, args)? else {
        crate::report::note(&format!("nothing in the record matches {text}"));
        return Ok(Done::Nothing);
    };
    let (record, people) = (desk.record()?, desk.people()?);
    print(&found, desk.case(), &record, &people, &text, args.limit, out)?;
    Ok(if found.result.told.is_empty() { Done::Nothing } else { Done::Found })
}

/// Exposure in JSON.
///
/// # Errors
/// When what is asked about cannot be read, a name means nobody or several, or the case cannot be
/// read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let Some(found) = of(desk, args)? else {
        let value = serde_json::json!({ "schema": "cahoots/exposure/1", "result": null });
        return Ok(Answer { value, found: false });
    };
    let value = json_of("exposure", &found, desk.case(), &*desk.record()?)?;
    Ok(Answer { value, found: !found.result.told.is_empty() })
}

/// What is found; `None` when nothing in the record is what was asked about.
fn of(desk: &Desk, args: &Args) -> Result<Option<Finding<Exposure>>> {
    let (record, people) = (desk.record()?, desk.people()?);
    let text = args.about.join(" ");
    let about = Finder::new(desk, &record)?.find(&text)?;
    if about.is_empty() {
        return Ok(None);
    }
    let as_of = match &args.as_of {
        Some(text) => Some(moment(text, desk.zone())?.hi),
        None => None,
    };
    let parties = |names: &[String]| -> Result<Vec<_>> {
        names.iter().map(|name| party(&people, name)).collect()
    };
    let question = Question {
        about,
        as_of,
        could: args.could.as_ref().map(|name| party(&people, name)).transpose()?,
        skew: match args.skew.as_str() {
            "0" => 0,
            text => length(text)?,
        },
        asked: parties(&args.asked)?,
        ..Question::default()
    };
    if question.about.len() > 5_000 {
        bail!(
            "{text} matches {} items; ask about an object (url:…), an item or a narrower query",
            number(question.about.len() as u64)
        );
    }
    Ok(Some(exposure(&record, &question)))
}

fn print(
    found: &Finding<Exposure>,
    case: &Case,
    record: &Record,
    people: &People,
    text: &str,
    limit: usize,
    out: &mut Output,
) -> Result<()> {
    let e = &found.result;
    let items = counted(
        e.items.len() as u64,
        "item carries, passes on or answers it",
        "items carry, pass on or answer it",
    );
    let title = out.styled(Style::Bold, &format!("Who was told of {text}"));
    out.line(title)?;
    out.line(format!("  {items}"))?;
    let cited = Cited::read(
        case,
        record,
        e.edges
            .iter()
            .map(|edge| edge.item)
            .chain(e.origins.iter().flat_map(|origin| origin.items.iter().copied()))
            .chain(e.public.iter().flat_map(|public| public.items.iter().copied())),
    )?;
    let micros = |seconds: Option<f64>| seconds.map(|seconds| (seconds * SECOND as f64) as i64);

    out.line("")?;
    let shown = &e.told[..e.told.len().min(limit)];
    let zone = &case.info().zone;
    let title = format!("grade (1 best)  who, since when ({zone}), before the public by");
    let title = out.styled(Style::Dim, &title);
    out.line(format!("  {title}"))?;
    for told in shown {
        let best = told.labels.last();
        let by: Vec<&str> = told
            .labels
            .iter()
            .flat_map(|label| label.told_by.iter())
            .map(|who| who.name.as_str())
            .collect();
        let lead = match (told.before_public, told.lead) {
            (Some(true), Some(lead)) => format!(
                "; {} before the public",
                lags(micros(lead.at_least_seconds), micros(lead.at_most_seconds))
            ),
            (Some(false), _) => "; not before the public".to_owned(),
            (None, Some(_)) => "; before or after the public: open".to_owned(),
            (_, None) => String::new(),
        };
        let how = best.map_or("", |label| label.grade.words());
        let from = by.first().map(|by| format!(", from {by}")).unwrap_or_default();
        let name = out.styled(Style::Bold, &told.who.name);
        out.line(format!("  {}  {name}  {}{lead}", told.grade as u8, span(told.earliest, out)))?;
        let how = out.styled(Style::Dim, &fit(&format!("{how}{from}"), out.width() - 6));
        out.line(format!("     {how}"))?;
    }
    if e.told.len() > shown.len() {
        out.line(format!(
            "… {} more (-n shows more)",
            number((e.told.len() - shown.len()) as u64)
        ))?;
    }

    tree(e, &cited, people, limit, out)?;
    if let Some(public) = &e.public {
        out.line("")?;
        let title = out.styled(Style::Bold, "First in public");
        out.line(title)?;
        for cite in public.items.iter().take(4) {
            let line = cited.line(*cite, people, out, out.width() - 4);
            out.line(format!("  {line}"))?;
        }
        if public.order_unknown {
            out.line("  which of them was first, the times leave open")?;
        }
    }
    for who in &e.no_item_shows {
        out.line(format!("No item of the record shows that {} was told of it.", who.name))?;
    }
    for holder in &e.holders {
        out.line(format!(
            "The archive of {} holds a copy [{}] that does not name them; how it came there is not shown.",
            holder.who.name,
            holder.item.0.short()
        ))?;
    }
    unseen(e, out)?;
    if let Some(could) = &e.could {
        out.line("")?;
        let title = out.styled(
            Style::Bold,
            &format!("Set apart: who could have known from {} by contacts alone", could.from.name),
        );
        out.line(title)?;
        out.line(format!(
            "  {} of {} contacts looked through; none of this shows that anybody was told",
            counted(could.reached.len() as u64, "party is reachable", "parties are reachable"),
            number(could.contacts)
        ))?;
        let rows: Vec<Vec<String>> = could
            .reached
            .iter()
            .take(limit)
            .map(|reached| {
                let path: Vec<String> = reached
                    .path
                    .iter()
                    .map(|hop| format!("{} [{}]", hop.to.name, hop.item.0.short()))
                    .collect();
                let open = if reached.order_unknown { "order open" } else { "" };
                vec![span(reached.when, out), open.to_owned(), path.join(" → ")]
            })
            .collect();
        out.table(&["from", "", "by way of"], &rows, &[])?;
    }
    out.line("")?;
    caveats(&found.caveats, out)
}

/// Who had it from nobody knows whom, and who may have passed it on: possibilities, set apart.
fn unseen(e: &Exposure, out: &mut Output) -> Result<()> {
    if e.unseen.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let title = "Set apart: from whom it came is not shown (grade 7: may have passed it on unseen)";
    let title = out.styled(Style::Bold, title);
    out.line(title)?;
    for gap in e.unseen.iter().take(8) {
        let public = match gap.public_before {
            Some(true) => "; public before",
            _ => "",
        };
        let items: Vec<String> =
            gap.items.iter().take(2).map(|cite| format!("[{}]", cite.0.short())).collect();
        out.line(format!(
            "  {}, {}{public} {}",
            gap.who.name,
            span(gap.when, out),
            items.join(" ")
        ))?;
        for hop in gap.direct.iter().take(5) {
            out.line(format!(
                "    {} had it and wrote to them in between [{}], not seen to carry it",
                hop.to.name,
                hop.item.0.short()
            ))?;
        }
        for between in gap.between.iter().take(5) {
            let path: Vec<String> = between
                .path
                .iter()
                .map(|hop| format!("{} [{}]", hop.to.name, hop.item.0.short()))
                .collect();
            let line = format!("    7  {} → {}", between.from.name, path.join(" → "));
            for line in super::wrapped(&line, out.width() - 6, 3) {
                out.line(format!("    {line}"))?;
            }
        }
        let more = gap.between.len().saturating_sub(5) as u64 + gap.more;
        if more > 0 {
            out.line(format!("    … {} more (--json)", number(more)))?;
        }
        if gap.direct.is_empty() && gap.between.is_empty() {
            out.line("    no path of contacts in the record leads there from those who had it")?;
        }
    }
    Ok(())
}

/// Who told whom: the edges that first brought it to somebody, in the order of time.
fn tree(
    e: &Exposure,
    cited: &Cited,
    people: &People,
    limit: usize,
    out: &mut Output,
) -> Result<()> {
    let first: Vec<_> = e.edges.iter().filter(|edge| edge.first).collect();
    if first.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let title = out.styled(Style::Bold, "Who told whom");
    out.line(title)?;
    for origin in e.origins.iter().filter(|origin| origin.may_be_first).take(limit) {
        let place: Vec<String> =
            origin.items.iter().take(3).map(|cite| format!("[{}]", cite.0.short())).collect();
        out.line(format!("  {} wrote it {}", origin.who.name, place.join(" ")))?;
    }
    let mut shown: Vec<(Option<String>, usize)> = Vec::new();
    for edge in first.iter().take(limit) {
        let from = edge.from.as_ref().map(|who| who.name.clone());
        // As deep as the teller stands below the first author.
        let depth = shown.iter().find(|(name, _)| *name == from).map_or(1, |(_, depth)| depth + 1);
        shown.push((Some(edge.to.name.clone()), depth));
        let dash = if edge.grade as u8 <= 3 { "──" } else { "╌╌" };
        let pad = "   ".repeat(depth);
        let open = if edge.order_unknown { ", order open" } else { "" };
        out.line(format!(
            "{pad}└{dash} {} → {}  {}  grade {}{open}  [{}]",
            edge.from.as_ref().map_or("somebody", |who| &who.name),
            edge.to.name,
            span(edge.when, out),
            edge.grade as u8,
            edge.item.0.short()
        ))?;
    }
    let mut items: Vec<_> = first.iter().map(|edge| edge.item).collect();
    items.dedup();
    items.truncate(6);
    for cite in items {
        let line = cited.line(cite, people, out, out.width() - 4);
        let line = out.styled(Style::Dim, &fit(&line, out.width() * 2));
        out.line(format!("  {line}"))?;
    }
    Ok(())
}
