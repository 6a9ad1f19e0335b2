//! Which private requests were followed by public acts, how fast, and is that more than chance.
//!
//! The unit is the *session*: a run of messages from one party to another. Every session is shown
//! beside the acts that may answer it, on four axes kept apart: who acted, what kind of act, what
//! it shares with the message, how much later. A permutation test of the times says whether more
//! sessions are followed by an act than on other days; only a comparison with accounts that were
//! not asked says more. Nothing here says «caused».

use crate::finding::{Finding, Searched};
use crate::record::{Party, Place, Record, Span};

mod actors;
mod base;
mod coverage;
mod days;
mod deeds;
mod links;
mod pairs;
mod peers;
mod question;
mod result;
mod scan;
mod sessions;
mod texts;
mod timing;
mod verdict;

#[cfg(test)]
mod peers_tests;
#[cfg(test)]
mod scan_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod texts_tests;
#[cfg(test)]
mod worked_example;

pub use links::{Content, Grade, RARE_BITS, Shared};
pub use question::Question;
pub use result::{
    ActCounts, ActorAxis, ActorTest, Acts, Asked, BaseRate, Candidate, Counted, Everywhere,
    KindAxis, LagRow, LeftOut, MessageCounts, MessageFound, PeerRow, PeerTest, Placebo,
    PublicBefore, SessionFound, Time, TimeAxis, Who, WindowTest,
};
pub use scan::{FEWEST_SESSIONS, PairRow, Scan, pairs_with_sessions, scan};
pub use texts::{Suggestion, Wanted};
pub use verdict::{ALPHA, Needed, Verdict};

use actors::Bench;
use coverage::Coverage;
use days::Days;
use links::Links;
use pairs::Pairing;
use sessions::Messages;

/// The version of the method.
pub const VERSION: u32 = 1;

/// Answers a question. Never panics: what cannot be asked gets the verdict «cannot tell» and says
/// why.
pub fn acts(record: &Record, question: &Question) -> Finding<Acts> {
    let links = Links::new(record, question.from);
    let fault = question.fault(record);
    let messages =
        if fault.is_some() { Messages::default() } else { sessions::messages(record, question) };
    let actors = question.actors();
    let places: Vec<Vec<Place>> = actors
        .iter()
        .map(|party| record.places().filter(|it| deeds::is_act(record, *party, *it)).collect())
        .collect();
    let family = question.tests();
    let bench = Bench { record, question, messages: &messages, links: Some(&links), family };
    let mut caveats = Vec::new();
    let mut days = match Days::of_zone(&record.zone) {
        Some(days) => days,
        None => {
            caveats.push(format!(
                "The zone \"{}\" of the case is not known; the local clock was taken to be UTC.",
                record.zone
            ));
            Days::utc()
        }
    };
    let mut tested = Vec::new();
    if fault.is_none() {
        for (number, party) in actors.iter().enumerate() {
            let own = &places[number..=number];
            let coverage = coverage(record, question, &[*party], own, &mut caveats);
            let deeds = bench.deeds(&[*party], own);
            tested.push(bench.test(&[*party], deeds, &coverage, &mut days));
        }
        if actors.len() > 1 {
            let coverage = coverage(record, question, &actors, &places, &mut caveats);
            let deeds = bench.deeds(&actors, &places);
            tested.push(bench.test(&actors, deeds, &coverage, &mut days));
        }
    }
    let peers = match tested.first() {
        Some(_) => {
            let coverage = coverage(record, question, &[question.to], &places[..1], &mut caveats);
            peers::compare(&bench, &links, &coverage)
        }
        None => None,
    };
    let verdict = overall(record, question, fault, &messages, &tested, peers.as_ref());
    let shown = show(record, question, &links, &messages, &actors, &places, &tested);
    say(question, &messages, &tested, peers.as_ref(), &mut caveats);
    let others = pairs::asked_of_others(record, messages.all(), &actors);
    if !others.is_empty() {
        caveats.push(format!(
            "Some messages asked for acts of {}, whose acts were not looked at: declare a circle \
             to include them.",
            others.join(", ")
        ));
    }
    let searched = Searched::over(
        record,
        &format!(
            "private messages from {} to {}, and public items by {}",
            record.name(question.from),
            record.name(question.to),
            names(record, &actors)
        ),
        messages.all().chain(merged(&places)),
    );
    Finding {
        method: "acts",
        version: VERSION,
        parameters: question.parameters(record, family),
        searched,
        caveats,
        result: Acts {
            from: Who::of(record, question.from),
            to: Who::of(record, question.to),
            circle: actors[1..].iter().map(|party| Who::of(record, *party)).collect(),
            words: verdict.words().to_owned(),
            verdict,
            messages: MessageCounts {
                messages: messages.len(),
                sessions: messages.sessions.len(),
                time_too_wide: messages.wide.len(),
                automated: messages.automated,
                unverified: messages.unverified,
                not_requested: messages.not_requested,
            },
            tests: tested.into_iter().map(|it| it.test).collect(),
            peers,
            sessions: shown.0,
            time_too_wide: shown.1,
            in_everything: links.everywhere(messages.all()),
        },
    }
}

