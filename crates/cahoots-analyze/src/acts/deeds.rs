//! What a party did in public.

use cahoots_record::{ItemKind, Role};

use super::sessions::{middle, narrow};
use crate::record::{Party, Place, Record, Tie};

/// The public acts of a party that count, in the order of time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Deeds {
    /// Middle of the interval and place, sorted.
    pub timed: Vec<(i64, Place)>,
    /// The widest interval among them.
    pub width: i64,
    /// Acts whose time is too wide to be counted, or not known.
    pub wide: Vec<Place>,
    /// Acts that publicly answer or repeat the sender, who reaches the party that way as well.
    pub to_sender: Vec<Place>,
    /// How many were left out because a program made them.
    pub automated: usize,
}

impl Deeds {
    /// The sorted times.
    pub(super) fn times(&self) -> Vec<i64> {
        self.timed.iter().map(|(t, _)| *t).collect()
    }
}

/// Whether an item is a public act of a party. A repost is the act of who reposted: only `from`
/// counts.
pub(super) fn is_act(record: &Record, party: Party, place: Place) -> bool {
    let row = record.row(place);
    row.is_public()
        && row.kind != ItemKind::File
        && record.takers(place).iter().any(|it| it.role == Role::From && it.party == party)
}

/// Whether an act answers, quotes or repeats a public item of `sender`.
pub(super) fn to_sender(record: &Record, sender: Party, place: Place) -> bool {
    let quoted = |it: &crate::record::Taker| it.role == Role::Quoted && it.party == sender;
    record.takers(place).iter().any(quoted)
        || record.ties.of(place.0).iter().any(|(tie, other)| {
            matches!(tie, Tie::Answers | Tie::Forwards)
                && record.row(*other).is_public()
                && record.wrote(sender, *other)
        })
}

/// The acts of a party for a question by `sender`, with a window of `within`.
pub(super) fn deeds(
    record: &Record,
    party: Party,
    sender: Party,
    within: i64,
    places: impl IntoIterator<Item = Place>,
) -> Deeds {
    let mut deeds = Deeds::default();
    for place in places {
        if !is_act(record, party, place) {
            continue;
        }
        let row = record.row(place);
        if row.flags.automated {
            deeds.automated += 1;
        } else if to_sender(record, sender, place) {
            deeds.to_sender.push(place);
        } else if narrow(row.span, within) {
            deeds.timed.push((middle(row.span), place));
            deeds.width = deeds.width.max(row.span.hi - row.span.lo);
        } else {
            deeds.wide.push(place);
        }
    }
    deeds.timed.sort_unstable();
    deeds
}
