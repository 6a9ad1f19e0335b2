//! The templates that a claim may be put in, one family a file.

mod acts;
mod contact;
mod content;
mod count;
mod passing;
mod quoted;

use cahoots_record::Template;

use super::claim::{About, Claim};
use super::contact::Side;
use super::judge::{Case, Ground};
use super::verdict::Judgement;
use crate::record::Span;

/// Tests a claim made at a time.
pub(crate) fn judge(ground: &Ground<'_>, made: Span, claim: &Claim) -> Judgement {
    let Some(template) = claim.template else {
        return Judgement::not_testable("no template was chosen");
    };
    if let Some(text) = claim.unread_times.first() {
        return Judgement::not_testable(&format!("the time «{text}» could not be read"));
    }
    let case = Case {
        claim,
        made,
        actors: Side::of(ground.record, &claim.actors),
        others: Side::of(ground.record, &claim.counterparts),
    };
    if let Some(why) = unfit(ground, template, &case) {
        return Judgement::not_testable(&why);
    }
    let mut judgement = match template {
        Template::NoContact => contact::no_contact(ground, &case),
        Template::FirstContact => contact::first_contact(ground, &case),
        Template::LastContact => contact::last_contact(ground, &case),
        Template::ContactCount => count::contact_count(ground, &case),
        Template::DidNotKnow => content::did_not_know(ground, &case),
        Template::NeverDiscussed => content::never_discussed(ground, &case),
        Template::Told => content::told(ground, &case),
        Template::DidNotActOn => acts::did_not_act_on(ground, &case),
        Template::WasOnlyRecipient => passing::was_only_recipient(ground, &case),
        Template::NotForwarded => passing::not_forwarded(ground, &case),
        Template::Quoted => quoted::quoted(ground, &case),
    };
    for (name, side) in [("actors", &case.actors), ("counterparts", &case.others)] {
        if !side.unknown.is_empty() {
            judgement.reasons.push(format!(
                "Of the {name}, the record knows nobody named {}.",
                side.unknown.join(", ")
            ));
        }
    }
    if claim.until.as_ref().is_some_and(|until| made.hi < until.first.lo) {
        judgement.reasons.push(
            "The time claimed ends after the statement was made; only what came before the \
             statement was tested."
                .to_owned(),
        );
    }
    judgement
}

/// What keeps a claim from being tested.
fn unfit(ground: &Ground<'_>, template: Template, case: &Case<'_>) -> Option<String> {
    use Template as T;
    let claim = case.claim;
    let two_sides = matches!(
        template,
        T::NoContact
            | T::FirstContact
            | T::LastContact
            | T::ContactCount
            | T::NeverDiscussed
            | T::Told
    );
    for (name, side, needed) in
        [("actors", &case.actors, template != T::Quoted), ("counterparts", &case.others, two_sides)]
    {
        if needed && side.parties.is_empty() {
            return Some(match side.unknown.as_slice() {
                [] => format!("the claim names no {name}"),
                names => format!("the record knows none of the {name} ({})", names.join(", ")),
            });
        }
    }
    let apart = case.actors.parties.iter().any(|a| case.others.parties.iter().any(|b| b != a));
    if two_sides && !apart {
        return Some("both sides of the claim are one party".to_owned());
    }
    let needs_about = matches!(
        template,
        T::DidNotKnow
            | T::NeverDiscussed
            | T::Told
            | T::DidNotActOn
            | T::WasOnlyRecipient
            | T::NotForwarded
            | T::Quoted
    );
    if needs_about {
        match &claim.about {
            About::None => return Some("the claim does not say what it is about".to_owned()),
            About::Unresolved(words) => {
                return Some(format!("the record holds nothing named «{words}»"));
            }
            About::Items(places) if places.is_empty() => {
                return Some("the record holds nothing of what the claim is about".to_owned());
            }
            About::Thing(thing) if ground.record.things.get(thing.0 as usize).is_none() => {
                return Some("the record holds nothing of what the claim is about".to_owned());
            }
            _ => {}
        }
    }
    if matches!(template, T::FirstContact | T::LastContact)
        && claim.from.is_none()
        && claim.until.is_none()
    {
        return Some("the claim names no time".to_owned());
    }
    if template == T::ContactCount && (claim.count.is_none() || claim.bound.is_none()) {
        return Some("the claim gives no number, or does not say how it is bounded".to_owned());
    }
    if case.through().is_inverted() || case.before().is_inverted() {
        return Some("the time claimed ends before it starts".to_owned());
    }
    None
}
