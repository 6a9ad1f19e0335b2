//! The finding in sentences, and what it cannot tell.
//!
//! A sentence says what an item shows and no more: «received», never «knew»; «no item shows it»,
//! never «was not told». Times are said in the zone of the case, with its name and their doubt.

use super::public::Lead;
use super::shown::{Edge, How, Label, Origin, Told};
use super::{Could, Exposure, FirstPublic, Gap, Grade, Question, Sentence};
use crate::finding::Cite;
use crate::record::words::{Clock, between, length};
use crate::record::{Record, SECOND, Tie};

/// How many parties are named in one sentence.
const NAMED: usize = 12;

/// How many parties have a sentence of their own.
const SAID: usize = 60;

/// The summary: who wrote it first, who was told and when, first public appearance, leads, and
/// what no item shows.
pub fn sentences(record: &Record, found: &Exposure) -> Vec<Sentence> {
    let (mut out, clock) = (Vec::new(), Clock::of(record));
    if found.told.is_empty() {
        let words = "No item of the record shows anybody with it.".to_owned();
        out.push(Sentence { words, cites: found.items.iter().map(|item| item.item).collect() });
    }
    out.extend(wrote_first(&found.origins, &clock));
    let had = |origin: &&Origin| origin.how != How::Wrote;
    out.extend(found.origins.iter().filter(had).map(|origin| had_from(origin, &clock)));
    let each: Vec<Sentence> =
        found.told.iter().filter_map(|told| told_one(told, found, &clock)).collect();
    let more = each.len().saturating_sub(SAID);
    out.extend(each.into_iter().take(SAID));
    if more > 0 {
        let words = format!("{more} more parties are in the table of those told.");
        out.push(Sentence { words, cites: Vec::new() });
    }
    out.extend(found.public.as_ref().map(|public| first_public(public, found, &clock)));
    out.extend(leads(found));
    out.extend(open_lists(found));
    for who in &found.no_item_shows {
        let words = format!("No item of the record shows that {} was told of it.", who.name);
        out.push(Sentence { words, cites: Vec::new() });
    }
    for holder in &found.holders {
        let words = format!(
            "The archive of {} holds a copy that does not name {} as author or recipient; when \
             and how it came there is not shown.",
            holder.who.name, holder.who.name
        );
        out.push(Sentence { words, cites: vec![holder.item] });
    }
    out.extend(found.unseen.iter().map(|gap| unseen(gap, &clock)));
    out.extend(found.could.as_ref().map(|could| could_have(record, could)));
    out
}

fn wrote_first(origins: &[Origin], clock: &Clock) -> Option<Sentence> {
    let first: Vec<&Origin> = origins.iter().filter(|origin| origin.may_be_first).collect();
    let cites = first.iter().flat_map(|origin| origin.items.iter().copied()).collect();
    let words = match first.as_slice() {
        [] => return None,
        [one] => format!(
            "In this record {} wrote it first, {}{}.",
            one.who.name,
            clock.when(one.when),
            if one.order_unknown { "; whether others had told them before is open" } else { "" }
        ),
        several => format!(
            "In this record {} may have written it first; their times leave the order open.",
            list(several.iter().map(|origin| origin.who.name.as_str()))
        ),
    };
    Some(Sentence { words, cites })
}

fn had_from(origin: &Origin, clock: &Clock) -> Sentence {
    let did = match origin.how {
        How::Forwarded => "forwarded it",
        How::Retold => "told of it",
        How::Answered => "answered it",
        _ => "wrote it",
    };
    let how = if origin.order_unknown {
        "whether any of the items in the record brought it to them before is open"
    } else {
        "no item shows how it came to them"
    };
    let words = format!("{} {did}, {}; {how}.", origin.who.name, clock.when(origin.when));
    Sentence { words, cites: origin.items.clone() }
}

/// «Cy received it from Ada on 2 March 2021, 09:00 UTC (grade 3: …); answered it on …».
fn told_one(told: &Told, found: &Exposure, clock: &Clock) -> Option<Sentence> {
    // Those who wrote it first, and those whom nobody is shown to have told, have their sentence.
    let origin = found.origins.iter().find(|origin| origin.who == told.who);
    let said = origin.is_some_and(|origin| origin.may_be_first || origin.how != How::Wrote);
    if said && told.labels.iter().all(|label| label.how != How::Received) {
        return None;
    }
    let parts: Vec<String> = told.labels.iter().map(|label| part(label, clock)).collect();
    let words = format!("{} {}.", told.who.name, parts.join("; "));
    let mut cites: Vec<Cite> = Vec::new();
    for cite in told.labels.iter().flat_map(|label| &label.items) {
        if !cites.contains(cite) {
            cites.push(*cite);
        }
    }
    Some(Sentence { words, cites })
}

