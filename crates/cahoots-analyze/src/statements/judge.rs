//! What all templates share: the ground they stand on, atoms of evidence, and the step from atoms
//! and coverage to a verdict.

use std::collections::BTreeSet;

use super::carry::{Back, Carriers, may_carry};
use super::claim::{About, Claim, Window, after};
use super::contact::{Contacts, Side, between};
use super::coverage::{Covered, Share};
use super::ledger::Options;
use super::logic::Tri;
use super::verdict::{Judgement, Verdict, Witness, items_show};
use crate::finding::Cite;
use crate::record::{Party, Place, Record, Span};

pub(crate) const TIME: &str = "its time is not known well enough";
pub(crate) const WHO: &str = "who stands behind an account is not confirmed";
pub(crate) const ARRIVED: &str =
    "it shows this only by a copy, a group, a blind copy or a quotation";
pub(crate) const LINK: &str = "what it has in common with the matter may be chance";
pub(crate) const RECEIVED: &str = "it shows that something was received, not that it was read";
pub(crate) const RETOLD: &str = "it shares or retells the matter, which need not be a forward";
pub(crate) const BEARS: &str =
    "that it bears on the matter is what whoever compiled the record says";

/// What templates look into.
pub(crate) struct Ground<'a> {
    pub(crate) record: &'a Record,
    pub(crate) options: &'a Options<'a>,
    pub(crate) back: Back,
    pub(crate) covered: Covered,
    /// Items that may carry anything.
    pub(crate) may: BTreeSet<Place>,
}

/// A claim with its sides found.
pub(crate) struct Case<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) made: Span,
    pub(crate) actors: Side,
    pub(crate) others: Side,
}

/// An item that may show that a claim does not hold (or, for positive claims, that it does).
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    pub(crate) place: Place,
    pub(crate) grade: u8,
    /// Whether it falls into the time claimed.
    pub(crate) when: Tri,
    /// Doubts other than of time; with any, it does not suffice.
    pub(crate) doubts: Vec<&'static str>,
}

impl Atom {
    pub(crate) fn suffices(&self) -> bool {
        self.when == Tri::True && self.doubts.is_empty()
    }
}

impl<'a> Ground<'a> {
    pub(crate) fn new(record: &'a Record, options: &'a Options<'a>, covered: Covered) -> Self {
        let back = Back::of(record);
        let may = may_carry(record, &back);
        Self { record, options, back, covered, may }
    }

    pub(crate) fn span(&self, place: Place) -> Span {
        self.record.row(place).span
    }

    pub(crate) fn carriers(&self, about: &About) -> Carriers {
        Carriers::of(self.record, &self.back, about)
    }

    pub(crate) fn contacts(&self, case: &Case<'_>) -> Contacts {
        between(
            self.record,
            &self.back,
            &case.actors,
            &case.others,
            self.options.count_automated,
            &self.options.probable_accounts,
        )
    }

    /// Coverage of what passed between the two sides: of each pair, either may cover it.
    pub(crate) fn share_of_pairs(&self, case: &Case<'_>, window: &Window) -> Share {
        let mut groups: Vec<Vec<Party>> = Vec::new();
        for a in &case.actors.parties {
            for b in case.others.parties.iter().filter(|b| *b != a) {
                let mut pair = vec![*a, *b];
                pair.sort_unstable();
                if !groups.contains(&pair) {
                    groups.push(pair);
                }
            }
        }
        self.share(self.covered.private(), groups, window)
    }

    /// Coverage of what each of these parties wrote and received.
    pub(crate) fn share_of_each(
        &self,
        parties: &[Party],
        channels: &[String],
        window: &Window,
    ) -> Share {
        self.share(channels, parties.iter().map(|party| vec![*party]).collect(), window)
    }

    fn share(&self, channels: &[String], groups: Vec<Vec<Party>>, window: &Window) -> Share {
        let start = window.start.map_or(i64::MIN, |start| start.lo);
        let end = match (window.end.hi, window.end_included) {
            (i64::MAX, _) => i64::MAX,
            (hi, true) => hi,
            (hi, false) => hi.saturating_sub(1),
        };
        let of_us = |place: Place| {
            let mut takers = self.record.takers(place).iter();
            takers.any(|taker| groups.iter().any(|group| group.contains(&taker.party)))
        };
        let first = || {
            let dated = self.record.places().take(self.record.dated().len());
            dated.filter(|place| of_us(*place)).map(|place| self.span(place).sort_key()).next()
        };
        let first_seen = if start == i64::MIN { first() } else { None };
        self.covered.share(channels, &groups, (start, end), first_seen)
    }
}

