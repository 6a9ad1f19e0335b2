//! Scores the sentences of a file, one a line: `requests_score FILE`. For `bench/requests`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::io::Write;

use cahoots_analyze::requests::{Detector, Model};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let Some(path) = std::env::args().nth(1) else {
        println!("usage: requests_score FILE");
        return Ok(());
    };
    let text = std::fs::read_to_string(path)?;
    let [low, balanced, high] = Model::embedded().thresholds();
    writeln!(out, "# thresholds {low} {balanced} {high}")?;
    let mut detector = Detector::default();
    for line in text.split_terminator('\n') {
        writeln!(out, "{:.12}", detector.score(line))?;
    }
    Ok(())
}
