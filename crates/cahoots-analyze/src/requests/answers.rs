//! Whether a message was answered: by what, after how long, and whether the answer declines.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::sentences;
use super::tokens::{Lexicon, Token, hash_of};
use super::zones::{Zone, zones};
use crate::finding::Cite;
use crate::record::{DAY, Party, Place, Record, Tie};

/// How long after a message another one the other way counts as an answer, in microseconds.
pub const ANSWER_WINDOW: i64 = 7 * DAY;

/// What makes a message an answer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::How))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub enum How {
    /// It says so itself, or whoever compiled the record does.
    #[serde(rename = "says that it answers")]
    Says,
    /// It is in the same thread.
    #[serde(rename = "later in the same thread")]
    Thread,
    /// It is in the same channel.
    #[serde(rename = "later in the same channel")]
    Channel,
}

/// Words by which an answer declines; a rule, not measured.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Declined))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Declined {
    /// The pattern that matched.
    pub pattern: &'static str,
    /// The sentence it stands in.
    pub sentence: String,
    /// Always "rule, not measured".
    pub basis: &'static str,
}

/// The first answer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Answer))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The answer.
    pub cite: Cite,
    /// What makes it one.
    pub how: How,
    /// Its smallest and largest lag in microseconds, as far as times are known.
    pub lag_at_least: Option<i64>,
    /// See `lag_at_least`.
    pub lag_at_most: Option<i64>,
    /// Whether it certainly came after the message and within the window, or says that it
    /// answers. Otherwise the times allow it and do not settle it.
    pub certain: bool,
    /// A message that may have answered before this one: the times leave it open.
    pub perhaps_before: Option<Cite>,
    /// Whether its words decline. `None` also when they are a summary or not in the record.
    pub declined: Option<Declined>,
    /// Where it is in the record.
    #[serde(skip)]
    pub place: Place,
}

/// Private messages of one thread or channel whose times have both bounds, in the order of time.
#[derive(Debug, Default)]
struct Line {
    places: Vec<Place>,
    /// The latest upper bound up to each, to know where to stop looking back.
    latest: Vec<i64>,
}

/// Where answers are looked for.
#[derive(Debug, Default)]
pub struct Answers {
    threads: FxHashMap<u32, Line>,
    channels: FxHashMap<u32, Line>,
    /// Who says that they answer an item.
    says: FxHashMap<Place, Vec<Place>>,
}

impl Answers {
    /// Sorts the private messages of a record by thread and channel.
    pub fn of(record: &Record) -> Self {
        let mut answers = Self::default();
        for place in record.places() {
            for answered in record.tied(place, Tie::Answers) {
                answers.says.entry(answered).or_default().push(place);
            }
            let row = record.row(place);
            if !row.is_private_message() || !row.span.is_bounded() || row.flags.automated {
                continue;
            }
            answers.threads.entry(row.thread).or_default().push(place, row.span.hi);
            if let Some(channel) = row.channel {
                answers.channels.entry(channel).or_default().push(place, row.span.hi);
            }
        }
        answers
    }

    /// The first answer to a message by one of `responders` to one of its `authors`.
    pub fn first(
        &self,
        record: &Record,
        place: Place,
        authors: &[Party],
        responders: &[Party],
    ) -> Option<Answer> {
        let mut certain: Option<Found> = None;
        let mut open: Option<Found> = None;
        let mut keep = |found: Found| {
            let best = if found.certain { &mut certain } else { &mut open };
            if best.is_none_or(|known| found.rank() < known.rank()) {
                *best = Some(found);
            }
        };
        let by_them = |other: Place| {
            other != place && responders.iter().any(|party| record.wrote(*party, other))
        };
        for other in self.says.get(&place).into_iter().flatten().copied() {
            if by_them(other) {
                keep(Found::new(record, place, other, How::Says, true));
            }
        }
        let row = record.row(place);
        let lines = [
            (How::Thread, self.threads.get(&row.thread)),
            (How::Channel, row.channel.and_then(|channel| self.channels.get(&channel))),
        ];
        for (how, line) in lines {
            let Some(line) = line.filter(|_| row.span.is_bounded()) else { continue };
            line.around(record, place, |other| {
                if !by_them(other) || !authors.iter().any(|party| record.received(*party, other)) {
                    return false;
                }
                let (Some(least), Some(most)) = record.row(other).span.lag_after(row.span) else {
                    return false;
                };
                if most <= 0 || least > ANSWER_WINDOW {
                    return false;
                }
                let sure = least > 0 && most <= ANSWER_WINDOW;
                keep(Found::new(record, place, other, how, sure));
                sure
            });
        }
        let perhaps = match (certain, open) {
            (Some(sure), Some(open)) if open.rank() < sure.rank() => Some(open.place),
            _ => None,
        };
        let found = certain.or(open)?;
        Some(Answer {
            cite: Cite::of(record, found.place),
            how: found.how,
            lag_at_least: found.least,
            lag_at_most: found.most,
            certain: found.certain,
            perhaps_before: perhaps.map(|place| Cite::of(record, place)),
            declined: None,
            place: found.place,
        })
    }
}

