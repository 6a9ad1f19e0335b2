//! Claims of a statement: what somebody said, in templates that a record can test.

use cahoots_record::{Claim, Template};
use serde_json::{Map, Value};

use super::fields::Fields;
use super::model::{Notes, nearest};
use super::people::People;
use super::times;

/// How a claim may bound a count.
const BOUNDS: [&str; 3] = ["at most", "at least", "exactly"];

/// Reads one claim. What is wrong with it is said; the rest of it stays; keys that
/// are none of a claim's come back by themselves.
pub(crate) fn read(
    mut fields: Fields,
    people: &People,
    notes: &mut Notes,
) -> (Claim, Map<String, Value>) {
    let mut claim = Claim {
        reading: fields.text("reading", notes).unwrap_or_default(),
        actors: fields.list("actors", notes),
        counterparts: fields.list("counterparts", notes),
        about: fields.text("about", notes),
        from: fields.text("from", notes),
        until: fields.text("until", notes),
        count: fields.count("count", notes),
        hedge: fields.text("hedge", notes),
        quotes: fields.text("quotes", notes),
        opinion: fields.truth("opinion", notes),
        ..Claim::default()
    };
    if let Some(name) = fields.text("template", notes) {
        claim.template = Template::from_name(&name);
        if claim.template.is_none() {
            let names: Vec<_> = Template::ALL.iter().map(|template| template.name()).collect();
            let hint = match nearest(&name, names.iter().copied()) {
                Some(near) => format!("; did you mean {near}?"),
                None => String::new(),
            };
            let what = format!("\"{name}\" is no template{hint} Valid are {}", names.join(", "));
            let what = what.replace("template Valid", "template. Valid");
            notes.damaged("bad-template", &fields.path("template"), &what, "the claim as text");
            fields.keep("template", name.into());
        }
    }
    if let Some(bound) = fields.text("bound", notes) {
        if BOUNDS.contains(&bound.as_str()) {
            claim.bound = Some(bound);
        } else {
            let what = format!("\"{bound}\" is none of {}", BOUNDS.join(", "));
            notes.damaged("bad-bound", &fields.path("bound"), &what, "the claim without it");
            fields.keep("bound", bound.into());
        }
    }
    if claim.template == Some(Template::ContactCount) && claim.count.is_none() {
        let what = "is missing, and contact_count cannot be tested without it";
        notes.damaged("no-count", &fields.path("count"), what, "the claim");
    }
    if claim.template == Some(Template::Quoted) && claim.quotes.is_none() {
        let what = "is missing, and quoted cannot be tested without it";
        notes.damaged("no-quotation", &fields.path("quotes"), what, "the claim");
    }
    for (key, text) in [("from", &claim.from), ("until", &claim.until)] {
        if let Some(text) = text.as_ref().filter(|text| !times::is_time(text)) {
            let what = format!("\"{text}\" is no time");
            notes.damaged("bad-time", &fields.path(key), &what, "the claim, with the words");
        }
    }
    for name in claim.actors.iter().chain(&claim.counterparts) {
        if !people.knows(name) {
            let what = format!("names \"{name}\", who is neither a party nor an account");
            notes.note("unknown-party", &fields.path("actors"), &what, "the name as printed");
        }
    }
    (claim, fields.leftovers(notes))
}
