//! Claims about a world, and what is true of them there.

use std::collections::BTreeSet;

use cahoots_analyze::record::{DAY, Span, Tie};
use cahoots_analyze::statements::{About, Bound, Claim, CountBound, Direction, Named, Statement};
use cahoots_record::{Role, Template};
use rand_chacha::ChaCha8Rng;

use super::{DAYS, Deed, Held, PEOPLE, THINGS, below, blurred, chance};

/// What a claim is about, in the world.
#[derive(Clone, Copy, Debug)]
pub enum Matter {
    Nothing,
    Deed(usize),
    Thing(usize),
}

/// A claim, and the moments that it means by its words.
#[derive(Clone, Debug)]
pub struct Meant {
    pub statement: Statement,
    pub template: Template,
    pub actors: Vec<usize>,
    pub others: Vec<usize>,
    pub matter: Matter,
    /// First moment meant.
    pub from: i64,
    /// The moment meant by «before D».
    pub before: i64,
    /// Last moment meant by «until D».
    pub until: i64,
    /// First moment of a day named.
    pub day: (i64, i64),
    /// When it was said.
    pub made: i64,
}

/// What the world says of a claim. Between the two lie claims on which words decide: contact by
/// copy only, a subject in common only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truth {
    /// It holds in the widest sense of its words.
    pub holds: bool,
    /// It fails in the narrowest sense of its words.
    pub fails: bool,
}

fn within(rng: &mut ChaCha8Rng, span: Span) -> i64 {
    span.lo + below(rng, (span.hi - span.lo + 1) as u64) as i64
}

fn bound(rng: &mut ChaCha8Rng, day: i64) -> Bound {
    let start = day * DAY;
    match below(rng, 4) {
        0 => Bound::moment_in(Span::at(start + below(rng, DAY as u64) as i64), "a moment"),
        1 => {
            let doubt = 14 * DAY / 24;
            let around = |at: i64| Span { lo: at - doubt, hi: at + doubt };
            Bound { first: around(start), last: around(start + DAY - 1), label: "a day".to_owned() }
        }
        _ => Bound::period(start, start + DAY - 1, "a day"),
    }
}

/// What a claim is about, in a record.
pub fn about(matter: Matter, held: &Held) -> About {
    match matter {
        Matter::Nothing => About::None,
        Matter::Thing(thing) => About::Thing(held.things[thing]),
        Matter::Deed(deed) => match held.place.get(&deed) {
            Some(place) => About::Items(vec![*place]),
            None => About::Unresolved(deed.to_string()),
        },
    }
}

