//! `acts`: what was asked beside what was then done, held against chance.

use anyhow::{Context, Result, bail};
use cahoots_analyze::acts::{
    ActorTest, Acts, Candidate, Counted, FEWEST_SESSIONS, Grade, PublicBefore, Question, Scan,
    SessionFound, Verdict, acts, pairs_with_sessions, scan,
};
use cahoots_analyze::record::SECOND;
use cahoots_analyze::{Finding, Party, Record, Span};
use cahoots_store::Case;

use super::Done;
use super::absences::probability;
use super::contacts::{bar, caveats};
use crate::analysis::{Cited, Finder, json_of, lag, lags, length, moment, party, wording};
use crate::answers::Answer;
use crate::cli::{Acts as Args, Global};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted, fit, number};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    // Here peers may be a file; the server reads none.
    let args = &Args { peers: peers(&args.peers)?, ..args.clone() };
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    match of(&desk, args)? {
        (_, Found::Scan(found)) => {
            print_scan(&found, args.limit, out)?;
            Ok(if found.result.pairs.is_empty() { Done::Nothing } else { Done::Found })
        }
        (record, Found::Acts(found)) => {
            print(&found, desk.case(), &record, &*desk.people()?, args.limit, out)?;
            let none = found.result.messages.messages == 0;
            Ok(if none { Done::Nothing } else { Done::Found })
        }
    }
}

/// Acts in JSON.
///
/// # Errors
/// When a name means nobody or several, a time or query cannot be read, or the case cannot.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    match of(desk, args)? {
        (record, Found::Scan(found)) => {
            let value = json_of("acts-scan", &found, desk.case(), &record)?;
            Ok(Answer { value, found: !found.result.pairs.is_empty() })
        }
        (record, Found::Acts(found)) => {
            let value = json_of("acts", &found, desk.case(), &record)?;
            Ok(Answer { value, found: found.result.messages.messages > 0 })
        }
    }
}

/// The timing of every pair, or everything on one.
enum Found {
    Scan(Box<Finding<Scan>>),
    Acts(Box<Finding<Acts>>),
}

/// What is found, and the record with the words of the question.
fn of(desk: &Desk, args: &Args) -> Result<(Record, Found)> {
    let (case, people) = (desk.case(), desk.people()?);
    let mut record = desk.own_record()?;
    let mut question = Question::new(Party(0), Party(0));
    question.within = length(&args.within)?;
    question.other_windows.retain(|window| *window != question.within);
    question.redraws = args.redraws;
    question.seed = args.seed;
    question.family = args.family;
    if args.coverage.is_empty() {
        let table = crate::analysis::coverage::table(case, &record)?;
        question.coverage_of = crate::analysis::coverage::of_posts(&table, &record);
    }
    for text in &args.coverage {
        match text.split_once('=') {
            None => question.coverage.get_or_insert_default().push(period(text, desk)?),
            Some((name, text)) => {
                let (who, span) = (party(&people, name)?, period(text, desk)?);
                match question.coverage_of.iter_mut().find(|(known, _)| *known == who) {
                    Some((_, spans)) => spans.push(span),
                    None => question.coverage_of.push((who, vec![span])),
                }
            }
        }
    }
    if let Some(query) = &args.requests {
        let places = match query.as_str() {
            "decided" => super::requests::decided_yes(case, &record)?,
            query => Finder::new(desk, &record)?.find(query)?,
        };
        let hash = cahoots_record::Sha256::of(query.as_bytes()).to_string();
        question.requests = Some((places, hash));
    }
    let (Some(from), Some(to)) = (&args.from, &args.to) else {
        let pairs = pairs_with_sessions(&record, question.within, FEWEST_SESSIONS);
        let found = Found::Scan(Box::new(scan(&record, &pairs, &question)));
        return Ok((record, found));
    };
    question.from = party(&people, from)?;
    question.to = party(&people, to)?;
    question.circle = parties(&people, &args.circle)?;
    question.peers = parties(&people, &args.peers)?;
    let finder = Finder::new(desk, &record)?;
    wording::of_question(case, &mut record, &mut question, &finder)?;
    let found = Found::Acts(Box::new(acts(&record, &question)));
    Ok((record, found))
}

fn parties(people: &People, names: &[String]) -> Result<Vec<Party>> {
    names.iter().map(|name| party(people, name)).collect()
}

