//! Tables as people have them: of both peers, of posts, cut, mixed, wrong.

use std::io::Write;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::*;
use crate::{Question, network};

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file.flush().unwrap();
    file
}

fn shares_of(bytes: &[u8], how: &Reading) -> Result<Shares, TableError> {
    read(&[file(bytes).path().to_owned()], how)
}

fn plain(bytes: &[u8]) -> Shares {
    shares_of(bytes, &Reading { threads: 2, ..Reading::default() }).unwrap()
}

/// Every share as `object account seconds`, sorted.
fn listed(shares: &Shares) -> Vec<String> {
    let mut lines: Vec<String> = shares
        .sorted()
        .unwrap()
        .iter()
        .map(|share| {
            let object = shares.objects.name(share.object.0);
            let account = shares.accounts.name(share.account.0);
            format!("{object} {account} {}", share.micros as f64 / 1e6)
        })
        .collect();
    lines.sort();
    lines
}

fn faults(shares: &Shares) -> Vec<(&'static str, u64, u64)> {
    shares.problems.iter().map(|(fault, it)| (fault.code(), it.n, it.first[0].row)).collect()
}

const HEAD: &str = "object_id,account_id,content_id,timestamp_share\n";

#[test]
fn one_table_in_every_form_is_the_same() {
    let csv = "object_id,account_id,content_id,timestamp_share\r\no1,ann,p1,1600000000\r\n\
        \"o,2\",\"b \"\"x\"\"\",p2,1600000005\r\n";
    let expected = ["o,2 b \"x\" 1600000005", "o1 ann 1600000000"];
    assert_eq!(listed(&plain(csv.as_bytes())), expected);
    let semicolons = "timestamp_share;object_id;account_id\n1600000000;o1;ann\n\
        1600000005;o,2;\"b \"\"x\"\"\"";
    assert_eq!(listed(&plain(semicolons.as_bytes())), expected);
    let tabs = "object_id\taccount_id\ttimestamp_share\no1\tann\t1600000000\n\
        o,2\t\"b \"\"x\"\"\"\t1600000005\n";
    assert_eq!(listed(&plain(tabs.as_bytes())), expected);
    let json = "{\"object_id\":\"o1\",\"account_id\":\"ann\",\"timestamp_share\":1600000000}\n\n\
        {\"timestamp_share\":\"2020-09-13T12:26:45Z\",\"account_id\":\"b \\\"x\\\"\",\"object_id\":\"o,2\"}";
    assert_eq!(listed(&plain(json.as_bytes())), expected);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(csv.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(listed(&plain(&utf16)), expected);
    let marked = [b"\xef\xbb\xbf", csv.as_bytes()].concat();
    assert_eq!(listed(&plain(&marked)), expected);
    assert_eq!(listed(&plain(&zstd::encode_all(csv.as_bytes(), 1).unwrap())), expected);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(csv.as_bytes()).unwrap();
    assert_eq!(listed(&plain(&gz.finish().unwrap())), expected);
}

#[test]
fn parquet_says_what_csv_says() {
    use crate::output::{Cell, Holds, Table};
    let names = ["o1", "o2", "o1"];
    let table = Table::new("shares", 3)
        .with("object_id", Holds::Text, |row| Cell::Text(names[row]))
        .with("account_id", Holds::Whole, |row| Cell::Whole(row as i64 % 2))
        .with("timestamp_share", Holds::Time, |row| match row {
            2 => Cell::None,
            row => Cell::Time(1_600_000_000_500_000 + row as i64),
        });
    let file = NamedTempFile::new().unwrap();
    table.write_parquet(file.reopen().unwrap()).unwrap();
    let shares = read(&[file.path().to_owned()], &Reading::default()).unwrap();
    assert_eq!(listed(&shares), ["o1 0 1600000000.5", "o2 1 1600000000.500001"]);
    assert_eq!(faults(&shares), [("bad-time", 1, 3)]);
}

#[test]
fn messages_of_the_toolkit_give_links_reposts_replies_and_texts() {
    let messages = "message_id,user_id,username,repost_id,reply_id,message,timestamp,urls\n\
        1,ann,ann,,7,Hello @ben  THERE #tag,1600000000,https://example.org/a?utm_source=x https://example.org/b\n\
        2,ben,ben,1,,RT hello,1600000001,\n3,cy,cy,,7,hello there,1600000002,http://www.example.org/a\n";
    let of = |kinds: &[Kind], compat| {
        let how = Reading { kinds: kinds.to_vec(), compat, ..Reading::default() };
        listed(&shares_of(messages.as_bytes(), &how).unwrap())
    };
    let usual = of(&[], None);
    assert_eq!(
        usual,
        [
            "1 ben 1600000001",
            "https://example.org/a ann 1600000000",
            "https://example.org/a cy 1600000002",
            "https://example.org/b ann 1600000000",
        ]
    );
    assert_eq!(of(&[Kind::Reply], None), ["7 ann 1600000000", "7 cy 1600000002"]);
    assert_eq!(of(&[Kind::Hashtag], None), ["tag ann 1600000000"]);
    let cnt = Some(Compat::Cnt);
    assert_eq!(
        of(&[], cnt),
        [
            "http://www.example.org/a cy 1600000002",
            "https://example.org/a?utm_source=x ann 1600000000",
            "https://example.org/b ann 1600000000",
        ]
    );
    // The toolkit leaves reposts out of every other network.
    let texts = of(&[Kind::Text], cnt);
    assert_eq!(texts, ["hello there #tag ann 1600000000", "hello there cy 1600000002"]);
    let several = of(&[Kind::Url, Kind::Domain], None);
    assert!(several.contains(&"example.org cy 1600000002".to_owned()), "{several:?}");
}

#[test]
fn the_map_names_columns_and_says_what_it_missed() {
    let table = b"who,what,at,pic\nann,o1,1600000000,ff00\nben,o1,1600000001,ff00\n";
    let map = |pairs: &[(&str, &str)]| Reading {
        map: pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
        ..Reading::default()
    };
    let good = map(&[("account", "Who"), ("object", "what"), ("time", "at")]);
    assert_eq!(shares_of(table, &good).unwrap().n, 2);
    let image = Reading {
        kinds: vec![Kind::Image],
        ..map(&[("account", "who"), ("time", "at"), ("image", "pic")])
    };
    assert_eq!(listed(&shares_of(table, &image).unwrap())[0], "ff00 ann 1600000000");
    for (how, words) in [
        (Reading::default(), "account"),
        (map(&[("account", "nobody")]), "there is no column `nobody`"),
        (map(&[("actor", "who")]), "there is no field `actor`"),
        (map(&[("account", "who"), ("time", "at")]), "has no objects"),
    ] {
        let error = shares_of(table, &how).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn every_bad_row_is_counted_with_its_place() {
    let mut table = HEAD.as_bytes().to_vec();
    table.extend_from_slice(
        b"o1,ann,p1,1600000000\n\
        ,ann,p2,1600000000\n\
        o1,,p3,1600000000\n\
        o1,ben,p4,soon\n\
        o1,ben,p5,-5\n\
        o1,ben,p6,2020-09-13\n\
        o1,ben\n\
        o1,ben,p7,1600000000123\n\
        o1,ben,p8,2020-09-13 12:26:40\n\
        o1,ann,p1,1600000000\n\
        o1,r\xe9mi,p9,1600000000\n\
        \"o1\nx\",ben,p0,1600000000\n\
        o1,cy,\"p10,1600000001\n\
        o1,cy,p11,1600000002\n",
    );
    let shares = plain(&table);
    assert_eq!(
        faults(&shares),
        [
            ("empty-id", 2, 2),
            ("bad-time", 1, 4),
            ("negative-time", 1, 5),
            ("coarse-time", 1, 6),
            ("cut-row", 2, 7),
            ("line-in-id", 1, 12),
            ("duplicate-row", 1, 10),
            ("not-utf8", 1, 11),
            ("no-zone", 1, 9),
            ("other-unit", 1, 8),
        ]
    );
    assert_eq!((shares.n, shares.files[0].rows), (5, 14));
    assert_eq!(shares.accounts.find("rémi"), Some(2));
    let lost: u64 =
        shares.problems.iter().filter(|(fault, _)| fault.is_lost()).map(|(_, it)| it.n).sum();
    assert_eq!(shares.n + lost, 14);
    // The peers take any number for a time, and every row for a share.
    let how = Reading { compat: Some(Compat::CooRTweet), ..Reading::default() };
    assert_eq!(shares_of(&table, &how).unwrap().n, 7);
}

#[test]
fn files_that_are_no_tables_are_refused_with_the_reason() {
    for (bytes, words) in [
        (&b""[..], "is empty"),
        (b"[{\"a\":1}]", "one JSON array"),
        (b"a,b\r1,2\r", "carriage returns"),
        (b"PAR1 and nothing else", "cannot be read"),
        (b"name,city\nx,y\n", "account"),
        (b"{\"a\":1}\n", "account"),
    ] {
        let error = shares_of(bytes, &Reading::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    let folder = read(&[std::env::temp_dir()], &Reading::default()).unwrap_err().to_string();
    assert!(folder.contains("is a folder"), "{folder}");
    let missing = read(&[PathBuf::from("/no/such.csv")], &Reading::default());
    assert!(missing.unwrap_err().to_string().contains("/no/such.csv"));
}

#[test]
fn an_impossible_limit_is_refused_before_anything_is_read() {
    let nowhere = Some(PathBuf::from("/nowhere/at/all"));
    for budget in
        [Budget { memory: Some(1000), temp: None }, Budget { memory: Some(1 << 30), temp: nowhere }]
    {
        let how = Reading { budget, ..Reading::default() };
        let refused = read(&[PathBuf::from("/no/such.csv")], &how);
        assert!(matches!(refused, Err(TableError::Spill(_))), "{refused:?}");
    }
}

#[test]
fn repeats_are_told_in_the_order_of_rows_and_objects_whatever_the_threads() {
    let mut table = String::from("account_id,timestamp,hashtags,content_id\n");
    for n in 0..2_000 {
        let (account, tag) = (n % 7, n % 50);
        let row = format!("a{account},1600000000,\"['t{tag}', 'u{tag}', 'v{tag}']\",p{tag}\n");
        table.push_str(&row);
    }
    let kinds = vec![Kind::Hashtag];
    let of = |threads, memory| {
        let budget = Budget { memory, temp: None };
        let how = Reading { threads, budget, kinds: kinds.clone(), ..Reading::default() };
        shares_of(table.as_bytes(), &how).unwrap()
    };
    let alone = of(1, None);
    assert_eq!(alone.problems.count(Fault::Duplicate), 3 * (2_000 - 7 * 50));
    for (threads, memory) in [(2, None), (3, None), (2, Some(1 << 17)), (3, Some(1 << 17))] {
        let shares = of(threads, memory);
        assert_eq!(shares.spilled > 0, memory.is_some());
        assert_eq!((&shares.problems, listed(&shares)), (&alone.problems, listed(&alone)));
    }
}

#[test]
fn many_columns_and_many_fields_cost_nothing_but_time() {
    let mut table = String::from("account_id,object_id,timestamp_share");
    (0..100_000).for_each(|n| table.push_str(&format!(",c{n}")));
    table.push_str("\nann,o1,1600000000\nben,o1,1600000001,x\n");
    assert_eq!(plain(table.as_bytes()).n, 2);
    // What tells the columns may stand beyond what is looked at first.
    let quoted = format!(
        "account_id,object_id,\"{}\",timestamp_share\nann,o1,x,1600000000\n",
        "a\n".repeat(99)
    );
    assert_eq!(plain(quoted.as_bytes()).n, 1);
    let blank =
        format!("{}account_id,object_id,timestamp_share\nann,o1,1600000000\n", "\n".repeat(99));
    assert_eq!(plain(blank.as_bytes()).n, 1);
    let mut json = "\n".repeat(99);
    for n in 0..3_000 {
        json.push_str(&format!(
            "{{\"f{n}\":1,\"account_id\":\"a{n}\",\"object_id\":\"o\",\"timestamp_share\":{n}}}\n"
        ));
    }
    assert_eq!(plain(json.as_bytes()).n, 3_000);
}

#[test]
fn rows_are_numbered_in_each_file_and_names_across_files() {
    let one = file(format!("{HEAD}o1,ann,p1,5\no1,ben,p2,6\n").as_bytes());
    let two = file(format!("{HEAD}o2,ann,p3,5\n,x,p4,7\n").as_bytes());
    let paths = [one.path().to_owned(), two.path().to_owned()];
    let shares = read(&paths, &Reading::default()).unwrap();
    assert_eq!((shares.n, shares.accounts.len(), shares.objects.len()), (3, 2, 2));
    let (_, counted) = shares.problems.iter().next().unwrap();
    assert_eq!((counted.first[0].file, counted.first[0].row), (1, 2));
    let turned = read(&[paths[1].clone(), paths[0].clone()], &Reading::default()).unwrap();
    assert_eq!(listed(&turned), listed(&shares));
    assert_eq!(turned.objects.name(0), "o2");
}

#[test]
fn near_texts_of_a_table_are_one_object() {
    let text = "the harbour will close at noon on friday because of the storm they say";
    let table = format!(
        "id,user,created_at,text\n1,ann,1600000000,{text}\n2,ben,1600000003,{}\n3,cy,1600000004,x\n",
        text.replace("noon", "midday")
    );
    let how = Reading { kinds: vec![Kind::NearText], resemblance: Some(0.6), ..Reading::default() };
    let shares = shares_of(table.as_bytes(), &how).unwrap();
    assert_eq!((shares.n, shares.objects.len()), (2, 1));
    let asked = Question { min_participation: 1, ..Question::default() };
    assert_eq!(network(&shares, &asked).unwrap().edges.list.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_break_the_reader(
        text in "(object_id,account_id,timestamp_share\n)?([ao]{1,2}|\"|,|\n|\r|[0-9]{1,3}|\\{|\\}|:){0,50}"
    ) {
        check::exercise(text.as_bytes());
    }

    #[test]
    fn no_damage_to_a_good_table_breaks_the_reader(
        cut in 0_usize..200, at in 0_usize..200, byte in 0_u8..=255, json in proptest::bool::ANY,
    ) {
        let seeds = [
            &include_bytes!("../../../../fuzz/seeds/shares/coor.csv")[..],
            include_bytes!("../../../../fuzz/seeds/shares/messages.jsonl"),
        ];
        let mut bytes = seeds[usize::from(json)].to_vec();
        if let Some(old) = bytes.get_mut(at) {
            *old = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        check::exercise(&bytes);
    }
}