impl Case<'_> {
    /// Whether something falls into the time claimed, leaving out what certainly came after the
    /// statement.
    pub(crate) fn towards(&self, window: &Window, when: Span) -> Tri {
        if after(when, self.made) == Tri::True { Tri::False } else { window.holds(when) }
    }

    /// The time claimed, where the claim says «before D»: D itself is open.
    pub(crate) fn before(&self) -> Window {
        let end = self.claim.until.as_ref().map_or(self.made, |until| until.whole());
        Window { start: self.claim.from.as_ref().map(|from| from.first), end, end_included: false }
    }

    /// The time claimed, where it includes D to its end.
    pub(crate) fn through(&self) -> Window {
        let end = self.claim.until.as_ref().map_or(self.made, |until| until.last);
        Window { start: self.claim.from.as_ref().map(|from| from.first), end, end_included: true }
    }

    /// Whether something falls into the time claimed and was not after the statement: nobody can
    /// be contradicted by what came later.
    pub(crate) fn against(&self, window: &Window, when: Span) -> Tri {
        window.holds(when).and(!after(when, self.made))
    }

    /// «before 14 October 2016», «until the end of …», «on …», «before the statement was made».
    pub(crate) fn time_words(&self, window: &Window) -> String {
        let end = match (&self.claim.until, window.end_included) {
            (None, _) => "before the statement was made".to_owned(),
            (Some(until), true) => format!("until the end of {}", until.label),
            (Some(until), false) => format!("before {}", until.label),
        };
        match (&self.claim.from, &self.claim.until) {
            (Some(from), Some(until)) if window.end_included && from == until => {
                format!("on {}", until.label)
            }
            (Some(from), _) if window.end_included => format!("from {} {end}", from.label),
            (Some(from), _) => format!("from {} on and {end}", from.label),
            (None, _) => end,
        }
    }

    /// Whether all names are known and confirmed, so that absence may count.
    pub(crate) fn is_settled(&self, ground: &Ground<'_>) -> bool {
        let sides = [&self.actors, &self.others];
        let accounts = &ground.options.probable_accounts;
        sides.iter().all(|side| side.unknown.is_empty() && side.is_confirmed())
            && !accounts.iter().any(|account| {
                let account = ground.record.accounts.get(*account as usize);
                account.is_some_and(|a| sides.iter().any(|side| side.has(a.party)))
            })
    }

    pub(crate) fn actors_words(&self, ground: &Ground<'_>) -> String {
        names(ground.record, &self.actors)
    }

    pub(crate) fn others_words(&self, ground: &Ground<'_>) -> String {
        names(ground.record, &self.others)
    }

    /// «wlsearch.tk», in the words of the claim.
    pub(crate) fn about_words(&self) -> String {
        match &self.claim.about_words {
            Some(words) => format!("«{words}»"),
            None => "what the claim is about".to_owned(),
        }
    }
}

fn names(record: &Record, side: &Side) -> String {
    let names: Vec<&str> = side.parties.iter().map(|party| record.name(*party)).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [all @ .., last] if all.len() < 3 => format!("{} or {last}", all.join(", ")),
        [a, b, rest @ ..] => format!("{a}, {b} or {} others", rest.len()),
    }
}

/// Sorts atoms, strongest first, and makes witnesses of those that are not excluded by time.
pub(crate) fn witnesses(record: &Record, atoms: &[Atom]) -> Vec<Witness> {
    let mut atoms: Vec<&Atom> = atoms.iter().filter(|atom| atom.when != Tri::False).collect();
    atoms.sort_by_key(|atom| (!atom.suffices(), atom.grade, atom.place));
    let witness = |atom: &Atom| {
        let mut doubts = atom.doubts.clone();
        if atom.when == Tri::Unknown {
            doubts.push(TIME);
        }
        Witness {
            item: Cite::of(record, atom.place),
            grade: atom.grade,
            suffices: doubts.is_empty(),
            doubts,
        }
    };
    atoms.into_iter().map(witness).collect()
}