/// A claim in a template, about parties and days taken at random.
pub fn claim(rng: &mut ChaCha8Rng, deeds: &[Deed], held: &Held, template: Template) -> Meant {
    use Template as T;
    let mut people: Vec<usize> = (0..PEOPLE).collect();
    for at in 0..PEOPLE {
        people.swap(at, at + below(rng, (PEOPLE - at) as u64) as usize);
    }
    let several = chance(rng, 15);
    let (actors, others) = match several {
        true => (people[..2].to_vec(), people[2..4].to_vec()),
        false => (people[..1].to_vec(), people[1..2].to_vec()),
    };
    let is_edge = matches!(template, T::FirstContact | T::LastContact);
    let first_days = matches!(template, T::NoContact | T::DidNotKnow | T::FirstContact);
    let edge = is_edge.then(|| edge_day(deeds, &actors, &others, template)).flatten();
    let until_day = match (first_days && chance(rng, 70), template) {
        _ if edge.is_some() && chance(rng, 50) => edge.unwrap_or(0),
        (true, _) => below(rng, 15) as i64,
        (false, T::LastContact) => DAYS - 1 - below(rng, 25) as i64,
        _ => below(rng, DAYS as u64) as i64,
    };
    let mut until = Some(bound(rng, until_day));
    let from_day = below(rng, until_day.max(1) as u64) as i64 - 1;
    let mut from = if chance(rng, 25) { Some(bound(rng, from_day)) } else { None };
    if is_edge {
        from = None;
    }
    let made_at = (until_day + 2 + below(rng, 10) as i64) * DAY + below(rng, DAY as u64) as i64;
    let mut made = blurred(rng, made_at);
    while !made.is_bounded() {
        made = blurred(rng, made_at);
    }
    if !is_edge && chance(rng, 10) {
        until = None;
    }
    let matter = match template {
        T::NoContact | T::FirstContact | T::LastContact | T::ContactCount => Matter::Nothing,
        T::WasOnlyRecipient => Matter::Deed(below(rng, deeds.len() as u64) as usize),
        _ if chance(rng, 50) => Matter::Thing(below(rng, THINGS as u64) as usize),
        _ => Matter::Deed(below(rng, deeds.len() as u64) as usize),
    };
    let mut claim = Claim::new("so", Some(template));
    let named = |who: &[usize]| {
        who.iter().map(|n| Named::confirmed(held.parties[*n], super::NAMES[*n])).collect()
    };
    claim.actors = named(&actors);
    claim.counterparts = named(&others);
    claim.about = about(matter, held);
    if template == T::ContactCount {
        claim.count = Some(below(rng, 5));
        let bounds = [CountBound::AtMost, CountBound::AtLeast, CountBound::Exactly];
        claim.bound = Some(bounds[below(rng, 3) as usize]);
        if actors.len() == 1 && chance(rng, 50) {
            claim.direction = Direction::Sent;
        }
    }
    claim.from = from.clone();
    claim.until = until.clone();
    let said = within(rng, made);
    let (before, end) = match &until {
        Some(until) => (within(rng, until.whole()), within(rng, until.last)),
        None => (said, said),
    };
    // The zone is one, so both ends of a day move together.
    let day = until.as_ref().map_or((0, 0), |day| {
        let first = within(rng, day.first);
        (first, first + day.last.lo - day.first.lo)
    });
    Meant {
        statement: Statement {
            place: None,
            id: "S".to_owned(),
            speaker: Some(held.parties[actors[0]]),
            speaker_name: super::NAMES[actors[0]].to_owned(),
            made,
            question: None,
            words: None,
            place_made: None,
            where_published: Vec::new(),
            hedge: None,
            claims: vec![claim],
        },
        template,
        actors,
        others,
        matter,
        from: from.map_or(i64::MIN, |from| within(rng, from.first)),
        before,
        until: end,
        day,
        made: said,
    }
}

/// The day of the first or last contact between two sides.
fn edge_day(deeds: &[Deed], actors: &[usize], others: &[usize], template: Template) -> Option<i64> {
    let way = |from: &[usize], to: &[usize], deed: &Deed| {
        from.contains(&deed.author) && to.iter().any(|to| deed.addressed(*to))
    };
    let mut days = deeds
        .iter()
        .filter(|deed| {
            deed.is_contact() && (way(actors, others, deed) || way(others, actors, deed))
        })
        .map(|deed| deed.at.div_euclid(DAY));
    if template == Template::FirstContact { days.next() } else { days.next_back() }
}

/// Who got a message in a way that shows: addressed openly, or by an answer or a forward.
fn shown(deeds: &[Deed], number: usize, party: usize) -> bool {
    let deed = &deeds[number];
    let direct = deed.to.iter().any(|(to, role)| *to == party && *role == Role::To);
    let reacted = deeds.iter().any(|other| {
        other.author == party
            && !other.automated
            && other.ties.iter().any(|(tie, to)| {
                *to == number && matches!(tie, Tie::Answers | Tie::Forwards | Tie::TellsOf)
            })
    });
    direct || deed.addressed(party) && reacted
}

