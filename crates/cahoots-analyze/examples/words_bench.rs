//! Times the search for shared runs and near copies over made-up texts with known truth.
//!
//! ```text
//! words_bench [TEXTS] [WORDS]
//! ```
//!
//! Words are drawn from 20,000, frequent ones more often. In every tenth text stands a run of 8 to
//! 20 words of an earlier one; every tenth is an earlier one with some words changed.

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::error::Error;
use std::time::Instant;

use cahoots_analyze::words::near::{overlap, shingles};
use cahoots_analyze::words::{Index, Stream, near_copies};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

fn main() -> Result<(), Box<dyn Error>> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<usize>());
    let mut next = |usual: usize| numbers.next().unwrap_or(Ok(usual));
    let (texts, words) = (next(100_000)?, next(120)?.max(30));
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut below = |n: usize| ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize;
    let mut all: Vec<Vec<usize>> = Vec::new();
    let (mut runs, mut copies) = (Vec::new(), Vec::new());
    for number in 0..texts {
        let mut text: Vec<usize> = Vec::with_capacity(words);
        for _ in 0..words {
            let most = below(20_000) + 1;
            text.push(below(most));
        }
        if number > 0 && number % 10 == 0 {
            let (other, length) = (below(number), 8 + below(13));
            let (from, to) = (below(words - length), below(words - length));
            let run = all[other][from..from + length].to_vec();
            text[to..to + length].copy_from_slice(&run);
            runs.push((other as u32, number as u32, length));
        } else if number % 10 == 5 {
            let other = below(number);
            text.clone_from(&all[other]);
            for _ in 0..below(words / 10) {
                let at = below(words);
                text[at] = 20_000 + below(1_000_000);
            }
            copies.push((other as u32, number as u32));
        }
        all.push(text);
    }
    let written: Vec<String> = all
        .iter()
        .map(|text| text.iter().map(|word| format!("w{word}")).collect::<Vec<_>>().join(" "))
        .collect();
    let since = Instant::now();
    let streams: Vec<Stream> = written.iter().map(|text| Stream::of(text)).collect();
    println!("{texts} texts of {words} words normalised in {:.2?}", since.elapsed());
    let since = Instant::now();
    let near = near_copies(&streams);
    let took = since.elapsed();
    let close: Vec<_> = copies
        .iter()
        .filter(|(here, there)| {
            let (a, b) = (shingles(&streams[*here as usize]), shingles(&streams[*there as usize]));
            let (shared, either) = overlap(&a, &b);
            2 * shared >= either
        })
        .collect();
    let listed = |pair: &(u32, u32)| {
        near.pairs.iter().any(|found| (found.here, found.there) == *pair)
            || near.same.iter().any(|group| group.contains(&pair.0) && group.contains(&pair.1))
    };
    let sample: Vec<_> = close.iter().take(2_000).collect();
    let found = sample.iter().filter(|pair| listed(pair)).count();
    println!(
        "near copies in {took:.2?}: {} pairs, {} groups; {found} of {} planted ones found",
        near.pairs.len(),
        near.same.len(),
        sample.len()
    );
    let since = Instant::now();
    let index = Index::new(streams, 50);
    println!("index in {:.2?}", since.elapsed());
    let since = Instant::now();
    let pairs = index.pairs();
    let took = since.elapsed();
    let by_pair: std::collections::BTreeMap<(u32, u32), usize> = pairs
        .iter()
        .map(|pair| {
            let longest = pair.runs.iter().map(|run| run.words).max();
            ((pair.here, pair.there), longest.unwrap_or(0))
        })
        .collect();
    let found = runs.iter().filter(|(here, there, length)| {
        by_pair.get(&(*here, *there)).is_some_and(|longest| longest >= length)
    });
    println!(
        "shared runs in {took:.2?}: {} pairs of texts; {} of {} planted ones found whole",
        pairs.len(),
        found.count(),
        runs.len()
    );
    Ok(())
}
