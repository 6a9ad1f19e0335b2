//! How long a scan of many pairs takes.
//!
//! ```sh
//! cargo run --release -p cahoots-analyze --example scan_acts -- 300 60 500
//! ```
//!
//! Arguments: pairs, messages of each, public items of each; over eight years, 9,999 redraws.

#![expect(clippy::print_stdout, reason = "a program that prints a figure")]

use std::time::Instant;

use cahoots_analyze::acts::{FEWEST_SESSIONS, Question, acts, pairs_with_sessions, scan};
use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, MINUTE, Span};
use cahoots_analyze::stats::Stream;
use cahoots_record::{AccountKey, Role};

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|it| it.parse::<u32>().ok());
    let pairs = arguments.next().unwrap_or(300);
    let messages = arguments.next().unwrap_or(60);
    let posts = arguments.next().unwrap_or(500);
    let mut stream = Stream::new(1, 1);
    let mut builder = Builder::new("America/Los_Angeles");
    let mut ord = 0;
    for pair in 0..pairs {
        let name = format!("{pair}");
        let (ada, bo) = (builder.party(&name, &name), builder.party(&name, &name));
        let from = builder.account(AccountKey::email(&format!("ada{pair}@quay.example")), ada);
        let to = builder.account(AccountKey::email(&format!("bo{pair}@quay.example")), bo);
        for number in 0..messages + posts {
            let span = Span::at(i64::from(stream.below(8 * 365 * 1440)) * MINUTE);
            ord += 1;
            builder.push(if number < messages {
                let takers = vec![(from, Role::From), (to, Role::To)];
                Entry { takers, ..Entry::new(ord, span) }
            } else {
                Entry { takers: vec![(to, Role::From)], ..Entry::post(ord, span) }
            });
        }
    }
    let record = builder.finish();
    let mut question = Question::new(cahoots_analyze::Party(0), cahoots_analyze::Party(1));
    let begun = Instant::now();
    let found = pairs_with_sessions(&record, question.within, FEWEST_SESSIONS);
    let scanned = scan(&record, &found, &question).result;
    let told = scanned.pairs.iter().filter(|row| row.q <= 0.05).count();
    println!(
        "{ord} items; {} pairs with at least {FEWEST_SESSIONS} sessions, {} redraws each: {:.2} s; \
         {told} with q <= 0.05",
        scanned.family,
        question.redraws,
        begun.elapsed().as_secs_f64()
    );
    question.circle.clear();
    let begun = Instant::now();
    let one = acts(&record, &question).result;
    println!(
        "one question in full, {} sessions: {:.3} s",
        one.sessions.len(),
        begun.elapsed().as_secs_f64()
    );
}
