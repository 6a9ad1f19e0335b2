//! Every pair at once, as one declared family.

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::json;

use super::actors::{Bench, seconds};
use super::coverage::Coverage;
use super::days::{BLOCK, Days};
use super::deeds::is_act;
use super::result::{LeftOut, Who, WindowTest};
use super::sessions::{Messages, sort_out};
use super::verdict::{ALPHA, Verdict};
use super::{Question, VERSION, first_to_last};
use crate::finding::{Finding, Searched};
use crate::record::{Party, Place, Record};
use crate::stats::{Interval, benjamini_hochberg, permutation_p};

/// Pairs with fewer sessions are not worth a test.
pub const FEWEST_SESSIONS: usize = 5;

/// Every pair of a family with its test of timing.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Scan))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Scan {
    /// How many tests were declared together: the pairs with at least one session to test.
    pub family: u32,
    /// Pairs of which no session could be tested: the one written to has no public item around them.
    /// They are no tests and not in the family.
    pub not_testable: u32,
    /// The smallest p that the redraws can give.
    pub p_floor: f64,
    /// The redraws are too few for a family of this size: a p at the floor may be smaller than it
    /// looks, and such pairs say so.
    pub p_floor_reached: bool,
    /// The pairs, smallest q first.
    pub pairs: Vec<PairRow>,
}

/// One pair of a scan. The test is that of timing alone; [`super::acts`] says more.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::PairRow))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PairRow {
    /// Who wrote.
    pub from: Who,
    /// Who was written to, and acted or not.
    pub to: Who,
    /// Messages.
    pub messages: usize,
    /// Sessions tested (n).
    pub sessions: u32,
    /// Followed by an act within the window (k).
    pub answered: u32,
    /// 95% interval of k/n.
    pub interval: Option<Interval>,
    /// Sessions left out.
    pub left_out: LeftOut,
    /// The test.
    pub test: WindowTest,
    /// p adjusted for the family (Benjamini and Hochberg 1995).
    pub q: f64,
    /// What the pair says within its family.
    pub verdict: Verdict,
    /// The same in words.
    pub words: String,
}

/// The messages of every pair, by pair.
fn messages_by_pair(record: &Record) -> FxHashMap<(Party, Party), Vec<Place>> {
    let mut found: FxHashMap<(Party, Party), Vec<Place>> = FxHashMap::default();
    for place in record.places() {
        if !record.row(place).is_private_message() {
            continue;
        }
        let mut to: Vec<Party> = record.addressees(place).map(|it| it.party).collect();
        to.sort_unstable();
        to.dedup();
        let mut from: Vec<Party> = record.authors(place).map(|it| it.party).collect();
        from.sort_unstable();
        from.dedup();
        for from in from {
            for to in to.iter().filter(|to| **to != from) {
                found.entry((from, *to)).or_default().push(place);
            }
        }
    }
    found
}

/// The public acts of every party.
fn acts_by_party(record: &Record) -> FxHashMap<Party, Vec<Place>> {
    let mut found: FxHashMap<Party, Vec<Place>> = FxHashMap::default();
    for place in record.places() {
        if !record.row(place).is_public() {
            continue;
        }
        let mut authors: Vec<Party> = record.takers(place).iter().map(|it| it.party).collect();
        authors.sort_unstable();
        authors.dedup();
        for party in authors.into_iter().filter(|party| is_act(record, *party, place)) {
            found.entry(party).or_default().push(place);
        }
    }
    found
}