fn part(label: &Label, clock: &Clock) -> String {
    let from = list(label.told_by.iter().map(|who| who.name.as_str()));
    let did = match (label.how, from.is_empty(), label.grade) {
        (How::Received, _, Grade::Quoted) => "got it in a quotation or behind a link".to_owned(),
        (How::Received, true, _) => "received it".to_owned(),
        (How::Received, false, _) => format!("received it from {from}"),
        (How::Wrote, ..) => "wrote it".to_owned(),
        (How::Forwarded, ..) => "forwarded it".to_owned(),
        (How::Retold, ..) => "told of it".to_owned(),
        (How::Answered, ..) => "answered it".to_owned(),
    };
    let when = clock.when(label.when);
    match label.grade {
        Grade::Acted => format!("{did} {when} (grade 1)"),
        grade => format!("{did} {when} (grade {}: {})", grade as u8, grade.words()),
    }
}

fn first_public(public: &FirstPublic, found: &Exposure, clock: &Clock) -> Sentence {
    let words = if public.order_unknown {
        format!(
            "It is first seen in public {}; which of {} public items was first is open.",
            clock.when(public.when),
            public.items.len()
        )
    } else {
        format!("It is first seen in public {}.", clock.when(public.when))
    };
    let open = found.told.iter().any(|told| told.before_public.is_none());
    let more = if open { " Whether some had it before is open." } else { "" };
    Sentence { words: format!("{words}{more}"), cites: public.items.clone() }
}

/// Those who certainly had it before the public, by lead.
fn leads(found: &Exposure) -> Option<Sentence> {
    let public = found.public.as_ref()?;
    let ahead: Vec<&Told> =
        found.told.iter().filter(|told| told.before_public == Some(true)).collect();
    if ahead.is_empty() {
        return None;
    }
    let parts: Vec<String> = ahead
        .iter()
        .take(NAMED)
        .filter_map(|told| Some(format!("{} {}", told.who.name, lead(told.lead?))))
        .collect();
    let more = match ahead.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    let words = format!(
        "Before its first public appearance the record shows it with: {}{more}.",
        parts.join("; ")
    );
    let mut cites = public.items.clone();
    for told in ahead.iter().take(NAMED) {
        cites.extend(told.labels.first().map(|label| label.items.clone()).unwrap_or_default());
    }
    cites.dedup();
    Some(Sentence { words, cites })
}

fn open_lists(found: &Exposure) -> Option<Sentence> {
    let open: Vec<Cite> =
        found.items.iter().filter(|item| item.recipients_open).map(|item| item.item).collect();
    let words = match open.len() {
        0 => return None,
        1 => "The list of recipients of one item may be longer: others may have been told.".into(),
        n => format!(
            "The lists of recipients of {n} items may be longer: others may have been told."
        ),
    };
    Some(Sentence { words, cites: open })
}

/// «No item shows from whom Ed had it before …; Di and 2 more …».
fn unseen(gap: &Gap, clock: &Clock) -> Sentence {
    let when = clock.when(gap.when);
    let mut words = format!("From whom {} had it is not shown ({when}).", gap.who.name);
    if gap.public_before == Some(true) {
        words.push_str(" It was public before.");
    }
    if !gap.direct.is_empty() {
        let names = list(gap.direct.iter().map(|hop| hop.to.name.as_str()));
        words.push_str(&format!(
            " {names} had it and wrote to them in between, in items that are not seen to carry it."
        ));
    }
    if !gap.between.is_empty() {
        let names = list(gap.between.iter().map(|each| each.who.name.as_str()));
        words.push_str(&format!(
            " It may have passed through {names} (grade 7: on a path of such items; no item shows \
             that they had it)."
        ));
    }
    if gap.direct.is_empty() && gap.between.is_empty() {
        words.push_str(" No path of contacts in the record leads there from those who had it.");
    }
    let path = gap.between.first().into_iter().flat_map(|each| each.path.iter());
    let hops = gap.direct.iter().chain(path).map(|hop| hop.item);
    let mut cites: Vec<Cite> = gap.items.iter().copied().chain(hops).collect();
    cites.dedup();
    Sentence { words, cites }
}

fn could_have(record: &Record, could: &Could) -> Sentence {
    let certain = could.reached.iter().filter(|each| !each.order_unknown).count();
    let open = could.reached.len() - certain;
    let open = match open {
        0 => String::new(),
        n => format!(" ({n} more if contacts whose order is open fell that way)"),
    };
    let since = if could.start_is_shown {
        format!("after {} had it", could.from.name)
    } else {
        format!("at any time; no item shows that {} had it", could.from.name)
    };
    let words = format!(
        "Set apart from the above: by contacts alone, {certain} of {} other parties could have \
         been reached from {} {since}{open}. This does not show that anybody was told.",
        record.parties.len().saturating_sub(1),
        could.from.name
    );
    Sentence { words, cites: Vec::new() }
}

