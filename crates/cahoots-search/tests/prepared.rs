//! An index made ready in memory answers what it answers from disk.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use cahoots_record::{
    AccountKey, Flags, Item, ItemId, ItemKind, ItemOrd, Locator, Medium, Participant, Role,
    Selector, Sha256, UtcMicros, Visibility, When,
};
use cahoots_search::{Index, Names, Prepared, Query, SearchOptions, Sort};
use proptest::prelude::*;

struct Nobody;

impl Names for Nobody {
    fn accounts(&self, text: &str) -> Vec<u32> {
        text.strip_prefix('n').and_then(|n| n.parse().ok()).into_iter().collect()
    }
    fn archives(&self, text: &str) -> Vec<u32> {
        text.parse().into_iter().collect()
    }
    fn custodian_archives(&self, _: &str) -> Vec<u32> {
        Vec::new()
    }
    fn thread(&self, _: &str) -> Option<Vec<ItemOrd>> {
        Some(vec![ItemOrd(1), ItemOrd(4)])
    }
    fn copies_in(&self, _: &[u32]) -> Vec<ItemOrd> {
        Vec::new()
    }
}

/// What of an item matters here: day, words, who in which role, archive, kind, public.
type Made = (Option<i64>, Vec<usize>, Vec<(u32, u8)>, u32, u8, bool);

const WORDS: [&str; 6] = ["harbour", "harbours", "crane", "note", "the", "ferry"];

