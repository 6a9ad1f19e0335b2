//! Every session beside the acts that may answer it.

use std::cell::RefCell;

use cahoots_record::{ItemKind, Medium, Role};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::Question;
use super::actors::seconds;
use super::base::base_rate;
use super::coverage::Coverage;
use super::deeds::{is_act, to_sender};
use super::links::{Content, Grade, Links, Shared};
use super::result::{
    ActorAxis, Asked, Candidate, Counted, KindAxis, MessageFound, PublicBefore, SessionFound, Time,
    TimeAxis, Who,
};
use super::sessions::{middle, narrow};
use crate::finding::Cite;
use crate::record::{DAY, Party, Place, Record, Tie};

/// How long after a message an act that shares something telling is still shown.
const SHOWN: i64 = 90 * DAY;

/// At most this many acts that are close in time and share nothing are listed for a session.
const LISTED: usize = 50;

/// Middles of acts with what they share with one message, sorted.
type Graded = Vec<(i64, Option<Grade>)>;

/// Pairs the messages of one question with the acts of its parties.
pub(super) struct Pairing<'a> {
    pub record: &'a Record,
    pub question: &'a Question,
    pub links: &'a Links<'a>,
    /// The acts of each party, in the order of time, with the coverage of its record.
    pub acts: Vec<(Party, Vec<Place>, Coverage)>,
    /// Acts that whoever compiled the record ties to a message.
    pub tied: FxHashMap<Place, Vec<Place>>,
    /// Middles of acts, with what they share with a message, by message and party.
    known: RefCell<FxHashMap<(Place, Party), Graded>>,
}

impl<'a> Pairing<'a> {
    pub(super) fn new(
        record: &'a Record,
        question: &'a Question,
        links: &'a Links<'a>,
        acts: Vec<(Party, Vec<Place>, Coverage)>,
    ) -> Self {
        let mut tied: FxHashMap<Place, Vec<Place>> = FxHashMap::default();
        for act in acts.iter().flat_map(|(_, places, _)| places) {
            for (tie, other) in record.ties.of(act.0) {
                if matches!(tie, Tie::About | Tie::TellsOf) {
                    tied.entry(*other).or_default().push(*act);
                }
            }
        }
        Self { record, question, links, acts, tied, known: RefCell::default() }
    }

    /// A session beside the acts that may answer it.
    pub(super) fn session(
        &self,
        messages: &[Place],
        counted: Counted,
        answered_by: Option<Place>,
    ) -> SessionFound {
        let mut candidates = Vec::new();
        let mut more_in_time = 0;
        for (party, places, coverage) in &self.acts {
            let mut listed = 0;
            for act in self.near(messages, *party, places) {
                let Some((message, content)) = self.choose(messages, act) else { continue };
                let tied = self.is_tied(message, act);
                if content.grade.is_none_or(|grade| grade == Grade::D) && !tied {
                    listed += 1;
                    if listed > LISTED {
                        more_in_time += 1;
                        continue;
                    }
                }
                candidates.push((
                    self.record.row(act).span.sort_key(),
                    act,
                    *party,
                    self.candidate(message, act, *party, content, coverage, places),
                ));
            }
        }
        candidates.sort_by_key(|(t, act, party, _)| (*t, *act, *party));
        SessionFound {
            messages: messages.iter().map(|place| self.message(*place)).collect(),
            counted,
            answered_by: answered_by.map(|place| Cite::of(self.record, place)),
            candidates: candidates.into_iter().map(|it| it.3).collect(),
            more_in_time,
        }
    }

    /// The acts worth a look: within the window by time, tied by report, or sharing an object with
    /// a message, in the order of time.
    fn near(&self, messages: &[Place], party: Party, places: &[Place]) -> Vec<Place> {
        let record = self.record;
        let within = self.question.within;
        let mut near: Vec<Place> = Vec::new();
        for message in messages {
            let asked = record.row(*message).span;
            near.extend(self.tied.get(message).into_iter().flatten().copied());
            near.extend(record.ties.of(message.0).iter().filter_map(|(tie, other)| {
                matches!(tie, Tie::About | Tie::TellsOf).then_some(*other)
            }));
            for thing in record.things(*message) {
                for thing in self.links.same_as(*thing) {
                    // What is in everything is near everything.
                    if !self.links.in_everything(thing) {
                        near.extend(self.links.public_with(thing));
                    }
                }
            }
            if !asked.is_bounded() {
                continue;
            }
            // Places are sorted by the earlier bound: an act whose interval may overlap the window
            // begins before the window's end. Wide ones that begin long before it are found only
            // by what they share.
            let key = |place: &Place| record.row(*place).span.sort_key();
            let from = places.partition_point(|it| key(it) < asked.lo.saturating_sub(within));
            let end = asked.hi.saturating_add(within);
            near.extend(places[from..].iter().take_while(|it| key(it) <= end).copied().filter(
                |place| {
                    let (_, most) = record.row(*place).span.lag_after(asked);
                    most.is_none_or(|most| most > 0)
                },
            ));
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|place| is_act(record, party, *place));
        near
    }

