//! The exchange held against the sweep: a slow program answers in the place of the engine.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt32Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::network::network_elsewhere;
use crate::{Kind, Network, Reading, network};

/// Kind, object, account, post, seconds.
type Line = (Kind, String, String, String, i64);

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        prop_oneof![3 => Just(Kind::Url), 1 => Just(Kind::Hashtag)],
        prop_oneof![4 => "o[1-3]", 1 => "c[1-2]"],
        "[a-e]",
        prop_oneof![5 => "c[1-9]", 1 => Just(String::new())],
        prop_oneof![6 => 0_i64..12, 1 => 100_i64..104],
    );
    proptest::collection::vec(line, 0..50)
}

fn shares(lines: &[Line], compat: Option<Compat>) -> Shares {
    let rows = lines.iter().map(|(kind, object, account, post, seconds)| {
        (*kind, object.as_str(), account.as_str(), post.as_str(), seconds * 1_000_000)
    });
    Shares::of_rows(rows, &Reading { compat, ..Reading::default() }).unwrap()
}

#[derive(Clone, Copy)]
struct One {
    object: u32,
    account: u32,
    content: i64,
    micros: i64,
    layer: u32,
    kept: bool,
}

fn read_back(folder: &Path) -> Vec<One> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder.join("shares")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut rows = Vec::new();
    for path in files {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let small = |name: &str| {
                batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>().values().to_vec()
            };
            let large = |name: &str| {
                batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().values().to_vec()
            };
            let kept = batch.column_by_name("kept").unwrap().as_boolean();
            for row in 0..batch.num_rows() {
                rows.push(One {
                    object: small("object")[row],
                    account: small("account")[row],
                    content: large("content")[row],
                    micros: large("micros")[row],
                    layer: small("layer")[row],
                    kept: kept.value(row),
                });
            }
        }
    }
    rows
}

