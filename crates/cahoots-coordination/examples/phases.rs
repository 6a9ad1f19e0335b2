//! How long each phase takes: `phases FILE SECONDS [coortweet|cnt] [THREADS]`.

use std::io::Write;
use std::time::Instant;

use cahoots_coordination::output::tables;
use cahoots_coordination::{Choice, Compat, Question, Reading, findings_in, network, read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let compat = match word(2) {
        "coortweet" => Some(Compat::CooRTweet),
        "cnt" => Some(Compat::Cnt),
        _ => None,
    };
    let threads = word(3).parse().unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let mut last = Instant::now();
    let mut lap = |out: &mut dyn Write, name: &str| {
        let took = last.elapsed();
        last = Instant::now();
        writeln!(out, "{name}: {:.1} ms", took.as_secs_f64() * 1e3)
    };
    let reading = Reading { compat, threads, ..Reading::default() };
    let shares = read(&[word(0).into()], &reading)?;
    lap(&mut out, "read")?;
    let windows = vec![word(1).parse::<i64>()? * 1_000_000];
    let question = Question { windows, compat, threads, ..Question::default() };
    let found = network(&shares, &question)?;
    lap(&mut out, "network")?;
    let choice = Choice { fdr: None, ..Choice::default() };
    let found = findings_in(found, &shares, &question, choice)?;
    lap(&mut out, "findings")?;
    let table = tables::edges(&found, &shares, false);
    lap(&mut out, "order")?;
    let mut bytes = Vec::new();
    table.write_csv(&mut bytes)?;
    lap(&mut out, "write")?;
    writeln!(out, "{} shares, {} rows, {} bytes", shares.n, table.rows, bytes.len())?;
    Ok(())
}
