//! Invented worlds with known truth, and the partial records that archives would hold of them.

pub mod check;
pub mod claims;

use std::collections::{BTreeMap, BTreeSet};

use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, DAY, HOUR, Span, Tie};
use cahoots_analyze::statements::{Completeness, Coverage, CoverageRow};
use cahoots_analyze::{Party, Place, Record, Thing};
use cahoots_record::{AccountKey, Flags, ItemKind, ItemOrd, Medium, ObjectKind, Role, Visibility};
use rand_chacha::ChaCha8Rng;
use rand_core::RngCore;

/// Days that a world lasts.
pub const DAYS: i64 = 60;
/// Parties of a world. One more writes from an account that the record takes for the last one's.
pub const PEOPLE: usize = 5;
/// The objects of a world: the first four are strong links, the last one is weak.
pub const THINGS: usize = 5;

const NAMES: [&str; PEOPLE] = ["Ada Quay", "Bo Mooring", "Cy Harbour", "Di Jetty", "Ed Pier"];
const MEDIA: [Medium; 3] = [Medium::Email, Medium::DirectMessage, Medium::Chat];

/// A number below `n`.
pub fn below(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    rng.next_u64() % n.max(1)
}

/// True in `percent` of cases.
pub fn chance(rng: &mut ChaCha8Rng, percent: u64) -> bool {
    below(rng, 100) < percent
}

/// Something that happened in a world.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: i64,
    pub medium: Medium,
    pub public: bool,
    pub automated: bool,
    pub author: usize,
    pub to: Vec<(usize, Role)>,
    pub things: Vec<usize>,
    /// What it answers, forwards or retells: the number of an earlier deed.
    pub ties: Vec<(Tie, usize)>,
}

impl Deed {
    pub fn is_contact(&self) -> bool {
        !self.public && !self.automated
    }

    pub fn addressed(&self, party: usize) -> bool {
        self.to.iter().any(|(to, _)| *to == party)
    }
}

/// Everything that happened.
pub fn world(rng: &mut ChaCha8Rng) -> Vec<Deed> {
    let n = 20 + below(rng, 60) as usize;
    let mut times: Vec<i64> =
        (0..n).map(|_| below(rng, (DAYS * DAY) as u64) as i64 / 1_000_000 * 1_000_000).collect();
    times.sort_unstable();
    let mut deeds: Vec<Deed> = Vec::new();
    for at in times {
        let author = if chance(rng, 4) { PEOPLE } else { below(rng, PEOPLE as u64) as usize };
        let public = chance(rng, 20);
        let medium = match (public, chance(rng, 85)) {
            (true, true) => Medium::Post,
            (true, false) => Medium::Publication,
            _ => MEDIA[below(rng, 3) as usize],
        };
        let mut to: Vec<(usize, Role)> = Vec::new();
        if !public {
            let group = medium == Medium::Chat && chance(rng, 40);
            for at in 0..1 + below(rng, 2) {
                let role = match below(rng, 10) {
                    _ if group => Role::Member,
                    _ if at == 0 => Role::To,
                    0..5 => Role::To,
                    5..8 => Role::Cc,
                    _ => Role::Bcc,
                };
                let other = below(rng, PEOPLE as u64) as usize;
                if other != author && to.iter().all(|(known, _)| *known != other) {
                    to.push((other, role));
                }
            }
            if to.is_empty() {
                to.push(((author + 1) % PEOPLE, Role::To));
            }
        }
        let mut ties = Vec::new();
        if !deeds.is_empty() && chance(rng, 45) {
            let back = below(rng, deeds.len().min(12) as u64) as usize;
            let other = deeds.len() - 1 - back;
            let tie = match below(rng, 10) {
                0..4 => Tie::Answers,
                4..8 => Tie::Forwards,
                8 => Tie::TellsOf,
                _ => Tie::About,
            };
            ties.push((tie, other));
        }
        let things = (0..THINGS).filter(|_| chance(rng, 8)).collect();
        let automated = !public && chance(rng, 6);
        deeds.push(Deed { at, medium, public, automated, author, to, things, ties });
    }
    deeds
}