/// The doubts of witnesses, each with its number, in sentences.
pub(crate) fn doubts(witnesses: &[Witness]) -> Vec<String> {
    let mut said = Vec::new();
    let mut kinds: Vec<&str> = Vec::new();
    for doubt in witnesses.iter().flat_map(|witness| &witness.doubts) {
        if !kinds.contains(doubt) {
            kinds.push(doubt);
        }
    }
    for doubt in kinds {
        let n = witnesses.iter().filter(|witness| witness.doubts.contains(&doubt)).count();
        match n {
            0 => {}
            1 => said.push(format!("Of 1 item, {doubt}.")),
            n => said.push(format!("Of {n} items, each by itself, {doubt}.")),
        }
    }
    said
}

/// What is put into the sentences of a negative claim, after «show» or «shows».
pub(crate) struct Shows {
    /// «contact of A with B before D».
    pub(crate) what: String,
}

/// The verdict on «there was never one of these». `closed` says whether the record is complete for
/// it and nothing else stays open; `share` is what is printed.
pub(crate) fn never(
    record: &Record,
    atoms: &[Atom],
    share: Share,
    closed: bool,
    shows: &Shows,
) -> Judgement {
    let all = witnesses(record, atoms);
    // The strongest of those that suffice are the minimal set; the others are counted.
    let best = all.iter().filter(|witness| witness.suffices).map(|witness| witness.grade).min();
    let strongest = |witness: &Witness| witness.suffices && Some(witness.grade) == best;
    let certain = all.iter().filter(|witness| strongest(witness)).count();
    let uncovered = if share.complete && closed { Tri::False } else { Tri::Unknown };
    let exists = Tri::any(atoms.iter().map(|atom| match atom.suffices() {
        true => Tri::True,
        false => atom.when.and(Tri::Unknown),
    }))
    .or(uncovered);
    let what = &shows.what;
    let (verdict, found) = match !exists {
        Tri::False => (Verdict::Contradicted, format!("{} {what}", items_show(certain))),
        _ if !all.is_empty() => {
            let found = match all.len() {
                1 => format!("1 item of the record may show {what}; it does not settle it"),
                n => format!("{n} items of the record may show {what}; none of them settles it"),
            };
            (Verdict::InTension, found)
        }
        Tri::True => (
            Verdict::ConsistentWithCompleteRecord,
            format!(
                "no item shows {what}, and the record is stated to be complete for {}",
                channels(&share)
            ),
        ),
        Tri::Unknown => (
            Verdict::NotContradicted {
                coverage_percent: if share.complete && !closed { 99 } else { share.percent },
            },
            format!("no item of the record shows {what}; what it does not hold cannot be told"),
        ),
    };
    let mut reasons = Vec::new();
    let more = all.iter().filter(|witness| witness.suffices && !strongest(witness)).count();
    if more > 0 {
        reasons.push(format!("{}, less directly.", items_show_it(more)));
    }
    if verdict == Verdict::InTension {
        reasons = doubts(&all);
    } else if share.complete && !closed && matches!(verdict, Verdict::NotContradicted { .. }) {
        reasons.push(OPEN.to_owned());
    }
    let decisive = verdict == Verdict::Contradicted;
    let witnesses = all.into_iter().filter(|w| !decisive || strongest(w)).collect();
    Judgement {
        verdict,
        found,
        witnesses,
        counts: None,
        quotations: Vec::new(),
        reasons,
        alternatives: Vec::new(),
        share: Some(share),
        excluded: super::contact::Excluded::default(),
    }
}

/// «1 more item shows it», «3 more items show it».
fn items_show_it(n: usize) -> String {
    match n {
        1 => "1 more item shows it".to_owned(),
        n => format!("{n} more items show it"),
    }
}

/// Why a complete coverage table does not settle it.
pub(crate) const OPEN: &str = "The coverage table is complete, yet items of the record leave it \
     open: they refer to messages that are missing, their words or recipients are not whole, or \
     a name in the claim is not settled.";

/// «email, direct message and chat».
pub(crate) fn channels(share: &Share) -> String {
    let names: Vec<&str> = share.channels.iter().map(|line| line.channel.as_str()).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