/// Contacts between the sides: each with whether it went from an actor, and whether it shows.
fn contacts(deeds: &[Deed], meant: &Meant) -> Vec<(usize, bool, bool)> {
    let mut all = Vec::new();
    for (number, deed) in deeds.iter().enumerate().filter(|(_, deed)| deed.is_contact()) {
        for (writers, readers, sent) in
            [(&meant.actors, &meant.others, true), (&meant.others, &meant.actors, false)]
        {
            if !writers.contains(&deed.author) {
                continue;
            }
            let to: Vec<usize> =
                readers.iter().copied().filter(|reader| deed.addressed(*reader)).collect();
            if !to.is_empty() {
                let clear = to.iter().any(|reader| shown(deeds, number, *reader));
                all.push((number, sent, clear));
            }
        }
    }
    all
}

/// What carries the matter: itself, forwards, retellings. `true` if by more than a subject.
pub fn carriers(deeds: &[Deed], matter: Matter) -> Vec<(usize, bool)> {
    let strong = !matches!(matter, Matter::Thing(thing) if thing == THINGS - 1);
    let mut all: BTreeSet<usize> = match matter {
        Matter::Nothing => BTreeSet::new(),
        Matter::Deed(deed) => BTreeSet::from([deed]),
        Matter::Thing(thing) => {
            (0..deeds.len()).filter(|n| deeds[*n].things.contains(&thing)).collect()
        }
    };
    // Ties lead back in time, so one pass in order closes the set.
    for (number, deed) in deeds.iter().enumerate() {
        let carries = |(tie, to): &(Tie, usize)| {
            matches!(tie, Tie::Forwards | Tie::TellsOf) && all.contains(to)
        };
        if deed.ties.iter().any(carries) {
            all.insert(number);
        }
    }
    all.into_iter().map(|number| (number, strong)).collect()
}