    /// The message of a session that an act is held against: the one it shares most with, among
    /// equals the latest before the act. `None` if the act is no candidate for any.
    fn choose(&self, messages: &[Place], act: Place) -> Option<(Place, Content)> {
        let span = self.record.row(act).span;
        let rank = |content: &Content| content.grade.map_or(4, |grade| grade as u8);
        let mut best: Option<(Place, Content, bool)> = None;
        for message in messages {
            let (least, most) = span.lag_after(self.record.row(*message).span);
            let content = self.links.content(*message, act);
            let telling = content.grade.is_some_and(|grade| grade <= Grade::C);
            let within = self.question.within;
            let (low, high) = (least.unwrap_or(i64::MIN), most.unwrap_or(i64::MAX));
            let known = least.is_some() && most.is_some();
            let in_time = known && high > 0 && low <= within;
            let shown = telling && high >= -within && low <= SHOWN;
            if !in_time && !shown && !self.is_tied(*message, act) {
                continue;
            }
            let after = high > 0;
            let better = best.as_ref().is_none_or(|(_, known, known_after)| {
                (rank(&content), !after) <= (rank(known), !*known_after)
            });
            if better {
                best = Some((*message, content, after));
            }
        }
        best.map(|(message, content, _)| (message, content))
    }

    fn is_tied(&self, message: Place, act: Place) -> bool {
        let says = |one: Place, other: Place| {
            let mut ties = self.record.ties.of(one.0).iter();
            ties.any(|(tie, it)| *it == other && matches!(tie, Tie::About | Tie::TellsOf))
        };
        says(act, message) || says(message, act)
    }

    fn candidate(
        &self,
        message: Place,
        act: Place,
        party: Party,
        mut content: Content,
        coverage: &Coverage,
        places: &[Place],
    ) -> Candidate {
        let record = self.record;
        let (asked_span, act_span) = (record.row(message).span, record.row(act).span);
        let (least, most) = act_span.lag_after(asked_span);
        let asked = asked(record, message);
        let before_request = match (least, most) {
            (_, Some(most)) if most < 0 => Some(true),
            (Some(least), _) if least >= 0 => Some(false),
            _ => None,
        };
        let within = self.question.within;
        let within_window = least.is_some_and(|it| it > 0) && most.is_some_and(|it| it <= within);
        let base_rate = match most {
            // Where the record of the account is not covered, nobody knows what is usual.
            Some(most)
                if (1..=SHOWN).contains(&most)
                    && asked_span.is_bounded()
                    && coverage.end_from(middle(asked_span)).is_some() =>
            {
                let like = self.like(message, content.grade, party, places);
                base_rate(&like, most, middle(asked_span), coverage)
            }
            _ => None,
        };
        // After the base rate, which is that of acts that share as much.
        if content.grade.is_none() {
            self.suggest(message, act, &mut content);
        }
        Candidate {
            message: Cite::of(record, message),
            act: Cite::of(record, act),
            actor: self.actor(act, party, asked.as_ref()),
            act_kind: kind_axis(record, act, asked.as_ref()),
            public_before: self.public_before(message, &content),
            content,
            time: TimeAxis {
                act: Time::from(act_span),
                least_seconds: least.map(seconds),
                most_seconds: most.map(seconds),
                before_request,
                within_window,
            },
            other_cause_reported: detail(record, act, "other_cause"),
            reported_tie: self.is_tied(message, act),
            to_the_sender: to_sender(record, self.question.from, act),
            base_rate,
        }
    }

    /// Words in common, where nothing else is: grade D, to be read and not counted.
    fn suggest(&self, message: Place, act: Place, content: &mut Content) {
        let mut all = self.question.suggested.iter();
        if let Some(found) = all.find(|it| (it.message, it.act) == (message, act)) {
            content.grade = Some(Grade::D);
            content.shared.push(Shared::suggested(&found.words));
        }
    }

    /// When acts of a party were that share as much with the message, sorted.
    fn like(
        &self,
        message: Place,
        grade: Option<Grade>,
        party: Party,
        places: &[Place],
    ) -> Vec<i64> {
        let find = || {
            let timed = places.iter().filter_map(|place| {
                let span = self.record.row(*place).span;
                narrow(span, self.question.within)
                    .then(|| (middle(span), self.links.content(message, *place).grade))
            });
            let mut timed: Graded = timed.collect();
            timed.sort_unstable();
            timed
        };
        let mut known = self.known.borrow_mut();
        let acts = known.entry((message, party)).or_insert_with(find);
        let as_much =
            |it: Option<Grade>| grade.is_none_or(|grade| it.is_some_and(|it| it <= grade));
        acts.iter().filter(|(_, it)| as_much(*it)).map(|(t, _)| *t).collect()
    }