/// What a record of a world is made of.
#[derive(Clone, Default)]
pub struct Parts {
    pub entries: Vec<Entry>,
    /// Messages referred to and not held, by their number.
    pub missing: Vec<(String, ItemOrd)>,
    pub coverage: Coverage,
    /// Number of deeds; entries from it on are copies.
    pub deeds: u64,
}

/// A record of a world, with what is needed to name things in it.
pub struct Held {
    pub record: Record,
    pub coverage: Coverage,
    pub probable: BTreeSet<u32>,
    pub parties: Vec<Party>,
    pub things: Vec<Thing>,
    /// The place of each deed that the record holds itself.
    pub place: BTreeMap<usize, Place>,
}

/// What an archive holds: days on which it is complete, and whether it is certified at all.
struct Archive {
    present: bool,
    lossy: bool,
    /// First day of a gap and the first day after it.
    gap: Option<(i64, i64)>,
}

/// What archives hold of a world; `quality` percent of custodians handed over everything.
pub fn record(rng: &mut ChaCha8Rng, deeds: &[Deed], quality: u64) -> Parts {
    let mut held = Vec::new();
    let mut rows: Vec<CoverageRow> = Vec::new();
    let channels = ["email", "direct message", "chat", "post", "publication"];
    let archives: Vec<Vec<Archive>> = (0..PEOPLE)
        .map(|person| {
            let present = chance(rng, 60 + quality * 4 / 10);
            channels
                .iter()
                .map(|channel| {
                    let lossy = !chance(rng, quality);
                    let gap = (!chance(rng, quality)).then(|| {
                        let from = below(rng, DAYS as u64) as i64;
                        (from, from + 1 + below(rng, 20) as i64)
                    });
                    if present {
                        rows.extend(table(person, channel, lossy, gap));
                    }
                    Archive { present, lossy, gap }
                })
                .collect()
        })
        .collect();
    for (number, deed) in deeds.iter().enumerate() {
        let channel = match deed.medium {
            Medium::Email => 0,
            Medium::DirectMessage => 1,
            Medium::Chat => 2,
            Medium::Post => 3,
            _ => 4,
        };
        let day = deed.at.div_euclid(DAY);
        let people = std::iter::once(deed.author).chain(deed.to.iter().map(|(to, _)| *to));
        let holders: Vec<usize> = people
            .filter(|person| *person < PEOPLE)
            .filter(|person| {
                let archive = &archives[*person][channel];
                let gone = archive.gap.is_some_and(|(from, until)| (from..until).contains(&day));
                archive.present && !gone && !(archive.lossy && chance(rng, 5))
            })
            .collect();
        held.push((number, holders));
    }
    build(rng, deeds, &held, Coverage { zone: None, rows })
}

fn table(person: usize, channel: &str, lossy: bool, gap: Option<(i64, i64)>) -> Vec<CoverageRow> {
    let day = |n: i64| {
        jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(n)).to_string()
    };
    let row = |from: Option<i64>, to: Option<i64>| CoverageRow {
        custodian: NAMES[person].to_owned(),
        channel: channel.to_owned(),
        from: from.map(day),
        to: to.map(day),
        completeness: if lossy { Completeness::Partial } else { Completeness::Full },
        how_known: "export manifest".to_owned(),
        ..CoverageRow::default()
    };
    match gap {
        None => vec![row(None, None)],
        Some((from, until)) => vec![row(None, Some(from - 1)), row(Some(until), None)],
    }
}

/// A span that holds the instant: mostly the instant itself.
pub fn blurred(rng: &mut ChaCha8Rng, at: i64) -> Span {
    let start = at.div_euclid(DAY) * DAY;
    match below(rng, 20) {
        0..12 => Span::at(at),
        12..15 => Span { lo: start, hi: start + DAY - 1 },
        15..17 => Span { lo: at - 14 * HOUR, hi: at + 14 * HOUR },
        17 => Span { lo: at - below(rng, 9) as i64 * DAY, hi: i64::MAX },
        18 => Span { lo: i64::MIN, hi: at + below(rng, 9) as i64 * DAY },
        _ => Span::UNKNOWN,
    }
}

