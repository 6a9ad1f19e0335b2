//! What the scheduler and the executor say about themselves, on standard error.

use std::io::Write;

use log::{Level, LevelFilter, Log, Metadata, Record};

/// Writes each event as one line: time, level, part of the program, words.
struct Journal;

impl Log for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The libraries below tell every request; their warnings are enough.
        let ours = metadata.target().starts_with("ballista")
            || metadata.target().starts_with("cahoots_engine");
        metadata.level() <= if ours { log::max_level() } else { Level::Warn.to_level_filter() }
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
            let line =
                format!("{now} {:5} {} {}\n", record.level(), record.target(), record.args());
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }

    fn flush(&self) {}
}

/// Starts the journal: warnings, or with `verbose` also what is being done.
pub fn start(verbose: bool) {
    // Fails only when there is one already, which then serves.
    let _ = log::set_logger(&Journal);
    log::set_max_level(if verbose { LevelFilter::Info } else { LevelFilter::Warn });
}
