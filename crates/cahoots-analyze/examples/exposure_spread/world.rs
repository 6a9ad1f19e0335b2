//! A made-up world in which something spreads by messages, and the part of it that a record holds.
//!
//! Everybody writes to everybody at random. Whoever has it puts it into a share of what they
//! write; whoever receives that has it from then on (the SI model). Some answer, some forward, some
//! machines answer by themselves, some letters are lost, some post it in public. A share of the
//! people keeps their archive to themselves: the record holds what the others sent or received.

use cahoots_analyze::exposure::{Exposure, Question, exposure};
use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, Party, Record, SECOND, Span, Thing, Tie};
use cahoots_record::{AccountKey, ItemOrd, ObjectKind, Role};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many people.
    pub people: u32,
    /// How many messages.
    pub messages: u32,
    /// The share of people whose archive is not in the record, in percent.
    pub hidden: u32,
    /// The share of letters lost on the way, in percent.
    pub lost: u32,
}

/// What really happened.
pub struct Truth {
    /// By party: when it was first sent to them or written by them; `None` if never.
    pub told: Vec<Option<i64>>,
    /// By party: when they first had it: wrote it, or got a letter that arrived.
    pub had: Vec<Option<i64>>,
    /// By party: whether they themselves wrote, forwarded or answered it.
    pub acted: Vec<bool>,
}

/// A world and its record.
pub struct World {
    /// What the record holds.
    pub record: Record,
    /// The object that spreads.
    pub thing: Thing,
    /// What happened.
    pub truth: Truth,
}

struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    fn percent(&mut self, share: u32) -> bool {
        self.below(100) < share
    }
}

struct Letter {
    at: i64,
    from: u32,
    to: Vec<(u32, Role)>,
    arrived: Vec<u32>,
    carries: bool,
    auto: bool,
    ties: Vec<(Tie, ItemOrd)>,
}

/// Makes a world from a seed.
pub fn make(settings: Settings, seed: u64) -> World {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let n = settings.people;
    let nobody = vec![None; n as usize];
    let mut truth = Truth { told: nobody.clone(), had: nobody, acted: vec![false; n as usize] };
    let start = dice.below(n);
    truth.told[start as usize] = Some(0);
    truth.had[start as usize] = Some(0);
    let mut letters: Vec<Letter> = Vec::new();
    // By party: the letters that carry it and reached them.
    let mut got: Vec<Vec<usize>> = vec![Vec::new(); n as usize];
    for number in 0..settings.messages {
        let at = (i64::from(number) * 60 + i64::from(dice.below(60))) * SECOND;
        let had = |person: u32, truth: &Truth| truth.had[person as usize].is_some_and(|t| t < at);
        let from = dice.below(n);
        let mut to: Vec<(u32, Role)> = Vec::new();
        for _ in 0..1 + dice.below(3) {
            let role = match dice.below(8) {
                0 => Role::Cc,
                1 => Role::Bcc,
                2 => Role::Member,
                3 => Role::Mention,
                4 => Role::Quoted,
                _ => Role::To,
            };
            let person = dice.below(n);
            if person != from && to.iter().all(|(other, _)| *other != person) {
                to.push((person, role));
            }
        }
        let mut letter = Letter {
            at,
            from,
            to,
            arrived: Vec::new(),
            carries: had(from, &truth) && dice.percent(30),
            auto: false,
            ties: Vec::new(),
        };
        if let Some(earlier) = got[from as usize].last().copied() {
            // Some of those who got it forward that letter, or answer it without repeating it; of
            // others a machine answers, whether they ever look or not.
            match dice.below(6) {
                0 if letter.carries => {
                    letter.ties.push((Tie::Forwards, ItemOrd(earlier as u64)));
                }
                1 if !letter.carries => {
                    letter.ties.push((Tie::Answers, ItemOrd(earlier as u64)));
                }
                2 if !letter.carries => {
                    letter.auto = true;
                    letter.ties.push((Tie::Answers, ItemOrd(earlier as u64)));
                }
                _ => {}
            }
        }
        let answers = !letter.ties.is_empty() && !letter.auto;
        truth.acted[from as usize] |= letter.carries || answers;
        for (person, role) in &letter.to {
            if matches!(role, Role::Mention | Role::Quoted) {
                continue;
            }
            let arrives = !dice.percent(settings.lost);
            if arrives {
                letter.arrived.push(*person);
            }
            if letter.carries {
                truth.told[*person as usize].get_or_insert(at);
                if arrives {
                    truth.had[*person as usize].get_or_insert(at);
                    got[*person as usize].push(letters.len());
                }
            }
        }
        letters.push(letter);
    }
    // Who never writes of it leaves no trace of having had it from the beginning.
    if !truth.acted[start as usize] {
        (truth.told[start as usize], truth.had[start as usize]) = (None, None);
    }
    let hidden: Vec<bool> = (0..n).map(|_| dice.percent(settings.hidden)).collect();
    let (record, thing) = record(n, &letters, &hidden, &mut dice);
    World { record, thing, truth }
}