/// What the record cannot tell.
pub fn caveats(record: &Record, found: &Exposure, question: &Question, out: &mut Vec<String>) {
    let count = |of: &dyn Fn(&super::carriers::Carrier) -> bool| {
        found.items.iter().filter(|item| of(item)).count()
    };
    if found.told.iter().any(|told| told.grade != Grade::Acted) {
        out.push(
            "«Received» says that an item was addressed to somebody. Whether it was read, whether \
             attachments or links were opened, and what was said in person are not in the record."
                .to_owned(),
        );
    }
    if !found.told.is_empty() {
        out.push(
            "A party that is not listed may have been told all the same: no item of the record \
             shows it, and the record may lack items."
                .to_owned(),
        );
    }
    let mut some = |n: usize, one: &str, many: &str| match n {
        0 => {}
        1 => out.push(format!("1 item {one}.")),
        n => out.push(format!("{n} items {many}.")),
    };
    some(
        count(&|item| item.recipients_open),
        "has an open list of recipients: the list may be longer",
        "have open lists of recipients: the lists may be longer",
    );
    some(
        count(&|item| !item.when.is_bounded()),
        "has no full time: its order to others is open",
        "have no full time: their order to others is open",
    );
    some(
        count(&|item| item.bound_by_tie),
        "has a bound taken from a tie: it is later than what it forwards, retells or answers",
        "have a bound taken from a tie: each is later than what it forwards, retells or answers",
    );
    some(
        count(&|item| item.may_be_later),
        "may be later than the time limit of the question",
        "may be later than the time limit of the question",
    );
    some(
        count(&|item| record.row(item.place).flags.automated),
        "was sent by a program or through a list",
        "were sent by programs or through lists",
    );
    some(
        count(&|item| record.tied(item.place, Tie::Variant).next().is_some()),
        "has the id of another item and another content: who got which wording is open",
        "have the ids of other items and other contents: who got which wording is open",
    );
    some(
        count(&|item| record.row(item.place).flags.summary),
        "is known from a summary, not in its own words",
        "are known from summaries, not in their own words",
    );
    some(
        count(&|item| {
            item.passes_on() && !item.public && record.addressees(item.place).next().is_none()
        }),
        "names no recipient: whom it reached is not shown",
        "name no recipient: whom they reached is not shown",
    );
    let missing = record
        .missing
        .iter()
        .filter(|missing| {
            missing.referred_by.iter().any(|place| found.items.iter().any(|i| i.place == *place))
        })
        .count();
    match missing {
        0 => {}
        1 => out.push("1 message that these items refer to is not in the record.".to_owned()),
        n => out.push(format!("{n} messages that these items refer to are not in the record.")),
    }
    common(record, question, out);
    if question.skew > 0 {
        out.push(format!(
            "Times less than {} apart count as having no order.",
            length(question.skew)
        ));
    }
}

/// Says so if the object occurs in so much that sharing it says little.
fn common(record: &Record, question: &Question, out: &mut Vec<String>) {
    let Some(thing) = question.thing else { return };
    let (n, all) = (record.places_of.of(thing.0).len(), record.rows.len());
    if all >= 20 && n * 10 >= all {
        out.push(format!(
            "The object occurs in {n} of {all} items of the record: that two parties had it says \
             little about either having it from the other."
        ));
    }
}

fn lead(lead: Lead) -> String {
    let micros = |seconds: Option<f64>| seconds.map(|seconds| (seconds * SECOND as f64) as i64);
    match (micros(lead.at_least_seconds), micros(lead.at_most_seconds)) {
        (None, None) => "(by how much is open)".to_owned(),
        (least, most) => format!("({} before)", between(least, most)),
    }
}

/// "Ada", "Ada and Bo", "Ada, Bo and Cy", and the rest as a number.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= NAMED => format!("{} and {last}", first.join(", ")),
        many => format!("{} and {} more", many[..NAMED].join(", "), many.len() - NAMED),
    }
}

/// One edge as a line of the tree: «Ada to Bo, at … (grade 3)».
pub fn edge(edge: &Edge, clock: &Clock) -> String {
    let from = edge.from.as_ref().map_or("somebody", |who| &who.name);
    let open = if edge.order_unknown { "; order open" } else { "" };
    format!(
        "{from} to {}, {} (grade {}{open})",
        edge.to.name,
        clock.when(edge.when),
        edge.grade as u8
    )
}
