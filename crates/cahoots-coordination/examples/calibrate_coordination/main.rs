//! Calibrates the evidence for edges on invented worlds with known truth.
//!
//!     cargo run --release -p cahoots-coordination --example calibrate_coordination -- [WORLDS] [REPEATS]
//!
//! The first table has worlds without coordination, WORLDS of each kind: how often p is at most
//! 0.05, and which edges pass. The second has groups that act in step in a world that has
//! everything that could pass for it, REPEATS worlds a line: which of their edges are found, and
//! how many of those found are theirs, by each question and by the thresholds of others. The third
//! has the clock shift.

mod plain;
mod thresholds;
mod worlds;

use std::collections::BTreeSet;
use std::io::Write;

use cahoots_coordination::evidence::discovery::adjusted;
use cahoots_coordination::evidence::{
    EvidenceError, Grounds, Parameters, Redraws, Selection, clock_shift,
};
use cahoots_coordination::{AccountNo, Share};
use worlds::{EVERYTHING, Planted, WORLDS, World};

type Pair = (AccountNo, AccountNo);
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const SECOND: i64 = 1_000_000;
const WINDOWS: [i64; 4] = [10, 60, 600, 3600];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let worlds: u64 = arguments.next().map_or(Ok(3), |it| it.parse())?;
    let repeats: u64 = arguments.next().map_or(Ok(3), |it| it.parse())?;
    let mut out = std::io::stdout().lock();
    if worlds > 0 {
        nulls(&mut out, worlds)?;
        writeln!(out)?;
    }
    if repeats > 0 {
        planted(&mut out, repeats)?;
        writeln!(out)?;
    }
    shifts(&mut out, worlds)
}

/// All pairs of accounts that share an object.
fn pairs(shares: &[Share]) -> BTreeSet<Pair> {
    let mut all = BTreeSet::new();
    for of_object in shares.chunk_by(|x, y| x.object == y.object) {
        for (at, x) in of_object.iter().enumerate() {
            for y in &of_object[at + 1..] {
                if x.account != y.account {
                    all.insert((x.account.min(y.account), x.account.max(y.account)));
                }
            }
        }
    }
    all
}

#[derive(Default)]
struct Counts {
    pairs: usize,
    with_occasions: usize,
    by_degree: usize,
    selection: usize,
    synchrony: usize,
    by_degree_pass: usize,
    selection_pass: usize,
    synchrony_pass: usize,
    plain: usize,
    plain_pass: usize,
    worlds_with_a_pass: u64,
    /// For each world: how often p of selection is at most 0.05, of how many; the same of synchrony.
    by_world: Vec<[(usize, usize); 2]>,
}

/// Bounds of 99% of a share that is summed over worlds, from how much the worlds differ (a ratio
/// estimate; pairs of one world are not independent). Student's t for the worlds at hand.
fn bounds(worlds: impl Iterator<Item = (usize, usize)> + Clone) -> String {
    const T: [f64; 12] = [63.66, 9.92, 5.84, 4.60, 4.03, 3.71, 3.50, 3.36, 3.25, 3.17, 3.11, 3.05];
    let count = worlds.clone().count();
    let (hits, all) = worlds.clone().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
    if count < 2 || all == 0 {
        return "–".to_owned();
    }
    let share = hits as f64 / all as f64;
    let off: f64 = worlds.map(|(k, n)| (k as f64 - share * n as f64).powi(2)).sum();
    let error = (off * count as f64 / (count - 1) as f64).sqrt() / all as f64;
    let t = T.get(count - 2).copied().unwrap_or(3.0);
    format!("{:.4} to {:.4}", (share - t * error).max(0.0), (share + t * error).min(1.0))
}