/// What the open archives hold of it. A blind copy shows only in the sender's; times are known to
/// the second, the minute, the day or not at all.
fn record(people: u32, letters: &[Letter], hidden: &[bool], dice: &mut Dice) -> (Record, Thing) {
    let mut builder = Builder::new("UTC");
    let (mut accounts, mut custodians) = (Vec::new(), Vec::new());
    for person in 0..people {
        let name = format!("Person {person}");
        let party = builder.party(&person.to_string(), &name);
        accounts.push(builder.account(AccountKey::name(&name), party));
        custodians.push(builder.custodian(&name, Some(party)));
    }
    let thing = builder.thing(ObjectKind::Url, "https://example.org/it");
    for (ord, letter) in letters.iter().enumerate() {
        let width = [1, 1, 60, 86_400, 0][dice.below(5) as usize];
        let span = match width {
            0 if dice.percent(20) => Span::UNKNOWN,
            0 | 1 => Span::at(letter.at),
            _ => {
                let lo = letter.at - letter.at.rem_euclid(width * SECOND);
                Span { lo, hi: lo + width * SECOND - 1 }
            }
        };
        let sender = !hidden[letter.from as usize];
        let open = |person: &&u32| !hidden[**person as usize];
        let mut held_by: Vec<u16> =
            letter.arrived.iter().filter(open).map(|p| custodians[*p as usize]).collect();
        if sender {
            held_by.push(custodians[letter.from as usize]);
        }
        if held_by.is_empty() {
            continue;
        }
        let mut takers = vec![(accounts[letter.from as usize], Role::From)];
        takers.extend(
            letter
                .to
                .iter()
                .filter(|(_, role)| sender || *role != Role::Bcc)
                .map(|(person, role)| (accounts[*person as usize], *role)),
        );
        let mut entry = Entry::new(ord as u64, span);
        entry.flags.automated = letter.auto;
        builder.push(Entry {
            takers,
            held_by,
            things: if letter.carries { vec![thing] } else { Vec::new() },
            ties: letter.ties.clone(),
            ..entry
        });
    }
    (builder.finish(), thing)
}

/// What came of asking.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// By grade: parties listed with it as their best.
    pub listed: [u64; 6],
    /// By grade: of these, parties to whom it was never sent and who never wrote it.
    pub never_told: [u64; 6],
    /// By grade: of these, parties that never had it (their letters were lost).
    pub never_had: [u64; 6],
    /// Parties listed with grade 1 that never wrote, forwarded or answered it themselves.
    pub never_acted: u64,
    /// Labels whose time is certainly before the party was first told.
    pub too_early: u64,
    /// Parties that were told in truth.
    pub told: u64,
    /// Pairs of parties in edges.
    pub edges: u64,
}

impl Score {
    /// Adds another score.
    pub fn add(&mut self, other: &Self) {
        for grade in 0..6 {
            self.listed[grade] += other.listed[grade];
            self.never_told[grade] += other.never_told[grade];
            self.never_had[grade] += other.never_had[grade];
        }
        self.never_acted += other.never_acted;
        self.too_early += other.too_early;
        self.told += other.told;
        self.edges += other.edges;
    }
}

/// Asks who was told and compares with what happened.
pub fn score(world: &World) -> (Score, Exposure) {
    let question =
        Question { thing: Some(world.thing), could: Some(Party(0)), ..Question::default() };
    let found = exposure(&world.record, &question).result;
    let told = world.truth.told.iter().flatten().count() as u64;
    let mut score = Score { told, edges: found.edges.len() as u64, ..Score::default() };
    for each in &found.told {
        let person = each.who.party.0 as usize;
        let grade = each.grade as usize - 1;
        score.listed[grade] += 1;
        score.never_told[grade] += u64::from(world.truth.told[person].is_none());
        score.never_had[grade] += u64::from(world.truth.had[person].is_none());
        score.never_acted += u64::from(grade == 0 && !world.truth.acted[person]);
        let first = world.truth.told[person].unwrap_or(i64::MAX);
        let early = each.labels.iter().filter(|label| label.when.hi < first);
        score.too_early += early.count() as u64;
    }
    (score, found)
}
