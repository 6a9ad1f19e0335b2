//! How fast messages are read for requests: `requests_speed FILE [THREADS]`.
//!
//! FILE is any text; it is cut at empty lines into messages of about two kilobytes, which are
//! repeated up to 100,000 messages. Each thread has its own detector.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::Instant;

use cahoots_analyze::requests::Detector;

const MESSAGES: usize = 100_000;
const BYTES: usize = 2_000;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        println!("usage: requests_speed FILE [THREADS]");
        return Ok(());
    };
    let threads: usize = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(2);
    let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
    let messages = cut(&text);
    let bytes: usize = (0..MESSAGES).map(|at| messages[at % messages.len()].len()).sum();
    let start = Instant::now();
    let asked: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let messages = &messages;
                scope.spawn(move || {
                    let mut detector = Detector::default();
                    (thread..MESSAGES)
                        .step_by(threads)
                        .map(|at| detector.detect(messages[at % messages.len()], None).asked.len())
                        .sum::<usize>()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum()
    });
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{MESSAGES} messages, {} different, {:.0} MB, {threads} threads: {seconds:.2} s, \
         {asked} sentences listed",
        messages.len(),
        bytes as f64 / 1e6
    );
    Ok(())
}

/// Pieces of about [`BYTES`] bytes that end at an empty line.
fn cut(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    for paragraph in text.split_inclusive("\n\n") {
        at += paragraph.len();
        if at - start >= BYTES {
            pieces.push(&text[start..at]);
            start = at;
        }
    }
    if pieces.is_empty() {
        pieces.push(text);
    }
    pieces
}