/// The verdict on the whole question.
fn overall(
    record: &Record,
    question: &Question,
    fault: Option<String>,
    messages: &Messages,
    tested: &[actors::Tested],
    peers: Option<&PeerTest>,
) -> Verdict {
    if let Some(fault) = fault {
        return Verdict::CannotTell { why: vec![fault], needed: Vec::new() };
    }
    if messages.len() == 0 {
        let why = format!(
            "The record holds no private message from {} to {} that counts.",
            record.name(question.from),
            record.name(question.to)
        );
        return Verdict::CannotTell { why: vec![why], needed: vec!["Their messages.".to_owned()] };
    }
    if let Some(peers) = peers
        && peers.peers.len() >= peers::FEWEST
        && peers.requests >= 5
        && peers.p_in_family <= ALPHA
    {
        return Verdict::MoreThanComparableAccounts;
    }
    // The last test is that of any of the group, or the only one.
    tested.last().map_or(Verdict::CannotTell { why: Vec::new(), needed: Vec::new() }, |tested| {
        tested.test.verdict.clone()
    })
}

/// Every session, and every message with a time too wide, beside the acts that may answer it.
fn show(
    record: &Record,
    question: &Question,
    links: &Links<'_>,
    messages: &Messages,
    actors: &[Party],
    places: &[Vec<Place>],
    tested: &[actors::Tested],
) -> (Vec<SessionFound>, Vec<SessionFound>) {
    let Some((first, last)) = tested.first().zip(tested.last()) else { return Default::default() };
    let acts = actors.iter().zip(places).map(|(party, own)| {
        let alone = std::slice::from_ref(own);
        let coverage = coverage(record, question, &[*party], alone, &mut Vec::new());
        (*party, own.clone(), coverage)
    });
    let pairing = Pairing::new(record, question, links, acts.collect());
    let sessions = messages.sessions.iter().enumerate().map(|(number, session)| {
        let counted = first.counted[number];
        pairing.session(&session.messages, counted, last.answers[number])
    });
    let wide =
        messages.wide.iter().map(|place| pairing.session(&[*place], Counted::TimeTooWide, None));
    (sessions.collect(), wide.collect())
}

