//! Claims that somebody did not act on something.

use cahoots_record::ItemKind;

use super::super::carry::Link;
use super::super::claim::{About, after};
use super::super::judge::{Atom, BEARS, Case, Ground, LINK, Shows, WHO, never};
use super::super::logic::Tri;
use super::super::verdict::Judgement;
use super::contact::alternatives;
use crate::record::{Place, Span, Tie};

/// A did not act on X: no public item of A, later than X, carries it or an object that two items
/// do not share by accident. That it shows an act says nothing about why.
pub(super) fn did_not_act_on(ground: &Ground<'_>, case: &Case<'_>) -> Judgement {
    let record = ground.record;
    let window = case.through();
    let against = |span: Span| case.against(&window, span);
    let carriers = ground.carriers(&case.claim.about);
    let things = carriers.things(record);
    let items: &[Place] = match &case.claim.about {
        About::Items(places) => places,
        _ => &[],
    };
    // Later than the item that it has something in common with.
    let later = |place: Place, shares: &dyn Fn(Place) -> bool| {
        let shared = items.iter().filter(|item| shares(**item));
        Tri::any(shared.map(|item| after(ground.span(place), ground.span(*item))))
    };
    let mut atoms: Vec<Atom> = Vec::new();
    for place in record.places() {
        let row = record.row(place);
        if !row.is_public() || row.kind == ItemKind::Statement {
            continue;
        }
        let Some(author) = record.authors(place).find(|by| case.actors.has(by.party)) else {
            continue;
        };
        let link = carriers.link(place);
        let mut doubts = Vec::new();
        let after_it = if items.is_empty() {
            match link {
                Some(Link::SharesWeak) => doubts.push(LINK),
                Some(_) => {}
                None => continue,
            }
            Tri::True
        } else {
            let here = record.things(place);
            let shares = |item: Place| {
                let there = record.things(item);
                here.iter().any(|thing| things.contains(thing) && there.contains(thing))
            };
            let tied = |item: Place| {
                let ties = record.ties.of(place.0).iter();
                ties.clone().any(|(tie, other)| {
                    *other == item && matches!(tie, Tie::Forwards | Tie::Answers)
                })
            };
            let about = |item: Place| {
                let mut ties = record.ties.of(place.0).iter();
                ties.any(|(tie, other)| *other == item && matches!(tie, Tie::About | Tie::TellsOf))
            };
            let strong = later(place, &|item| item != place && (shares(item) || tied(item)));
            let weak = later(place, &|item| item != place && about(item));
            if strong == Tri::False && weak == Tri::False {
                continue;
            }
            if strong >= weak {
                strong
            } else {
                doubts.push(BEARS);
                weak
            }
        };
        if !case.actors.is_sure(author, &ground.options.probable_accounts) {
            doubts.push(WHO);
        }
        atoms.push(Atom { place, grade: 1, when: against(row.span).and(after_it), doubts });
    }
    let share = ground.share_of_each(&case.actors.parties, ground.covered.public(), &window);
    let unseen = record.places().any(|place| {
        let row = record.row(place);
        let ours = record.authors(place).any(|by| case.actors.has(by.party));
        let whole = !ground.may.contains(&place);
        let unsigned = record.authors(place).next().is_none();
        row.is_public() && (unsigned || ours && !whole) && against(row.span) != Tri::False
    });
    let x_whole = items.iter().all(|place| !ground.may.contains(place));
    let closed = case.is_settled(ground) && !unseen && x_whole;
    let what = format!(
        "a public act of {} that carries {} {}",
        case.actors_words(ground),
        case.about_words(),
        case.time_words(&window)
    );
    let mut judgement = never(record, &atoms, share, closed, &Shows { what });
    judgement
        .reasons
        .push("Acts that are not published are in no record of public items.".to_owned());
    if !atoms.is_empty() {
        judgement.alternatives.push("The act has another cause.".to_owned());
        let first = atoms.iter().map(|atom| atom.place).min();
        let common = |place: Place| {
            let here = record.things(place);
            record.row(place).is_public()
                && !record.authors(place).any(|by| case.actors.has(by.party))
                && here.iter().any(|thing| things.contains(thing))
        };
        let before = record.places().take_while(|place| Some(*place) != first);
        if before.into_iter().any(common) {
            judgement.alternatives.push("The same was public before the act.".to_owned());
        }
    }
    alternatives(ground, case, &mut judgement);
    judgement
}
