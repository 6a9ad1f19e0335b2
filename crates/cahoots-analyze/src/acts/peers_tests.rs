//! The comparison with peers and the test of timing against answers worked out by hand.

use cahoots_record::{AccountKey, Flags, ObjectKind, Role};

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, HOUR, MINUTE};
use crate::stats::{Stream, poisson_binomial_tail};

/// Thursday 1 July 2021, noon UTC.
const T: i64 = 1_625_140_800 * 1_000_000;

struct World {
    builder: Builder,
    accounts: Vec<u32>,
    parties: Vec<Party>,
    ord: u64,
}

impl World {
    /// Ada is number 0, Bo number 1; the peers follow.
    fn new(people: usize) -> Self {
        let mut builder = Builder::new("UTC");
        let names: Vec<String> = (0..people).map(|n| format!("person {n}")).collect();
        let parties: Vec<Party> = names.iter().map(|name| builder.party(name, name)).collect();
        let accounts = names
            .iter()
            .zip(&parties)
            .map(|(name, party)| builder.account(AccountKey::name(name), *party))
            .collect();
        Self { builder, accounts, parties, ord: 0 }
    }

    fn push(&mut self, who: usize, to: Option<usize>, t: i64, item: Option<u32>, automated: bool) {
        self.ord += 1;
        let item =
            item.map(|n| self.builder.thing(ObjectKind::Url, &format!("https://{n}.example")));
        let entry = if to.is_some() { Entry::new } else { Entry::post };
        let mut takers = vec![(self.accounts[who], Role::From)];
        takers.extend(to.map(|to| (self.accounts[to], Role::To)));
        self.builder.push(Entry {
            takers,
            things: item.into_iter().collect(),
            flags: Flags { automated, ..Flags::default() },
            ..entry(self.ord, Span::at(t))
        });
    }

    fn message(&mut self, t: i64, item: u32) {
        self.push(0, Some(1), t, Some(item), false);
    }

    fn act(&mut self, who: usize, t: i64, item: u32) {
        self.push(who, None, t, Some(item), false);
    }
}

#[test]
fn each_request_is_held_against_who_could_have_acted() {
    let mut world = World::new(9);
    for who in 1..8 {
        for t in [T - 60 * DAY, T + 60 * DAY] {
            world.push(who, None, t, None, false);
        }
    }
    // Item 1: Bo acts, peers 2 and 3 act in time, 4 acted before, 5 was asked as well, 6 acts too
    // late, 7 by a program. At risk: Bo, 2, 3, 6, 7; acted: Bo, 2, 3.
    world.message(T, 1);
    world.act(1, T + HOUR, 1);
    world.act(2, T + 2 * HOUR, 1);
    world.act(3, T + 23 * HOUR, 1);
    world.act(4, T - HOUR, 1);
    world.act(5, T + HOUR, 1);
    world.push(0, Some(5), T + 30 * MINUTE, Some(1), false);
    world.act(6, T + 25 * HOUR, 1);
    world.push(7, None, T + HOUR, Some(1), true);
    // Item 2: nobody acts; six peers and Bo at risk.
    world.message(T + 5 * DAY, 2);
    // Item 1 again: it was asked before. Item 3: Bo had acted on it already.
    world.message(T + 7 * DAY, 1);
    world.act(1, T + 9 * DAY, 3);
    world.message(T + 10 * DAY, 3);
    // Item 4: Bo alone acts.
    world.message(T + 20 * DAY, 4);
    world.act(1, T + 20 * DAY + MINUTE, 4);
    // Item 5: the window leaves the coverage.
    world.message(T + 60 * DAY, 5);
    let peers = world.parties[2..].to_vec();
    let (ada, bo) = (world.parties[0], world.parties[1]);
    let record = world.builder.finish();
    let question = Question { peers, ..Question::new(ada, bo) };
    let test = acts(&record, &question).result.peers.unwrap();
    // Person 8 has no public item.
    assert_eq!((test.peers.len(), test.without_public_items.len()), (6, 1));
    assert_eq!((test.requests, test.acted), (3, 2));
    assert_eq!((test.already_acted_on, test.window_leaves_coverage), (1, 1));
    let rows: Vec<(u32, u32)> = test.items.iter().map(|row| (row.peers, row.peers_acted)).collect();
    assert_eq!(rows, [(4, 2), (6, 0), (6, 0)]);
    let q = [3.0 / 5.0, 0.0, 1.0 / 7.0];
    assert!((test.p - poisson_binomial_tail(2, &q)).abs() < 1e-15);
    assert!((test.p - 3.0 / 35.0).abs() < 1e-15);
    assert!((test.expected - q.iter().sum::<f64>()).abs() < 1e-15);
    assert!((test.p_in_family - 2.0 * test.p).abs() < 1e-15);
}

