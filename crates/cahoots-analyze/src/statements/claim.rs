//! Statements and their claims, with names, times and objects resolved against a record.

use cahoots_record::Template;
use serde_json::Value;

use super::logic::Tri;
use crate::record::{Party, Place, Span, Thing};

/// The statements to hold against a record.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// In the order in which they are printed.
    pub statements: Vec<Statement>,
}

/// What somebody said, and the claims that a person reads in it.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The item that holds it, if the record does.
    pub place: Option<Place>,
    /// The name by which whoever entered it knows it.
    pub id: String,
    /// Who said it.
    pub speaker: Option<Party>,
    /// The speaker's name as printed.
    pub speaker_name: String,
    /// When it was made.
    pub made: Span,
    /// What was asked.
    pub question: Option<String>,
    /// The words spoken.
    pub words: Option<String>,
    /// Where it was made: a programme, a hearing.
    pub place_made: Option<String>,
    /// Where it was published, as the importer kept it: objects with `title`, `url`, `date`.
    pub where_published: Vec<Value>,
    /// A hedge that goes for every claim.
    pub hedge: Option<String>,
    /// The readings of it.
    pub claims: Vec<Claim>,
}

/// How sure it is that a name or account is a party's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Identity {
    /// Settled by a person or by equality of accounts.
    #[default]
    Confirmed,
    /// Likely, and decided by nobody: no verdict stronger than *in tension* rests on it.
    Probable,
}

/// Somebody whom a claim names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// As written.
    pub name: String,
    /// The party of that name; `None` when the record knows none.
    pub party: Option<Party>,
    /// How sure that is.
    pub identity: Identity,
}

impl Named {
    /// A party that is certain.
    pub fn confirmed(party: Party, name: &str) -> Self {
        Self { name: name.to_owned(), party: Some(party), identity: Identity::Confirmed }
    }
}

/// What a claim is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum About {
    /// Certain items of the record.
    Items(Vec<Place>),
    /// Whatever carries this object.
    Thing(Thing),
    /// Nothing in particular.
    None,
    /// Something that the record does not hold, as written.
    Unresolved(String),
}

/// What of the traffic a count takes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Direction {
    /// Messages that an actor wrote to a counterpart.
    Sent,
    /// Messages either way.
    #[default]
    EitherWay,
}

/// How a count is bounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CountBound {
    /// No more than.
    AtMost,
    /// No fewer than.
    AtLeast,
    /// Neither more nor fewer.
    Exactly,
}

impl CountBound {
    /// The words for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::Exactly => "exactly",
        }
    }
}

/// One proposition in one reading of a statement.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The reading in words.
    pub reading: String,
    /// The template that a person chose.
    pub template: Option<Template>,
    /// The speaker's side.
    pub actors: Vec<Named>,
    /// The other side.
    pub counterparts: Vec<Named>,
    /// What it is about.
    pub about: About,
    /// The same as written.
    pub about_words: Option<String>,
    /// Start of the interval claimed.
    pub from: Option<Bound>,
    /// End of the interval claimed; without it, the claim ends when it is made.
    pub until: Option<Bound>,
    /// Bounds that could not be read, as written.
    pub unread_times: Vec<String>,
    /// For counts.
    pub bound: Option<CountBound>,
    /// For counts.
    pub count: Option<u64>,
    /// For counts.
    pub direction: Direction,
    /// For quotations: the words as quoted.
    pub quotes: Option<String>,
    /// It is somebody's judgement, and is not scored.
    pub opinion: bool,
    /// A hedge in the words spoken.
    pub hedge: Option<String>,
}

impl Claim {
    /// A claim with a reading and a template and nothing else.
    pub fn new(reading: &str, template: Option<Template>) -> Self {
        Self {
            reading: reading.to_owned(),
            template,
            actors: Vec::new(),
            counterparts: Vec::new(),
            about: About::None,
            about_words: None,
            from: None,
            until: None,
            unread_times: Vec::new(),
            bound: None,
            count: None,
            direction: Direction::EitherWay,
            quotes: None,
            opinion: false,
            hedge: None,
        }
    }
}

/// A day, month or instant named in a claim: its first and its last moment, each as uncertain as
/// the zone it was written in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// Its first moment lies in here.
    pub first: Span,
    /// Its last moment lies in here.
    pub last: Span,
    /// To be printed: «14 October 2016».
    pub label: String,
}

