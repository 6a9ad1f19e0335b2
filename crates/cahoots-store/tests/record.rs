//! What is written to a case is what is read from it, and a cut-off write leaves no trace.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use cahoots_record::{
    AccountKey, Attachment, Balance, Basis, Flags, Issue, Item, ItemId, ItemKind, ItemOrd, Locator,
    Medium, Object, ObjectKind, Participant, Role, Selector, Severity, Sha256, UtcMicros,
    Visibility, When,
};
use cahoots_store::{
    Case, Commit, NewArchive, Parts, SegmentBuilder, SegmentRow, StoreError, StoredItem,
};

fn item(n: u64) -> Item {
    let when = if n % 7 == 3 {
        When::unknown()
    } else {
        When::instant(UtcMicros::from_seconds(1_500_000_000 + n as i64 * 60), Basis::DateHeader)
    };
    Item {
        id: ItemId::of("test", &[&n.to_le_bytes()]),
        kind: if n.is_multiple_of(5) { ItemKind::Post } else { ItemKind::Message },
        medium: Medium::Email,
        visibility: Visibility::Private,
        native_id: (!n.is_multiple_of(3)).then(|| format!("m{n}@x.example")),
        when,
        subject: (!n.is_multiple_of(4)).then(|| format!("subject {n} ü")),
        text: "line\n".repeat((n % 50) as usize),
        language: (n.is_multiple_of(2)).then(|| "eng".to_owned()),
        participants: (0..n % 4)
            .map(|k| Participant {
                account: AccountKey::email(&format!("p{k}@x.example")),
                role: if k == 0 { Role::From } else { Role::To },
                name: (k == 1).then(|| "Pat Example".to_owned()),
            })
            .collect(),
        objects: (0..n % 3)
            .map(|k| Object {
                kind: ObjectKind::Url,
                key: format!("example.org/{k}"),
                raw: Some("http://example.org".to_owned()),
            })
            .collect(),
        references: (0..n % 3).map(|k| format!("r{k}@x.example")).collect(),
        conversation: None,
        parent: (n % 11 == 5).then(|| ItemId::of("test", &[b"parent"])),
        attachments: (0..n % 2)
            .map(|_| Attachment {
                name: "a.pdf".to_owned(),
                media_type: "application/pdf".to_owned(),
                size: Some(n),
                sha256: Some(Sha256::of(b"a")),
            })
            .collect(),
        flags: Flags::from_bits((n % 32) as u8),
        content_hash: Sha256::of(&n.to_le_bytes()),
        mih: None,
        detail: if n.is_multiple_of(6) {
            serde_json::json!({ "n": n })
        } else {
            serde_json::Value::Null
        },
        locator: Locator::new("box.mbox", Selector::Bytes { start: n * 10, end: n * 10 + 9 }),
        raw_sha256: Sha256::of(b"raw"),
    }
}

fn archive(name: &str) -> NewArchive {
    NewArchive {
        name: name.to_owned(),
        path: format!("/nowhere/{name}"),
        folder: false,
        members: None,
        size: 10,
        sha256: Sha256::of(name.as_bytes()),
        custodian: String::new(),
        format: "mbox".to_owned(),
        versions: "mbox/1".to_owned(),
        options: "{}".to_owned(),
    }
}

/// Commits `n` items from `first` on as the next segment.
fn commit(case: &mut Case, archive: u32, first: u64, n: u64) {
    let segment = case.segments().last().map_or(0, |row| row.segment + 1);
    let mut builder = SegmentBuilder::new(archive, ItemOrd(first));
    for k in first..first + n {
        builder.push_item(&item(k));
    }
    if first > 0 {
        builder.push_copy(ItemOrd(0), &item(0));
    }
    builder.push_issue(&Issue {
        severity: Severity::Damaged,
        code: "bad-date".to_owned(),
        locator: Locator::new("box.mbox", Selector::Whole),
        what: "no year".to_owned(),
        kept: "the message without a time".to_owned(),
    });
    let row = SegmentRow {
        segment,
        archive,
        first: builder.first(),
        n_items: builder.n_items(),
        stats: builder.stats().clone(),
        files: builder.write(&case.segment_dir(segment)).unwrap(),
    };
    let balance = Balance { found: n, read: n, ..Balance::default() };
    case.catalog()
        .commit_segment(&Commit {
            segment: row,
            next_unit: 0,
            next_chunk: segment + 1,
            balance,
            accounts: &[],
            declared: &[],
        })
        .unwrap();
    case.reload().unwrap();
}

