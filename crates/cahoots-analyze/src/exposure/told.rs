//! From items to parties: who was told, with what grade, by whom, and who wrote it first.

use cahoots_record::Role;
use rustc_hash::{FxHashMap, FxHashSet};

use super::carriers::{Carried, LATER, Why};
use super::shown::{Edge, How, Label, Origin, Told};
use super::{Grade, Holder, Who};
use crate::record::{Party, Place, Record, Span, Tie};

/// The whole trace.
#[derive(Debug, Default)]
pub struct Traced {
    pub(super) parties: Vec<Told>,
    pub(super) edges: Vec<Edge>,
    pub(super) origins: Vec<Origin>,
    pub(super) holders: Vec<Holder>,
    /// By party: the numbers of the items that may be its first evidence.
    pub(super) first: FxHashMap<Party, Vec<usize>>,
}

/// One party's part in one item that counts.
#[derive(Clone, Copy)]
struct Evidence {
    /// Number of the carrier.
    item: usize,
    grade: Grade,
    how: How,
}

/// `true` if certainly before, `false` if certainly after, `None` if open. Equal times are open:
/// they never chain.
pub(super) fn before(a: Span, b: Span, skew: i64) -> Option<bool> {
    if a.hi != i64::MAX && b.lo != i64::MIN && a.hi.saturating_add(skew) < b.lo {
        Some(true)
    } else if b.hi != i64::MAX && a.lo != i64::MIN && b.hi.saturating_add(skew) < a.lo {
        Some(false)
    } else {
        None
    }
}

/// The earliest of several unknown times: the smallest of each bound.
pub(super) fn earliest(spans: impl IntoIterator<Item = Span>) -> Option<Span> {
    spans.into_iter().reduce(|a, b| Span { lo: a.lo.min(b.lo), hi: a.hi.min(b.hi) })
}

/// The key to list by: what is earlier first, what is exact before what only begins then, what has
/// no time last.
pub(super) fn time_order(when: Span) -> (bool, i64, i64) {
    (!when.is_dated(), when.sort_key(), when.hi)
}

struct Trace<'a> {
    record: &'a Record,
    carried: &'a Carried,
    skew: i64,
    /// By party, in the order of items.
    evidence: FxHashMap<Party, Vec<Evidence>>,
    shown: FxHashSet<(Party, usize)>,
    /// By party: its earliest evidence.
    first: FxHashMap<Party, Span>,
}

/// Grades every party's part in every item that counts.
pub fn trace(record: &Record, carried: &Carried, skew: i64) -> Traced {
    let mut trace = Trace {
        record,
        carried,
        skew,
        evidence: FxHashMap::default(),
        shown: FxHashSet::default(),
        first: FxHashMap::default(),
    };
    let mut traced = Traced::default();
    let mut deliveries = Vec::new();
    for number in 0..carried.items.len() {
        trace.grade(number, &mut deliveries, &mut traced.holders);
    }
    traced.edges = trace.edges(&deliveries);
    let mut parties: Vec<Party> = trace.evidence.keys().copied().collect();
    parties.sort_unstable();
    for party in parties {
        traced.parties.push(trace.told(party));
        traced.first.insert(party, trace.may_be_first(party, |_| true));
        traced.origins.extend(trace.origin(party));
    }
    traced.parties.sort_by(|a, b| {
        let key = |told: &Told| (time_order(told.earliest), told.grade);
        (key(a), &a.who.name, &a.who.id).cmp(&(key(b), &b.who.name, &b.who.id))
    });
    let wrote = |origin: &&Origin| origin.how == How::Wrote;
    if let Some(first) = earliest(traced.origins.iter().filter(wrote).map(|origin| origin.when)) {
        for origin in traced.origins.iter_mut().filter(|origin| origin.how == How::Wrote) {
            origin.may_be_first = before(first, origin.when, skew) != Some(true);
        }
    }
    traced.origins.sort_by(|a, b| {
        let key = |origin: &Origin| time_order(origin.when);
        (key(a), &a.who.name, &a.who.id).cmp(&(key(b), &b.who.name, &b.who.id))
    });
    traced
}

