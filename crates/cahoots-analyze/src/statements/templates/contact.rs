//! Claims that there was no contact, or that the first or last contact was on a day.

use std::collections::{BTreeMap, BTreeSet};

use super::super::carry::reacted;
use super::super::claim::{Window, after};
use super::super::contact::{Contacts, Shown};
use super::super::judge::{ARRIVED, Atom, Case, Ground, Shows, WHO, channels, never};
use super::super::logic::Tri;
use super::super::verdict::{Judgement, Verdict};
use crate::record::{Party, Place, Span};

/// An atom of contact.
pub(super) fn atom(place: Place, shown: Shown, when: Tri) -> Atom {
    let mut doubts = Vec::new();
    if shown.unsure {
        doubts.push(WHO);
    }
    if shown.grade > 3 {
        doubts.push(ARRIVED);
    }
    Atom { place, grade: shown.grade, when, doubts }
}

/// The contacts as atoms, each with whether it falls into some time.
fn atoms(ground: &Ground<'_>, contacts: &Contacts, when: impl Fn(Span) -> Tri) -> Vec<Atom> {
    let contacts = contacts.all.iter();
    contacts
        .filter_map(|contact| {
            let atom = atom(contact.place, contact.best()?, when(ground.span(contact.place)));
            Some(Atom { grade: contact.directness(), ..atom })
        })
        .collect()
}

/// What actors wrote to others in answer to, passing on or retelling a message of a counterpart:
/// it shows in their own hand that there was contact, and that it was no later than this.
fn retold(
    ground: &Ground<'_>,
    case: &Case<'_>,
    contacts: &Contacts,
    starts: bool,
    when: impl Fn(Span) -> Tri,
) -> Vec<Atom> {
    let record = ground.record;
    let direct: BTreeSet<Place> = contacts.all.iter().map(|contact| contact.place).collect();
    let mut found: BTreeMap<Place, Atom> = BTreeMap::new();
    for contact in contacts.all.iter().filter(|contact| contact.came.is_some()) {
        let own = when(ground.span(contact.place));
        let addressed: BTreeSet<Party> = record
            .addressees(contact.place)
            .map(|taker| taker.party)
            .filter(|party| case.actors.has(*party))
            .collect();
        let sure_writer = record.authors(contact.place).any(|by| {
            case.others.has(by.party) && case.others.is_sure(by, &ground.options.probable_accounts)
        });
        if own == Tri::False || record.row(contact.place).flags.recovered {
            continue;
        }
        for party in addressed {
            if record.wrote(party, contact.place) {
                continue;
            }
            for place in reacted(record, &ground.back, contact.place, party) {
                if direct.contains(&place) {
                    continue;
                }
                // Where the time claimed has a start, the contact itself must lie after it.
                let then = when(ground.span(place));
                let then = if starts { then.and(own) } else { then };
                let sure = record
                    .authors(place)
                    .filter(|by| by.party == party)
                    .any(|by| case.actors.is_sure(by, &ground.options.probable_accounts));
                let doubts = if sure && sure_writer { Vec::new() } else { vec![WHO] };
                let atom = Atom { place, grade: 1, when: then, doubts };
                let known = found.entry(place).or_insert_with(|| atom.clone());
                if !known.suffices() && atom.suffices() {
                    *known = atom;
                }
            }
        }
    }
    found.into_values().collect()
}

/// Whether no message of one side may be to the other unseen.
pub(super) fn none_open(
    ground: &Ground<'_>,
    contacts: &Contacts,
    when: impl Fn(Span) -> Tri,
) -> bool {
    contacts.open.iter().all(|place| when(ground.span(*place)) == Tri::False)
}

/// How else contact may be read.
pub(super) fn alternatives(ground: &Ground<'_>, case: &Case<'_>, judgement: &mut Judgement) {
    let record = ground.record;
    let places: Vec<Place> =
        judgement.witnesses.iter().filter_map(|witness| record.by_id(witness.item.0)).collect();
    if places.is_empty() {
        return;
    }
    let mut say = |words: String| judgement.alternatives.push(words);
    say("Somebody else wrote or read at the account: an assistant, a shared mailbox.".to_owned());
    let by_name = places.iter().flat_map(|place| record.takers(*place)).any(|taker| {
        let ours = case.actors.has(taker.party) || case.others.has(taker.party);
        let account = record.accounts.get(taker.account as usize);
        ours && account.is_some_and(|account| account.key.as_str().starts_with("name:"))
    });
    if by_name {
        say("An item gives a name and no account: somebody else of the same name.".to_owned());
    }
    if places.iter().any(|place| record.row(*place).medium == cahoots_record::Medium::Email) {
        say("An automatic reply or list mail that bears no mark of one.".to_owned());
    }
    if places.iter().any(|place| record.row(*place).flags.summary) {
        say("The words of an item are a summary by whoever compiled the record.".to_owned());
    }
    let assumed = |place: &Place| {
        let detail = record.details.get(place).and_then(|detail| detail.get("time"));
        detail.and_then(|time| time.get("zone_assumed")).is_some()
    };
    if places.iter().any(assumed) {
        say("The zone of an item's time is an assumption by whoever compiled the record."
            .to_owned());
    }
}

