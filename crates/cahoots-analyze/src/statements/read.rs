//! Statements as the record holds them, with their names and objects resolved.

use cahoots_record::{ItemKind, ObjectKind};
use jiff::tz::TimeZone;
use serde_json::Value;

use super::claim::{About, Claim, CountBound, Direction, Identity, Ledger, Named, Statement};
use super::times;
use crate::record::{Party, Place, Record};

/// Words in a reading that say that the count is of messages sent by one side.
const SENDING: [&str; 8] =
    ["sent", "send", "sends", "wrote", "write", "writes", "answered", "replied"];

impl Ledger {
    /// The statements of a record: items of kind statement, and articles with claims, with the claims that whoever compiled
    /// the record wrote (`claims` in their details), in the order of the record.
    ///
    /// `resolve` gives the party behind a name or account; where it gives none, a party of exactly
    /// that name is taken. `about` gives the items that an object key, an id or a query names;
    /// where it gives none, the entry of that id in the record is taken, or the object of that key.
    /// Days in claims are read in the zone that the statement's own time states, and keep
    /// 14 hours of doubt where it states none.
    pub fn from_record(
        record: &Record,
        resolve: &dyn Fn(&str) -> Option<Party>,
        about: &dyn Fn(&str) -> Vec<Place>,
    ) -> Self {
        let statements = record
            .places()
            .filter(|place| match record.row(*place).kind {
                ItemKind::Statement => true,
                // What an article asserts, where whoever compiled the record put it into claims.
                ItemKind::Article => {
                    record.details.get(place).is_some_and(|detail| detail.get("claims").is_some())
                }
                _ => false,
            })
            .map(|place| statement(record, place, resolve, about))
            .collect();
        Self { statements }
    }
}

/// With more items than this a claim is about what a query found: its words were searched already.
const MOST_ABOUT: usize = 200;

impl Ledger {
    /// The items whose words matter to the claims, claim by claim: what its people wrote, got and
    /// posted, and the items that it is about, which may stand in the former word for word.
    /// Summaries, which are somebody else's words, are left out.
    pub fn texts(&self, record: &Record) -> Vec<(Vec<Place>, Vec<Place>)> {
        let in_words = |place: &Place| {
            let row = record.row(*place);
            !row.flags.summary && row.kind != ItemKind::Event
        };
        let mut wanted = Vec::new();
        for claim in self.statements.iter().flat_map(|statement| &statement.claims) {
            let About::Items(about) = &claim.about else { continue };
            let here = |place: &&Place| (place.0 as usize) < record.rows.len();
            let about: Vec<Place> = about.iter().filter(here).copied().filter(in_words).collect();
            let named = claim.actors.iter().chain(&claim.counterparts);
            let parties: Vec<Party> = named.filter_map(|named| named.party).collect();
            if claim.template.is_none() || about.is_empty() || about.len() > MOST_ABOUT {
                continue;
            }
            let takes_part = |place: &Place| {
                record.takers(*place).iter().any(|taker| parties.contains(&taker.party))
            };
            let theirs: Vec<Place> = record.places().filter(in_words).filter(takes_part).collect();
            if !theirs.is_empty() {
                wanted.push((theirs, about));
            }
        }
        wanted
    }
}