/// Answers by looking at every two shares.
fn answer_slowly(folder: &Path) {
    let question: Value =
        serde_json::from_slice(&fs::read(folder.join("question.json")).unwrap()).unwrap();
    let windows: Vec<i64> = question["windows_micros"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w.as_i64().unwrap())
        .collect();
    let rows = read_back(folder);
    assert_eq!(question["rows"], rows.len());
    let other_posts = question["other_posts"] == true;
    let by_age = question["posts"] == "by-age";
    let mut by_edge: BTreeMap<(u32, u32), Vec<(One, One)>> = BTreeMap::new();
    for x in &rows {
        for y in &rows {
            let earlier = (x.micros, x.account) < (y.micros, y.account);
            let apart = x.account != y.account && (!other_posts || x.content != y.content);
            let near = y.micros - x.micros <= *windows.last().unwrap();
            if x.object == y.object && earlier && apart && near && (x.kept || y.kept) {
                let key = (x.account.min(y.account), x.account.max(y.account));
                by_edge.entry(key).or_default().push((*x, *y));
            }
        }
    }
    let pairs: usize = by_edge.values().map(Vec::len).sum();
    let before = by_edge.len();
    let least = question["least_pairs"].as_u64().unwrap() as usize;
    by_edge.retain(|_, pairs| pairs.len() >= least);
    let mut columns: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for ((a, b), pairs) in &by_edge {
        let mut put = |name: String, value: i64| columns.entry(name).or_default().push(value);
        let mut lags: Vec<i64> = pairs.iter().map(|(x, y)| y.micros - x.micros).collect();
        lags.sort_unstable();
        let different = |of: &dyn Fn(&(One, One)) -> i64| {
            pairs.iter().map(of).collect::<BTreeSet<i64>>().len() as i64
        };
        let count =
            |is: &dyn Fn(&(One, One)) -> bool| pairs.iter().filter(|pair| is(pair)).count() as i64;
        let one =
            |(x, y): &(One, One)| if by_age || x.account == *a { x.content } else { y.content };
        let other =
            |(x, y): &(One, One)| if by_age || x.account == *a { y.content } else { x.content };
        put("a".to_owned(), i64::from(*a));
        put("b".to_owned(), i64::from(*b));
        put("pairs".to_owned(), pairs.len() as i64);
        put("objects".to_owned(), different(&|(x, _)| i64::from(x.object)));
        put("lag_seconds".to_owned(), lags.iter().map(|lag| lag / 1_000_000).sum());
        put("lag_rest".to_owned(), lags.iter().map(|lag| lag % 1_000_000).sum());
        put("lag_middle".to_owned(), lags[(lags.len() - 1) / 2] + lags[lags.len() / 2]);
        put("posts_a".to_owned(), different(&one));
        put("posts_b".to_owned(), different(&other));
        put("a_first".to_owned(), count(&|(x, y)| x.micros < y.micros && x.account == *a));
        put("b_first".to_owned(), count(&|(x, y)| x.micros < y.micros && x.account == *b));
        put("first".to_owned(), pairs.iter().map(|(x, _)| x.micros).min().unwrap());
        put("last".to_owned(), pairs.iter().map(|(_, y)| y.micros).max().unwrap());
        for (place, window) in windows[..windows.len() - 1].iter().enumerate() {
            let within = lags.iter().filter(|lag| *lag <= window).count() as i64;
            put(format!("window_{place}"), within);
        }
        for layer in 0..question["layers"].as_u64().unwrap() as u32 {
            let inside = |(x, _): &(One, One)| (x.layer == layer).then_some(x.object);
            let objects: Vec<u32> = pairs.iter().filter_map(inside).collect();
            put(format!("layer_{layer}"), objects.len() as i64);
            let objects = objects.iter().collect::<BTreeSet<_>>().len() as i64;
            put(format!("layer_{layer}_objects"), objects);
        }
    }
    let columns = columns.into_iter().map(|(name, values)| {
        let column: ArrayRef = Arc::new(Int64Array::from(values));
        (name, column)
    });
    let columns: Vec<_> = columns.collect();
    let empty: Vec<(String, ArrayRef)> =
        vec![("a".to_owned(), Arc::new(Int64Array::from(Vec::<i64>::new())))];
    let is_empty = columns.is_empty();
    let batch = RecordBatch::try_from_iter(if is_empty { empty } else { columns }).unwrap();
    let file = File::create(folder.join("edges.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let light = before - by_edge.len();
    let answer =
        json!({ "schema": "cahoots/coordination-answer/1", "pairs": pairs, "light": light });
    fs::write(folder.join("answer.json"), answer.to_string()).unwrap();
}

fn elsewhere(shares: &Shares, question: &Question) -> Network {
    let folder = tempfile::tempdir().unwrap();
    network_elsewhere(shares, question, folder.path(), || answer_slowly(folder.path())).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_network_found_elsewhere_is_the_network(
        lines in lines(),
        windows in proptest::collection::vec(0_i64..15, 1..3),
        least in 1_u32..4,
        weight in 1_u32..4,
        compat in prop_oneof![
            Just(None), Just(Some(Compat::CooRTweet)), Just(Some(Compat::Cnt))
        ],
        most in prop_oneof![2 => Just(u64::MAX), 1 => Just(9_u64)],
    ) {
        let shares = shares(&lines, compat);
        let question = Question {
            windows: windows.iter().map(|seconds| seconds * 1_000_000).collect(),
            min_participation: least,
            min_weight: weight,
            compat,
            pairs_per_object: most,
            threads: 1,
            ..Question::default()
        };
        prop_assert_eq!(elsewhere(&shares, &question), network(&shares, &question).unwrap());
    }
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    let line = |account: &str, seconds| {
        (Kind::Url, "o".to_owned(), account.to_owned(), format!("c{account}"), seconds)
    };
    let shares = shares(&[line("a", 0), line("b", 1), line("c", 2)], None);
    let question = Question { min_participation: 1, threads: 1, ..Question::default() };
    let with = |change: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        let found = network_elsewhere(&shares, &question, folder.path(), || {
            answer_slowly(folder.path());
            change(folder.path());
        });
        found.map(|network| network.edges.list.len()).map_err(|error| error.to_string())
    };
    assert_eq!(with(&|_| ()), Ok(3));
    let unanswered = with(&|folder| fs::remove_file(folder.join("answer.json")).unwrap());
    assert_eq!(unanswered.unwrap_err(), "the question was not answered");
    let fewer = with(&|folder| {
        let path = folder.join("answer.json");
        let text = fs::read_to_string(&path).unwrap().replace("\"pairs\":3", "\"pairs\":2");
        fs::write(path, text).unwrap();
    });
    assert!(fewer.unwrap_err().ends_with("it holds 2 pairs of 3"));
    let cut = with(&|folder| fs::write(folder.join("edges.parquet"), "PAR1").unwrap());
    assert!(cut.unwrap_err().ends_with("edges.parquet cannot be read"));
}

#[test]
fn no_name_is_written() {
    let line = |account: &str, seconds| {
        (Kind::Text, "secret words".to_owned(), account.to_owned(), "postname".to_owned(), seconds)
    };
    let shares = shares(&[line("secretary", 0), line("secretservice", 1)], None);
    let question = Question { min_participation: 1, threads: 1, ..Question::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut files = 0;
    network_elsewhere(&shares, &question, folder.path(), || {
        for place in [folder.path().to_owned(), folder.path().join("shares")] {
            for path in fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
                let Ok(bytes) = fs::read(&path) else { continue };
                files += 1;
                for word in ["secret", "postname"] {
                    let found = bytes.windows(word.len()).any(|part| part == word.as_bytes());
                    assert!(!found, "{word} in {}", path.display());
                }
            }
        }
        answer_slowly(folder.path());
    })
    .unwrap();
    assert_eq!(files, 2);
}
