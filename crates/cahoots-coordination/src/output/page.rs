//! A page that shows the network and, for an edge, the shares behind it. It holds everything it
//! needs and asks nothing of any network.

use std::io::{self, Write};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};

use crate::findings::{Findings, FindingsError};
use crate::meetings::{PairOfShares, Shared, pairs_of_shares};
use crate::output::layout::places;
use crate::output::table::time;
use crate::output::tables::{passes, window_name};
use crate::shares::Shares;

const PAGE: &str = include_str!("page.html");

/// Edges that are drawn, at most.
pub const MOST_EDGES: usize = 1_500;
/// Pairs of shares listed for an edge, at most.
const MOST_PAIRS: usize = 15;

/// What the page says beside the network.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// The heading.
    pub title: String,
    /// Lines under it.
    pub lines: Vec<String>,
    /// Whether posts are items of a case, to be shown with `cahoots show`.
    pub posts_are_items: bool,
}

/// Writes the page.
///
/// # Errors
/// When it cannot be written, or what was spilled cannot be read again.
pub fn write_page(
    found: &Findings,
    shares: &Shares,
    words: &Words,
    out: &mut impl Write,
) -> Result<io::Result<()>, FindingsError> {
    let list = &found.network.edges.list;
    let mut drawn = found.by_surprise();
    let n_kept = drawn.len();
    drawn.truncate(MOST_EDGES);
    let ends: Vec<_> = drawn.iter().map(|at| (list[*at].a, list[*at].b)).collect();
    let (pairs, _) = pairs_of_shares(shares, &found.question, &ends, 4_000_000)?;
    let mut of_edge: FxHashMap<(u32, u32), Vec<&PairOfShares>> = FxHashMap::default();
    for pair in &pairs {
        let (x, y) = (pair.older.account.0, pair.newer.account.0);
        let listed = of_edge.entry((x.min(y), x.max(y))).or_default();
        if listed.len() < MOST_PAIRS {
            listed.push(pair);
        }
    }
    let mut numbers: Vec<u32> = ends.iter().flat_map(|(a, b)| [a.0, b.0]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let node_of: FxHashMap<u32, usize> =
        numbers.iter().enumerate().map(|(node, number)| (*number, node)).collect();
    let group_of = |number: u32| {
        found.accounts.get(&number).and_then(|facts| facts.group).map(|group| group as usize)
    };
    // Accounts of no group stand in one of their own, at the end.
    let seen: FxHashSet<usize> = numbers.iter().filter_map(|number| group_of(*number)).collect();
    let mut order: Vec<usize> = seen.into_iter().collect();
    order.sort_unstable();
    let drawn_group: Vec<usize> = numbers
        .iter()
        .map(|number| {
            let group = group_of(*number);
            group.and_then(|group| order.binary_search(&group).ok()).unwrap_or(order.len())
        })
        .collect();
    let links: Vec<(usize, usize)> =
        ends.iter().map(|(a, b)| (node_of[&a.0], node_of[&b.0])).collect();
    let places = places(numbers.len(), &links, &drawn_group);
    let rounded = |number: f64| (number * 10.0).round() / 10.0;
    let nodes: Vec<Value> = numbers
        .iter()
        .zip(&places)
        .map(|(number, place)| {
            json!({
                "n": shares.accounts.name(*number),
                "x": rounded(place.0),
                "y": rounded(place.1),
                "g": group_of(*number).map(|group| group + 1),
                "s": shares.of_account.get(*number as usize),
            })
        })
        .collect();
    let mut objects: Vec<Value> = Vec::new();
    let mut object_of: FxHashMap<u32, usize> = FxHashMap::default();
    let edges: Vec<Value> = drawn
        .iter()
        .zip(&links)
        .map(|(at, (a, b))| {
            let edge = &list[*at];
            let listed = of_edge.get(&(edge.a.0, edge.b.0)).map(Vec::as_slice).unwrap_or_default();
            let listed: Vec<Value> = listed
                .iter()
                .map(|pair| {
                    let number = *object_of.entry(pair.object.0).or_insert_with(|| {
                        let name = shares.objects.name(pair.object.0);
                        objects.push(json!([shares.kind_of(pair.object).name(), name]));
                        objects.len() - 1
                    });
                    json!([
                        number,
                        share(&pair.older, &node_of, shares),
                        share(&pair.newer, &node_of, shares),
                        pair.lag() as f64 / 1e6
                    ])
                })
                .collect();
            let tests = found.evidence_of(*at).map(|it| {
                json!({
                    "both": it.selection.found.both,
                    "expected": it.selection.found.expected,
                    "q": it.selection.q,
                    "occasions": it.synchrony.found.occasions,
                    "step": it.synchrony.found.in_step,
                    "stepExpected": it.synchrony.found.expected,
                    "compared": it.synchrony.found.compared,
                    "stepQ": it.synchrony.q,
                })
            });
            json!({
                "a": a, "b": b, "w": edge.weight, "o": edge.objects,
                "lag": edge.lag_median as f64 / 1e6,
                "af": edge.a_first, "bf": edge.b_first,
                "t": [time(edge.first), time(edge.last)],
                "p": passes(found, *at), "e": tests, "m": listed,
            })
        })
        .collect();
    let files: Vec<&str> = shares.files.iter().map(|file| file.name.as_str()).collect();
    let value = json!({
        "title": words.title, "lines": words.lines, "items": words.posts_are_items,
        "window": window_name(found.question.widest()), "kept": n_kept, "most": MOST_PAIRS,
        "files": files, "objects": objects, "nodes": nodes, "edges": edges,
    });
    // Nothing in a name may end the script.
    let text = value.to_string().replace('<', "\\u003c").replace('>', "\\u003e");
    let text = text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    Ok(match PAGE.split_once("/*DATA*/") {
        Some((before, after)) => {
            [before, &text, after].into_iter().try_for_each(|part| out.write_all(part.as_bytes()))
        }
        None => Err(io::Error::other("the page has no place for its numbers")),
    })
}

/// Account, time, post, file and row of a share.
fn share(shared: &Shared, node_of: &FxHashMap<u32, usize>, shares: &Shares) -> Value {
    let (file, row) = shared.place(shares);
    json!([node_of.get(&shared.account.0), time(shared.micros), shared.post(shares), file, row])
}
