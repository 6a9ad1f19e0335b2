//! Calibration of the tests of acts on invented worlds with known truth, at full size.
//!
//! ```sh
//! cargo run --release -p cahoots-analyze --example calibrate_acts
//! ```
//!
//! Prints, for each world, the share of records in which a test says p ≤ 0.05. Optional arguments:
//! the number of records per line (2,000) and of redraws (199).

#![expect(clippy::print_stdout, reason = "a program that prints a table")]

use cahoots_analyze::acts::{Verdict, acts};
use cahoots_analyze::stats::Stream;

mod worlds;

use worlds::World;

/// The worlds without a common cause beyond rhythm, by their names in the table.
const WORLDS: [(World, &str); 5] = [
    (World::Flat, "flat"),
    (World::Clock, "clock and weekday"),
    (World::Bursts, "the same, bursts"),
    (World::Campaign, "the same, campaign of 60 days"),
    (World::SlowSeason, "bursts, slow season"),
];

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|it| it.parse::<u32>().ok());
    let records = arguments.next().unwrap_or(2_000).max(1);
    let redraws = arguments.next().unwrap_or(199);
    println!("{records} records per line, {redraws} redraws, window 24 h; share with p <= 0.05");
    println!(
        "| world | messages | effect | timing | any window | placebo | uniform shuffle | verdict \
         «cannot tell» | verdict «more» |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for world in WORLDS {
        for n in [10, 30] {
            timing(world, n, 0.0, records, redraws);
        }
    }
    for world in [WORLDS[2], WORLDS[3]] {
        for n in [10, 30] {
            timing(world, n, 0.3, records, redraws);
        }
    }
    println!();
    println!("| news world: natural share | peers | stories | effect | timing | peers' test |");
    println!("|---|---|---|---|---|---|");
    for (natural, peers) in [(0.1, 20), (0.4, 20), (0.1, 5)] {
        for n in [10, 30] {
            for effect in [0.0, 0.2, 0.4] {
                news(natural, peers, n, effect, records, redraws);
            }
        }
    }
}

fn timing((world, name): (World, &str), n: usize, effect: f64, records: u32, redraws: u32) {
    let mut stream = Stream::new(2_021, world as u64 * 100 + n as u64 + (effect * 1e4) as u64);
    let mut shuffles = Stream::new(2_023, 0);
    let mut counts = [0_u32; 6];
    for number in 0..records {
        let times = worlds::draw(world, n, effect, &mut stream);
        let (record, mut question) = worlds::record(&times);
        question.redraws = redraws;
        question.seed = u64::from(number);
        let finding = acts(&record, &question);
        let Some(test) = finding.result.tests.first() else { continue };
        let hits = [
            test.test.p <= 0.05,
            test.p_any_window <= 0.05,
            test.placebo.p <= 0.05,
            worlds::uniform_shuffle(&times, redraws, &mut shuffles) <= 0.05,
            matches!(test.verdict, Verdict::CannotTell { .. }),
            test.verdict == Verdict::MoreThanChanceInTiming,
        ];
        for (count, hit) in counts.iter_mut().zip(hits) {
            *count += u32::from(hit);
        }
    }
    let shares: Vec<String> = counts.iter().map(|count| share(*count, records)).collect();
    println!("| {name} | {n} | {effect} | {} |", shares.join(" | "));
}

fn news(natural: f64, peers: usize, n: usize, effect: f64, records: u32, redraws: u32) {
    let number = (natural * 1e3) as u64 + peers as u64 * 7 + n as u64 * 13 + (effect * 1e5) as u64;
    let mut stream = Stream::new(2_022, number);
    let (mut by_time, mut by_peers) = (0, 0);
    for number in 0..records {
        let (record, mut question) = worlds::news(n, peers, natural, effect, &mut stream);
        question.redraws = redraws;
        question.seed = u64::from(number);
        let result = acts(&record, &question).result;
        by_time += u32::from(result.tests.first().is_some_and(|test| test.test.p <= 0.05));
        by_peers += u32::from(result.peers.is_some_and(|peers| peers.p <= 0.05));
    }
    let (by_time, by_peers) = (share(by_time, records), share(by_peers, records));
    println!("| {natural} | {peers} | {n} | {effect} | {by_time} | {by_peers} |");
}

fn share(count: u32, of: u32) -> String {
    format!("{:.3}", f64::from(count) / f64::from(of))
}
