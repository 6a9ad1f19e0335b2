//! Claims about who knew, discussed or was told of something.

use super::super::carry::{Carriers, Link};
use super::super::contact::{Contacts, Excluded};
use super::super::judge::{
    Atom, Case, Ground, LINK, OPEN, RECEIVED, Shows, WHO, channels, doubts, never, witnesses,
};
use super::super::logic::Tri;
use super::super::verdict::{Judgement, Verdict, items_show};
use super::contact::{alternatives, atom, none_open};
use crate::record::{Span, Taker};

/// A did not know X by D. Nothing makes a record complete for this: X may be learned from anybody.
pub(super) fn did_not_know(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let window = case.before();
    let carriers = ground.carriers(&case.claim.about);
    let mut atoms: Vec<Atom> = Vec::new();
    let mut slight = 0_usize;
    for party in &case.actors.parties {
        let whole = case.claim.until.as_ref().map_or(case.made, |until| until.whole());
        for (grade, item, span) in ground.told(*party, &case.claim.about, whole, Some(&carriers)) {
            let Some(place) = ground.record.by_id(item.0) else { continue };
            let when = case.against(&window, span);
            if when == Tri::False {
                continue;
            }
            if grade > 3 {
                slight += 1;
                continue;
            }
            // It rests on the account that wrote the item; where that is another's, on the one
            // that the item was addressed to.
            let accounts = &ground.options.probable_accounts;
            let sure = |t: Taker| case.actors.is_sure(t, accounts);
            let ours = |t: &Taker| t.party == *party;
            let wrote = ground.record.authors(place).filter(ours);
            let sure = if ground.record.wrote(*party, place) {
                wrote.into_iter().any(sure)
            } else {
                ground.record.takers(place).iter().copied().filter(ours).any(sure)
            };
            let mut doubts = Vec::new();
            if !sure {
                doubts.push(WHO);
            }
            if grade > 1 {
                doubts.push(RECEIVED);
            }
            atoms.push(Atom { place, grade, when, doubts });
        }
    }
    let share = ground.share_of_each(&case.actors.parties, ground.covered.private(), &window);
    let percent = share.percent;
    let what = format!(
        "that {} had {} {}",
        case.actors_words(ground),
        case.about_words(),
        case.time_words(&window)
    );
    let mut judgement = never(ground.record, &atoms, share, false, &Shows { what });
    if let Verdict::NotContradicted { coverage_percent } = &mut judgement.verdict {
        *coverage_percent = percent;
        judgement.reasons.clear();
        judgement.reasons.push(
            "Things are learned from anybody and in any way, so no record is complete for this."
                .to_owned(),
        );
    }
    if slight > 0 {
        judgement.reasons.push(format!(
            "{} this only by a copy, a group, a blind copy or a quotation; that was not counted.",
            items_show(slight)
        ));
    }
    alternatives(ground, case, &mut judgement);
    judgement
}

/// Messages between the two sides that carry what the claim is about.
fn carrying(
    ground: &Ground<'_>,
    contacts: &Contacts,
    carriers: &Carriers,
    only_sent: bool,
    when: impl Fn(Span) -> Tri,
) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for contact in &contacts.all {
        let shown = if only_sent { contact.sent } else { contact.best() };
        let (Some(shown), Some(link)) = (shown, carriers.link(contact.place)) else { continue };
        let mut atom = atom(contact.place, shown, when(ground.span(contact.place)));
        if link == Link::SharesWeak {
            atom.doubts.push(LINK);
        }
        atoms.push(atom);
    }
    atoms
}

/// Whether every message between the two sides is whole enough to see what it carries, and none
/// may be to the other side unseen.
fn all_whole(
    ground: &Ground<'_>,
    case: &Case<'_>,
    contacts: &Contacts,
    when: impl Fn(Span) -> Tri,
) -> bool {
    let whole = contacts.all.iter().all(|contact| {
        !ground.may.contains(&contact.place) || when(ground.span(contact.place)) == Tri::False
    });
    whole && case.is_settled(ground) && none_open(ground, contacts, when)
}

/// A and B never discussed X: no message between them carries it.
pub(super) fn never_discussed(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let window = case.through();
    let against = |span: Span| case.against(&window, span);
    let (contacts, carriers) = (ground.contacts(case), ground.carriers(&case.claim.about));
    let atoms = carrying(ground, &contacts, &carriers, false, against);
    let closed = all_whole(ground, case, &contacts, against);
    let what = format!(
        "a message between {} and {} that carries {} {}",
        case.actors_words(ground),
        case.others_words(ground),
        case.about_words(),
        case.time_words(&window)
    );
    let share = ground.share_of_pairs(case, &window);
    let mut judgement = never(ground.record, &atoms, share, closed, &Shows { what });
    judgement.excluded = contacts.excluded;
    alternatives(ground, case, &mut judgement);
    judgement
}

/// A told B of X by D: a positive claim.
pub(super) fn told(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let window = case.through();
    let towards = |span: Span| case.towards(&window, span);
    let (contacts, carriers) = (ground.contacts(case), ground.carriers(&case.claim.about));
    let atoms = carrying(ground, &contacts, &carriers, true, towards);
    let closed = all_whole(ground, case, &contacts, towards);
    let share = ground.share_of_pairs(case, &window);
    let what = format!(
        "that {} sent {} {} {}",
        case.actors_words(ground),
        case.others_words(ground),
        case.about_words(),
        case.time_words(&window)
    );
    let mut judgement = positive(ground, atoms, share, closed, &what);
    judgement.excluded = contacts.excluded;
    alternatives(ground, case, &mut judgement);
    judgement
        .alternatives
        .push("It was told by voice or in person, which no archive of messages holds.".to_owned());
    judgement
}

/// The verdict on «there was one of these».
fn positive(
    ground: &Ground<'_>,
    atoms: Vec<Atom>,
    share: super::super::coverage::Share,
    closed: bool,
    what: &str,
) -> Judgement {
    let all = witnesses(ground.record, &atoms);
    let certain = all.iter().filter(|witness| witness.suffices).count();
    let mut reasons = Vec::new();
    let (verdict, found) = if certain > 0 {
        (Verdict::Supported, format!("{} {what}", items_show(certain)))
    } else if all.is_empty() && share.complete && closed {
        let found = format!(
            "no item shows {what}, and the record is stated to be complete for {}",
            channels(&share)
        );
        (Verdict::Contradicted, found)
    } else {
        reasons.extend(doubts(&all));
        if share.complete && !closed {
            reasons.push(OPEN.to_owned());
        }
        let found = match all.len() {
            0 => {
                format!("no item of the record shows {what}; what it does not hold cannot be told")
            }
            1 => format!("1 item of the record may show {what}; it does not settle it"),
            n => format!("{n} items of the record may show {what}; none of them settles it"),
        };
        (Verdict::NotContradicted { coverage_percent: share.percent.min(99) }, found)
    };
    let witnesses = all.into_iter().filter(|witness| certain == 0 || witness.suffices).collect();
    Judgement {
        quotations: Vec::new(),
        verdict,
        found,
        witnesses,
        counts: None,
        reasons,
        alternatives: Vec::new(),
        share: Some(share),
        excluded: Excluded::default(),
    }
}