/// Peers as given: a file with one name a line (`#` begins a remark), or the names themselves.
fn peers(given: &[String]) -> Result<Vec<String>> {
    let [one] = given else { return Ok(given.to_vec()) };
    let path = std::path::Path::new(one);
    if !path.is_file() {
        return Ok(given.to_vec());
    }
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the list of peers {one} cannot be read"))?;
    let names = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn period(text: &str, desk: &Desk) -> Result<Span> {
    let Some((from, to)) = text.split_once("..") else {
        bail!("{text} is no period; write 2016-09-01..2016-11-08")
    };
    let span = Span { lo: moment(from, desk.zone())?.lo, hi: moment(to, desk.zone())?.hi };
    if span.lo > span.hi {
        bail!("{text} ends before it begins");
    }
    Ok(span)
}

fn micros(seconds: f64) -> i64 {
    (seconds * SECOND as f64) as i64
}

fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 0.0 && percent < 0.1 => format!("{percent:.2} %"),
        percent if percent > 0.0 && percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

fn print(
    found: &Finding<Acts>,
    case: &Case,
    record: &Record,
    people: &People,
    limit: usize,
    out: &mut Output,
) -> Result<()> {
    let a = &found.result;
    let title = format!("What {} wrote to {}, and what was then done", a.from.name, a.to.name);
    let title = out.styled(Style::Bold, &title);
    out.line(title)?;
    let verdict = out.styled(Style::Bold, &a.words);
    out.line(format!("  Was it done in response? {verdict}"))?;
    if let Verdict::CannotTell { why, needed } = &a.verdict {
        for why in why {
            paragraph("    because: ", why, out)?;
        }
        for needed in needed {
            paragraph("    needed:  ", needed, out)?;
        }
    }
    let m = &a.messages;
    out.line(format!(
        "  {} in {}, {} whose time is too wide for a test{}",
        counted(m.messages as u64, "message", "messages"),
        counted(m.sessions as u64, "session", "sessions"),
        number(m.time_too_wide as u64),
        match m.unverified {
            0 => String::new(),
            n => format!("; {n} more unverified, not counted"),
        }
    ))?;
    for test in &a.tests {
        print_test(test, out)?;
    }
    if let Some(peers) = &a.peers {
        let names: Vec<&str> = peers.peers.iter().map(|who| who.name.as_str()).collect();
        out.line(format!(
            "  beside {}: {} of {} requested items acted on, {:.1} expected from theirs; p {}",
            fit(&names.join(", "), 60),
            peers.acted,
            peers.requests,
            peers.expected,
            probability(peers.p)
        ))?;
    }
    let mut all: Vec<&SessionFound> = a.sessions.iter().chain(&a.time_too_wide).collect();
    let first = |session: &SessionFound| {
        session
            .messages
            .first()
            .and_then(|message| message.time.earliest.or(message.time.latest))
            .map_or(i64::MAX, |at| at.0)
    };
    all.sort_by_key(|session| first(session));
    let shown = &all[..all.len().min(limit)];
    let cited = Cited::read(
        case,
        record,
        shown.iter().flat_map(|session| {
            let messages = session.messages.iter().map(|message| message.message);
            messages.chain(session.candidates.iter().map(|candidate| candidate.act))
        }),
    )?;
    for session in shown {
        print_session(session, &cited, people, out)?;
    }
    if all.len() > shown.len() {
        out.line(format!("  … {} more sessions (-n shows more)", all.len() - shown.len()))?;
    }
    for common in &a.in_everything {
        out.line(format!(
            "  {} {} is in {} public items: in everything, and says nothing",
            common.kind,
            common.key,
            number(u64::from(common.public_items))
        ))?;
    }
    out.line("")?;
    let p = &found.parameters;
    let settings = format!(
        "seed {}, {} redraws, {} tests declared together",
        p["seed"], p["redraws"], p["family"]
    );
    let settings = out.styled(Style::Dim, &settings);
    out.line(settings)?;
    caveats(&found.caveats, out)
}

fn paragraph(head: &str, text: &str, out: &mut Output) -> Result<()> {
    let width = out.width().saturating_sub(head.len());
    for (n, line) in super::wrapped(text, width, 8).into_iter().enumerate() {
        let head = if n == 0 { head.to_owned() } else { " ".repeat(head.len()) };
        out.line(format!("{head}{line}"))?;
    }
    Ok(())
}

fn print_test(test: &ActorTest, out: &mut Output) -> Result<()> {
    let names: Vec<&str> = test.who.iter().map(|who| who.name.as_str()).collect();
    let who = match test.any_of_group {
        true => format!("any of {}", names.join(", ")),
        false => names.join(", "),
    };
    if test.sessions == 0 {
        let line =
            format!("acts of {who}: no session could be tested ({} acts)", test.acts.counted);
        return paragraph("  ", &line, out);
    }
    let interval = test
        .interval
        .map(|i| format!(" (95 % interval {} to {})", percent(i.low), percent(i.high)))
        .unwrap_or_default();
    let median = match test.median_lag_seconds {
        Some(seconds) => format!("; half within {}", lag(micros(seconds))),
        None => String::new(),
    };
    let line = format!(
        "acts of {who}: within {} after {} of {} sessions{interval}; chance gives {}, {} of them{median}; p {}: {}",
        lag(micros(test.test.within_seconds)),
        test.answered,
        test.sessions,
        percent(test.test.chance_share),
        match test.chance_range {
            (low, high) if low == high => low.to_string(),
            (low, high) => format!("{low} to {high}"),
        },
        probability(test.test.p),
        test.words
    );
    paragraph("  ", &line, out)?;
    let placebo = &test.placebo;
    let line = format!(
        "check: an act only after {} sessions, only before {}; p {}",
        placebo.only_after,
        placebo.only_before,
        probability(placebo.p)
    );
    paragraph("    ", &line, out)?;
    histogram(test, out)
}

/// First acts after sessions, against what chance gives.
fn histogram(test: &ActorTest, out: &mut Output) -> Result<()> {
    if test.answered < 3 {
        return Ok(());
    }
    let most = test.lags.iter().map(|row| u64::from(row.sessions)).max().unwrap_or(1).max(1);
    let seen: String = test.lags.iter().map(|row| bar(u64::from(row.sessions), most)).collect();
    let chance: String =
        test.lags.iter().map(|row| bar(row.by_chance.round() as u64, most)).collect();
    let until = test.lags.last().map_or(0, |row| micros(row.until_seconds));
    out.line(format!("    lag 0 {seen} {}  seen", lag(until)))?;
    out.line(format!("          {chance}{}  by chance", " ".repeat(lag(until).chars().count() + 1)))
}

fn print_session(
    session: &SessionFound,
    cited: &Cited,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    out.line("")?;
    for message in &session.messages {
        let line = cited.line(message.message, people, out, out.width() - 2);
        out.line(format!("  {line}"))?;
        if let Some(asked) = &message.asked {
            let mut words = Vec::new();
            words.extend(asked.what.clone());
            words.extend(asked.of.as_ref().map(|of| format!("of {of}")));
            let line = format!("      asked: {}", fit(&words.join(", "), out.width() - 16));
            out.line(line)?;
        }
    }
    let left_out = match session.counted {
        Counted::Yes => None,
        Counted::TimeTooWide => Some("its time is too wide: shown, not counted"),
        Counted::WindowLeavesCoverage => Some("not counted: the window leaves the coverage"),
        Counted::AlreadyActedOn => {
            Some("not counted: everything it names had been acted on before")
        }
    };
    if let Some(left_out) = left_out {
        let line = out.styled(Style::Dim, &format!("      {left_out}"));
        out.line(line)?;
    }
    if session.candidates.is_empty() {
        out.line("      no act in the record that may answer it")?;
    }
    // What only happens to be close in time would bury what has something to do with it.
    let telling = |c: &&Candidate| {
        let soon = c.time.least_seconds.is_none_or(|lag| lag <= 90.0 * 86_400.0);
        c.content.grade.is_some() || (c.reported_tie && soon)
    };
    for candidate in session.candidates.iter().filter(telling) {
        print_candidate(candidate, session, cited, people, out)?;
    }
    let others = session.candidates.iter().filter(|c| !telling(c)).count() + session.more_in_time;
    if others > 0 {
        let others = counted(others as u64, "other act", "other acts");
        let line =
            format!("      {others} close in time, sharing nothing with it (--json lists them)");
        out.line(line)?;
    }
    Ok(())
}

fn print_candidate(
    c: &Candidate,
    session: &SessionFound,
    cited: &Cited,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let lag = lags(c.time.least_seconds.map(micros), c.time.most_seconds.map(micros));
    // The mark says which act is counted for the session, not that anything was done as asked.
    let counted = session.answered_by == Some(c.act);
    let mark = if counted { "▸" } else { "·" };
    let when = match c.time.before_request {
        Some(true) => "before the request",
        Some(false) => "after it",
        None => "before or after it: open",
    };
    let line = cited.line(c.act, people, out, out.width() - 8);
    out.line(format!("    {mark} {line}"))?;
    let content = match c.content.grade {
        None => "content: nothing shared".to_owned(),
        Some(grade) => {
            let keys: Vec<&str> = c
                .content
                .shared
                .iter()
                .filter(|shared| shared.grade == grade || grade == Grade::C)
                .map(|shared| {
                    let key = shared.key.as_str();
                    key.split_once(": ").or(key.split_once("topic:")).map_or(key, |(_, key)| key)
                })
                .take(3)
                .collect();
            let kinds = |kind: &str| c.content.shared.iter().any(|it| it.kind == kind);
            let what = match grade {
                Grade::A if kinds("words") => "a long run of words",
                Grade::A => "the same thing",
                Grade::B if kinds("near copy") => "nearly the same words",
                Grade::B => "the same words",
                Grade::C => "something rare",
                Grade::D if kinds("suggestion") => "words in common, a suggestion only",
                Grade::D => "a topic only",
            };
            format!("content: {what} (grade {grade:?}: {})", keys.join(", "))
        }
    };
    let actor = match (c.actor.same, c.actor.asked_is_stated) {
        (true, _) => format!("actor: {}, who was asked", c.actor.account.native()),
        (false, true) => {
            format!("actor: {}; asked was {}", c.actor.account.native(), c.actor.asked)
        }
        (false, false) => format!("actor: {}, not who was written to", c.actor.account.native()),
    };
    let kind = match (&c.act_kind.asked, c.act_kind.same) {
        (Some(_), Some(true)) => format!("kind: {}, as asked", c.act_kind.acted),
        (Some(asked), _) => format!("kind: {}; asked was {asked}", c.act_kind.acted),
        (None, _) => format!("kind: {}", c.act_kind.acted),
    };
    let mut axes = vec![format!("time: {lag}, {when}"), actor, kind, content];
    if counted {
        axes.push("counted for this session: the first act within the window".to_owned());
    }
    match c.public_before {
        PublicBefore::Yes { item } => {
            axes.push(format!("what they share was public before: [{}]", item.0.short()));
        }
        PublicBefore::OrderUnknown { item } => axes.push(format!(
            "whether what they share was public before is open: [{}]",
            item.0.short()
        )),
        PublicBefore::NotInThisRecord if c.content.grade.is_some_and(|grade| grade < Grade::D) => {
            axes.push("whether it was public before: nothing in this record".to_owned());
        }
        _ => {}
    }
    if let Some(cause) = &c.other_cause_reported {
        axes.push(format!("another cause is reported: {cause}"));
    }
    if c.to_the_sender {
        axes.push("it answers, quotes or repeats the sender in public: not counted".to_owned());
    }
    if let Some(base) = c.base_rate {
        axes.push(format!(
            "base rate: {} of all moments are followed by one within {} ({} if they came evenly){}",
            percent(base.any_time),
            crate::analysis::lag(micros(base.within_seconds)),
            percent(base.evenly),
            base.same_hour
                .map(|share| format!(", {} at that hour", percent(share)))
                .unwrap_or_default()
        ));
    }
    let width = out.width() - 10;
    let mut line = String::new();
    for axis in axes {
        let joined = format!("{line} · {axis}");
        if line.is_empty() {
            line = axis;
        } else if crate::output::width_of(&joined) <= width {
            line = joined;
        } else {
            dim(&line, width, out)?;
            line = axis;
        }
    }
    dim(&line, width, out)
}

/// A line of axes, on as many lines as it needs: a figure that is cut off says something else.
fn dim(line: &str, width: usize, out: &mut Output) -> Result<()> {
    for (n, part) in super::wrapped(line, width, 6).into_iter().enumerate() {
        let part = out.styled(Style::Dim, &crate::output::printable(&part));
        out.line(format!("        {}{part}", if n == 0 { "" } else { "  " }))?;
    }
    Ok(())
}

fn print_scan(found: &Finding<Scan>, limit: usize, out: &mut Output) -> Result<()> {
    let s = &found.result;
    let rows: Vec<Vec<String>> = s
        .pairs
        .iter()
        .take(limit)
        .map(|pair| {
            vec![
                format!("{} of {}", pair.answered, pair.sessions),
                percent(pair.test.chance_share),
                probability(pair.test.p),
                probability(pair.q),
                pair.words.clone(),
                format!("{} → {}", pair.from.name, pair.to.name),
            ]
        })
        .collect();
    if rows.is_empty() {
        out.line(format!(
            "no pair has {FEWEST_SESSIONS} sessions and public acts of the one written to"
        ))?;
    } else {
        out.table(&["acted after", "chance", "p", "q", "verdict", "pair"], &rows, &[0, 1, 2, 3])?;
    }
    out.line(format!(
        "{} tested together; the smallest p that the redraws can give is {}{}",
        counted(u64::from(s.family), "pair", "pairs"),
        probability(s.p_floor),
        if s.p_floor_reached { ", too large for this family: raise --redraws" } else { "" }
    ))?;
    if s.not_testable > 0 {
        let pairs = counted(u64::from(s.not_testable), "more pair has", "more pairs have");
        out.line(format!("{pairs} no session that could be tested: no public acts around them"))?;
    }
    caveats(&found.caveats, out)
}
