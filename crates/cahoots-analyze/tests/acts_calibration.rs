//! Calibration of the tests of acts at small size: no effect is seldom found where there is none,
//! and mostly found where there is one. The full size is the example `calibrate_acts`.

use cahoots_analyze::acts::acts;
use cahoots_analyze::stats::{Stream, binomial_tail};

#[path = "../examples/calibrate_acts/worlds.rs"]
mod worlds;

use worlds::World;

const RECORDS: u32 = 500;
const REDRAWS: u32 = 199;

/// Shares of records with p at most 0.05: of the test, and of shuffling the times uniformly.
fn rejected(world: World, n: usize, effect: f64) -> (f64, f64) {
    let mut stream = Stream::new(1_984, world as u64);
    let mut shuffles = Stream::new(1_984, 99);
    let (mut ours, mut shuffled) = (0, 0);
    for number in 0..RECORDS {
        let times = worlds::draw(world, n, effect, &mut stream);
        let (record, mut question) = worlds::record(&times);
        question.redraws = REDRAWS;
        question.seed = u64::from(number);
        let finding = acts(&record, &question);
        let test = &finding.result.tests[0].test;
        assert!(test.p >= 1.0 / f64::from(REDRAWS + 1), "p is never below its floor");
        ours += u32::from(test.p <= 0.05);
        shuffled += u32::from(worlds::uniform_shuffle(&times, 39, &mut shuffles) <= 0.05);
    }
    (f64::from(ours) / f64::from(RECORDS), f64::from(shuffled) / f64::from(RECORDS))
}

#[test]
fn a_flat_world_without_effect_is_seldom_rejected() {
    assert!(rejected(World::Flat, 30, 0.0).0 <= 0.055);
}

#[test]
fn the_clock_and_the_week_alone_are_seldom_rejected() {
    assert!(rejected(World::Clock, 30, 0.0).0 <= 0.055);
}

#[test]
fn bursts_alone_are_seldom_rejected() {
    assert!(rejected(World::Bursts, 10, 0.0).0 <= 0.055);
    assert!(rejected(World::Bursts, 30, 0.0).0 <= 0.055);
}

/// The world is a hard one: shuffling times uniformly rejects half of such records.
#[test]
fn a_common_campaign_alone_is_seldom_rejected() {
    let (ours, shuffled) = rejected(World::Campaign, 30, 0.0);
    assert!(ours <= 0.055, "{ours}");
    assert!(shuffled > 0.45, "{shuffled}");
}

#[test]
fn a_common_slow_season_alone_is_seldom_rejected() {
    assert!(rejected(World::SlowSeason, 30, 0.0).0 <= 0.055);
}

#[test]
fn an_effect_of_three_in_ten_is_mostly_found() {
    assert!(rejected(World::Bursts, 30, 0.3).0 >= 0.85);
}

/// News that moves everybody: timing is fooled, the comparison with peers is not.
#[test]
fn news_fools_timing_and_not_the_peers() {
    let mut stream = Stream::new(1_985, 0);
    let (mut timing, mut peers) = (0, 0_u64);
    for number in 0..200 {
        let (record, mut question) = worlds::news(20, 20, 0.1, 0.0, &mut stream);
        question.redraws = REDRAWS;
        question.seed = number;
        let result = acts(&record, &question).result;
        timing += u32::from(result.tests[0].test.p <= 0.05);
        peers += u64::from(result.peers.unwrap().p <= 0.05);
    }
    assert!(timing >= 40, "{timing} of 200");
    // 200 records cannot tell 0.05 from 0.06: the count must not be surely above 5%.
    assert!(binomial_tail(peers, 200, 0.05) > 0.01, "{peers} of 200");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let mut stream = Stream::new(1_986, 0);
    let (record, question) = worlds::record(&worlds::draw(World::Bursts, 20, 0.2, &mut stream));
    let one = serde_json::to_string(&acts(&record, &question)).unwrap();
    assert_eq!(one, serde_json::to_string(&acts(&record, &question)).unwrap());
    let other = cahoots_analyze::acts::Question { seed: 1, ..question };
    assert_ne!(one, serde_json::to_string(&acts(&record, &other)).unwrap());
}