fn nulls(out: &mut impl Write, worlds: u64) -> Result<()> {
    writeln!(
        out,
        "| world | W | pairs | with occasions | degrees: p ≤ 0.05 | selection: p ≤ 0.05 | \
         synchrony: p ≤ 0.05 | degrees: edges | selection: edges | synchrony: edges | \
         worlds with one | plain: p ≤ 0.05 | plain: edges | selection: 99% | synchrony: 99% |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    for world in WORLDS {
        let mut counts = WINDOWS.map(|_| Counts::default());
        for seed in 0..worlds {
            one_world(&world, seed, &mut counts)?;
        }
        for (window, it) in WINDOWS.iter().zip(&counts) {
            let part = |of: usize, all: usize| of as f64 / all.max(1) as f64;
            writeln!(
                out,
                "| {} | {window} | {} | {} | {:.4} | {:.4} | {:.4} | {} | {} | {} | {}/{worlds} | {:.4} | {} | {} | {} |",
                world.name,
                it.pairs,
                it.with_occasions,
                part(it.by_degree, it.pairs),
                part(it.selection, it.pairs),
                part(it.synchrony, it.with_occasions),
                it.by_degree_pass,
                it.selection_pass,
                it.synchrony_pass,
                it.worlds_with_a_pass,
                part(it.plain, it.pairs),
                it.plain_pass,
                bounds(it.by_world.iter().map(|one| one[0])),
                bounds(it.by_world.iter().map(|one| one[1])),
            )?;
        }
        out.flush()?;
    }
    Ok(())
}

/// What selection would be without what was going round: it is looked at three times.
fn by_degree(selection: &Selection) -> f64 {
    (3.0 * selection.p_by_degree).min(1.0)
}

fn one_world(world: &World, seed: u64, counts: &mut [Counts]) -> Result<()> {
    let made = world.make(&[], 1_000 + seed);
    let all: Vec<Pair> = pairs(&made.shares).into_iter().collect();
    let grounds = Grounds::new(&made.shares, Parameters::default())?;
    for (window, counts) in WINDOWS.iter().zip(counts) {
        let evidence = grounds.evidence(window * SECOND, &all)?;
        let degrees: Vec<f64> =
            evidence.edges.iter().map(|it| by_degree(&it.selection.found)).collect();
        let family = evidence.family.pairs;
        let passing = |p: &[f64]| adjusted(p, family).iter().filter(|q| **q <= 0.05).count();
        let plain = plain::p_values(&made.shares, window * SECOND, &all);
        counts.plain += plain.iter().filter(|p| **p <= 0.05).count();
        counts.plain_pass += passing(&plain);
        counts.pairs += all.len();
        counts.by_degree += degrees.iter().filter(|p| **p <= 0.05).count();
        counts.by_degree_pass += passing(&degrees);
        let mut passed = false;
        let before = (counts.selection, counts.synchrony, counts.with_occasions);
        for edge in &evidence.edges {
            counts.with_occasions += usize::from(edge.synchrony.found.occasions > 0);
            counts.selection += usize::from(edge.selection.found.p <= 0.05);
            counts.synchrony += usize::from(edge.synchrony.found.p <= 0.05);
            counts.selection_pass += usize::from(edge.selection.passes);
            counts.synchrony_pass += usize::from(edge.synchrony.passes);
            passed |= edge.synchrony.passes;
        }
        counts.worlds_with_a_pass += u64::from(passed);
        counts.by_world.push([
            (counts.selection - before.0, all.len()),
            (counts.synchrony - before.1, counts.with_occasions - before.2),
        ]);
    }
    Ok(())
}

/// The group that every line of the second table varies in one respect.
const USUAL: Planted = Planted {
    size: 8,
    objects: 15,
    participation: 0.7,
    jitter: 20.0,
    minority: false,
    besides: 40,
};

fn planted(out: &mut impl Write, repeats: u64) -> Result<()> {
    writeln!(
        out,
        "| objects | varied | value | method | precision | recall | edges found |\n\
         |---|---|---|---|---|---|---|"
    )?;
    for minority in [false, true] {
        let usual = Planted { minority, ..USUAL };
        let vary = |varied: &'static str, value: f64, group: Planted| (varied, value, group, 60);
        let mut lines = Vec::new();
        lines.extend(
            [3, 5, 8, 15, 30].map(|n| vary("size", n as f64, Planted { size: n, ..usual })),
        );
        lines.extend([0.3, 0.5, 0.7, 0.85, 1.0].map(|participation| {
            vary("participation", participation, Planted { participation, ..usual })
        }));
        lines.extend(
            [5.0, 20.0, 60.0, 120.0, 300.0]
                .map(|jitter| vary("jitter, seconds", jitter, Planted { jitter, ..usual })),
        );
        lines.extend([0, 20, 40, 100, 200].map(|besides| {
            vary("other shares of a member", besides as f64, Planted { besides, ..usual })
        }));
        lines.extend(WINDOWS.map(|window| ("window, seconds", window as f64, usual, window)));
        for (varied, value, group, window) in lines {
            let objects = if minority { "others'" } else { "own" };
            let mut sums: Vec<(&str, [usize; 3])> = Vec::new();
            for seed in 0..repeats {
                let found = one_group(group, window, seed)?;
                if sums.is_empty() {
                    sums = found;
                } else {
                    for (sum, one) in sums.iter_mut().zip(&found) {
                        for (sum, one) in sum.1.iter_mut().zip(one.1) {
                            *sum += one;
                        }
                    }
                }
            }
            for (method, [right, found, truth]) in sums {
                let precision = if found == 0 { 1.0 } else { right as f64 / found as f64 };
                let recall = right as f64 / truth.max(1) as f64;
                writeln!(
                    out,
                    "| {objects} | {varied} | {value} | {method} | {precision:.3} | {recall:.3} | \
                     {found} |"
                )?;
            }
            out.flush()?;
        }
    }
    Ok(())
}

