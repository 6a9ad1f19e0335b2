//! `cahoots-engine coordination`: the pairs of shares, here and on a cluster.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, UInt32Array,
};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use serde_json::{Value, json};

use crate::processes::Cluster;
use crate::{engine, printed, run, said};

/// Object, account, content, time, kept.
type Share = (u32, u32, i64, i64, bool);

/// Shares made up from a seed: some objects popular, some accounts busy, a group in step.
fn made_up(n: u64, objects: u64, seed: u64) -> Vec<Share> {
    let mut state = seed;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut shares: Vec<Share> = (0..n)
        .map(|number| {
            // Popularity falls off; one share in twenty is of one object.
            let object = if next(20) == 0 { 0 } else { next(objects).min(next(objects)) };
            let account = next(200).min(next(200));
            let micros = next(86_400 * 3) as i64 * 1_000_000;
            (object as u32, account as u32, number as i64, micros, next(10) > 0)
        })
        .collect();
    for push in 0..n / 50 {
        let start = next(86_400 * 3) as i64 * 1_000_000;
        for member in 0..5 {
            let micros = start + next(20_000_000) as i64;
            let content = (n + push * 5 + member) as i64;
            shares.push(((1 + push % 7) as u32, 300 + member as u32, content, micros, true));
        }
    }
    shares.sort_by_key(|share| (share.0, share.3, share.1));
    shares
}

/// Writes the folder of a question; `more` changes what it asks.
fn ask(folder: &Path, windows_micros: &[i64], more: &Value, shares: &[Share]) {
    fs::create_dir_all(folder.join("shares")).unwrap();
    let mut question = json!({
        "schema": "cahoots/coordination-question/1", "windows_micros": windows_micros,
        "layers": 1, "other_posts": false, "posts": "by-account", "least_pairs": 1,
        "rows": shares.len(),
    });
    for (key, value) in more.as_object().unwrap() {
        question[key] = value.clone();
    }
    fs::write(folder.join("question.json"), question.to_string()).unwrap();
    for (number, part) in shares.chunks(shares.len().div_ceil(3)).enumerate() {
        let numbers = |of: fn(&Share) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(part.iter().map(of)))
        };
        let longs = |of: fn(&Share) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(part.iter().map(of)))
        };
        let kept: Vec<bool> = part.iter().map(|share| share.4).collect();
        let batch = RecordBatch::try_from_iter([
            ("object", numbers(|share| share.0)),
            ("account", numbers(|share| share.1)),
            ("content", longs(|share| share.2)),
            ("micros", longs(|share| share.3)),
            ("layer", numbers(|share| share.0 % 2)),
            ("kept", Arc::new(BooleanArray::from(kept)) as ArrayRef),
        ])
        .unwrap();
        let file = File::create(folder.join(format!("shares/{number:05}.parquet"))).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
    }
}

/// Both files of the answer.
fn answer(folder: &Path) -> (Vec<u8>, String) {
    let edges = fs::read(folder.join("edges.parquet")).unwrap();
    (edges, fs::read_to_string(folder.join("answer.json")).unwrap())
}

fn forget_answer(folder: &Path) {
    fs::remove_file(folder.join("edges.parquet")).unwrap();
    fs::remove_file(folder.join("answer.json")).unwrap();
}

/// The pairs of all edges, added up, and how many edges there are.
fn pairs(folder: &Path) -> (i64, usize) {
    let file = File::open(folder.join("edges.parquet")).unwrap();
    let batches: Vec<RecordBatch> = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .build()
        .unwrap()
        .flatten()
        .collect();
    let pairs = batches.iter().flat_map(|batch| {
        let column = batch.column_by_name("pairs").unwrap().as_primitive::<Int64Type>();
        column.values().to_vec()
    });
    (pairs.sum(), batches.iter().map(RecordBatch::num_rows).sum())
}

/// Pairs by looking at every two shares of an object.
fn brute(shares: &[Share], window: i64) -> i64 {
    let mut pairs = 0;
    for (place, x) in shares.iter().enumerate() {
        for y in shares[place + 1..].iter().take_while(|y| y.0 == x.0 && y.3 - x.3 <= window) {
            pairs += i64::from(x.1 != y.1 && (x.4 || y.4));
        }
    }
    pairs
}

