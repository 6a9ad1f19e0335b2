//! X archives and tables of posts from outside: every fixture read as it is, with CRLF, and cut at
//! every eighth.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod cases;

use std::path::Path;

use cahoots_import::{Batch, Confidence, Importer, Probe, check, tree::MemoryTree};
use cahoots_record::{ObjectKind, Role, Severity};
use cases::{crlf, fixtures, load};

fn importer(name: &str) -> &'static dyn Importer {
    *cahoots_import::importers().iter().find(|i| i.format().name == name).unwrap()
}

/// Reads files and checks what must hold of anything read (`check::run` goes back from each item
/// to its bytes).
fn read(name: &str, files: Vec<(String, Vec<u8>)>) -> Batch {
    let mut total = Batch::default();
    for batch in check::run(importer(name), &MemoryTree::new(files)) {
        total.balance.add(&batch.balance);
        total.items.extend(batch.items);
        total.issues.extend(batch.issues);
        total.accounts.extend(batch.accounts);
    }
    for item in &total.items {
        assert!(!item.text.contains(['\r', '\0']), "{}", item.locator);
        let epoch = item.when.sort_key().is_some_and(|at| at.seconds().abs() < 86_400);
        assert!(!epoch, "nothing lands in 1970: {}", item.locator);
    }
    let of =
        |severity| total.issues.iter().filter(|issue| issue.severity == severity).count() as u64;
    assert!(total.balance.skipped == 0 || of(Severity::Lost) + of(Severity::Note) > 0);
    assert!(total.balance.damaged <= of(Severity::Damaged), "{:?}", total.balance);
    assert!(total.balance.read + total.balance.damaged >= total.items.len() as u64);
    total
}

fn check(format: &str) {
    for (case, path) in fixtures(format) {
        let mut files = load(&path);
        if !importer(format).format().folder {
            assert_eq!(files.len(), 1, "{case}");
            files[0].0.clear();
        }
        let batch = read(format, files.clone());
        let shown = serde_json::json!({
            "accounts": batch.accounts,
            "items": batch.items,
            "issues": batch.issues,
            "balance": batch.balance,
        });
        insta::assert_json_snapshot!(format!("{format}__{case}"), shown);

        if !case.contains("utf-16") {
            let files = files.iter().map(|(path, bytes)| (path.clone(), crlf(bytes))).collect();
            let other = read(format, files);
            let said = |batch: &Batch| {
                let items = batch.items.iter();
                items.map(|i| (i.id, i.text.clone(), i.when.clone())).collect::<Vec<_>>()
            };
            assert_eq!(said(&batch), said(&other), "{case}");
            assert_eq!(batch.balance, other.balance, "{case}");
        }

        for eighth in 0..8 {
            let cut = |bytes: &[u8]| bytes[..bytes.len() * eighth / 8].to_vec();
            let all = files.iter().map(|(path, bytes)| (path.clone(), cut(bytes))).collect();
            read(format, all);
            for one in 0..files.len() {
                let mut some = files.clone();
                some[one].1 = cut(&some[one].1);
                read(format, some);
            }
        }
    }
}

#[test]
fn x_archive_fixtures() {
    check("x-archive");
}

#[test]
fn an_x_archive_cut_anywhere_gives_every_entry_before_the_cut() {
    let files = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/x-archive/good"));
    let place = files.iter().position(|(path, _)| path == "data/tweets.js").unwrap();
    let whole = &files[place].1;
    let ends: Vec<usize> = (0..whole.len())
        .filter(|at| whole[*at..].starts_with(b"\n  },\n") || whole[*at..].starts_with(b"\n  }\n]"))
        .map(|at| at + 4)
        .collect();
    assert_eq!(ends.len(), 3);
    for at in (0..whole.len()).step_by(37) {
        let one = vec![("data/tweets.js".to_owned(), whole[..at].to_vec())];
        let batch = read("x-archive", one);
        let expected = ends.iter().filter(|end| **end <= at).count();
        assert_eq!(batch.items.len(), expected, "cut at {at}");
        assert_eq!(batch.balance.skipped, 1);
        let lost = batch.issues.iter().filter(|issue| issue.severity == Severity::Lost);
        assert_eq!(lost.count(), 1);
    }
}

#[test]
fn entries_of_a_list_that_is_named_twice_lead_back_to_their_bytes() {
    let message = |id: u32| {
        let text = r#""senderId": "7", "text": "Hello", "createdAt": "2016-05-01T09:00:00.000Z""#;
        format!(r#"{{"messageCreate": {{"id": "{id}", {text}}}}}"#)
    };
    let (one, two, three) = (message(1), message(2), message(3));
    let file = format!(
        r#"window.YTD.direct_messages.part0 = [{{"dmConversation": {{"conversationId": "7-8",
        "messages": [{one}], "messages": [{two}]}}, "dmConversation": {{"messages": [{three}]}}}}]"#
    );
    let files = vec![("data/direct-messages.js".to_owned(), file.into_bytes())];
    // The contract is checked with it: every item's locator selects the bytes that it was read from.
    let batch = read("x-archive", files);
    assert_eq!(batch.items.len(), 3);
    assert_eq!(batch.balance.found, 3);
}

#[test]
fn x_archives_are_recognised_from_their_listing() {
    for (case, path) in fixtures("x-archive") {
        let paths: Vec<String> = load(&path).into_iter().map(|(path, _)| path).collect();
        let found = importer("x-archive").recognize(Probe::Folder { paths: &paths });
        assert_eq!(found, Some(Confidence::Certain), "{case}");
    }
}

#[test]
fn what_an_x_archive_says() {
    let files = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/x-archive/good"));
    let batch = read("x-archive", files);
    let of = |text: &str| batch.items.iter().find(|item| item.text.contains(text)).unwrap();
    let post = of("The report is out & worth");
    let link = post.objects.iter().find(|object| object.kind == ObjectKind::Url).unwrap();
    assert_eq!(link.key, "https://news.example/report?page=2");
    assert_eq!(link.raw.as_deref(), Some("https://t.co/aaa111"));
    // The message that asked for it has the same object.
    assert!(of("Could you post").objects.iter().any(|object| object.key == link.key));
    let members = |text: &str| {
        let of = of(text).participants.iter().filter(|one| one.role == Role::Member);
        of.map(|one| one.account.native().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(members("Welcome"), "4001 4003");
    assert_eq!(members("I cannot"), "4001 4002 4003");
    assert_eq!(members("Dov has left"), "4001 4002");
}