impl Line {
    fn push(&mut self, place: Place, hi: i64) {
        let latest = self.latest.last().copied().unwrap_or(i64::MIN);
        self.places.push(place);
        self.latest.push(latest.max(hi));
    }

    /// Shows every message that may be after `place` and within the window, until `each` says
    /// that it has seen enough; those that stand before it in the record first.
    fn around(&self, record: &Record, place: Place, mut each: impl FnMut(Place) -> bool) {
        let span = record.row(place).span;
        let here = self.places.partition_point(|other| *other < place);
        for at in (0..here).rev() {
            // Nothing further back ends after the message begins.
            if self.latest[at] <= span.lo {
                break;
            }
            each(self.places[at]);
        }
        for other in &self.places[here..] {
            let late = record.row(*other).span.lo.saturating_sub(span.hi) > ANSWER_WINDOW;
            if late || each(*other) {
                break;
            }
        }
    }
}

/// A candidate.
#[derive(Clone, Copy)]
struct Found {
    place: Place,
    how: How,
    least: Option<i64>,
    most: Option<i64>,
    certain: bool,
}

impl Found {
    fn new(record: &Record, asked: Place, place: Place, how: How, certain: bool) -> Self {
        let (least, most) = record.row(place).span.lag_after(record.row(asked).span);
        Self { place, how, least, most, certain }
    }

    /// Sooner first; unknown times last; of one message the strongest reason.
    fn rank(&self) -> (i64, i64, Place, How) {
        let unknown = i64::MAX;
        (self.least.unwrap_or(unknown), self.most.unwrap_or(unknown), self.place, self.how)
    }
}

/// How answers decline, `|` between alternatives. "can't wait" and its like are taken out.
const DECLINES: [&str; 14] = [
    "can't|cannot|cant",
    "can not",
    "won't|wont",
    "will not",
    "not able to",
    "am|are|be|i'm|we're unable to",
    "have|must|had to decline|refuse|pass",
    "i|we|respectfully|politely decline|refuse",
    "i'm|am afraid not|i|we|that|it",
    "no thanks",
    "no , thanks|thank",
    "not interested",
    "not possible",
    "would|do rather|prefer not",
];
/// What follows a pattern and makes it no refusal.
const HARMLESS: [&str; 6] = ["wait", "thank", "believe", "agree", "help", "stress"];

/// The sentence of an answer's own words that declines, among its first five; a rule.
pub fn declines(text: &str) -> Option<Declined> {
    let lexicon = Lexicon::embedded();
    let mut tokens: Vec<Token> = Vec::new();
    let mut found = None;
    let mut read = 0;
    for zoned in zones(text).iter().filter(|zoned| zoned.zone == Zone::Own) {
        sentences::split(text, zoned.range.clone(), |range| {
            read += 1;
            if found.is_some() || read > 5 {
                return;
            }
            let sentence = &text[range];
            lexicon.read(sentence, &mut tokens);
            found = pattern_in(&tokens).map(|pattern| Declined {
                pattern,
                sentence: super::even(sentence),
                basis: "rule, not measured",
            });
        });
    }
    found
}

fn pattern_in(tokens: &[Token]) -> Option<&'static str> {
    let is = |token: &Token, word: &str| token.hash == hash_of(word.as_bytes());
    if let [first, rest @ ..] = tokens {
        let ends = rest.first().is_none_or(|next| [",", ".", "!", "-"].iter().any(|m| is(next, m)));
        if (is(first, "no") || is(first, "nope")) && ends {
            return Some("no");
        }
    }
    (0..tokens.len()).find_map(|at| {
        DECLINES.iter().copied().find(|pattern| {
            let mut rest = tokens[at..].iter();
            pattern
                .split(' ')
                .all(|words| rest.next().is_some_and(|t| words.split('|').any(|word| is(t, word))))
                && !rest.next().is_some_and(|next| HARMLESS.iter().any(|word| is(next, word)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_found_in_the_answers_own_words() {
        let declined = |text| declines(text).map(|declined| declined.pattern);
        assert_eq!(declined("Sorry, I can't make it."), Some("can't|cannot|cant"));
        assert_eq!(declined("No, not this week."), Some("no"));
        assert_eq!(
            declined("I respectfully decline."),
            Some("i|we|respectfully|politely decline|refuse")
        );
        assert_eq!(declined("No thanks."), Some("no thanks"));
        assert_eq!(declined("I can't wait!"), None);
        assert_eq!(declined("No problem."), None);
        assert_eq!(declined("Done.\n\n> I can't send it.\n"), None);
        assert_eq!(declined(""), None);
    }
}