    fn actor(&self, act: Place, party: Party, asked: Option<&Asked>) -> ActorAxis {
        let record = self.record;
        let stated = asked.and_then(|asked| asked.of.as_deref());
        let account = record
            .takers(act)
            .iter()
            .find(|it| it.role == Role::From && it.party == party)
            .and_then(|it| record.accounts.get(it.account as usize))
            .map_or_else(
                || cahoots_record::AccountKey::name(record.name(party)),
                |account| account.key.clone(),
            );
        let same = match stated {
            Some(name) => {
                record.party_named(name) == Some(party)
                    || account.native().trim_start_matches('@')
                        == name.trim().trim_start_matches('@').to_lowercase()
            }
            None => party == self.question.to,
        };
        ActorAxis {
            account,
            acted: Who::of(record, party),
            asked: stated.unwrap_or(record.name(self.question.to)).to_owned(),
            asked_is_stated: stated.is_some(),
            same,
            is_recipient: party == self.question.to,
        }
    }

    /// Whether the telling things they share were public before the message.
    fn public_before(&self, message: Place, content: &Content) -> PublicBefore {
        let record = self.record;
        let best = content.grade.filter(|grade| *grade <= Grade::C);
        let Some(best) = best else { return PublicBefore::NothingShared };
        let asked = record.row(message).span;
        let mut doubtful = None;
        for shared in content.shared.iter().filter(|it| it.grade == best) {
            let Some(thing) = shared.thing else { continue };
            for thing in self.links.same_as(thing) {
                for place in self.links.public_with(thing) {
                    let item = Cite::of(record, place);
                    match record.row(place).span.before(asked) {
                        Some(true) => return PublicBefore::Yes { item },
                        Some(false) => {}
                        None => doubtful = doubtful.or(Some(item)),
                    }
                }
            }
        }
        doubtful.map_or(PublicBefore::NotInThisRecord, |item| PublicBefore::OrderUnknown { item })
    }

    fn message(&self, place: Place) -> MessageFound {
        MessageFound {
            message: Cite::of(self.record, place),
            time: Time::from(self.record.row(place).span),
            asked: asked(self.record, place),
        }
    }
}

/// A text that whoever compiled the record gave under a key.
fn detail(record: &Record, place: Place, key: &str) -> Option<String> {
    let text = record.details.get(&place)?.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The request in a message, as stated.
fn asked(record: &Record, place: Place) -> Option<Asked> {
    let asked = record.details.get(&place)?.get("asked")?;
    let text = |key: &str| asked.get(key).and_then(Value::as_str).map(str::to_owned);
    let asked = Asked {
        kind: text("kind"),
        act: text("act"),
        what: text("what"),
        object: text("object"),
        of: text("of"),
    };
    (asked != Asked::default()).then_some(asked)
}

/// Who else was asked to act, as stated, beside some parties: names, sorted.
pub(super) fn asked_of_others(
    record: &Record,
    messages: impl Iterator<Item = Place>,
    known: &[Party],
) -> Vec<String> {
    let mut names: Vec<String> = messages
        .filter_map(|place| asked(record, place)?.of)
        .filter(|name| !record.party_named(name).is_some_and(|party| known.contains(&party)))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What was done against what was asked. The words of a request are matched by a short list;
/// unknown ones are left undecided.
fn kind_axis(record: &Record, act: Place, asked: Option<&Asked>) -> KindAxis {
    let row = record.row(act);
    let acted = match (row.kind, row.medium) {
        (ItemKind::Statement, _) => "statement",
        (ItemKind::Article, _) => "article",
        (_, Medium::Repost) => "repost",
        (_, Medium::Publication) => "publication",
        (ItemKind::Post, _) => "post",
        _ => "public message",
    };
    let stated = asked.and_then(|it| it.act.clone().or_else(|| it.kind.clone()));
    let fits: Option<&[&str]> =
        stated.as_deref().map(|it| it.trim().to_lowercase()).and_then(|it| {
            Some(match it.as_str() {
                "post" | "tweet" | "share" | "amplify" | "promote" => &["post", "repost"][..],
                "repost" | "retweet" | "boost" => &["repost"],
                "comment" => &["post", "repost", "statement"],
                "statement" | "public statement" | "say" => &["statement", "post"],
                "publish" | "publication" => &["publication", "article", "post"],
                "article" | "report" => &["article", "publication"],
                // Done in private: no public act is of that kind.
                "send" | "reply" | "answer" | "supply" | "call" | "meet" | "forward" => &[],
                _ => return None,
            })
        });
    KindAxis { acted, asked: stated, same: fits.map(|fits| fits.contains(&acted)) }
}
