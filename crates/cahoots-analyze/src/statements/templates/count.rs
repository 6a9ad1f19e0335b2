//! Claims about how many messages there were.

use super::super::claim::{CountBound, Direction};
use super::super::contact::{Shown, distinct};
use super::super::judge::{Atom, Case, Ground, OPEN, channels, doubts, witnesses};
use super::super::logic::{Count, Tri};
use super::super::verdict::{Counts, Judgement, Verdict};
use super::contact::{alternatives, atom};
use crate::record::Place;

/// A and B were in contact at most, at least, or exactly n times; or A wrote so often to B.
pub(super) fn contact_count(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let (Some(n), Some(bound)) = (case.claim.count, case.claim.bound) else {
        return Judgement::not_testable("the claim gives no number");
    };
    let window = case.through();
    let only_sent = case.claim.direction == Direction::Sent;
    let contacts = ground.contacts(case);
    let shown = |contact: &super::super::contact::Contact| -> Option<Shown> {
        if only_sent { contact.sent } else { contact.best() }
    };
    let tally = |when: &dyn Fn(crate::record::Span) -> Tri| -> (Vec<Atom>, Vec<Place>, u64) {
        let mut all = Vec::new();
        for contact in &contacts.all {
            if let Some(shown) = shown(contact) {
                all.push(atom(contact.place, shown, when(ground.span(contact.place))));
            }
        }
        all.retain(|atom| atom.when != Tri::False);
        let certain: Vec<Place> =
            all.iter().filter(|atom| atom.suffices()).map(|atom| atom.place).collect();
        let open =
            contacts.open.iter().filter(|place| when(ground.span(**place)) != Tri::False).count();
        let most = all.len() as u64 + open as u64;
        (all, certain, most)
    };
    // What may have come after the statement must not count against «at most», and must not be
    // left out of «at least».
    let (before, certain_before, most_before) = tally(&|span| case.against(&window, span));
    let (within, certain_within, most_within) = tally(&|span| case.towards(&window, span));
    let share = ground.share_of_pairs(case, &window);
    let complete = share.complete && case.is_settled(ground);
    let limit = |most: u64| complete.then_some(most);
    let upper = Count { least: distinct(ground.record, &certain_before), most: limit(most_before) };
    let lower = Count { least: distinct(ground.record, &certain_within), most: limit(most_within) };
    let holds = match bound {
        CountBound::AtMost => upper.at_most(n),
        CountBound::AtLeast => lower.at_least(n),
        CountBound::Exactly => upper.at_most(n).and(lower.at_least(n)),
    };
    // What is told and cited is what the verdict rests on.
    let at_least = bound == CountBound::AtLeast;
    let (atoms, certain) =
        if at_least { (within, certain_within) } else { (before, certain_before) };
    let least = if at_least { lower.least } else { upper.least };
    let seen = atoms.len() as u64;
    let all = witnesses(ground.record, &atoms);
    let (a, b) = (case.actors_words(ground), case.others_words(ground));
    let what =
        if only_sent { format!("written by {a} to {b}") } else { format!("between {a} and {b}") };
    let when = case.time_words(&window);
    let held = format!("the record holds {} {what} {when}", messages(least));
    let mut reasons = Vec::new();
    let too_many = !at_least && upper.least <= n && seen > n;
    let (verdict, found) = match holds {
        Tri::False if complete && upper.least <= n => (
            Verdict::Contradicted,
            format!(
                "even with every doubtful one, the record holds {} {what} {when}, and is stated to \
                 be complete for {}",
                messages(most_within),
                channels(&share)
            ),
        ),
        Tri::False => (Verdict::Contradicted, held),
        _ if too_many => {
            reasons.extend(doubts(&all));
            if upper.least < certain.len() as u64 {
                reasons.push(COPIES.to_owned());
            }
            (
                Verdict::InTension,
                format!("{held}, and {seen} if every doubtful one counts and none is a copy"),
            )
        }
        Tri::True if at_least => (Verdict::Supported, held),
        Tri::True => (
            Verdict::ConsistentWithCompleteRecord,
            format!("{held}, and is stated to be complete for {}", channels(&share)),
        ),
        Tri::Unknown if bound == CountBound::Exactly && upper.least == n && seen == n => {
            reasons.push(format!(
                "That there were at least {n} is supported; that there were no more is not \
                 contradicted (coverage {}%).",
                share.percent.min(99)
            ));
            (Verdict::Supported, format!("the record holds exactly {} {what} {when}", messages(n)))
        }
        Tri::Unknown => {
            if share.complete {
                reasons.push(OPEN.to_owned());
            }
            if bound != CountBound::AtMost && lower.least < n && most_within >= n {
                reasons.push("With every doubtful item, the number would be reached.".to_owned());
            }
            (
                Verdict::NotContradicted { coverage_percent: share.percent.min(99) },
                format!("{held}; what it does not hold cannot be told"),
            )
        }
    };
    let written = |from_actor: bool| {
        let certain = contacts.all.iter().filter(|contact| certain.contains(&contact.place));
        let one = |contact: &&super::super::contact::Contact| {
            if from_actor { contact.sent.is_some() } else { contact.came.is_some() }
        };
        certain.filter(one).count() as u64
    };
    let counts = Counts { least, most: seen, sent: written(true), came: written(false), only_sent };
    let settled = matches!(verdict, Verdict::Contradicted | Verdict::Supported);
    let mut judgement = Judgement {
        quotations: Vec::new(),
        verdict,
        found,
        witnesses: all.into_iter().filter(|witness| !settled || witness.suffices).collect(),
        counts: Some(counts),
        reasons,
        alternatives: Vec::new(),
        share: Some(share),
        excluded: contacts.excluded,
    };
    alternatives(ground, case, &mut judgement);
    judgement.alternatives.push(if only_sent {
        "A count of messages both ways.".to_owned()
    } else {
        "A count of the messages of one side only.".to_owned()
    });
    judgement
}

const COPIES: &str = "Mail that one party wrote at what may be one moment was counted once.";

fn messages(n: u64) -> String {
    match n {
        0 => "no message".to_owned(),
        1 => "1 message".to_owned(),
        n => format!("{n} messages"),
    }
}