impl Ledger {
    /// The items whose words are quoted by a claim.
    pub fn quoted(&self) -> Vec<Place> {
        let claims = self.statements.iter().flat_map(|statement| &statement.claims);
        let mut places: Vec<Place> = claims
            .filter(|claim| claim.template == Some(cahoots_record::Template::Quoted))
            .filter_map(|claim| match &claim.about {
                About::Items(places) => Some(places.as_slice()),
                _ => None,
            })
            .filter(|places| places.len() <= MOST_ABOUT)
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn statement(
    record: &Record,
    place: Place,
    resolve: &dyn Fn(&str) -> Option<Party>,
    about: &dyn Fn(&str) -> Vec<Place>,
) -> Statement {
    let row = record.row(place);
    let detail = record.details.get(&place).unwrap_or(&Value::Null);
    let zone = detail.get("time").and_then(|time| text(time, "zone"));
    let zone = zone.as_deref().and_then(times::zone);
    let speaker = record.authors(place).next().map(|taker| taker.party);
    let claims = detail.get("claims").and_then(Value::as_array);
    let read = |value: &Value| {
        let claim: cahoots_record::Claim = serde_json::from_value(value.clone()).ok()?;
        Some(resolved(record, &claim, zone.as_ref(), resolve, about))
    };
    Statement {
        place: Some(place),
        id: text(detail, "id").unwrap_or_else(|| row.id.short()),
        speaker,
        speaker_name: match speaker {
            Some(party) => record.name(party).to_owned(),
            // An article whose author is not known still says what it says.
            None if row.kind == ItemKind::Article => "the article".to_owned(),
            None => String::new(),
        },
        made: row.span,
        question: text(detail, "question"),
        words: text(detail, "quoted"),
        place_made: text(detail, "where"),
        where_published: detail
            .get("published")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default(),
        hedge: text(detail, "hedge"),
        claims: claims.into_iter().flatten().filter_map(read).collect(),
    }
}

/// A claim as written, resolved against a record. See [`Ledger::from_record`].
pub fn resolved(
    record: &Record,
    claim: &cahoots_record::Claim,
    zone: Option<&TimeZone>,
    resolve: &dyn Fn(&str) -> Option<Party>,
    about: &dyn Fn(&str) -> Vec<Place>,
) -> Claim {
    let named = |names: &[String]| -> Vec<Named> {
        let one = |name: &String| Named {
            name: name.clone(),
            party: resolve(name)
                .filter(|party| (party.0 as usize) < record.parties.len())
                .or_else(|| record.party_named(name)),
            identity: Identity::Confirmed,
        };
        names.iter().map(one).collect()
    };
    let mut unread_times = Vec::new();
    let mut bound = |written: &Option<String>| {
        let written = written.as_deref()?;
        let read = times::read(written, zone);
        if read.is_none() {
            unread_times.push(written.to_owned());
        }
        read
    };
    let (from, until) = (bound(&claim.from), bound(&claim.until));
    let actors = named(&claim.actors);
    let words = claim.reading.to_lowercase();
    let sent = words.split(|c: char| !c.is_alphanumeric()).any(|word| SENDING.contains(&word));
    Claim {
        reading: claim.reading.clone(),
        template: claim.template,
        direction: if sent && actors.len() == 1 { Direction::Sent } else { Direction::EitherWay },
        actors,
        counterparts: named(&claim.counterparts),
        about: claim.about.as_deref().map_or(About::None, |words| named_by(record, words, about)),
        about_words: claim.about.clone(),
        from,
        until,
        unread_times,
        bound: match claim.bound.as_deref() {
            Some("at most") => Some(CountBound::AtMost),
            Some("at least") => Some(CountBound::AtLeast),
            Some("exactly") => Some(CountBound::Exactly),
            _ => None,
        },
        count: claim.count,
        quotes: claim.quotes.clone(),
        opinion: claim.opinion,
        hedge: claim.hedge.clone(),
    }
}

/// What an `about` means: what the caller finds, else an entry by its id, else an object.
fn named_by(record: &Record, words: &str, about: &dyn Fn(&str) -> Vec<Place>) -> About {
    let words = words.trim();
    let mut found: Vec<Place> =
        about(words).into_iter().filter(|place| (place.0 as usize) < record.rows.len()).collect();
    if found.is_empty() {
        let entry = |place: &Place| {
            let detail = record.details.get(place);
            detail.and_then(|detail| text(detail, "id")).as_deref() == Some(words)
        };
        found = record.places().filter(entry).collect();
    }
    if found.is_empty()
        && let Some(thing) = ObjectKind::ALL.iter().find_map(|kind| record.thing(*kind, words))
    {
        return About::Thing(thing);
    }
    found.sort_unstable();
    found.dedup();
    if found.is_empty() { About::Unresolved(words.to_owned()) } else { About::Items(found) }
}