fn item(n: u64, made: &Made) -> Item {
    let (day, words, people, _, kind, public) = made;
    let when = match day {
        Some(day) => {
            let at = Some(UtcMicros(day * 86_400_000_000));
            When { earliest: at, latest: at, ..When::unknown() }
        }
        None => When::unknown(),
    };
    let texts: Vec<&str> = words.iter().map(|word| WORDS[*word]).collect();
    Item {
        id: ItemId::of("t", &[&n.to_le_bytes()]),
        kind: ItemKind::from_code(*kind).unwrap_or(ItemKind::Message),
        medium: Medium::Email,
        visibility: if *public { Visibility::Public } else { Visibility::Private },
        native_id: None,
        when,
        subject: None,
        text: texts.join(" "),
        language: None,
        participants: people
            .iter()
            .map(|(account, role)| Participant {
                account: AccountKey::email(&format!("n{account}@x.example")),
                role: Role::ALL[usize::from(*role) % Role::ALL.len()],
                name: None,
            })
            .collect(),
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

fn add(index: &Index, items: &[Made], first: u64, through: u64) {
    let mut writer = index.writer(1, 0).unwrap();
    for (n, made) in (first..).zip(items) {
        let accounts: Vec<u32> = made.2.iter().map(|(account, _)| *account).collect();
        writer.add_prepared(Prepared::new(&item(n, made)), ItemOrd(n), made.3, &accounts).unwrap();
    }
    writer.commit(through).unwrap();
    writer.finish().unwrap();
    index.reload().unwrap();
}

fn asked() -> Vec<Query> {
    let today = jiff::civil::date(2020, 1, 1).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    let texts = [
        "*",
        "harbour",
        "=harbour",
        "crane OR note",
        "harbour AND NOT crane",
        "\"crane note\"",
        "har*",
        "with:n3",
        "in:public harbour",
        "archive:1",
        "after:1970-01-05",
        "crane before:1970-01-09",
        "crane OR before:1970-01-09",
        "har* AND NOT (crane before:1970-01-09)",
        "thread:anything",
        "zebra",
    ];
    texts.iter().map(|text| Query::parse(text, &today).unwrap()).collect()
}

/// Everything that a search says, as far as it can be compared.
fn said(index: &Index) -> Vec<String> {
    let mut said = Vec::new();
    for query in asked() {
        for sort in [Sort::Relevance, Sort::TimeAsc, Sort::TimeDesc] {
            for (limit, offset, counts) in
                [(3, 0, true), (2, 2, false), (100, 0, true), (0, 0, true)]
            {
                let options = SearchOptions { limit, offset, sort, counts };
                let found = index.search(&query, &Nobody, &options).unwrap();
                said.push(format!(
                    "{query:?} {options:?}: {} {:?} {:?} {:?} {:?}",
                    found.total, found.undated, found.expanded, found.hits, found.counts
                ));
            }
        }
        let mut each = Vec::new();
        index.each_matching(&query, &Nobody, &mut |ord| each.push(ord)).unwrap();
        each.sort_unstable();
        assert_eq!(each, index.matching(&query, &Nobody).unwrap());
        said.push(format!("{query:?}: {each:?}"));
    }
    said
}

fn made() -> impl Strategy<Value = Made> {
    (
        proptest::option::weighted(0.8, 0i64..40),
        proptest::collection::vec(0..WORDS.len(), 0..6),
        proptest::collection::vec((0u32..50, 0u8..8), 0..50),
        0u32..3,
        0u8..4,
        any::<bool>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_in_memory_says_what_the_disk_says(
        first in proptest::collection::vec(made(), 0..40),
        more in proptest::collection::vec(made(), 1..20),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let index = Index::open(dir.path()).unwrap();
        add(&index, &first, 0, 0);
        let ready = Index::open(dir.path()).unwrap();
        ready.prepare(None).unwrap();
        prop_assert_eq!(said(&index), said(&ready));
        add(&index, &more, first.len() as u64, 1);
        // What was made ready is not of this state: asked now, it answers from disk.
        ready.reload().unwrap();
        let on_disk = said(&index);
        prop_assert_eq!(&on_disk, &said(&ready));
        // A new state shares what it can of the one before.
        let grown = Index::open(dir.path()).unwrap();
        grown.prepare(Some(&ready)).unwrap();
        prop_assert_eq!(&on_disk, &said(&grown));
    }
}

#[test]
fn several_cores_say_what_one_says() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path()).unwrap();
    let one = |n: i64| -> Made {
        let words = vec![(n % 6) as usize, (n / 7 % 6) as usize];
        let day = (n % 11 != 0).then_some(n * 7919 % 40);
        (day, words, vec![((n % 50) as u32, (n % 3) as u8)], (n % 3) as u32, 0, n % 5 == 0)
    };
    let mut first = 0;
    for (through, n) in (0u64..).zip([30_000, 4, 25_000]) {
        let made: Vec<Made> = (first..first + n).map(one).collect();
        add(&index, &made, first as u64, through);
        first += n;
    }
    let ready = Index::open(dir.path()).unwrap();
    ready.prepare(None).unwrap();
    for (on_disk, in_memory) in said(&index).into_iter().zip(said(&ready)) {
        // Long lists in a failure help nobody.
        assert!(on_disk == in_memory, "{on_disk:.600}\n{in_memory:.600}");
    }
}

#[test]
fn undated_are_those_that_only_a_time_could_bring_in() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path()).unwrap();
    // Words by place in the list above: harbour, crane.
    let made: Vec<Made> = [(Some(1), 0), (None, 0), (None, 2), (Some(20), 2), (None, 0)]
        .into_iter()
        .map(|(day, word)| (day, vec![word], Vec::new(), 0, 0, false))
        .collect();
    add(&index, &made, 0, 0);
    let today = jiff::civil::date(2020, 1, 1).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    for (text, total, undated) in [
        ("harbour before:1970-01-09", 1, Some(2)),
        // The undated crane is found already.
        ("crane OR before:1970-01-09", 3, Some(2)),
        ("crane", 2, None),
    ] {
        let query = Query::parse(text, &today).unwrap();
        let options = SearchOptions { limit: 9, offset: 0, sort: Sort::TimeAsc, counts: false };
        let found = index.search(&query, &Nobody, &options).unwrap();
        assert_eq!((found.total, found.undated), (total, undated), "{text}");
    }
}