/// Says so where all messages in the time claimed went one way.
fn one_way(
    ground: &Ground<'_>,
    case: &Case<'_>,
    contacts: &Contacts,
    when: impl Fn(Span) -> Tri,
    judgement: &mut Judgement,
) {
    let mut within = contacts.all.iter().filter(|one| when(ground.span(one.place)) != Tri::False);
    let (mut sent, mut came) = (0_u64, 0_u64);
    for contact in &mut within {
        sent += u64::from(contact.sent.is_some());
        came += u64::from(contact.came.is_some());
    }
    let who = match (sent, came) {
        (0, 0) => return,
        (_, 0) => case.actors_words(ground),
        (0, _) => case.others_words(ground),
        _ => return,
    };
    judgement.alternatives.push(format!(
        "Every message was written by one side ({who}): whether receiving is contact depends on \
         the words spoken."
    ));
}

/// A and B were not in contact (before D).
pub(super) fn no_contact(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let window = case.before();
    let against = |span: Span| case.against(&window, span);
    let contacts = ground.contacts(case);
    let what = format!(
        "contact of {} with {} {}",
        case.actors_words(ground),
        case.others_words(ground),
        case.time_words(&window)
    );
    let closed = case.is_settled(ground) && none_open(ground, &contacts, against);
    let share = ground.share_of_pairs(case, &window);
    let mut found = atoms(ground, &contacts, against);
    found.extend(retold(ground, case, &contacts, window.start.is_some(), against));
    let mut judgement = never(ground.record, &found, share, closed, &Shows { what });
    judgement.excluded = contacts.excluded;
    alternatives(ground, case, &mut judgement);
    one_way(ground, case, &contacts, against, &mut judgement);
    judgement
}

/// The day named: from the first moment of its start to the last moment of its end.
fn day(case: &Case<'_>) -> Option<(Window, String)> {
    let first = case.claim.from.as_ref().or(case.claim.until.as_ref())?;
    let last = case.claim.until.as_ref().or(case.claim.from.as_ref())?;
    let label = if first.label == last.label {
        first.label.clone()
    } else {
        format!("{} to {}", first.label, last.label)
    };
    Some((Window { start: Some(first.first), end: last.last, end_included: true }, label))
}

/// The first contact was at D: none earlier, and one then.
pub(super) fn first_contact(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let Some((day, label)) = day(case) else {
        return Judgement::not_testable("the claim names no time");
    };
    let start = day.start.unwrap_or(Span::UNKNOWN);
    let earlier = Window { start: None, end: start, end_included: false };
    let needed = Window { start: None, ..day };
    edge(ground, case, &day, &needed, &label, false, |span| case.against(&earlier, span))
}

/// The last contact was at D: none later until the statement was made, and one then.
pub(super) fn last_contact(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let Some((day, label)) = day(case) else {
        return Judgement::not_testable("the claim names no time");
    };
    let made = case.made;
    // The statement may lie within the day; the day is needed to its end in any case.
    let needed = Window { end: Span { lo: made.lo, hi: made.hi.max(day.end.hi) }, ..day };
    edge(ground, case, &day, &needed, &label, true, |span| {
        after(span, day.end).and(!after(span, made))
    })
}

fn edge(
    ground: &Ground<'_>,
    case: &Case<'_>,
    day: &Window,
    needed: &Window,
    label: &str,
    later: bool,
    against: impl Fn(Span) -> Tri,
) -> Judgement {
    let contacts = ground.contacts(case);
    let (a, b) = (case.actors_words(ground), case.others_words(ground));
    let side = if later { "after" } else { "before" };
    let what = format!("contact of {a} with {b} {side} {label}");
    let settled = case.is_settled(ground);
    let either = |span: Span| against(span).or(day.holds(span));
    let share = ground.share_of_pairs(case, needed);
    let on_the_day = atoms(ground, &contacts, |span| day.holds(span));
    let then = Tri::any(on_the_day.iter().map(|atom| match atom.suffices() {
        true => Tri::True,
        false => atom.when.and(Tri::Unknown),
    }));
    let closed = settled && none_open(ground, &contacts, either) && then == Tri::True;
    let none_then = share.complete
        && settled
        && then == Tri::False
        && none_open(ground, &contacts, |span| day.holds(span));
    let mut found = atoms(ground, &contacts, &against);
    if !later {
        found.extend(retold(ground, case, &contacts, false, &against));
    }
    let mut judgement = never(ground.record, &found, share, closed, &Shows { what });
    if judgement.verdict != Verdict::Contradicted && none_then {
        let line = judgement.share.as_ref().map(channels).unwrap_or_default();
        judgement.verdict = Verdict::Contradicted;
        judgement.found = format!(
            "no item shows contact of {a} with {b} on {label}, and the record is stated to be \
             complete for {line}"
        );
        judgement.reasons.clear();
    } else {
        judgement.reasons.push(match then {
            Tri::True => format!("The record shows contact on {label}."),
            Tri::Unknown => format!("Whether there was contact on {label} is open."),
            Tri::False => format!("The record shows no contact on {label}."),
        });
    }
    judgement.excluded = contacts.excluded;
    alternatives(ground, case, &mut judgement);
    judgement
}
