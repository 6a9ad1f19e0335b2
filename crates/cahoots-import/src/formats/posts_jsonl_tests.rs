//! Tests of the JSON importer: fixtures in every arrangement, damage at every eighth.

use super::super::posts_csv::tests::shown;
use super::*;
use crate::check;
use crate::tree::MemoryTree;

fn tree(bytes: &[u8]) -> MemoryTree {
    MemoryTree::new([(String::new(), bytes.to_vec())])
}

const FIXTURES: &[(&str, &[u8])] = &[
    ("good", include_bytes!("../../fixtures/posts-jsonl/good/in.jsonl")),
    ("damaged", include_bytes!("../../fixtures/posts-jsonl/damaged/in.jsonl")),
    ("empty", include_bytes!("../../fixtures/posts-jsonl/empty/in.jsonl")),
    ("array", include_bytes!("../../fixtures/posts-jsonl/array/in.json")),
    ("xapi", include_bytes!("../../fixtures/posts-jsonl/xapi/in.json")),
    ("pretty", include_bytes!("../../fixtures/posts-jsonl/pretty/in.json")),
];

#[test]
fn fixtures_read_as_before() {
    for (name, bytes) in FIXTURES {
        let batches = check::run(&PostsJsonl, &tree(bytes));
        insta::assert_snapshot!(format!("posts_jsonl_{name}"), shown(&batches));
    }
}

#[test]
fn cut_anywhere_every_row_is_accounted_for() {
    for (_, bytes) in FIXTURES {
        for part in 0..=8 {
            check::run(&PostsJsonl, &tree(&bytes[..bytes.len() * part / 8]));
        }
    }
}

#[test]
fn a_cut_array_and_what_follows_one_are_said() {
    let codes = |text: &str| -> Vec<String> {
        let batches = check::run(&PostsJsonl, &tree(text.as_bytes()));
        batches.into_iter().flat_map(|batch| batch.issues).map(|issue| issue.code).collect()
    };
    let row = r#"{"id":"1","text":"a"}"#;
    assert_eq!(codes(&format!("[{row},\n")), ["truncated"]);
    assert_eq!(codes(&format!("[{row}] ")), [""; 0]);
    assert_eq!(codes(&format!("{{\n\"data\":[{row}] , \"includes\":{{}}}}")), ["behind-rows"]);
}

#[test]
fn one_page_reads_alike_in_every_arrangement() {
    let ids = |bytes: &[u8]| -> Vec<_> {
        let batches = check::run(&PostsJsonl, &tree(bytes));
        batches.into_iter().flat_map(|batch| batch.items).map(|item| item.id).collect()
    };
    let page = ids(FIXTURES[4].1);
    assert_eq!(page[..2], ids(FIXTURES[5].1));
    assert_eq!(page[0], page[2]);
}

#[test]
fn recognised_by_keys_only() {
    let sure = |head: &[u8]| PostsJsonl.recognize(Probe::File { path: "x", head, complete: true });
    for (name, bytes) in FIXTURES {
        assert_eq!(sure(bytes).is_some(), *name != "empty", "{name}");
    }
    assert_eq!(sure(br#"{"type":"call","earliest":1,"account":"a","text":"b","time":3}"#), None);
    assert_eq!(sure(br#"{"name":"a","version":"1"}"#), None);
    assert_eq!(sure(b"[some words in brackets]"), None);
}

#[test]
fn any_bytes_at_all_keep_the_contract() {
    use proptest::prelude::*;
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(200));
    runner
        .run(&("[\\[{]?", "[a1,\"\n{}\\[\\]:é\\\\]{0,60}"), |(start, rest)| {
            let row = r#"{"id":"1","text":"a"}"#;
            check::run(&PostsJsonl, &tree(format!("{start}{row}\n{rest}").as_bytes()));
            check::run(&PostsJsonl, &tree(format!("{start}{rest}\n{row}").as_bytes()));
            Ok(())
        })
        .unwrap();
}
