//! From what was typed to what is asked.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cahoots_coordination::network::{MOST_PAIRS, Question};
use cahoots_coordination::spill::Budget;
use cahoots_coordination::{Choice, Compat, Kind, Reading};

use super::args::Coordination;
use crate::analysis::length;

/// What is asked, and how the input is read.
pub(super) struct Asked {
    pub(super) reading: Reading,
    pub(super) question: Question,
    pub(super) choice: Choice,
}

/// Reads the arguments.
pub(super) fn asked(args: &Coordination) -> Result<Asked> {
    let compat = match args.compat.as_deref() {
        Some("coortweet") => Some(Compat::CooRTweet),
        Some("cnt") => Some(Compat::Cnt),
        _ => None,
    };
    let kinds = args.object.iter().map(|name| kind(name.trim())).collect::<Result<Vec<_>>>()?;
    let windows = args.within.iter().map(|text| window(text)).collect::<Result<Vec<_>>>()?;
    let map = args.map.iter().map(|pair| mapping(pair)).collect::<Result<Vec<_>>>()?;
    let zone = match &args.zone {
        Some(name) => Some(jiff::tz::TimeZone::get(name).with_context(|| {
            format!("{name} is no time zone; write it as Europe/Berlin or America/New_York")
        })?),
        None => None,
    };
    let in_range = |name: &str, value: f64, from: f64| match (from..=1.0).contains(&value) {
        true => Ok(value),
        false => bail!("--{name} {value}: write a number from {from} to 1"),
    };
    if !(args.resolution > 0.0 && args.resolution.is_finite()) {
        bail!("--resolution {}: write a number above 0", args.resolution);
    }
    in_range("resemblance", args.resemblance, 0.5)?;
    in_range("fdr", args.fdr, 0.0)?;
    if let Some(part) = args.percentile {
        in_range("percentile", part, 0.0)?;
    }
    let memory = match &args.memory {
        Some(text) => Some(size(text)?),
        None => free_memory().map(|free| (free / 2).max(cahoots_coordination::spill::LEAST_MEMORY)),
    };
    let budget = Budget { memory, temp: args.temp.clone() };
    budget.check()?;
    let keeps_posts = args.explain.is_some() || args.html.is_some() || args.tables.is_some();
    Ok(Asked {
        reading: Reading {
            map,
            kinds,
            zone,
            compat,
            resemblance: Some(args.resemblance),
            keeps_posts,
            threads: args.threads,
            budget: budget.clone(),
        },
        question: Question {
            windows,
            min_participation: args.min_participation,
            min_weight: args.min_weight,
            compat,
            pairs_per_object: args.pairs_per_object,
            most_pairs: MOST_PAIRS,
            threads: args.threads,
            budget,
        },
        choice: Choice {
            percentile: args.percentile.or(match compat {
                Some(Compat::CooRTweet) => Some(0.5),
                _ => None,
            }),
            fdr: (!args.untested && compat.is_none()).then_some(args.fdr),
            resolution: args.resolution,
            seed: args.seed,
            ..Choice::default()
        },
    })
}

fn kind(name: &str) -> Result<Kind> {
    Kind::named(name).with_context(|| {
        format!(
            "{name} is no kind of object; there are {}",
            Kind::names().collect::<Vec<_>>().join(", ")
        )
    })
}

/// A window in microseconds. A bare number is refused: to one program it is seconds, to another
/// hours.
fn window(text: &str) -> Result<i64> {
    let text = text.trim();
    if text.ends_with(|c: char| c.is_ascii_digit()) {
        bail!("{text} has no unit; write {text}s for seconds, or 15min, 1h, 1d");
    }
    if text.trim_end_matches(char::is_alphabetic).trim() == "0" {
        return Ok(0);
    }
    length(text)
}

fn mapping(pair: &str) -> Result<(String, String)> {
    let (ours, theirs) = pair.split_once('=').with_context(|| {
        format!("--map {pair}: write it as OURS=THEIRS, for example account=who")
    })?;
    Ok((ours.trim().to_lowercase(), theirs.trim().to_owned()))
}

/// A size as people write it: `512MB`, `4GB`, `4GiB`, `1.5g`.
fn size(text: &str) -> Result<u64> {
    let lower = text.trim().to_lowercase();
    let digits = lower.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace()).len();
    let (number, unit) = lower.split_at(digits);
    let unit: u64 = match unit.trim() {
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1 << 40,
        "b" => 1,
        _ => bail!("{text} is no size; write 512MB or 4GB"),
    };
    match number.trim().parse::<f64>() {
        Ok(number) if number > 0.0 => Ok((number * unit as f64) as u64),
        _ => bail!("{text} is no size; write 512MB or 4GB"),
    }
}

/// Memory that is free, where the system says so.
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// Where an edge table goes: a file, as CSV or Parquet by its ending.
pub(super) fn is_parquet(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
}

/// The files to read; none when the case is meant.
pub(super) fn files(args: &Coordination) -> &[PathBuf] {
    &args.files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_windows_as_people_write_them() {
        assert_eq!(size("4GB").unwrap(), 4 << 30);
        assert_eq!(size("1.5g").unwrap(), 3 << 29);
        assert_eq!(size("512 MiB").unwrap(), 512 << 20);
        assert!(size("4").is_err() && size("-1GB").is_err() && size("x").is_err());
        assert_eq!(window("60s").unwrap(), 60_000_000);
        assert_eq!(window("0s").unwrap(), 0);
        assert_eq!(window("1h").unwrap(), 3_600_000_000);
        assert!(window("60").unwrap_err().to_string().contains("60s"));
    }
}
