//! A kill at any moment of an import loses nothing: what is gone on with is the same record.

use std::time::{Duration, Instant};

use crate::support::{Bench, mailbox};

/// Fingerprint of the record and number of items, by the program's own account.
fn record(bench: &Bench, case: &str) -> (String, u64) {
    let verified = bench.json(&["verify", "--case", case]);
    let archives = bench.json(&["archives", "--case", case]);
    (verified["record"].as_str().unwrap().to_owned(), archives["items"].as_u64().unwrap())
}

#[test]
fn fifty_kills_leave_the_record_of_an_uninterrupted_import() {
    let bench = Bench::new();
    // Three archives, so that kills also fall between them.
    let text = mailbox(9000);
    let third = text.match_indices("\nFrom ").nth(6000).map(|(at, _)| at + 1).unwrap();
    bench.write("in/a.mbox", &text[..third]);
    bench.write("in/b.mbox", &text[third..]);
    bench.write("in/c.mbox", &text);
    // Small segments: a kill falls between several commits.
    let small = ("CAHOOTS_SEGMENT_BYTES", "200000");

    let started = Instant::now();
    let whole = bench
        .command()
        .env(small.0, small.1)
        .args(["open", "in", "--case", "whole", "-q"])
        .output();
    assert!(whole.unwrap().status.success());
    let uninterrupted = started.elapsed();
    let expected = record(&bench, "whole");
    assert_eq!(expected.1, 9000);

    // Each kill falls somewhere in the first part of what is left, so that most imports are cut
    // off several times before they end; the stretch adapts to the machine.
    let mut stretch = uninterrupted.mul_f64(0.6);
    let (mut killed, mut ended) = (0, 0);
    for round in 0..400u32 {
        if killed == 50 {
            break;
        }
        let mut child = bench
            .command()
            .env(small.0, small.1)
            .args(["open", "in", "--case", "killed", "-q"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(stretch.mul_f64(f64::from(round * 37 % 50) / 50.0));
        if child.try_wait().unwrap().is_none() {
            killed += 1;
            child.kill().unwrap();
            child.wait().unwrap();
        } else {
            ended += 1;
            stretch = stretch.mul_f64(0.8).max(Duration::from_millis(2));
            assert_eq!(record(&bench, "killed"), expected, "after {killed} kills");
            std::fs::remove_dir_all(bench.path("killed")).unwrap();
        }
    }
    assert_eq!(killed, 50, "{ended} imports ended by themselves");
    let done = bench
        .command()
        .env(small.0, small.1)
        .args(["open", "in", "--case", "killed", "-q"])
        .output();
    assert!(done.unwrap().status.success());
    assert_eq!(record(&bench, "killed"), expected);
    let found = bench.json(&["search", "harbour", "--case", "killed"]);
    let same = bench.json(&["search", "harbour", "--case", "whole"]);
    assert_eq!(found["total"], same["total"]);
}