impl Bound {
    /// A period from `lo` to `hi`, both included and certain.
    pub fn period(lo: i64, hi: i64, label: &str) -> Self {
        Self { first: Span::at(lo), last: Span::at(hi), label: label.to_owned() }
    }

    /// One moment that lies somewhere in a span.
    pub fn moment_in(span: Span, label: &str) -> Self {
        Self { first: span, last: span, label: label.to_owned() }
    }

    /// Everything from the earliest first to the latest last moment.
    pub const fn whole(&self) -> Span {
        Span { lo: self.first.lo, hi: self.last.hi }
    }
}

/// The stretch of time that a claim speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Its first moment; `None` for «ever before».
    pub start: Option<Span>,
    /// Its last moment.
    pub end: Span,
    /// Whether the last moment belongs to it.
    pub end_included: bool,
}

impl Window {
    /// Whether something at `when` lies in it. Certain only if every moment that both intervals
    /// allow agrees.
    pub fn holds(&self, when: Span) -> Tri {
        let start = match self.start {
            None => Tri::True,
            Some(start) => not_before(when, start),
        };
        let late =
            if self.end_included { after(when, self.end) } else { not_before(when, self.end) };
        start.and(!late)
    }

    /// Whether it certainly ends before it starts.
    pub fn is_inverted(&self) -> bool {
        self.start.is_some_and(|start| after(start, self.end) == Tri::True)
    }
}

const fn lo(span: Span) -> Option<i64> {
    if span.lo == i64::MIN { None } else { Some(span.lo) }
}

const fn hi(span: Span) -> Option<i64> {
    if span.hi == i64::MAX { None } else { Some(span.hi) }
}

/// Whether `a` is at or after `b`.
pub(crate) fn not_before(a: Span, b: Span) -> Tri {
    !after(b, a)
}

/// Whether `a` is after `b`.
pub(crate) fn after(a: Span, b: Span) -> Tri {
    if lo(a).zip(hi(b)).is_some_and(|(a, b)| a > b) {
        Tri::True
    } else if hi(a).zip(lo(b)).is_some_and(|(a, b)| a <= b) {
        Tri::False
    } else {
        Tri::Unknown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Every choice of moments inside the intervals must agree with a certain answer.
        #[test]
        fn a_certain_answer_holds_at_every_moment_of_the_intervals(
            start in proptest::option::of((0_i64..8, 0_i64..4)),
            end in (0_i64..8, 0_i64..4),
            when in (0_i64..10, 0_i64..4),
            end_included: bool,
        ) {
            let span = |(lo, width): (i64, i64)| Span { lo, hi: lo + width };
            let window = Window { start: start.map(span), end: span(end), end_included };
            let when = span(when);
            let mut seen = Vec::new();
            let starts = window.start.unwrap_or(Span::at(-1));
            for s in starts.lo..=starts.hi {
                for e in window.end.lo..=window.end.hi {
                    for t in when.lo..=when.hi {
                        seen.push(s <= t && if end_included { t <= e } else { t < e });
                    }
                }
            }
            match window.holds(when) {
                Tri::True => prop_assert!(seen.iter().all(|holds| *holds)),
                Tri::False => prop_assert!(seen.iter().all(|holds| !holds)),
                // With two ends Kleene's logic may leave open what both together exclude.
                Tri::Unknown if window.start.is_some() => {}
                Tri::Unknown => prop_assert!(seen.contains(&true) && seen.contains(&false)),
            }
        }
    }

    #[test]
    fn unknown_bounds_settle_nothing_by_themselves() {
        let window = Window { start: None, end: Span::at(10), end_included: false };
        assert_eq!(window.holds(Span::UNKNOWN), Tri::Unknown);
        assert_eq!(window.holds(Span { lo: i64::MIN, hi: 9 }), Tri::True);
        assert_eq!(window.holds(Span { lo: 10, hi: i64::MAX }), Tri::False);
        assert_eq!(window.holds(Span { lo: 9, hi: i64::MAX }), Tri::Unknown);
        let open = Window { start: None, end: Span::UNKNOWN, end_included: true };
        assert_eq!(open.holds(Span::at(0)), Tri::Unknown);
    }
}
