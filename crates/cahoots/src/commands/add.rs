//! `open` and `add`: archives into a case.

use std::path::Path;

use anyhow::{Context, Result, bail};
use cahoots_import::StopFlag;
use cahoots_store::Case;

use super::{Done, overview};
use crate::cli::{Add, Global};
use crate::ingest::{self, Report, Request};
use crate::output::{Output, counted};
use crate::progress::Progress;
use crate::report;

/// `open`: import what is given, go on with what was cut off, print the overview.
pub(super) fn open(global: &Global, args: &Add, out: &mut Output) -> Result<Done> {
    let done = import(global, args, out)?;
    let desk = super::open_desk(global, out)?;
    overview::print(&desk, &done.1, out)?;
    Ok(done.0)
}

/// `add`: import what is given, print what became of each archive.
pub(super) fn add(global: &Global, args: &Add, out: &mut Output) -> Result<Done> {
    if args.paths.is_empty() {
        bail!("nothing to add: name a file or a folder");
    }
    let done = import(global, args, out)?;
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    super::archives::print(case, &done.1, out)?;
    Ok(done.0)
}

fn import(global: &Global, args: &Add, out: &mut Output) -> Result<(Done, Report)> {
    let request = request(args)?;
    if let Some(missing) = request.paths.iter().find(|path| !path.exists()) {
        bail!("{}: no such file or folder", missing.display());
    }
    if request.paths.is_empty() && !global.case.join("case.toml").is_file() {
        bail!(cahoots_store::StoreError::NoCase { path: global.case.clone() });
    }
    let fresh = !global.case.join("case.toml").is_file();
    let mut case = Case::open_for_writing(&global.case, &case_name(&request, &global.case))?;
    let stop = StopFlag::default();
    let flag = stop.clone();
    ctrlc::set_handler(move || {
        if flag.is_set() {
            // Asked twice: everything reported as done is on disk already.
            std::process::exit(130);
        }
        flag.stop();
    })
    .context("Ctrl-C cannot be caught")?;
    let progress = Progress::new(global.quiet);
    let result = ingest::add(&mut case, &request, &stop, &progress);
    progress.done();
    let unused = fresh && case.archives().is_empty() && case.catalog().archives()?.is_empty();
    drop(case);
    let failed = match &result {
        Ok(report) => report.outcomes.is_empty() && !report.unreadable.is_empty(),
        Err(_) => true,
    };
    if unused && failed {
        // An archive that cannot be read must not leave an empty case behind.
        let _ = std::fs::remove_dir_all(&global.case);
    }
    let mut report = result?;
    if unused
        && failed
        && let Some((_, error)) = report.unreadable.pop()
    {
        return Err(error);
    }
    let done = say(&report, args, global, out)?;
    Ok((done, report))
}

/// Says on stderr what a person must know at once.
fn say(report: &Report, args: &Add, global: &Global, out: &Output) -> Result<Done> {
    for (_, error) in &report.unreadable {
        report::print(error);
    }
    if !out.quiet {
        for issue in &report.passed_over {
            report::note(&format!("not read: {} ({})", issue.locator.member, issue.what));
        }
    }
    if report.stopped {
        report::note("stopped; the same command goes on where it ended");
        return Ok(Done::Failed);
    }
    if !report.unreadable.is_empty() {
        return Ok(Done::Failed);
    }
    if args.strict {
        let case = Case::open(&global.case)?;
        let numbers: Vec<u32> = report.outcomes.iter().map(|outcome| outcome.archive).collect();
        let bad: u64 = case
            .archives()
            .iter()
            .filter(|row| numbers.contains(&row.archive))
            .map(|row| row.balance.damaged + row.balance.skipped)
            .sum();
        if bad > 0 {
            let entries = counted(bad, "entry was", "entries were");
            report::note(&format!("{entries} damaged or skipped; `cahoots problems` lists them"));
            return Ok(Done::Failed);
        }
    }
    Ok(Done::Found)
}

fn request(args: &Add) -> Result<Request> {
    let mut request = Request {
        paths: args.paths.clone(),
        format: args.format.clone(),
        custodian: args.custodian.trim().to_owned(),
        zone: args.zone.clone(),
        threads: args.threads,
        ..Request::default()
    };
    if let Some(zone) = &args.zone {
        let known = jiff::tz::TimeZone::get(zone).with_context(|| {
            format!("--zone {zone}: not a known zone (try America/New_York or UTC)")
        })?;
        request.options.zone = Some(known);
    }
    for pair in &args.map {
        match pair.split_once('=') {
            Some((ours, theirs)) if !ours.is_empty() && !theirs.is_empty() => {
                request.options.map.push((ours.trim().to_owned(), theirs.trim().to_owned()));
            }
            _ => bail!("--map {pair}: expected OURS=THEIRS, for example text=body"),
        }
    }
    request.options.public_list = args.public_list;
    Ok(request)
}

/// A new case is called after the first thing in it.
fn case_name(request: &Request, case: &Path) -> String {
    let first = request.paths.first().map_or(case, |path| path.as_path());
    let first = std::path::absolute(first).unwrap_or_else(|_| first.to_owned());
    first.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
