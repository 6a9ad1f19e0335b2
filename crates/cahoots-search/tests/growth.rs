//! Many small imports leave a bounded number of index segments, and lose nothing.

use cahoots_record::{
    Flags, Item, ItemId, ItemKind, ItemOrd, Locator, Medium, Selector, Sha256, Visibility, When,
};
use cahoots_search::{Index, Names, Prepared, Query, SearchOptions, Sort};

struct Nobody;

impl Names for Nobody {
    fn accounts(&self, _: &str) -> Vec<u32> {
        Vec::new()
    }
    fn archives(&self, _: &str) -> Vec<u32> {
        Vec::new()
    }
    fn custodian_archives(&self, _: &str) -> Vec<u32> {
        Vec::new()
    }
    fn thread(&self, _: &str) -> Option<Vec<ItemOrd>> {
        None
    }
    fn copies_in(&self, _: &[u32]) -> Vec<ItemOrd> {
        Vec::new()
    }
}

fn item(n: u64) -> Item {
    Item {
        id: ItemId::of("t", &[&n.to_le_bytes()]),
        kind: ItemKind::Message,
        medium: Medium::Email,
        visibility: Visibility::Private,
        native_id: None,
        when: When::unknown(),
        subject: None,
        text: format!("harbour note{n}"),
        language: None,
        participants: Vec::new(),
        objects: Vec::new(),
        references: Vec::new(),
        conversation: None,
        parent: None,
        attachments: Vec::new(),
        flags: Flags::default(),
        content_hash: Sha256::of(b""),
        mih: None,
        detail: serde_json::Value::Null,
        locator: Locator::new("", Selector::Whole),
        raw_sha256: Sha256::of(b""),
    }
}

#[test]
fn a_hundred_small_imports_stay_searchable_and_few() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0u64..100 {
        let index = Index::open(dir.path()).unwrap();
        assert_eq!(index.through_segment(), n.checked_sub(1));
        let mut writer = index.writer(1, 0).unwrap();
        writer.add_prepared(Prepared::new(&item(n)), ItemOrd(n), 0, &[]).unwrap();
        writer.commit(n).unwrap();
        writer.finish().unwrap();
    }
    let index = Index::open(dir.path()).unwrap();
    assert_eq!(index.through_segment(), Some(99));
    let now = "2026-01-01T00:00:00[UTC]".parse().unwrap();
    let query = Query::parse("harbour", &now).unwrap();
    let options = SearchOptions { limit: 200, offset: 0, sort: Sort::Relevance, counts: true };
    let found = index.search(&query, &Nobody, &options).unwrap();
    assert_eq!(found.total, 100);
    let segments = std::fs::read_dir(dir.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "idx"))
        .count();
    assert!(segments <= 72, "{segments} segments");
}