#[test]
fn eight_requests_that_nobody_else_acts_on_are_more_than_comparable() {
    let mut world = World::new(12);
    for who in 1..12 {
        for t in [T - 60 * DAY, T + 200 * DAY] {
            world.push(who, None, t, None, false);
        }
    }
    for item in 0..8 {
        let t = T + i64::from(item) * 9 * DAY;
        world.message(t, item);
        world.act(1, t + HOUR, item);
    }
    let (ada, bo) = (world.parties[0], world.parties[1]);
    let peers = world.parties[2..].to_vec();
    let record = world.builder.finish();
    let ask = |peers: &[Party]| {
        let question = Question { peers: peers.to_vec(), ..Question::new(ada, bo) };
        acts(&record, &question)
    };
    assert_eq!(ask(&peers).result.words, "more than comparable accounts");
    // Four peers are too few, none is no comparison: timing is what remains.
    let few = ask(&peers[..4]);
    assert_eq!(few.result.words, "more than chance in timing");
    assert!(few.caveats.iter().any(|it| it.starts_with("4 peers")));
    assert_eq!(ask(&[]).result.words, "more than chance in timing");
    // One that is the party itself or the sender is no peer.
    assert!(ask(&[ada, bo]).result.peers.unwrap().peers.is_empty());
}

#[test]
fn messages_make_sessions_by_their_gaps() {
    let mut world = World::new(2);
    // 20 h apart, then 24 h, then 24 h and a second: two sessions, of three messages and one.
    let mut t = T;
    for gap in [0, 20 * HOUR, 24 * HOUR, 24 * HOUR + 1_000_000] {
        t += gap;
        world.message(t, 1);
    }
    world.push(0, Some(1), T + HOUR, None, true);
    let (ada, bo) = (world.parties[0], world.parties[1]);
    let record = world.builder.finish();
    let result = acts(&record, &Question::new(ada, bo)).result;
    let sizes: Vec<usize> = result.sessions.iter().map(|it| it.messages.len()).collect();
    assert_eq!(sizes, [3, 1]);
    assert_eq!((result.messages.messages, result.messages.automated), (4, 1));
    // Only the second message is in the saved set; three others and the automated one are not.
    let requests = Some((vec![Place(2)], "hash".to_owned()));
    let finding = acts(&record, &Question { requests, ..Question::new(ada, bo) });
    assert_eq!(finding.result.messages.messages, 1);
    assert_eq!(finding.result.messages.not_requested, 4);
    assert_eq!(finding.parameters["requests_rule"], "hash");
    // No public item at all.
    let Verdict::CannotTell { why, .. } = result.verdict else { panic!("{result:?}") };
    assert!(why[0].contains("no dated public item"), "{why:?}");
}

/// The shares looked up by the kernel are those of asking each day anew.
#[test]
fn the_chance_share_is_that_of_every_day_asked() {
    let mut stream = Stream::new(11, 0);
    let mut world = World::new(2);
    let moment = |stream: &mut Stream| T + i64::from(stream.below(56 * 1440)) * MINUTE;
    let acts_at: Vec<i64> = (0..25).map(|_| moment(&mut stream)).collect();
    for t in &acts_at {
        world.push(1, None, *t, None, false);
    }
    let asked: Vec<i64> = (0..9).map(|n| T + (n * 6) * DAY + n * 97 * MINUTE).collect();
    for t in &asked {
        world.push(0, Some(1), *t, None, false);
    }
    let (ada, bo) = (world.parties[0], world.parties[1]);
    let record = world.builder.finish();
    // Two blocks from noon; the local day begins at midnight, so the first block begins on 1 July.
    let whole = Span { lo: T, hi: T + 56 * DAY };
    let question =
        Question { coverage: Some(vec![whole]), redraws: 20_000, ..Question::new(ada, bo) };
    let result = acts(&record, &question).result;
    let test = &result.tests[0];
    let day = |t: i64| t.div_euclid(DAY);
    let weekend = |t: i64| matches!((day(t) + 3).rem_euclid(7), 5 | 6);
    let block = |t: i64| ((day(t) - day(T)) / 28).min(1);
    let followed = |t: i64| acts_at.iter().any(|act| *act > t && *act - t <= DAY);
    let mut q = Vec::new();
    for t in asked.iter().filter(|t| **t + DAY <= whole.hi) {
        let choices: Vec<i64> = (-60..60)
            .map(|n| t + n * DAY)
            .filter(|at| {
                *at >= whole.lo
                    && at + DAY <= whole.hi
                    && weekend(*at) == weekend(*t)
                    && block(*at) == block(*t)
            })
            .collect();
        q.push(choices.iter().filter(|at| followed(**at)).count() as f64 / choices.len() as f64);
    }
    assert_eq!(test.sessions as usize, q.len());
    let limit = poisson_binomial_tail(test.answered as usize, &q);
    assert!((test.test.p_limit - limit).abs() < 1e-12, "{} {limit}", test.test.p_limit);
    let mean = q.iter().sum::<f64>() / q.len() as f64;
    assert!((test.test.chance_share - mean).abs() < 0.01, "{} {mean}", test.test.chance_share);
    // Four standard errors of 20,000 redraws.
    let error = 4.0 * (limit * (1.0 - limit) / 20_000.0).sqrt();
    assert!((test.test.p - limit).abs() < error + 1e-4, "{} {limit}", test.test.p);
}
