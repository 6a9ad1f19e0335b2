//! Claims that somebody alone got something, or did not pass it on.

use std::collections::BTreeSet;

use cahoots_record::{ObjectKind, Role};

use super::super::carry::Link;
use super::super::claim::{About, after};
use super::super::contact::recipients_open;
use super::super::judge::{ARRIVED, Atom, Case, Ground, LINK, RETOLD, Shows, WHO, never};
use super::super::logic::Tri;
use super::super::verdict::Judgement;
use super::contact::alternatives;
use crate::record::{Party, Place, Span, Tie};

/// A was the only recipient of X. What A itself sent on is another matter (`not_forwarded`).
pub(super) fn was_only_recipient(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let record = ground.record;
    let window = case.through();
    let against = |span: Span| case.against(&window, span);
    let carriers = ground.carriers(&case.claim.about);
    let named = |link: Link| matches!(link, Link::Itself | Link::Shares | Link::SharesWeak);
    let itself: Vec<Place> =
        carriers.items.iter().filter(|(_, link)| named(**link)).map(|(place, _)| *place).collect();
    if itself.iter().all(|place| !record.row(*place).is_private_message()) {
        return Judgement::not_testable("what the claim is about is no private message");
    }
    let writers: BTreeSet<Party> = itself
        .iter()
        .flat_map(|place| record.authors(*place))
        .map(|author| author.party)
        .filter(|party| !case.actors.has(*party))
        .collect();
    let by_writer = |place: Place| record.authors(place).any(|by| writers.contains(&by.party));
    let by_actor = |place: Place| record.authors(place).any(|by| case.actors.has(by.party));
    let mut atoms: Vec<Atom> = Vec::new();
    let mut got_it = false;
    let accounts = &ground.options.probable_accounts;
    let doubtful = |place: Place| record.authors(place).any(|by| accounts.contains(&by.account));
    let writers_doubtful = itself.iter().any(|place| doubtful(*place));
    for (place, link) in &carriers.items {
        let row = record.row(*place);
        if !row.is_private_message() || row.flags.automated || by_actor(*place) {
            continue;
        }
        if !named(*link) && !by_writer(*place) {
            continue;
        }
        let when = against(row.span);
        let mut best: Option<Atom> = None;
        for taker in record.addressees(*place) {
            if record.wrote(taker.party, *place) {
                continue;
            }
            if case.actors.has(taker.party) {
                got_it |= named(*link) && !row.flags.recovered && when == Tri::True;
                continue;
            }
            let mut doubts = Vec::new();
            if *link == Link::SharesWeak {
                doubts.push(LINK);
            }
            // Group members may have joined later; a quoted header may be cut.
            if taker.role == Role::Member || row.flags.recovered {
                doubts.push(ARRIVED);
            }
            let unsettled = !case.actors.is_confirmed() || !case.actors.unknown.is_empty();
            let by_whom = !named(*link) && (writers_doubtful || doubtful(*place));
            if unsettled || by_whom || accounts.contains(&taker.account) {
                doubts.push(WHO);
            }
            let grade = match taker.role {
                _ if row.flags.recovered => 6,
                Role::To => 3,
                Role::Bcc => 5,
                _ => 4,
            };
            let atom = Atom { place: *place, grade, when, doubts };
            let better =
                |known: &Atom| (atom.doubts.len(), grade) < (known.doubts.len(), known.grade);
            if best.as_ref().is_none_or(better) {
                best = Some(atom);
            }
        }
        atoms.extend(best);
    }
    let from: Vec<Party> = writers.iter().copied().collect();
    let share = ground.share_of_each(&from, ground.covered.private(), &window);
    let open = |place: &Place| {
        record.authors(*place).next().is_none()
            || doubtful(*place)
            || recipients_open(record, *place)
            || record.row(*place).flags.recovered
    };
    let may = ground.may.iter().any(|place| {
        by_writer(*place)
            && carriers.link(*place).is_none()
            && against(ground.span(*place)) != Tri::False
    });
    let lists_open = record.places().any(|place| {
        by_writer(place) && carriers.link(place).is_some() && recipients_open(record, place)
    });
    let exact = matches!(case.claim.about, About::Items(_));
    let closed = case.is_settled(ground)
        && exact
        && got_it
        && !from.is_empty()
        && !itself.iter().any(open)
        && !lists_open
        && !may;
    let what = format!(
        "another recipient of {} than {} {}",
        case.about_words(),
        case.actors_words(ground),
        case.time_words(&window)
    );
    let mut judgement = never(record, &atoms, share, closed, &Shows { what });
    if !got_it {
        judgement.reasons.push(format!(
            "The record does not show {} among the recipients.",
            case.actors_words(ground)
        ));
    }
    if itself.iter().any(|place| recipients_open(record, *place)) {
        judgement.reasons.push("The list of recipients is not known to be whole.".to_owned());
    }
    alternatives(ground, case, &mut judgement);
    judgement
}