/// For each method: edges found that are the group's, edges found, edges of the group.
fn one_group(
    group: Planted,
    window: i64,
    seed: u64,
) -> std::result::Result<Vec<(&'static str, [usize; 3])>, EvidenceError> {
    let window = window * SECOND;
    let made = EVERYTHING.make(&[group], 2_000 + seed);
    let weights = thresholds::weights(&made.shares, window);
    let close: Vec<Pair> = weights.keys().copied().collect();
    let grounds = Grounds::new(&made.shares, Parameters::default())?;
    let evidence = grounds.evidence(window, &close)?;
    let passing = |passes: fn(&cahoots_coordination::evidence::EdgeEvidence) -> bool| {
        close
            .iter()
            .zip(&evidence.edges)
            .filter(|(_, edge)| passes(edge))
            .map(|(pair, _)| *pair)
            .collect::<Vec<Pair>>()
    };
    let members: BTreeSet<AccountNo> = made.groups.iter().flatten().copied().collect();
    let inside = |(a, b): &Pair| members.contains(a) && members.contains(b);
    let truth = group.size * (group.size - 1) / 2;
    let counted =
        |found: Vec<Pair>| [found.iter().filter(|pair| inside(pair)).count(), found.len(), truth];
    let plain = adjusted(&plain::p_values(&made.shares, window, &close), evidence.family.pairs);
    let passing_plain: Vec<Pair> =
        close.iter().zip(plain).filter(|(_, q)| *q <= 0.05).map(|(pair, _)| *pair).collect();
    Ok(vec![
        ("synchrony", counted(passing(|it| it.synchrony.passes))),
        ("selection", counted(passing(|it| it.selection.passes))),
        ("plain", counted(passing_plain)),
        ("weight ≥ 2 (both peers)", counted(thresholds::at_least(&weights, 2))),
        ("weight ≥ 5", counted(thresholds::at_least(&weights, 5))),
        ("percentile 0.5 (CooRTweet)", counted(thresholds::percentile(&weights, 0.5))),
        ("percentile 0.95", counted(thresholds::percentile(&weights, 0.95))),
    ])
}

/// How often the clock shift has p ≤ 0.05 for pairs that met three times, nobody acting in step.
fn shifts(out: &mut impl Write, worlds: u64) -> Result<()> {
    const WINDOW: i64 = 600 * SECOND;
    const PAIRS: usize = 100;
    writeln!(
        out,
        "| world | pairs | same object: p ≤ 0.05 | any object: p ≤ 0.05 |\n|---|---|---|---|"
    )?;
    for world in WORLDS.iter().filter(|it| !it.name.contains("long")) {
        let (mut pairs, mut same, mut any) = (0, 0, 0);
        for seed in 0..worlds {
            let made = world.make(&[], 3_000 + seed);
            let grounds = Grounds::new(&made.shares, Parameters::default())?;
            let weights = thresholds::weights(&made.shares, WINDOW);
            for (a, b) in thresholds::at_least(&weights, 3).into_iter().take(PAIRS) {
                let redraws = Redraws { number: 199, seed };
                let found = clock_shift(grounds.table(), &[a, b], WINDOW, redraws);
                pairs += 1;
                same += usize::from(found.same_object.p <= 0.05);
                any += usize::from(found.any_object.p <= 0.05);
            }
        }
        let part = |of: usize| of as f64 / pairs.max(1) as f64;
        let (same, any) = (part(same), part(any));
        writeln!(out, "| {} | {pairs} | {same:.3} | {any:.3} |", world.name)?;
    }
    Ok(())
}
