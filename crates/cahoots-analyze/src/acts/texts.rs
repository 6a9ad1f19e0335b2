//! Which texts matter to a question, and what their words suggest.
//!
//! Only the messages of the question and the public items of its parties are ever read, so the cost
//! grows with the question and not with the case.

use super::Question;
use super::deeds::is_act;
use super::sessions::messages;
use crate::record::{Party, Place, Record, Tie};
use crate::wording::Text;
use crate::words::Stream;
use crate::words::topic::Topics;

/// Acts suggested for one message, at most.
const SUGGESTED: usize = 3;
/// With fewer acts nobody knows which words are usual.
const FEWEST: usize = 20;

/// The items whose words matter to a question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// The messages, in the order of the record.
    pub messages: Vec<Place>,
    /// The public items of those who may act, and of their peers.
    pub acts: Vec<Place>,
}

/// An act that has words in common with a message: a suggestion to read both, grade D, never
/// counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// The message.
    pub message: Place,
    /// The act.
    pub act: Place,
    /// The rarest words that they share.
    pub words: String,
}

impl Question {
    /// The items whose words matter: summaries, which are somebody else's words, and what programs
    /// wrote are left out.
    pub fn texts(&self, record: &Record) -> Wanted {
        if self.fault(record).is_some() {
            return Wanted::default();
        }
        let in_words = |place: &Place| {
            let flags = record.row(*place).flags;
            !flags.summary && !flags.automated
        };
        let mut found: Vec<Place> = messages(record, self).all().filter(in_words).collect();
        found.sort_unstable();
        found.dedup();
        let mut parties: Vec<Party> = self.actors();
        parties.extend(&self.peers);
        parties.retain(|party| *party != self.from);
        let acts = record.places().filter(in_words).filter(|place| {
            record.row(*place).is_public()
                && parties.iter().any(|party| is_act(record, *party, *place))
        });
        Wanted { acts: if found.is_empty() { Vec::new() } else { acts.collect() }, messages: found }
    }

    /// Whether an act may lie within the window before or after a message, or is said to concern
    /// it: only then are short phrases worth a search.
    pub fn close(&self, record: &Record, message: Place, act: Place) -> bool {
        let says = |one: Place, other: Place| {
            let mut ties = record.ties.of(one.0).iter();
            ties.any(|(tie, it)| *it == other && matches!(tie, Tie::About | Tie::TellsOf))
        };
        let (least, most) = record.row(act).span.lag_after(record.row(message).span);
        let near = matches!((least, most), (Some(least), Some(most))
            if least <= self.within && most >= -self.within);
        near || says(act, message) || says(message, act)
    }

    /// Acts within the window after a message that are closest to it in their words.
    pub fn suggest(&self, record: &Record, messages: &[Text], acts: &[Text]) -> Vec<Suggestion> {
        if acts.len() < FEWEST {
            return Vec::new();
        }
        let streams: Vec<Stream> = acts.iter().map(|act| Stream::of(&act.own)).collect();
        let topics = Topics::new(streams.iter().collect());
        let mut found = Vec::new();
        for message in messages {
            let asked = record.row(message.place).span;
            let near: Vec<usize> = (0..acts.len())
                .filter(|number| {
                    let (least, most) = record.row(acts[*number].place).span.lag_after(asked);
                    least.is_some_and(|it| it <= self.within) && most.is_some_and(|it| it > 0)
                })
                .collect();
            let own = Stream::of(&message.own);
            found.extend(topics.closest(&own, &near, SUGGESTED).into_iter().map(|close| {
                let words: Vec<&str> = close.words.into_iter().take(4).collect();
                Suggestion {
                    message: message.place,
                    act: acts[close.number].place,
                    words: words.join(", "),
                }
            }));
        }
        found
    }
}
