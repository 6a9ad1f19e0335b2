//! The comparison with accounts that the record does not show being asked.
//!
//! For each request that names an item for the first time, the party and those peers that had not
//! acted on the item yet are the risk set; the share of them that acts within the window is the
//! chance that anyone so placed does. If the party is like its peers, the number of requests it
//! acts on has a Poisson-binomial distribution. A news event moves the peers as well, and so does
//! not look like an effect; peers who were secretly asked hide one, peers who are unlike the party
//! make one.

use rustc_hash::FxHashSet;

use super::actors::Bench;
use super::coverage::Coverage;
use super::deeds::{is_act, to_sender};
use super::links::Links;
use super::result::{PeerRow, PeerTest, Who};
use super::sessions::{middle, narrow};
use crate::finding::Cite;
use crate::record::{Party, Place, Record, Thing};
use crate::stats::poisson_binomial_tail;

/// The fewest peers for a verdict.
pub(super) const FEWEST: usize = 5;

/// When an account first acted on an item, against a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Did {
    /// Before the request, or at a time that may be before.
    Before,
    /// Within the window.
    Within(Place),
    /// Later or never.
    Not,
}

/// Compares the party of a question with its peers. `None` if no peers were declared.
pub(super) fn compare(
    bench: &Bench<'_>,
    links: &Links<'_>,
    coverage: &Coverage,
) -> Option<PeerTest> {
    let (record, question) = (bench.record, bench.question);
    let mut declared = question.peers.clone();
    declared.sort_unstable();
    declared.dedup();
    declared.retain(|peer| {
        *peer != question.from
            && *peer != question.to
            && !question.circle.contains(peer)
            && (peer.0 as usize) < record.parties.len()
    });
    if question.peers.is_empty() {
        return None;
    }
    let active: FxHashSet<Party> = declared
        .iter()
        .copied()
        .filter(|peer| record.places().any(|place| is_act(record, *peer, place)))
        .collect();
    let (peers, silent): (Vec<Party>, Vec<Party>) =
        declared.into_iter().partition(|peer| active.contains(peer));
    let mut test = PeerTest {
        peers: peers.iter().map(|it| Who::of(record, *it)).collect(),
        without_public_items: silent.iter().map(|it| Who::of(record, *it)).collect(),
        requests: 0,
        acted: 0,
        expected: 0.0,
        p: 1.0,
        p_in_family: 1.0,
        already_acted_on: 0,
        no_peer_left: 0,
        window_leaves_coverage: 0,
        items: Vec::new(),
    };
    let mut q = Vec::new();
    let mut named: FxHashSet<Thing> = FxHashSet::default();
    let messages = bench.messages.sessions.iter().flat_map(|it| &it.messages);
    for message in messages {
        let mut items = links.items(&[*message]);
        items.retain(|item| links.same_as(*item).all(|it| !named.contains(&it)));
        named.extend(items.iter().copied());
        if items.is_empty() {
            continue;
        }
        let t = middle(record.row(*message).span);
        let until = t.saturating_add(question.within);
        if !coverage.holds(t, until) {
            test.window_leaves_coverage += 1;
            continue;
        }
        let carriers = carriers(links, &items);
        let did = |party| did(record, question.from, question.within, party, &carriers, t, until);
        let own = did(question.to);
        if own == Did::Before {
            test.already_acted_on += 1;
            continue;
        }
        let (mut left, mut acted) = (0_u32, 0_u32);
        for peer in &peers {
            if was_asked(record, links, question.from, *peer, &items, until) {
                continue;
            }
            match did(*peer) {
                Did::Before => {}
                Did::Within(_) => (left, acted) = (left + 1, acted + 1),
                Did::Not => left += 1,
            }
        }
        if left == 0 {
            test.no_peer_left += 1;
            continue;
        }
        let act = if let Did::Within(place) = own { Some(place) } else { None };
        let share = f64::from(acted + u32::from(act.is_some())) / f64::from(left + 1);
        q.push(share);
        test.requests += 1;
        test.acted += u32::from(act.is_some());
        test.items.push(PeerRow {
            message: Cite::of(record, *message),
            items: items.iter().map(|it| record.things[it.0 as usize].key.clone()).collect(),
            act: act.map(|place| Cite::of(record, place)),
            peers: left,
            peers_acted: acted,
            share,
        });
    }
    test.expected = q.iter().sum();
    if !q.is_empty() {
        test.p = poisson_binomial_tail(test.acted as usize, &q);
        test.p_in_family = bench.in_family(test.p);
    }
    Some(test)
}

/// Every public item that carries one of some things, in the order of time.
fn carriers(links: &Links<'_>, items: &[Thing]) -> Vec<Place> {
    let things = items.iter().flat_map(|item| links.same_as(*item));
    let mut places: Vec<Place> = things.flat_map(|thing| links.public_with(thing)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// What a party did with the carriers of an item: the earliest act decides.
fn did(
    record: &Record,
    sender: Party,
    within: i64,
    party: Party,
    carriers: &[Place],
    t: i64,
    until: i64,
) -> Did {
    let mut found = Did::Not;
    for place in carriers.iter().copied().filter(|place| is_act(record, party, *place)) {
        let row = record.row(place);
        if !narrow(row.span, within) {
            // A wide time that begins before the request may lie before it.
            if row.span.lo <= t {
                return Did::Before;
            }
            continue;
        }
        let at = middle(row.span);
        if at <= t {
            return Did::Before;
        }
        let counts = !row.flags.automated && !to_sender(record, sender, place);
        if at <= until && counts && found == Did::Not {
            found = Did::Within(place);
        }
    }
    found
}

/// Whether the record shows the sender naming one of the items to a peer in private, by the end of
/// the window.
fn was_asked(
    record: &Record,
    links: &Links<'_>,
    sender: Party,
    peer: Party,
    items: &[Thing],
    until: i64,
) -> bool {
    let things = items.iter().flat_map(|item| links.same_as(*item));
    things.flat_map(|thing| record.places_of.of(thing.0)).any(|place| {
        let row = record.row(*place);
        row.is_private_message()
            && row.span.lo <= until
            && record.wrote(sender, *place)
            && record.received(peer, *place)
    })
}
