//! Holds 100,000 generated statements against partial records of invented worlds and prints what
//! share of those that fail in their world was caught, by template and by coverage.
//!
//! `cargo run --release -p cahoots-analyze --example statements_soundness [statements] [seed]`
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program that prints figures")]

#[path = "../tests/worlds/mod.rs"]
mod worlds;

use worlds::check::{EACH, Outcome, Tally, add};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual: u64| {
        arguments.next().map_or(usual, |text| text.parse().expect("a number was expected"))
    };
    let (statements, seed) = (number(100_000), number(1));
    let mut outcome = Outcome::default();
    for stream in 0..statements.div_ceil(EACH as u64) {
        add(&mut outcome, seed, stream);
    }
    println!("{} statements, {} not testable", outcome.claims, outcome.not_testable);
    let wrong = [
        ("contradicted although they hold", &outcome.wrongly_contradicted),
        ("consistent with a complete record although they fail", &outcome.wrongly_complete),
        ("supported although they fail", &outcome.wrongly_supported),
    ];
    for (what, list) in wrong {
        println!("{} {what}", list.len());
        for one in list.iter().take(5) {
            println!("    {one}");
        }
    }
    let line = |name: &str, tally: &Tally| {
        let share = |n: u64, of: u64| 100.0 * n as f64 / of.max(1) as f64;
        println!(
            "{name:>20} {:>8} {:>8.1}% {:>8.1}% {:>8} {:>8.1}%",
            tally.failing,
            share(tally.caught, tally.failing),
            share(tally.tension, tally.failing),
            tally.holding,
            share(tally.upheld, tally.holding)
        );
    };
    println!(
        "{:>20} {:>8} {:>9} {:>9} {:>8} {:>9}",
        "", "fail", "contrad.", "tension", "hold", "upheld"
    );
    for (template, tally) in &outcome.by_template {
        line(template.name(), tally);
    }
    for (coverage, tally) in &outcome.by_coverage {
        line(&format!("coverage from {coverage}%"), tally);
    }
}
