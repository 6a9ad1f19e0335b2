//! Tests of the CSV importer: fixtures, damage at every eighth, mappings.

use std::fmt::Write;

use super::*;
use crate::check;
use crate::tree::MemoryTree;

/// Keeps what `split` gives.
#[derive(Default)]
struct Kept(Vec<Chunk>, Vec<Batch>);

impl ChunkSink for Kept {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.0.push(chunk);
        Ok(())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.1.push(batch);
        Ok(())
    }
}

fn tree(bytes: &[u8]) -> MemoryTree {
    MemoryTree::new([(String::new(), bytes.to_vec())])
}

fn read(bytes: &[u8], options: &Options) -> Result<Vec<Batch>, ImportError> {
    let mut kept = Kept::default();
    PostsCsv.split(&tree(bytes), &[0], options, &mut kept)?;
    let parsed = kept.0.iter().map(|chunk| PostsCsv.parse(chunk, options));
    Ok(kept.1.into_iter().chain(parsed).collect())
}

fn map(pairs: &[(&str, &str)]) -> Options {
    let map = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Options { map, ..Options::default() }
}

pub(crate) fn shown(batches: &[Batch]) -> String {
    let mut out = String::new();
    for batch in batches {
        for account in &batch.accounts {
            let same: Vec<&str> = account.same_as.iter().map(|key| key.as_str()).collect();
            writeln!(out, "account {} = {}", account.key, same.join(" ")).unwrap();
        }
        for issue in &batch.issues {
            let (severity, code) = (issue.severity, &issue.code);
            writeln!(out, "{severity} {code} {}: {}", issue.locator, issue.what).unwrap();
        }
        for item in &batch.items {
            let mut json = serde_json::to_value(item).unwrap();
            for field in ["raw_sha256", "content_hash", "parent", "attachments", "mih", "subject"] {
                json.as_object_mut().unwrap().remove(field);
            }
            writeln!(out, "{}", serde_json::to_string_pretty(&json).unwrap()).unwrap();
        }
        writeln!(out, "{:?}", batch.balance).unwrap();
    }
    out
}

const FIXTURES: &[(&str, &[u8])] = &[
    ("good", include_bytes!("../../fixtures/posts-csv/good/in.csv")),
    ("damaged", include_bytes!("../../fixtures/posts-csv/damaged/in.csv")),
    ("empty", include_bytes!("../../fixtures/posts-csv/empty/in.csv")),
    ("header-only", include_bytes!("../../fixtures/posts-csv/header-only/in.csv")),
    ("coortweet", include_bytes!("../../fixtures/posts-csv/coortweet/in.csv")),
    ("cnt", include_bytes!("../../fixtures/posts-csv/cnt/in.csv")),
    ("legacy", include_bytes!("../../fixtures/posts-csv/legacy/in.tsv")),
    ("xapi", include_bytes!("../../fixtures/posts-csv/xapi/in.csv")),
];

#[test]
fn fixtures_read_as_before() {
    for (name, bytes) in FIXTURES {
        let batches = check::run(&PostsCsv, &tree(bytes));
        insta::assert_snapshot!(format!("posts_csv_{name}"), shown(&batches));
    }
}

#[test]
fn cut_anywhere_every_row_is_accounted_for() {
    for (_, bytes) in FIXTURES {
        let mut items = 0;
        for part in 0..=8 {
            let batches = check::run(&PostsCsv, &tree(&bytes[..bytes.len() * part / 8]));
            let now = batches.iter().map(|batch| batch.items.len()).sum::<usize>();
            assert!(now + 1 >= items, "fewer items from more bytes");
            items = now;
        }
    }
}

#[test]
fn shares_of_several_objects_in_one_post_stay_several() {
    let batches = read(FIXTURES[4].1, &Options::default()).unwrap();
    let ids: std::collections::BTreeSet<_> =
        batches.iter().flat_map(|batch| &batch.items).map(|item| item.id).collect();
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_mapping_wins_and_a_wrong_one_is_explained() {
    let table = b"wer,wann,was,text\nann,2020-01-02T12:00:00Z,the words,not these\n";
    let options =
        map(&[("account", "WER"), ("time", "wann"), ("text", "was"), ("platform", "gab")]);
    let batches = read(table, &options).unwrap();
    let item = &batches[0].items[0];
    assert_eq!(item.text, "the words");
    assert_eq!(item.participants[0].account.as_str(), "gab:ann");
    assert_eq!(item.detail["text"], "not these");
    let wrong = read(table, &map(&[("account", "who"), ("wheel", "wer")])).unwrap_err();
    insta::assert_snapshot!("posts_csv_wrong_map", wrong.to_string());
    let unfit = read(b"a,b\n1,2\n", &Options::default()).unwrap_err();
    assert!(unfit.to_string().contains("posts need at least"), "{unfit}");
}

#[test]
fn a_flag_says_repost() {
    use cahoots_record::Medium;
    let table = b"account,time,is_retweet\nann,1577966400,TRUE\nann,1577966401,false\n";
    let batches = read(table, &Options::default()).unwrap();
    let media: Vec<_> = batches[0].items.iter().map(|item| item.medium).collect();
    assert_eq!(media, [Medium::Repost, Medium::Post]);
}

#[test]
fn utf16_reads_as_the_same_table() {
    let (_, bytes) = FIXTURES[0];
    let text = std::str::from_utf8(bytes).unwrap();
    let wide: Vec<u8> =
        [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let items = |bytes: &[u8]| -> Vec<_> {
        check::run(&PostsCsv, &tree(bytes)).into_iter().flat_map(|batch| batch.items).collect()
    };
    assert_eq!(items(&wide), items(bytes));
}

#[test]
fn chunks_are_cut_between_rows_and_rows_counted_through() {
    let mut table = b"id,author,created_at,text\n".to_vec();
    for row in 1..=20_000 {
        let text =
            format!("{row},ann,1577966400,\"row {row},\nwith some words in it to fill space\"\r\n");
        table.extend_from_slice(text.as_bytes());
    }
    let mut kept = Kept::default();
    PostsCsv.split(&tree(&table), &[0], &Options::default(), &mut kept).unwrap();
    assert!(kept.0.len() > 1);
    let mut row = 0;
    for chunk in &kept.0 {
        for item in PostsCsv.parse(chunk, &Options::default()).items {
            row += 1;
            assert_eq!(item.locator.selector, Selector::Row(row));
            assert_eq!(item.native_id, Some(row.to_string()));
        }
    }
    assert_eq!(row, 20_000);
}

#[test]
fn recognised_by_columns_only() {
    let sure = |head: &[u8]| PostsCsv.recognize(Probe::File { path: "x", head, complete: true });
    for (name, bytes) in FIXTURES {
        assert_eq!(sure(bytes).is_some(), *name != "empty", "{name}");
    }
    assert_eq!(sure(b"Dear Ann, the text, the time and the author are known.\n\nBob"), None);
    assert_eq!(sure(b"type,earliest,latest,account,text,time\n"), None);
    assert_eq!(sure(b"From: ann@example.org\nTo: bob@example.org\n"), None);
    assert_eq!(sure(b"{\"id\":1,\"text\":2,\"author\":3,\"time\":4}\n"), None);
}

#[test]
fn any_bytes_at_all_keep_the_contract() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
    let rows = "[a1,\"\n\r\u{0}é;-]{0,60}";
    runner
        .run(&rows, |rows| {
            let text = format!("id,author,created_at,text\n{rows}");
            check::run(&PostsCsv, &tree(text.as_bytes()));
            Ok(())
        })
        .unwrap();
}