/// Lays out the record.
pub fn assemble(parts: &Parts) -> Held {
    let mut builder = Builder::new("UTC");
    let parties: Vec<Party> = NAMES.iter().map(|name| builder.party(name, name)).collect();
    // The account of the one who is no party was taken for the last party's.
    let mut wrong = 0;
    for person in 0..=PEOPLE {
        let key = AccountKey::email(&format!("p{person}@harbour.example"));
        wrong = builder.account(key, parties[person.min(PEOPLE - 1)]);
    }
    let kinds = [
        ObjectKind::Url,
        ObjectKind::Attachment,
        ObjectKind::Text,
        ObjectKind::Url,
        ObjectKind::Hashtag,
    ];
    let things: Vec<Thing> =
        kinds.iter().enumerate().map(|(n, kind)| builder.thing(*kind, &n.to_string())).collect();
    for (name, party) in NAMES.iter().zip(&parties) {
        builder.custodian(name, Some(*party));
    }
    for entry in &parts.entries {
        builder.push(entry.clone());
    }
    for (id, by) in &parts.missing {
        builder.missing(id, *by);
    }
    let record = builder.finish();
    let place = record
        .places()
        .filter(|place| record.row(*place).ord.0 < parts.deeds)
        .map(|place| (record.row(place).ord.0 as usize, place))
        .collect();
    let coverage = parts.coverage.clone();
    Held { record, coverage, probable: BTreeSet::from([wrong]), parties, things, place }
}

fn build(
    rng: &mut ChaCha8Rng,
    deeds: &[Deed],
    held: &[(usize, Vec<usize>)],
    coverage: Coverage,
) -> Parts {
    let mut parts = Parts { coverage, deeds: deeds.len() as u64, ..Parts::default() };
    let present: BTreeSet<usize> =
        held.iter().filter(|(_, by)| !by.is_empty()).map(|(n, _)| *n).collect();
    // What is quoted whole by a forward that is held, and is not held itself.
    let quoted: BTreeSet<usize> = present
        .iter()
        .flat_map(|n| &deeds[*n].ties)
        .filter(|(tie, other)| *tie == Tie::Forwards && !present.contains(other))
        .map(|(_, other)| *other)
        .filter(|_| chance(rng, 40))
        .collect();
    let extra = deeds.len() as u64;
    for (number, holders) in held {
        let deed = &deeds[*number];
        let recovered = quoted.contains(number);
        if holders.is_empty() && !recovered {
            continue;
        }
        let span = blurred(rng, deed.at);
        let cut = recovered || chance(rng, 5);
        let sees_bcc = holders.contains(&deed.author);
        let mut takers = vec![(deed.author as u32, Role::From)];
        let seen = deed.to.iter().filter(|(_, role)| sees_bcc || *role != Role::Bcc);
        takers.extend(seen.map(|(to, role)| (*to as u32, *role)));
        if recovered {
            takers.truncate(2);
        }
        let mut ties = Vec::new();
        for (tie, other) in &deed.ties {
            if present.contains(other) || quoted.contains(other) {
                ties.push((*tie, ItemOrd(*other as u64)));
            } else if *tie != Tie::About {
                parts.missing.push((other.to_string(), ItemOrd(*number as u64)));
            }
        }
        let entry = Entry {
            kind: if deed.public { ItemKind::Post } else { ItemKind::Message },
            visibility: if deed.public { Visibility::Public } else { Visibility::Private },
            medium: deed.medium,
            flags: Flags { recovered, cut, automated: deed.automated, ..Flags::default() },
            takers,
            things: if cut {
                Vec::new()
            } else {
                deed.things.iter().map(|n| Thing(*n as u32)).collect()
            },
            ties: if recovered { Vec::new() } else { ties },
            held_by: holders.iter().map(|n| *n as u16).collect(),
            ..Entry::new(*number as u64, span)
        };
        // The same letter once more, its text changed on the way.
        if deed.medium == Medium::Email && chance(rng, 6) {
            let ord = extra + *number as u64;
            let copy = Entry::new(ord, span);
            parts.entries.push(Entry { id: copy.id, ord: copy.ord, ..entry.clone() });
        }
        parts.entries.push(entry);
    }
    parts
}
