//! `contacts`: who was in contact with whom, since when, who answered.

use anyhow::Result;
use cahoots_analyze::contacts::{Dossier, Options, Pair, Sent, dossier, table};
use cahoots_analyze::record::DAY;
use cahoots_analyze::{Finding, Record};
use cahoots_store::Case;

use super::Done;
use crate::analysis::{Cited, day, json_of, lag, lags, party};
use crate::answers::Answer;
use crate::cli::{Contacts as Args, Global};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted, number};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    match of(&desk, args)? {
        Found::Dossier(found) => {
            let (record, people) = (desk.record()?, desk.people()?);
            print_dossier(&found, desk.case(), &record, &people, args, out)?;
            Ok(if is_empty(&found) { Done::Nothing } else { Done::Found })
        }
        Found::Table(found) => {
            let total = found.result.len();
            print_table(&found, total, args, out)?;
            Ok(if total == 0 { Done::Nothing } else { Done::Found })
        }
    }
}

/// Contacts in JSON.
///
/// # Errors
/// When a name means nobody or several, or the case cannot be read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let record = desk.record()?;
    match of(desk, args)? {
        Found::Dossier(found) => {
            let value = json_of("contacts-dossier", &found, desk.case(), &record)?;
            Ok(Answer { value, found: !is_empty(&found) })
        }
        Found::Table(mut found) => {
            let total = found.result.len();
            found.result.truncate(args.limit.max(1));
            let mut value = json_of("contacts", &found, desk.case(), &record)?;
            if let Some(object) = value.as_object_mut() {
                object.insert("total".to_owned(), total.into());
            }
            Ok(Answer { value, found: total > 0 })
        }
    }
}

/// Everything between two parties, or the table of all pairs.
enum Found {
    Dossier(Box<Finding<Dossier>>),
    Table(Box<Finding<Vec<Pair>>>),
}

fn of(desk: &Desk, args: &Args) -> Result<Found> {
    let (record, people) = (desk.record()?, desk.people()?);
    let options = Options {
        answer_window: args.answer_days.saturating_mul(DAY),
        automated: args.automated,
        ..Options::default()
    };
    if let (Some(a), Some(b)) = (&args.a, &args.b) {
        let (a, b) = (party(&people, a)?, party(&people, b)?);
        if a == b {
            anyhow::bail!("both names mean {}; a dossier needs two parties", record.name(a));
        }
        return Ok(Found::Dossier(Box::new(dossier(&record, a, b, &options))));
    }
    let mut found = table(&record, &options);
    if let Some(a) = &args.a {
        let a = party(&people, a)?;
        found.result.retain(|pair| pair.parties.0 == a || pair.parties.1 == a);
    }
    Ok(Found::Table(Box::new(found)))
}

fn is_empty(found: &Finding<Dossier>) -> bool {
    found.result.messages.is_empty() && found.result.shared.n == 0
}

fn print_table(
    found: &Finding<Vec<Pair>>,
    total: usize,
    args: &Args,
    out: &mut Output,
) -> Result<()> {
    let share = |answered: u64, sent: u64| match sent {
        0 => "–".to_owned(),
        _ => format!("{answered} of {}", number(sent)),
    };
    let rows: Vec<Vec<String>> = found
        .result
        .iter()
        .take(args.limit)
        .map(|pair| {
            vec![
                number(pair.messages),
                share(pair.a_to_b.answered, pair.a_to_b.messages),
                share(pair.b_to_a.answered, pair.b_to_a.messages),
                pair.times.0.map(|time| day(time, out)).unwrap_or_default(),
                pair.times.1.map(|time| day(time, out)).unwrap_or_default(),
                format!("{} · {}", pair.a.name, pair.b.name),
            ]
        })
        .collect();
    if rows.is_empty() {
        out.line("no private messages between parties in this record")?;
    } else {
        let titles = ["messages", "a→b answered", "b→a answered", "first", "last", "a · b"];
        out.table(&titles, &rows, &[0, 1, 2])?;
        if total > rows.len() {
            out.line(format!(
                "… {} more pairs (-n {total} shows all)",
                number((total - rows.len()) as u64)
            ))?;
        }
    }
    caveats(&found.caveats, out)
}

/// What to keep in mind, under a finding.
pub(super) fn caveats(caveats: &[String], out: &mut Output) -> Result<()> {
    for caveat in caveats {
        for (n, line) in super::wrapped(caveat, out.width() - 4, 6).into_iter().enumerate() {
            let line = format!("{} {line}", if n == 0 { "note:" } else { "     " });
            let line = out.styled(Style::Dim, &line);
            out.line(line)?;
        }
    }
    Ok(())
}