#[test]
fn every_answer_is_the_same_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let shares = made_up(4_000, 60, 1);
    let cluster = Cluster::start(2);
    let minute = 60_000_000;
    for (windows, more) in [
        (vec![minute], json!({})),
        (vec![10 * minute, 60 * minute], json!({"layers": 2, "posts": "by-age"})),
        (vec![60 * minute], json!({"other_posts": true, "least_pairs": 2})),
        (vec![0], json!({})),
    ] {
        ask(folder.path(), &windows, &more, &shares);
        let here = run(folder.path(), &["coordination", "."]);
        let window = *windows.last().unwrap();
        assert!(here.status.success() || window == 0, "{}", said(&here));
        let expected = answer(folder.path());
        let (found, n_edges) = pairs(folder.path());
        if more["least_pairs"].is_null() {
            assert_eq!(found, brute(&shares, window), "{windows:?} {more}");
        }
        assert!(n_edges > 20 || window == 0);
        for parts in ["", "1", "7"] {
            forget_answer(folder.path());
            let url = cluster.url();
            let mut arguments = vec!["coordination", ".", "--cluster", &url];
            if !parts.is_empty() {
                arguments.extend(["--partitions", parts]);
            }
            let there = run(folder.path(), &arguments);
            let code = there.status.code();
            assert!(code == here.status.code(), "{}\n{}", said(&there), cluster.logs());
            assert!(answer(folder.path()) == expected, "{windows:?} {more} in {parts} parts");
        }
    }
}

/// Asks a cluster what takes a while; executor 0 is killed in the middle. The exit code, and what
/// was said.
fn disturbed(folder: &Path, cluster: &mut Cluster) -> (Option<i32>, String) {
    let log = File::create(folder.join("asked.log")).unwrap();
    let mut asked = engine()
        .current_dir(folder)
        .args(["coordination", ".", "--cluster", &cluster.url(), "--partitions", "8"])
        .args(["--give-up-after", "120"])
        .stderr(log)
        .spawn()
        .unwrap();
    cluster.wait_for_work(0, &mut asked);
    cluster.kill(0);
    let status = asked.wait().unwrap();
    (status.code(), fs::read_to_string(folder.join("asked.log")).unwrap())
}

#[test]
fn an_executor_killed_in_the_middle_never_gives_a_wrong_answer() {
    let folder = tempfile::tempdir().unwrap();
    let shares = made_up(40_000, 300, 2);
    ask(folder.path(), &[3_600_000_000], &json!({}), &shares);
    printed(&run(folder.path(), &["coordination", "."]));
    let expected = answer(folder.path());
    forget_answer(folder.path());
    let mut cluster = Cluster::start(2);
    let (code, log) = disturbed(folder.path(), &mut cluster);
    // The work of the killed one is done again by the other, or, where Ballista leaves the job
    // lying, the question is given up and says so.
    match code {
        Some(0) => assert!(answer(folder.path()) == expected),
        _ => {
            assert_eq!(code, Some(2), "{log}\n{}", cluster.logs());
            assert!(log.contains("was not answered"), "{log}");
            assert!(!folder.path().join("answer.json").exists());
        }
    }
}

#[test]
fn when_all_executors_are_killed_there_is_an_error_and_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    ask(folder.path(), &[3_600_000_000], &json!({}), &made_up(40_000, 300, 3));
    let mut cluster = Cluster::start(1);
    let (code, log) = disturbed(folder.path(), &mut cluster);
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("was not answered"), "{log}");
    assert!(!folder.path().join("answer.json").exists());
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shares = made_up(100, 5, 4);
    let window = [60_000_000];
    for (more, complaint) in [
        (json!({"schema": "cahoots/coordination-question/9"}), "not a question of this version"),
        (json!({"posts": "by-size"}), "asks nothing that is known"),
        (json!({"windows_micros": [-1]}), "asks nothing that is known"),
        (json!({"windows_micros": [5, 3]}), "asks nothing that is known"),
        (json!({"rows": 7}), "and 7 were announced"),
    ] {
        ask(folder.path(), &window, &more, &shares);
        let output = run(folder.path(), &["coordination", "."]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(complaint), "{}", said(&output));
    }
    let mut reversed = shares;
    reversed.reverse();
    ask(folder.path(), &window, &json!({}), &reversed);
    let output = run(folder.path(), &["coordination", "."]);
    assert!(said(&output).contains("do not come in order"), "{}", said(&output));
    assert!(!folder.path().join("answer.json").exists());
}