/// What to keep in mind when reading the figures.
fn say(
    question: &Question,
    messages: &Messages,
    tested: &[actors::Tested],
    peers: Option<&PeerTest>,
    caveats: &mut Vec<String>,
) {
    caveats.push(
        "No test here says that a message caused an act. News that both sides react to makes acts \
         follow messages as well."
            .to_owned(),
    );
    match peers {
        None => caveats.push(
            "No comparable accounts were declared, so timing is all that can be told from chance."
                .to_owned(),
        ),
        Some(peers) => {
            caveats.push(
                "Peers who were asked without the record showing it hide an effect; peers who are \
                 unlike the party make one."
                    .to_owned(),
            );
            let enough = peers.requests >= 5 && peers.peers.len() >= peers::FEWEST;
            if enough && peers.p_in_family > ALPHA {
                caveats.push(format!(
                    "Comparable accounts did much the same: {} of {} requested items were acted \
                     on, and {:.1} were to be expected.",
                    peers.acted, peers.requests, peers.expected
                ));
            }
            if peers.peers.len() < peers::FEWEST {
                caveats.push(format!(
                    "{} peers can be compared with; at least {} are needed for a verdict.",
                    peers.peers.len(),
                    peers::FEWEST
                ));
            }
        }
    }
    if question.requests.is_none() {
        caveats.push(
            "All messages count, whether they ask for something or not: no saved set of requests \
             was given."
                .to_owned(),
        );
    }
    if question.coverage.is_none() && question.coverage_of.is_empty() {
        caveats.push(
            "The public record is taken to be complete from its first to its last item; nothing \
             states that it is. Base rates are too low where it is not."
                .to_owned(),
        );
    }
    let all = messages.len();
    let wide = messages.wide.len();
    if wide > 0 {
        caveats.push(format!(
            "{wide} of {all} messages have a time wider than a quarter of the window or none. They \
             are shown and not counted."
        ));
    }
    if all >= 10 && messages.sessions.len() * 5 < all {
        caveats.push(format!(
            "{all} messages make only {} sessions: such steady writing leaves little to tell by \
             timing.",
            messages.sessions.len()
        ));
    }
    if let Some((first, day)) = tested.first().and_then(|it| Some((it, it.weekday?)))
        && first.test.sessions >= 5
    {
        caveats.push(format!(
            "More than half of the sessions fall on a {day}. The test exchanges working days with \
             each other: a weekly habit that both sides have on that day looks like an answer."
        ));
    }
    if tested.iter().any(|it| it.test.acts.time_too_wide > 0) {
        caveats.push("Acts whose time is too wide are shown and not counted.".to_owned());
    }
}

/// Where the public record of some parties is taken to be complete. For a group that is where all
/// are covered that have a coverage of their own, and the common one otherwise.
fn coverage(
    record: &Record,
    question: &Question,
    parties: &[Party],
    places: &[Vec<Place>],
    caveats: &mut Vec<String>,
) -> Coverage {
    let own: Vec<&Vec<Span>> = parties
        .iter()
        .filter_map(|party| question.coverage_of.iter().find(|(it, _)| it == party))
        .map(|(_, spans)| spans)
        .collect();
    let (coverage, left_out) = if own.is_empty() {
        match &question.coverage {
            Some(spans) => Coverage::new(spans),
            None => Coverage::new(first_to_last(record, places).as_slice()),
        }
    } else {
        let (mut all, mut left_out) = Coverage::new(own[0]);
        for spans in &own[1..] {
            let (next, odd) = Coverage::new(spans);
            all = all.and(&next);
            left_out += odd;
        }
        (all, left_out)
    };
    if left_out > 0 {
        let caveat = format!(
            "{left_out} stretches of the coverage were left out: they are inverted or open-ended."
        );
        if !caveats.contains(&caveat) {
            caveats.push(caveat);
        }
    }
    coverage
}

/// From the first to the last public item of any of the parties.
fn first_to_last(record: &Record, places: &[Vec<Place>]) -> Option<Span> {
    let spans = merged(places).map(|place| record.row(place).span).filter(|it| it.is_bounded());
    spans.reduce(|all, span| Span { lo: all.lo.min(span.lo), hi: all.hi.max(span.hi) })
}

/// Every place of several lists once.
fn merged(places: &[Vec<Place>]) -> impl Iterator<Item = Place> + use<> {
    let mut all: Vec<Place> = places.iter().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

fn names(record: &Record, parties: &[Party]) -> String {
    let names: Vec<&str> = parties.iter().map(|party| record.name(*party)).collect();
    names.join(", ")
}
