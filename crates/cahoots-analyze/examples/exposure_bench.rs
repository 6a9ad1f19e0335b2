//! Times the pass over contacts: who could have known, from one node, over contacts made from a
//! seed.
//!
//! ```text
//! exposure_bench [--contacts N] [--nodes N] [--seed N] [--runs N] [--csv FILE] [--arrivals FILE]
//! ```
//!
//! `--csv` writes the contacts (`from,to,at`), `--arrivals` writes what the pass found (`node,at`),
//! so that another program can be asked the same. Prints one JSON object.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

use cahoots_analyze::exposure::could::{Contacts, earliest, latest};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

struct Ask {
    contacts: u32,
    nodes: u32,
    seed: u64,
    runs: usize,
    csv: Option<String>,
    arrivals: Option<String>,
}

fn ask() -> Result<Ask, Box<dyn Error>> {
    let mut ask =
        Ask { contacts: 10_000_000, nodes: 100_000, seed: 1, runs: 5, csv: None, arrivals: None };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--contacts" => ask.contacts = value.parse()?,
            "--nodes" => ask.nodes = value.parse::<u32>()?.max(2),
            "--seed" => ask.seed = value.parse()?,
            "--runs" => ask.runs = value.parse::<usize>()?.max(1),
            "--csv" => ask.csv = Some(value),
            "--arrivals" => ask.arrivals = Some(value),
            _ => return Err(format!("what is {word}?").into()),
        }
    }
    Ok(ask)
}

/// Few write much: the writer is drawn by the square of a uniform number, the reader evenly; from
/// one contact to the next pass 0 to 9 seconds, so that about one in ten ties with the one before.
fn generate(ask: &Ask) -> Contacts {
    let mut rng = ChaCha8Rng::seed_from_u64(ask.seed);
    let (mut contacts, mut at) = (Contacts::default(), 1_000_000_000_i64);
    for _ in 0..ask.contacts {
        let drawn = u64::from(rng.next_u32());
        let from = (((drawn * drawn) >> 32) * u64::from(ask.nodes)) >> 32;
        let to = (u64::from(rng.next_u32()) * u64::from(ask.nodes)) >> 32;
        at += i64::from(rng.next_u32() % 10);
        contacts.push(from as u32, to as u32, at);
    }
    contacts
}

fn main() -> Result<(), Box<dyn Error>> {
    let ask = ask()?;
    let contacts = generate(&ask);
    if let Some(path) = &ask.csv {
        let mut out = BufWriter::new(File::create(path)?);
        for n in 0..contacts.len() {
            writeln!(out, "{},{},{}", contacts.from[n], contacts.to[n], contacts.at[n])?;
        }
        out.flush()?;
    }
    // A start that is sure to write.
    let start = contacts.from.get(contacts.len() / 4).copied().unwrap_or(0);
    let mut passes: Vec<f64> = Vec::new();
    let mut back: Vec<f64> = Vec::new();
    let mut found = earliest(&contacts, start, i64::MIN, ask.nodes, 0);
    for _ in 0..ask.runs {
        let begin = Instant::now();
        found = earliest(&contacts, start, i64::MIN, ask.nodes, 0);
        passes.push(begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        let last = latest(&contacts, start, i64::MAX, ask.nodes, 0);
        back.push(begin.elapsed().as_secs_f64());
        assert!(last.of(start).is_some());
    }
    let others = (0..ask.nodes).filter(|node| *node != start);
    let sum: i64 = others.filter_map(|node| found.of(node)).fold(0, i64::wrapping_add);
    if let Some(path) = &ask.arrivals {
        let mut out = BufWriter::new(File::create(path)?);
        for node in (0..ask.nodes).filter(|node| *node != start) {
            if let Some(at) = found.of(node) {
                writeln!(out, "{node},{at}")?;
            }
        }
        out.flush()?;
    }
    let result = serde_json::json!({
        "contacts": contacts.len(), "nodes": ask.nodes, "seed": ask.seed, "start": start,
        "reached": found.reached(), "sum": sum,
        "seconds": passes, "seconds_backwards": back,
    });
    println!("{result}");
    Ok(())
}
