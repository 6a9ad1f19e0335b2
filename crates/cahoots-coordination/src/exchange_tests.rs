//! A question answered by somebody else gives the network that is found here.

use std::collections::BTreeMap;

use super::*;
use crate::kind::Kind;
use crate::{Reading, network};

/// Object, account, content, time, layer, kept.
type Share = (u32, u32, i64, i64, u32, bool);

fn shares(folder: &Path) -> Vec<Share> {
    let mut all = Vec::new();
    let mut files: Vec<_> =
        fs::read_dir(folder.join("shares")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for path in files {
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        for batch in builder.build().unwrap() {
            let batch = batch.unwrap();
            let small = |name: &str| {
                let column = batch.column_by_name(name).unwrap();
                column.as_primitive::<arrow_array::types::UInt32Type>().values().to_vec()
            };
            let large = |name: &str| {
                let column = batch.column_by_name(name).unwrap();
                column.as_primitive::<Int64Type>().values().to_vec()
            };
            let kept = batch.column_by_name("kept").unwrap().as_boolean();
            let (object, account, layer) = (small("object"), small("account"), small("layer"));
            let (content, micros) = (large("content"), large("micros"));
            for row in 0..batch.num_rows() {
                all.push((
                    object[row],
                    account[row],
                    content[row],
                    micros[row],
                    layer[row],
                    kept.value(row),
                ));
            }
        }
    }
    all
}

/// Answers by looking at every two shares.
fn reply(folder: &Path) {
    let text = fs::read(folder.join("question.json")).unwrap();
    let question: Value = serde_json::from_slice(&text).unwrap();
    let shares = shares(folder);
    assert_eq!(question["rows"], shares.len());
    let windows: Vec<i64> = question["windows_micros"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_i64().unwrap())
        .collect();
    let (other_posts, by_age) = (question["other_posts"] == true, question["posts"] == "by-age");
    let mut pairs: BTreeMap<(u32, u32), Vec<(&Share, &Share)>> = BTreeMap::new();
    for (at, y) in shares.iter().enumerate() {
        for x in shares[..at].iter().rev().take_while(|x| x.0 == y.0) {
            let near = y.3 - x.3 <= *windows.last().unwrap();
            let apart = x.1 != y.1 && !(other_posts && x.2 == y.2) && (x.5 || y.5);
            if near && apart {
                pairs.entry((x.1.min(y.1), x.1.max(y.1))).or_default().push((x, y));
            }
        }
    }
    let total: usize = pairs.values().map(Vec::len).sum();
    let least = question["least_pairs"].as_u64().unwrap() as usize;
    let before = pairs.len();
    pairs.retain(|_, list| list.len() >= least);
    let n_layers = question["layers"].as_u64().unwrap() as u32;
    let mut columns: Vec<(String, Vec<i64>)> = Vec::new();
    let mut add = |name: &str, of: &dyn Fn(u32, u32, &[(&Share, &Share)]) -> i64| {
        let values = pairs.iter().map(|((a, b), list)| of(*a, *b, list)).collect();
        columns.push((name.to_owned(), values));
    };
    fn different(values: impl Iterator<Item = i64>) -> i64 {
        values.collect::<std::collections::BTreeSet<_>>().len() as i64
    }
    let side = |first: bool| {
        move |a: u32, _: u32, list: &[(&Share, &Share)]| {
            different(list.iter().map(|(x, y)| {
                let x_is_first = by_age || x.1 == a;
                if x_is_first == first { x.2 } else { y.2 }
            }))
        }
    };
    add("a", &|a, _, _| i64::from(a));
    add("b", &|_, b, _| i64::from(b));
    add("pairs", &|_, _, list| list.len() as i64);
    add("objects", &|_, _, list| different(list.iter().map(|(x, _)| i64::from(x.0))));
    add("lag_sum", &|_, _, list| list.iter().map(|(x, y)| y.3 - x.3).sum());
    add("lag_middle", &|_, _, list| {
        let mut lags: Vec<i64> = list.iter().map(|(x, y)| y.3 - x.3).collect();
        lags.sort_unstable();
        lags[(lags.len() - 1) / 2] + lags[lags.len() / 2]
    });
    add("posts_a", &side(true));
    add("posts_b", &side(false));
    let firsts = |list: &[(&Share, &Share)], who: u32| {
        list.iter().filter(|(x, y)| x.3 < y.3 && x.1 == who).count() as i64
    };
    add("a_first", &|a, _, list| firsts(list, a));
    add("b_first", &|_, b, list| firsts(list, b));
    add("first", &|_, _, list| list.iter().map(|(x, _)| x.3).min().unwrap());
    add("last", &|_, _, list| list.iter().map(|(_, y)| y.3).max().unwrap());
    for (number, window) in windows[..windows.len() - 1].iter().enumerate() {
        add(&format!("window_{number}"), &|_, _, list| {
            list.iter().filter(|(x, y)| y.3 - x.3 <= *window).count() as i64
        });
    }
    for layer in (0..n_layers).filter(|_| n_layers > 1) {
        add(&format!("layer_{layer}"), &|_, _, list| {
            list.iter().filter(|(x, _)| x.4 == layer).count() as i64
        });
        add(&format!("layer_{layer}_objects"), &|_, _, list| {
            let inside = list.iter().filter(|(x, _)| x.4 == layer);
            different(inside.map(|(x, _)| i64::from(x.0)))
        });
    }
    let arrays = columns
        .into_iter()
        .map(|(name, values)| (name, Arc::new(Int64Array::from(values)) as ArrayRef));
    let batch = RecordBatch::try_from_iter(arrays).unwrap();
    let file = File::create(folder.join("edges.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let light = before - pairs.len();
    let answer = json!({
        "schema": "cahoots/coordination-answer/1", "pairs": total, "light": light,
    });
    fs::write(folder.join("answer.json"), answer.to_string()).unwrap();
}

#[test]
fn somebody_elses_answer_gives_the_same_network() {
    let plan = crate::planted::Plan {
        organic: 3_000,
        accounts: 80,
        objects: 40,
        hot: 0.1,
        ..Default::default()
    };
    let rows: Vec<(Kind, String, String, String, i64)> = plan
        .rows()
        .enumerate()
        .map(|(row, share)| {
            let kind = if share.object.0 % 3 == 0 { Kind::Hashtag } else { Kind::Url };
            // Posts come several times, some as the object itself.
            let post = match row % 11 {
                0 => format!("o{}", share.object.0),
                _ => format!("c{}", row / 2),
            };
            let (object, account) =
                (format!("o{}", share.object.0), format!("a{}", share.account.0));
            (kind, object, account, post, share.micros)
        })
        .collect();
    let minute = 60_000_000;
    for compat in [None, Some(Compat::CooRTweet), Some(Compat::Cnt)] {
        let how = Reading { compat, ..Reading::default() };
        let lines = rows.iter().map(|(kind, object, account, post, micros)| {
            (*kind, object.as_str(), account.as_str(), post.as_str(), *micros)
        });
        let shares = Shares::of_rows(lines, &how).unwrap();
        for (windows, min_weight, pairs_per_object) in
            [(vec![minute], 1, 1 << 40), (vec![60 * minute, 10 * minute], 2, 700)]
        {
            let question = Question {
                windows,
                min_weight,
                pairs_per_object,
                compat,
                threads: 1,
                ..Question::default()
            };
            let expected = network(&shares, &question).unwrap();
            assert!(expected.edges.list.len() > 100);
            assert_eq!(pairs_per_object < 1 << 40, !expected.left_out.is_empty());
            let folder = tempfile::tempdir().unwrap();
            let asked = ask(&shares, &question, folder.path()).unwrap();
            reply(folder.path());
            let found = answer(asked, &shares, &question).unwrap();
            assert_eq!(found, expected, "{compat:?}");
        }
    }
}

#[test]
fn an_answer_that_cannot_be_is_refused() {
    let line = |account, micros| (Kind::Url, "o", account, "", micros);
    let shares =
        Shares::of_rows([line("a", 0), line("b", 1), line("a", 2)], &Reading::default()).unwrap();
    let question = Question { min_participation: 1, ..Question::default() };
    let folder = tempfile::tempdir().unwrap();
    let asked = ask(&shares, &question, folder.path()).unwrap();
    assert!(matches!(answer(asked, &shares, &question), Err(ExchangeError::File { .. })));
    let asked = ask(&shares, &question, folder.path()).unwrap();
    reply(folder.path());
    fs::write(folder.path().join("answer.json"), "{\"schema\":\"other\"}").unwrap();
    let error = answer(asked, &shares, &question).unwrap_err().to_string();
    assert!(error.contains("another version"), "{error}");
}
