//! `requests`: what was asked in private messages, and what came back.

use anyhow::{Result, bail};
use cahoots_analyze::requests::{
    Bucket, Decision, Detection, Detector, Language, Ranked, Verdict, Words, explain,
    mark_declined, messages, ranked,
};
use cahoots_analyze::{Place, Record};
use cahoots_record::{ItemId, ItemOrd};
use cahoots_store::{Case, Parts, StoreError};
use rustc_hash::FxHashMap;

use super::Done;
use super::contacts::caveats;
use super::statements::done;
use crate::analysis::work::{Work, decide, decided};
use crate::analysis::{Cited, Finder, asked, json_of, lags, party};
use crate::answers::Answer;
use crate::cli::{Global, RequestAction, Requests as Args};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted, fit, number};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    if let Some(RequestAction::Decide { id, decision, reason, author }) = &args.action {
        if !["yes", "no", "unsure"].contains(&decision.as_str()) {
            bail!("{decision} is none of yes, no, unsure");
        }
        let item = one_item(global, id, out)?;
        let work = Work::Request { item, decision: decision.clone(), reason: reason.clone() };
        return done(&decide(&global.case, author.as_deref(), &work)?, out);
    }
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let ranked = of(&desk, args, args.limit)?;
    let (record, people) = (desk.record()?, desk.people()?);
    print(&ranked, desk.case(), &record, &people, out)?;
    Ok(if ranked.total == 0 { Done::Nothing } else { Done::Found })
}

/// Requests in JSON.
///
/// # Errors
/// When a name means nobody or several, or the case cannot be read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let most = if args.limit == 0 { usize::MAX } else { args.limit };
    let Ranked { finding, total, possible_left_out } = of(desk, args, most)?;
    let mut value = json_of("requests", &finding, desk.case(), &*desk.record()?)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("total".to_owned(), total.into());
        object.insert("possible_left_out".to_owned(), possible_left_out.into());
    }
    Ok(Answer { value, found: total > 0 })
}

/// The first `most` of the list, and how many there are.
fn of(desk: &Desk, args: &Args, most: usize) -> Result<Ranked> {
    let (case, record, people) = (desk.case(), desk.record()?, desk.people()?);
    let one = |name: &Option<String>| name.as_ref().map(|n| party(&people, n)).transpose();
    let (from, to) = (one(&args.from)?, one(&args.to)?);
    let wanted = messages(&record, from, to);
    let mut read = asked(case, &record, &wanted)?;
    let decisions = decisions(case)?;
    let mut known = |place: Place| Some(read.remove(&place).unwrap_or_else(nothing));
    let mut ranked = ranked(&record, from, to, &mut known, &decisions, args.all, most);
    // The list first; then the words of what will be shown and of its answers, read together.
    let shown = &mut ranked.finding.result;
    let places: Vec<Place> = shown
        .iter()
        .flat_map(|request| {
            let own = (!request.asked.is_empty()).then_some(request.place);
            own.into_iter().chain(request.answer.as_ref().map(|answer| answer.place))
        })
        .collect();
    let texts = words_of(case, &record, &places)?;
    let mut detector = Detector::default();
    for request in shown {
        if !request.asked.is_empty()
            && let Some(words) = texts.get(&request.place)
        {
            explain(request, detector.detect(&words.text, words.language.as_deref()));
        }
        mark_declined(&record, request, &|place| texts.get(&place).cloned());
    }
    Ok(ranked)
}

fn nothing() -> Detection {
    Detection { language: Language::English, asked: Vec::new() }
}

fn words_of(
    case: &Case,
    record: &Record,
    places: &[Place],
) -> Result<FxHashMap<Place, Words>, StoreError> {
    let mut by_ord: Vec<(ItemOrd, Place)> =
        places.iter().map(|place| (record.row(*place).ord, *place)).collect();
    by_ord.sort_unstable();
    by_ord.dedup();
    let ords: Vec<ItemOrd> = by_ord.iter().map(|(ord, _)| *ord).collect();
    let items = case.items(&ords, Parts::Text)?;
    Ok(by_ord
        .into_iter()
        .zip(items)
        .map(|((_, place), stored)| {
            let item = stored.item;
            let words = Words { subject: item.subject, text: item.text, language: item.language };
            (place, words)
        })
        .collect())
}