impl Trace<'_> {
    fn span(&self, item: usize) -> Span {
        self.carried.items[item].when
    }

    fn add(&mut self, party: Party, evidence: Evidence) {
        let when = self.span(evidence.item);
        let first = self.first.entry(party).or_insert(when);
        *first = Span { lo: first.lo.min(when.lo), hi: first.hi.min(when.hi) };
        self.shown.insert((party, evidence.item));
        self.evidence.entry(party).or_default().push(evidence);
    }

    /// What the author of an item did.
    fn act(&self, number: usize) -> How {
        let item = &self.carried.items[number];
        let passes = |tie| {
            let mut tied = self.record.tied(item.place, tie);
            tied.any(|other| self.carries(other))
        };
        if item.why == Why::Answers {
            How::Answered
        } else if passes(Tie::Forwards) {
            How::Forwarded
        } else if passes(Tie::TellsOf) {
            How::Retold
        } else {
            How::Wrote
        }
    }

    fn carries(&self, place: Place) -> bool {
        let number = self.carried.number.get(&place);
        number.is_some_and(|number| self.carried.items[*number].passes_on())
    }

    /// The parts of everybody in one item.
    fn grade(
        &mut self,
        number: usize,
        deliveries: &mut Vec<(usize, Option<Party>, Party, Grade)>,
        holders: &mut Vec<Holder>,
    ) {
        let record = self.record;
        let item = &self.carried.items[number];
        let (place, quoted) = (item.place, item.only_quoted);
        let (public, passes_on, cite) = (item.public, item.passes_on(), item.item);
        let at_best = |grade: Grade| if quoted { Grade::Quoted } else { grade };
        let how = self.act(number);
        let mut authors: Vec<Party> = record.authors(place).map(|taker| taker.party).collect();
        authors.sort_unstable();
        authors.dedup();
        for author in &authors {
            let grade = at_best(Grade::Acted);
            self.add(*author, Evidence { item: number, grade, how });
        }
        let own: Vec<Party> = record
            .held_by
            .of(place.0)
            .iter()
            .filter_map(|custodian| record.custodians.get(usize::from(*custodian))?.1)
            .collect();
        if !passes_on {
            return;
        }
        let mut received: Vec<(Party, Grade)> = record
            .addressees(place)
            .filter(|taker| !authors.contains(&taker.party))
            .map(|taker| {
                let grade = match taker.role {
                    Role::To if own.contains(&taker.party) => Grade::Delivered,
                    Role::To => Grade::Addressed,
                    Role::Bcc => Grade::Blind,
                    _ => Grade::Copied,
                };
                (taker.party, at_best(grade))
            })
            .collect();
        received.sort_unstable();
        received.dedup_by_key(|(party, _)| *party);
        for (party, grade) in &received {
            self.add(*party, Evidence { item: number, grade: *grade, how: How::Received });
            if authors.is_empty() {
                deliveries.push((number, None, *party, *grade));
            }
            for author in &authors {
                deliveries.push((number, Some(*author), *party, *grade));
            }
        }
        let named =
            |party: &Party| authors.contains(party) || received.iter().any(|(to, _)| to == party);
        if !public {
            for party in own.iter().filter(|party| !named(party)) {
                holders.push(Holder { who: Who::of(record, *party), item: cite });
            }
        }
    }

    /// Whether the item is certainly later than some other evidence of the party.
    fn had_before(&self, party: Party, item: usize) -> bool {
        let when = self.span(item);
        let first = self.first.get(&party);
        let by_time = first.is_some_and(|first| before(*first, when, self.skew) == Some(true));
        // What it forwards, retells or answers came before it, whatever the clocks leave open.
        by_time || self.earlier(item).any(|other| self.shown.contains(&(party, other)))
    }

    /// The items that an item says it is later than.
    fn says_later(&self, item: usize) -> impl Iterator<Item = usize> + '_ {
        let place = self.carried.items[item].place;
        let ties = self.record.ties.of(place.0).iter();
        ties.filter(|(tie, _)| LATER.contains(tie))
            .filter_map(|(_, other)| self.carried.number.get(other).copied())
    }

    /// The same, where the clocks do not contradict it.
    fn earlier(&self, item: usize) -> impl Iterator<Item = usize> + '_ {
        self.says_later(item)
            .filter(move |other| before(self.span(item), self.span(*other), 0) != Some(true))
    }

    /// Whether the party may have received it before an item, as far as times and ties tell. If
    /// the two contradict each other, it may.
    fn may_have_received_before(&self, party: Party, item: usize) -> bool {
        let evidence = self.evidence.get(&party).map_or(&[][..], Vec::as_slice);
        evidence.iter().filter(|each| each.how == How::Received && each.item != item).any(|each| {
            let by_time = before(self.span(each.item), self.span(item), self.skew) != Some(false)
                && !self.earlier(each.item).any(|other| other == item);
            by_time || self.says_later(item).any(|other| other == each.item)
        })
    }

    fn edges(&self, deliveries: &[(usize, Option<Party>, Party, Grade)]) -> Vec<Edge> {
        let mut rows: Vec<_> = deliveries.to_vec();
        rows.sort_by_key(|(item, from, to, _)| {
            let when = self.span(*item);
            (time_order(when), *item, *from, *to)
        });
        let edges = rows.into_iter().map(|(item, from, to, grade)| Edge {
            from: from.map(|party| Who::of(self.record, party)),
            to: Who::of(self.record, to),
            item: self.carried.items[item].item,
            grade,
            when: self.span(item),
            first: !self.had_before(to, item),
            order_unknown: from.is_some_and(|party| {
                !self.had_before(party, item) && self.may_have_received_before(party, item)
            }),
        });
        edges.collect()
    }

    /// The items that may be the first evidence of a party, of some kind.
    fn may_be_first(&self, party: Party, of: impl Fn(&Evidence) -> bool) -> Vec<usize> {
        let evidence = self.evidence.get(&party).map_or(&[][..], Vec::as_slice);
        let evidence: Vec<usize> =
            evidence.iter().filter(|each| of(each)).map(|each| each.item).collect();
        let Some(first) = earliest(evidence.iter().map(|item| self.span(*item))) else {
            return Vec::new();
        };
        let listed: FxHashSet<usize> = evidence.iter().copied().collect();
        evidence
            .into_iter()
            .filter(|item| before(first, self.span(*item), 0) != Some(true))
            .filter(|item| !self.earlier(*item).any(|other| listed.contains(&other)))
            .collect()
    }

    fn told(&self, party: Party) -> Told {
        let evidence = self.evidence.get(&party).map_or(&[][..], Vec::as_slice);
        let mut labels: Vec<Label> = Vec::new();
        let (mut lo, mut hi) = (i64::MAX, i64::MAX);
        let (mut best, mut all) = (Grade::Quoted, Span::UNKNOWN);
        for grade in Grade::ALL {
            let of: Vec<&Evidence> = evidence.iter().filter(|each| each.grade == grade).collect();
            let Some(when) = earliest(of.iter().map(|each| self.span(each.item))) else { continue };
            if labels.is_empty() {
                best = grade;
            } else if when.lo >= lo && when.hi >= hi {
                continue;
            }
            // A better grade that is no later says all that this one says.
            (lo, hi) = (lo.min(when.lo), hi.min(when.hi));
            all = Span { lo, hi };
            labels.push(self.label(grade, when, &of));
        }
        labels.reverse();
        let mut items: Vec<usize> = evidence.iter().map(|each| each.item).collect();
        items.dedup();
        Told {
            who: Who::of(self.record, party),
            grade: best,
            earliest: all,
            labels,
            items: items.len() as u64,
            before_public: None,
            lead: None,
        }
    }

    fn label(&self, grade: Grade, when: Span, of: &[&Evidence]) -> Label {
        let mut items: Vec<usize> = Vec::new();
        let mut how = How::Received;
        for bound in [
            of.iter().find(|each| self.span(each.item).hi == when.hi),
            of.iter().find(|each| self.span(each.item).lo == when.lo),
        ] {
            if let Some(each) = bound
                && !items.contains(&each.item)
            {
                how = if items.is_empty() { each.how } else { how };
                items.push(each.item);
            }
        }
        items.sort_unstable();
        let (mut told_by, mut shown_by) = (Vec::new(), Vec::new());
        let mut may_be_later = !items.is_empty();
        for item in &items {
            let carrier = &self.carried.items[*item];
            may_be_later &= carrier.may_be_later;
            if how == How::Received {
                told_by.extend(self.record.authors(carrier.place).map(|taker| taker.party));
            }
            let held = self.record.held_by.of(carrier.place.0).iter();
            shown_by.extend(
                held.filter_map(|custodian| self.record.custodians.get(usize::from(*custodian)))
                    .map(|(name, _)| name.clone()),
            );
        }
        told_by.sort_unstable();
        told_by.dedup();
        shown_by.sort_unstable();
        shown_by.dedup();
        Label {
            grade,
            how,
            when,
            items: items.iter().map(|item| self.carried.items[*item].item).collect(),
            told_by: told_by.into_iter().map(|party| Who::of(self.record, party)).collect(),
            shown_by,
            lead: None,
            may_be_later,
        }
    }

    /// The party as an origin: it acted, and nothing certainly reached it before its first act.
    fn origin(&self, party: Party) -> Option<Origin> {
        let acts = self.may_be_first(party, |each| each.how != How::Received);
        let when = earliest(acts.iter().map(|item| self.span(*item)))?;
        let evidence = self.evidence.get(&party)?;
        let received: Vec<usize> = evidence
            .iter()
            .filter(|each| each.how == How::Received)
            .map(|each| each.item)
            .collect();
        let told_before = received.iter().any(|item| {
            before(self.span(*item), when, self.skew) == Some(true)
                || acts.iter().all(|act| self.earlier(*act).any(|other| other == *item))
        });
        if told_before {
            return None;
        }
        let order_unknown = acts.iter().any(|act| self.may_have_received_before(party, *act));
        let how = acts.iter().map(|item| self.act(*item)).min()?;
        Some(Origin {
            who: Who::of(self.record, party),
            how,
            items: acts.iter().map(|item| self.carried.items[*item].item).collect(),
            when,
            order_unknown,
            may_be_first: false,
        })
    }
}