fn filled(root: &std::path::Path) -> Case {
    let mut case = Case::open_for_writing(root, "test").unwrap();
    let number = case.catalog().begin_archive(&archive("box.mbox")).unwrap();
    commit(&mut case, number, 0, 300);
    commit(&mut case, number, 300, 700);
    case
}

#[test]
fn items_come_back_whole_in_the_order_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let case = filled(dir.path());
    assert_eq!(case.n_items(), 1000);
    let ords: Vec<ItemOrd> = [999, 0, 300, 299, 17, 512].map(ItemOrd).to_vec();
    let found = case.items(&ords, Parts::All).unwrap();
    let expected: Vec<StoredItem> =
        ords.iter().map(|ord| StoredItem { ord: *ord, archive: 0, item: item(ord.0) }).collect();
    assert_eq!(found, expected);
    let all: Vec<ItemOrd> = (0..1000).map(ItemOrd).collect();
    for stored in case.items(&all, Parts::All).unwrap() {
        assert_eq!(stored.item, item(stored.ord.0));
    }
    for stored in case.items(&all, Parts::Line).unwrap() {
        assert_eq!(stored.item.subject, item(stored.ord.0).subject);
        assert_eq!(stored.item.participants, item(stored.ord.0).participants);
    }
}

#[test]
fn copies_issues_and_ids_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let case = filled(dir.path());
    assert_eq!(case.copies(ItemOrd(0)).unwrap().len(), 2);
    assert_eq!(case.copies(ItemOrd(1)).unwrap().len(), 1);
    assert_eq!(case.copies_in(&[0]).unwrap(), [ItemOrd(0)]);
    assert_eq!(case.issues().map(|rows| rows.unwrap().len()).sum::<usize>(), 2);
    let ids = case.item_ids().unwrap();
    assert_eq!(ids.len(), 1000);
    assert_eq!(ids.get(&item(640).id), Some(ItemOrd(640)));
}

#[test]
fn what_the_catalog_does_not_name_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let litter = dir.path().join("record/00000002");
    std::fs::create_dir_all(&litter).unwrap();
    std::fs::write(litter.join("items.parquet"), b"half").unwrap();
    let case = Case::open_for_writing(dir.path(), "").unwrap();
    assert!(!litter.exists());
    assert_eq!(case.n_items(), 1000);
}

#[test]
fn one_writer_at_a_time_and_readers_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let writer = filled(dir.path());
    assert!(matches!(Case::open_for_writing(dir.path(), ""), Err(StoreError::Locked { .. })));
    assert_eq!(Case::open(dir.path()).unwrap().n_items(), 1000);
    drop(writer);
    assert!(Case::open_for_writing(dir.path(), "").is_ok());
}

#[test]
fn folders_that_are_no_case_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Case::open(dir.path()), Err(StoreError::NoCase { .. })));
    std::fs::write(dir.path().join("thesis.txt"), b"precious").unwrap();
    assert!(matches!(Case::open_for_writing(dir.path(), ""), Err(StoreError::NotACase { .. })));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn the_same_items_give_the_same_bytes() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = (filled(a.path()), filled(b.path()));
    assert_eq!(a.segments(), b.segments());
}

#[test]
fn human_work_is_only_appended_to() {
    let dir = tempfile::tempdir().unwrap();
    let case = filled(dir.path());
    let action = serde_json::json!({ "kind": "merge" });
    let seq = case.catalog().append_human(UtcMicros(1), "ann", &action).unwrap();
    assert_eq!(case.catalog().human().unwrap()[0].seq, seq);
    let db = rusqlite::Connection::open(dir.path().join("catalog.sqlite")).unwrap();
    assert!(db.execute("DELETE FROM human", []).is_err());
    assert!(db.execute("UPDATE human SET author = 'bob'", []).is_err());
}