/// Decisions on requests, oldest first.
fn decisions(case: &Case) -> Result<Vec<(ItemId, Decision)>> {
    let all = decided(case)?.into_iter().filter_map(|decided| match decided.work {
        Work::Request { item, decision, .. } => {
            let verdict = match decision.as_str() {
                "yes" => Verdict::Yes,
                "no" => Verdict::No,
                _ => Verdict::Unsure,
            };
            Some((item, Decision { verdict, author: decided.author, at: decided.at }))
        }
        _ => None,
    });
    Ok(all.collect())
}

/// The items that people decided are requests: the last decision on each holds.
pub(super) fn decided_yes(case: &Case, record: &Record) -> Result<Vec<Place>> {
    let mut last: FxHashMap<ItemId, Verdict> = FxHashMap::default();
    for (item, decision) in decisions(case)? {
        last.insert(item, decision.verdict);
    }
    let mut places: Vec<Place> = last
        .into_iter()
        .filter(|(_, verdict)| *verdict == Verdict::Yes)
        .filter_map(|(item, _)| record.by_id(item))
        .collect();
    places.sort_unstable();
    Ok(places)
}

fn one_item(global: &Global, id: &str, out: &mut Output) -> Result<ItemId> {
    let desk = super::open_desk(global, out)?;
    let record = desk.record()?;
    match Finder::new(&desk, &record)?.find(id)?.as_slice() {
        [one] => Ok(record.row(*one).id),
        [] => bail!("no item {id}; `cahoots requests` lists ids"),
        several => bail!("{id} means {} items; give one id", several.len()),
    }
}

fn print(
    ranked: &Ranked,
    case: &Case,
    record: &Record,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let Ranked { finding: found, total, possible_left_out: possible } = ranked;
    let (total, possible) = (*total, *possible);
    let shown = &found.result;
    let cites = shown.iter().flat_map(|r| [Some(r.cite), r.answer.as_ref().map(|a| a.cite)]);
    let cited = Cited::read(case, record, cites.flatten())?;
    for request in shown {
        let line = cited.line(request.cite, people, out, out.width());
        out.line(line)?;
        let asked = request.asked.iter().max_by(|a, b| a.score.total_cmp(&b.score));
        let what = match (&request.stated, asked) {
            (Some(stated), _) => {
                let of = stated.of.as_ref().map(|of| format!(", of {of}")).unwrap_or_default();
                format!("{}{of}", stated.what.as_deref().unwrap_or("a request"))
            }
            (None, Some(asked)) => format!("«{}»", asked.sentence),
            (None, None) => String::new(),
        };
        if !what.is_empty() {
            let what = crate::output::one_line(&what);
            out.line(format!("    {}", fit(&what, out.width() - 4)))?;
        }
        let mut words = vec![match (request.score, request.bucket) {
            (Some(score), Some(bucket)) => {
                let bucket = match bucket {
                    Bucket::High => "likely",
                    Bucket::Balanced => "rather likely",
                    Bucket::Low => "possible",
                };
                format!("{bucket} ({score:.2}): {}", request.reason)
            }
            _ => request.reason.clone(),
        }];
        words.extend(request.decision.as_ref().map(|decision| {
            let verdict = match decision.verdict {
                Verdict::Yes => "yes",
                Verdict::No => "no",
                Verdict::Unsure => "unsure",
            };
            format!("decided {verdict} by {}", decision.author)
        }));
        let came_back = match &request.answer {
            Some(answer) => {
                let perhaps = if answer.certain { "" } else { "perhaps " };
                let lag = lags(answer.lag_at_least.map(|lag| lag.max(0)), answer.lag_at_most);
                let declined = match &answer.declined {
                    Some(declined) => format!(", which may decline («{}»)", declined.sentence),
                    None => String::new(),
                };
                format!("{perhaps}answered by [{}] after {lag}{declined}", answer.cite.0.short())
            }
            None if request.record_ends_before_window => {
                "no answer before the record ends".to_owned()
            }
            None => "no answer in the record".to_owned(),
        };
        for text in [came_back, words.join(" · ")] {
            let line = fit(&crate::output::one_line(&text), out.width() - 4);
            let line = out.styled(Style::Dim, &format!("    {line}"));
            out.line(line)?;
        }
    }
    if total > shown.len() {
        out.line(format!("… {} more (-n shows more)", number((total - shown.len()) as u64)))?;
    }
    let mut sum = counted(total as u64, "message asks something", "messages ask something");
    sum.push_str(", as far as words can tell");
    if possible > 0 {
        sum.push_str(&format!("; {} more are possible (--all)", number(possible as u64)));
    }
    out.line(sum)?;
    caveats(&found.caveats, out)
}