/// All pairs with at least `fewest` sessions at a window of `within` microseconds, in order.
pub fn pairs_with_sessions(record: &Record, within: i64, fewest: usize) -> Vec<(Party, Party)> {
    let mut pairs: Vec<(Party, Party)> = messages_by_pair(record)
        .into_iter()
        .filter(|(_, places)| places.len() >= fewest)
        .filter(|(_, places)| {
            let places = places.clone();
            sort_out(record, places, within, Messages::default()).sessions.len() >= fewest
        })
        .map(|(pair, _)| pair)
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Tests the timing of every pair given, as one family. Windows, coverage, redraws, seed and saved
/// requests are those of `question`; its parties, circle, peers and family are not looked at.
/// Pairs that occur twice count once.
pub fn scan(record: &Record, pairs: &[(Party, Party)], question: &Question) -> Finding<Scan> {
    let mut pairs = pairs.to_vec();
    pairs.sort_unstable();
    pairs.dedup();
    let mut not_testable = 0;
    let mut messages = messages_by_pair(record);
    let acts = acts_by_party(record);
    let mut days = Days::of_zone(&record.zone).unwrap_or_else(Days::utc);
    let mut rows = Vec::with_capacity(pairs.len());
    let mut looked_at: Vec<Place> = Vec::new();
    let requested = question.requests.as_ref().map(|(places, _)| {
        let mut places = places.clone();
        places.sort_unstable();
        places
    });
    let given = question.coverage.as_deref().map(|spans| Coverage::new(spans).0);
    for (from, to) in pairs {
        let asked =
            Question { from, to, circle: Vec::new(), peers: Vec::new(), ..question.clone() };
        let mut found = messages.remove(&(from, to)).unwrap_or_default();
        if let Some(requested) = &requested {
            found.retain(|place| requested.binary_search(place).is_ok());
        }
        looked_at.extend(&found);
        let messages = if asked.fault(record).is_some() {
            Messages::default()
        } else {
            sort_out(record, found, question.within, Messages::default())
        };
        let places = acts.get(&to).cloned().unwrap_or_default();
        let coverage = match question.coverage_of.iter().find(|(party, _)| *party == to) {
            Some((_, spans)) => Coverage::new(spans).0,
            None => given.clone().unwrap_or_else(|| {
                Coverage::new(first_to_last(record, std::slice::from_ref(&places)).as_slice()).0
            }),
        };
        let bench = Bench { record, question: &asked, messages: &messages, links: None, family: 1 };
        let deeds = bench.deeds(&[to], std::slice::from_ref(&places));
        let test = bench.test(&[to], deeds, &coverage, &mut days).test;
        if test.sessions == 0 {
            not_testable += 1;
            continue;
        }
        rows.push(PairRow {
            from: Who::of(record, from),
            to: Who::of(record, to),
            messages: messages.len(),
            sessions: test.sessions,
            answered: test.answered,
            interval: test.interval,
            left_out: test.left_out,
            test: test.test,
            q: 1.0,
            words: String::new(),
            verdict: test.verdict,
        });
    }
    let family = rows.len() as u32;
    let p_floor = permutation_p(0, u64::from(question.redraws));
    let p_floor_reached = u64::from(question.redraws) < 20 * u64::from(family);
    let p: Vec<f64> = rows.iter().map(|row| row.test.p).collect();
    for (row, q) in rows.iter_mut().zip(benjamini_hochberg(&p)) {
        row.q = q;
        if row.verdict == Verdict::MoreThanChanceInTiming && q > ALPHA {
            row.verdict = if p_floor_reached && row.test.p <= p_floor {
                Verdict::CannotTell {
                    why: vec![format!(
                        "p floor reached: {} redraws cannot tell this pair from chance in a \
                         family of {family}.",
                        question.redraws
                    )],
                    needed: vec![format!("At least {} redraws.", 20 * u64::from(family))],
                }
            } else {
                Verdict::NotMoreThanChance
            };
        }
        row.words = row.verdict.words().to_owned();
    }
    // Same q: the limit of p tells more than p. Same everything: names.
    rows.sort_by(|a, b| {
        let limit = a.test.p_limit.total_cmp(&b.test.p_limit);
        a.q.total_cmp(&b.q).then(limit).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to)))
    });
    let mut caveats = vec![
        "These are tests of timing. A common cause, such as news that both sides react to, gives \
         the same picture. Look at each pair by itself before a conclusion."
            .to_owned(),
    ];
    if p_floor_reached {
        caveats.push(format!(
            "p floor reached: {} redraws are fewer than 20 for each of {family} tests.",
            question.redraws
        ));
    }
    looked_at.sort_unstable();
    looked_at.dedup();
    Finding {
        method: "acts_scan",
        version: VERSION,
        parameters: json!({
            "within_seconds": seconds(question.within),
            "requests_rule": question.requests.as_ref().map(|(_, hash)| hash),
            "zone": record.zone,
            "block_days": BLOCK,
            "redraws": question.redraws,
            "seed": question.seed,
            "family": family,
            "alpha": ALPHA,
        }),
        searched: Searched::over(record, "private messages of the pairs", looked_at),
        caveats,
        result: Scan { family, not_testable, p_floor, p_floor_reached, pairs: rows },
    }
}