/// Objects that show the thing itself in another message, not only an address that is mentioned.
const fn is_content(kind: ObjectKind) -> bool {
    matches!(
        kind,
        ObjectKind::Attachment | ObjectKind::Text | ObjectKind::Status | ObjectKind::Image
    )
}

/// A did not forward X.
pub(super) fn not_forwarded(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let record = ground.record;
    let window = case.through();
    let against = |span: Span| case.against(&window, span);
    let carriers = ground.carriers(&case.claim.about);
    let things: Vec<_> = carriers
        .things(record)
        .into_iter()
        .filter(|thing| record.things.get(thing.0 as usize).is_some_and(|t| is_content(t.kind)))
        .collect();
    let to_another = |place: Place, by: Party| {
        record.row(place).is_public() || record.addressees(place).any(|taker| taker.party != by)
    };
    let accounts = &ground.options.probable_accounts;
    let mut atoms: Vec<Atom> = Vec::new();
    for place in record.places() {
        let row = record.row(place);
        let Some(author) = record.authors(place).find(|by| case.actors.has(by.party)) else {
            continue;
        };
        if row.flags.automated || !to_another(place, author.party) {
            continue;
        }
        let link = carriers.link(place);
        let forwards =
            record.tied(place, Tie::Forwards).any(|other| carriers.link(other).is_some());
        let shares = link != Some(Link::Itself)
            && record.things(place).iter().any(|thing| things.contains(thing));
        let mut when = against(row.span);
        let mut doubts = Vec::new();
        match link {
            _ if forwards => {}
            // The object itself, in a message by somebody who had got it before.
            Some(Link::Shares | Link::SharesWeak) => {
                let earlier = carriers.items.keys().filter(|other| **other != place);
                let got = earlier.filter(|other| record.received(author.party, **other));
                let later = Tri::any(got.map(|other| after(row.span, ground.span(*other))));
                if later == Tri::False {
                    continue;
                }
                when = when.and(later);
                if link == Some(Link::SharesWeak) {
                    doubts.push(LINK);
                }
            }
            Some(Link::Attached | Link::TellsOf | Link::Forwards) => doubts.push(RETOLD),
            None if shares => {
                let first = carriers.items.keys().map(|other| after(row.span, ground.span(*other)));
                when = when.and(Tri::any(first));
                doubts.push(RETOLD);
            }
            Some(Link::Itself) | None => continue,
        }
        if row.flags.recovered {
            doubts.push(ARRIVED);
        }
        if !case.actors.is_sure(author, accounts) {
            doubts.push(WHO);
        }
        atoms.push(Atom { place, grade: if row.flags.recovered { 6 } else { 1 }, when, doubts });
    }
    // What was passed on in public counts too.
    let channels = [ground.covered.private(), ground.covered.public()].concat();
    let share = ground.share_of_each(&case.actors.parties, &channels, &window);
    let unseen = record.places().any(|place| {
        let ours = record.authors(place).any(|by| case.actors.has(by.party));
        let whole = !ground.may.contains(&place) && !recipients_open(record, place);
        ours && !whole && against(ground.span(place)) != Tri::False
    });
    let authorless = record.places().any(|place| {
        record.row(place).is_private_message()
            && record.authors(place).next().is_none()
            && against(ground.span(place)) != Tri::False
    });
    let exact = matches!(case.claim.about, About::Items(_));
    let closed = case.is_settled(ground) && exact && !unseen && !authorless;
    let what = format!(
        "{} passing on {} {}",
        case.actors_words(ground),
        case.about_words(),
        case.time_words(&window)
    );
    let mut judgement = never(record, &atoms, share, closed, &Shows { what });
    alternatives(ground, case, &mut judgement);
    judgement
}