/// What the world says of it.
pub fn truth(deeds: &[Deed], meant: &Meant) -> Truth {
    use Template as T;
    let claim = &meant.statement.claims[0];
    let at = |n: usize| deeds[n].at;
    let before = |n: usize| meant.from <= at(n) && at(n) < meant.before && at(n) <= meant.made;
    let through = |n: usize| meant.from <= at(n) && at(n) <= meant.until && at(n) <= meant.made;
    let contacts = contacts(deeds, meant);
    let any = |holds: &dyn Fn(usize) -> bool, clear: bool| {
        contacts.iter().any(|(n, _, shows)| holds(*n) && (*shows || !clear))
    };
    let carriers = carriers(deeds, meant.matter);
    let carried = |n: usize| carriers.iter().find(|(m, _)| *m == n).map(|(_, strong)| *strong);
    let never = |wide: bool, narrow: bool| Truth { holds: !wide, fails: narrow };
    match meant.template {
        T::NoContact => never(any(&before, false), any(&before, true)),
        // The worlds have no words.
        T::Quoted => Truth { holds: false, fails: false },
        T::FirstContact | T::LastContact => {
            let then = |n: usize| meant.day.0 <= at(n) && at(n) <= meant.day.1;
            let beyond = |n: usize| match meant.template {
                T::FirstContact => at(n) < meant.day.0 && at(n) <= meant.made,
                _ => at(n) > meant.day.1 && at(n) <= meant.made,
            };
            Truth {
                holds: !any(&beyond, false) && any(&then, true),
                fails: any(&beyond, true) || !any(&then, false),
            }
        }
        T::ContactCount => {
            let sent = claim.direction == Direction::Sent;
            let count = |clear: bool| {
                let ours = contacts.iter().filter(|(n, from, shows)| {
                    through(*n) && (*from || !sent) && (*shows || !clear)
                });
                ours.count() as u64
            };
            let (least, most, n) = (count(true), count(false), claim.count.unwrap_or_default());
            let (low, high) = (most <= n, least >= n);
            match claim.bound.unwrap_or(CountBound::Exactly) {
                CountBound::AtMost => Truth { holds: low, fails: least > n },
                CountBound::AtLeast => Truth { holds: high, fails: most < n },
                CountBound::Exactly => Truth { holds: low && high, fails: least > n || most < n },
            }
        }
        T::DidNotKnow => {
            let wrote = carriers.iter().any(|(n, _)| {
                let direct =
                    before(*n) && !deeds[*n].automated && meant.actors.contains(&deeds[*n].author);
                let answered = deeds.iter().enumerate().any(|(m, deed)| {
                    let ties = deed.ties.iter();
                    before(m)
                        && !deed.automated
                        && meant.actors.contains(&deed.author)
                        && ties.clone().any(|(tie, to)| to == n && *tie == Tie::Answers)
                });
                direct || answered
            });
            let got = carriers.iter().any(|(n, _)| {
                before(*n) && meant.actors.iter().any(|actor| deeds[*n].addressed(*actor))
            });
            never(wrote || got, wrote)
        }
        T::NeverDiscussed => never(
            any(&|n| through(n) && carried(n).is_some(), false),
            any(&|n| through(n) && carried(n) == Some(true), true),
        ),
        T::Told => {
            let sent = |clear: bool| {
                contacts.iter().any(|(n, from, shows)| {
                    *from
                        && through(*n)
                        && (*shows || !clear)
                        && carried(*n).is_some_and(|strong| strong || !clear)
                })
            };
            Truth { holds: sent(true), fails: !sent(false) }
        }
        T::DidNotActOn => {
            let act = |strong: bool| {
                deeds.iter().enumerate().any(|(n, deed)| {
                    deed.public
                        && meant.actors.contains(&deed.author)
                        && through(n)
                        && acts(deeds, meant.matter, n, &carried, strong)
                })
            };
            never(act(false), act(true))
        }
        T::WasOnlyRecipient => {
            let Matter::Deed(x) = meant.matter else { return never(true, false) };
            let writer = deeds[x].author;
            let others = |n: usize| {
                let to = deeds[n].to.iter();
                let mut to = to.filter(|(to, _)| !meant.actors.contains(to) && *to != writer);
                deeds[n].is_contact()
                    && through(n)
                    && deeds[n].author == writer
                    && !meant.actors.contains(&writer)
                    && to.next().is_some()
            };
            let second = carriers.iter().any(|(n, _)| others(*n));
            let got = meant.actors.iter().any(|actor| deeds[x].addressed(*actor));
            Truth { holds: !second && got && through(x), fails: second }
        }
        T::NotForwarded => {
            let passed = |wide: bool| {
                deeds.iter().enumerate().any(|(n, deed)| {
                    let tie = |(tie, to): &(Tie, usize)| {
                        carried(*to).is_some()
                            && (*tie == Tie::Forwards || wide && *tie == Tie::TellsOf)
                    };
                    let got =
                        |m: &(usize, bool)| at(m.0) < at(n) && deeds[m.0].addressed(deed.author);
                    let again = matches!(meant.matter, Matter::Thing(thing)
                        if deed.things.contains(&thing) && (wide || thing != THINGS - 1))
                        && carriers.iter().any(got);
                    meant.actors.contains(&deed.author)
                        && !deed.automated
                        && through(n)
                        && (deed.ties.iter().any(tie) || again)
                })
            };
            never(passed(true), passed(false))
        }
    }
}

/// Whether a public deed is one on the matter.
fn acts(
    deeds: &[Deed],
    matter: Matter,
    n: usize,
    carried: &dyn Fn(usize) -> Option<bool>,
    strong: bool,
) -> bool {
    match matter {
        Matter::Deed(x) => {
            let shares = deeds[n]
                .things
                .iter()
                .any(|thing| *thing != THINGS - 1 && deeds[x].things.contains(thing));
            let tied = deeds[n].ties.iter().any(|(tie, to)| {
                *to == x && (!strong || matches!(tie, Tie::Forwards | Tie::Answers))
            });
            n != x && deeds[n].at > deeds[x].at && (shares || tied)
        }
        _ => carried(n).is_some_and(|link| link || !strong),
    }
}