fn print_dossier(
    found: &Finding<Dossier>,
    case: &Case,
    record: &Record,
    people: &People,
    args: &Args,
    out: &mut Output,
) -> Result<()> {
    let d = &found.result;
    let (a, b) = (&d.a.name, &d.b.name);
    let title = out.styled(Style::Bold, &format!("{a} and {b}"));
    out.line(title)?;
    let all = d.a_to_b.messages.n + d.b_to_a.messages.n;
    let cites = d.messages.iter().take(args.limit).flat_map(|sent| {
        let answer = sent.answer.map(|answer| answer.cite);
        [Some(sent.cite), answer].into_iter().flatten()
    });
    let silence = d.longest_silence.into_iter().flat_map(|s| [s.after, s.until]);
    let cited = Cited::read(case, record, cites.chain(d.first).chain(d.last).chain(silence))?;
    let when = |cite| cited.get(cite).map(|s| out.time(&s.item.when)).unwrap_or_default();
    let mut lines = Vec::new();
    lines.push(match (all, d.first, d.last) {
        (0, ..) => "no private message of one to the other is in the record".to_owned(),
        (_, Some(first), Some(last)) => format!(
            "{} from {} to {}, on {} whose date is known",
            counted(all, "message", "messages"),
            when(first).trim(),
            when(last).trim(),
            counted(d.active_days, "day", "days"),
        ),
        _ => format!("{}, none of them dated", counted(all, "message", "messages")),
    });
    for (from, to, way) in [(a, b, &d.a_to_b), (b, a, &d.b_to_a)] {
        let mut line = format!("{from} → {to}: {}", counted(way.messages.n, "message", "messages"));
        if way.messages.n > 0 {
            line.push_str(&format!(", {} answered", way.answered.n));
            if way.open.n > 0 {
                line.push_str(&format!(", {} where the times leave it open", way.open.n));
            }
            if let Some((least, most)) = way.median_answer {
                line.push_str(&format!(
                    "; median time to the answer {}",
                    lags(Some(least), Some(most))
                ));
            }
        }
        lines.push(line);
    }
    if d.unverified.n > 0 {
        lines.push(format!(
            "{} unverified, not counted",
            counted(d.unverified.n, "more entry", "more entries")
        ));
    }
    if d.shared.n > 0 {
        lines.push(format!(
            "{} by others that both received",
            counted(d.shared.n, "message", "messages")
        ));
    }
    if let Some(silence) = d.longest_silence {
        lines.push(format!(
            "longest silence: at least {}, from {} to {}",
            lag(silence.least),
            when(silence.after).trim(),
            when(silence.until).trim()
        ));
    }
    if !d.channels.is_empty() {
        let channels: Vec<String> =
            d.channels.iter().map(|(name, n)| format!("{name} {}", number(*n))).collect();
        lines.push(format!("forms: {}", channels.join(", ")));
    }
    if !d.others.is_empty() {
        let others: Vec<String> = d
            .others
            .iter()
            .take(8)
            .map(|(other, n)| format!("{} {}", other.name, number(*n)))
            .collect();
        lines.push(format!("also on them: {}", others.join(", ")));
    }
    for line in lines {
        out.line(format!("  {line}"))?;
    }
    strip(d, out)?;
    out.line("")?;
    for sent in d.messages.iter().take(args.limit) {
        let arrow = if sent.by_a { "→" } else { "←" };
        let line = cited.line(sent.cite, people, out, out.width() - 4);
        out.line(format!("  {arrow} {line}"))?;
        if let Some(text) = became(sent, &cited, out) {
            let text = out.styled(Style::Dim, &format!("      {text}"));
            out.line(text)?;
        }
    }
    if d.messages.len() > args.limit {
        let more = number((d.messages.len() - args.limit) as u64);
        out.line(format!("  … {more} more messages (-n {} shows all)", d.messages.len()))?;
    }
    out.line("")?;
    caveats(&found.caveats, out)
}

/// What became of a message, in words.
fn became(sent: &Sent, cited: &Cited, out: &Output) -> Option<String> {
    if sent.unverified {
        return Some("unverified; not counted".to_owned());
    }
    let Some(answer) = sent.answer else {
        return Some("no answer in the record".to_owned());
    };
    let when = cited.get(answer.cite).map(|s| out.time(&s.item.when)).unwrap_or_default();
    let id = answer.cite.0.short();
    let lag = lags(answer.lag_least, answer.lag_most);
    Some(match answer.doubt {
        None if answer.stated => format!("answered by [{id}] after {lag}"),
        None => format!("next message the other way: [{id}] after {lag}"),
        Some(_) => format!("perhaps answered by [{id}] ({}): the times leave it open", when.trim()),
    })
}

/// Contacts by month as two rows of bars.
fn strip(d: &Dossier, out: &mut Output) -> Result<()> {
    let (Some(first), Some(last)) = (d.months.first(), d.months.last()) else { return Ok(()) };
    if d.months.len() < 2 {
        return Ok(());
    }
    let most = d.months.iter().flat_map(|m| [m.a_to_b, m.b_to_a]).max().unwrap_or(1).max(1);
    let width = out.width().saturating_sub(26).max(12);
    // Several months share a column where the strip would be too long.
    let each = d.months.len().div_ceil(width).max(1);
    let bars = |pick: fn(&cahoots_analyze::contacts::Month) -> u64| -> String {
        d.months
            .chunks(each)
            .map(|months| bar(months.iter().map(pick).sum::<u64>(), most * each as u64))
            .collect()
    };
    let (a, b) = (bars(|month| month.a_to_b), bars(|month| month.b_to_a));
    out.line("")?;
    out.line(format!("  {} {a} →", first.month))?;
    out.line(format!("  {} {b} ← {}", " ".repeat(first.month.len()), last.month))
}

/// A bar of eight heights; a dot for nothing.
pub(super) fn bar(n: u64, most: u64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    match n {
        0 => '·',
        n => BARS[((n * 8).div_ceil(most.max(1)) as usize).clamp(1, 8) - 1],
    }
}
