//! How much of a spread the record shows when archives are missing: recall and errors by grade.
//!
//! ```text
//! exposure_spread [WORLDS] [PEOPLE] [MESSAGES]
//! ```

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;

mod world;

use world::{Score, Settings, make, score};

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u32>());
    let mut next = |usual: u32| numbers.next().unwrap_or(Ok(usual));
    let (worlds, people, messages) = (next(200)?, next(200)?, next(2_000)?);
    println!("{worlds} worlds of {people} people and {messages} messages for each row\n");
    println!(
        "| hidden | lost | told | found | 1 | 2 | 3 | 4 | 5 | false told 1 to 6 | never had, by grade 1 to 5 | too early |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---:|");
    for (hidden, lost) in [(0, 0), (25, 0), (50, 0), (75, 0), (90, 0), (50, 5)] {
        let mut sum = Score::default();
        for seed in 0..worlds {
            let settings = Settings { people, messages, hidden, lost };
            sum.add(&score(&make(settings, u64::from(seed))).0);
        }
        let share = |n: u64| format!("{:.1} %", 100.0 * n as f64 / sum.told.max(1) as f64);
        let grades: Vec<String> = sum.listed[..5].iter().map(|n| share(*n)).collect();
        println!(
            "| {hidden} % | {lost} % | {} | {} | {} | {} | {:?} | {} |",
            sum.told,
            share(sum.listed.iter().sum()),
            grades.join(" | "),
            sum.never_told.iter().sum::<u64>(),
            &sum.never_had[..5],
            sum.too_early,
        );
    }
    Ok(())
}
