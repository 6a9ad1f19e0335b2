//! What other programs go by: the number of pairs of shares within the window.

use std::collections::BTreeMap;

use cahoots_coordination::{AccountNo, Share};

type Weights = BTreeMap<(AccountNo, AccountNo), u32>;

/// The weight of each edge: pairs of shares of one object within the window (CooRTweet's weight;
/// the Coordination Network Toolkit's is the same where nobody shares an object twice).
pub fn weights(shares: &[Share], window: i64) -> Weights {
    let mut weights = Weights::new();
    for of_object in shares.chunk_by(|x, y| x.object == y.object) {
        for (at, x) in of_object.iter().enumerate() {
            let close = of_object[at + 1..].iter().take_while(|y| y.micros - x.micros <= window);
            for y in close.filter(|y| y.account != x.account) {
                let pair = (x.account.min(y.account), x.account.max(y.account));
                *weights.entry(pair).or_default() += 1;
            }
        }
    }
    weights
}

/// Edges of at least this weight.
pub fn at_least(weights: &Weights, least: u32) -> Vec<(AccountNo, AccountNo)> {
    weights.iter().filter(|(_, weight)| **weight >= least).map(|(pair, _)| *pair).collect()
}

/// Edges heavier than this part of all edges: R's quantile of type 7, strictly above.
pub fn percentile(weights: &Weights, part: f64) -> Vec<(AccountNo, AccountNo)> {
    let mut sorted: Vec<f64> = weights.values().map(|it| f64::from(*it)).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let place = part * last as f64;
    let below = place as usize;
    let above = (below + 1).min(last);
    let threshold = sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]);
    weights.iter().filter(|(_, it)| f64::from(**it) > threshold).map(|(pair, _)| *pair).collect()
}
