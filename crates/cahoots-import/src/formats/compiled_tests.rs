//! Tests of compiled records: fixtures, the bundled example, templates, cut files.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use cahoots_record::{Item, ItemId, ItemKind, Medium, ObjectKind, Role, Sha256};
use proptest::prelude::*;

use super::*;
use crate::tree::Member;

struct OneFile(Vec<Member>, Vec<u8>);

impl Tree for OneFile {
    fn members(&self) -> &[Member] {
        &self.0
    }

    fn open(&self, _member: usize) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::Cursor::new(self.1.clone())))
    }
}

#[derive(Default)]
struct Sink(Vec<Chunk>, Batch);

impl ChunkSink for Sink {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.0.push(chunk);
        Ok(())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.1 = batch;
        Ok(())
    }
}

fn import(name: &str, bytes: &[u8]) -> Result<Batch, ImportError> {
    let member = Member { path: name.to_owned(), size: None, modified: None };
    let tree = OneFile(vec![member], bytes.to_vec());
    let mut sink = Sink::default();
    Compiled.split(&tree, &[0], &Options::default(), &mut sink)?;
    let Some(chunk) = sink.0.first() else { return Ok(sink.1) };
    let batch = Compiled.parse(chunk, &Options::default());
    assert!(batch.balance.holds(), "{:?}", batch.balance);
    for item in &batch.items {
        let original = Compiled.select(&mut &bytes[..], &item.locator).unwrap().unwrap();
        assert_eq!(Sha256::of(&original), item.raw_sha256, "{}", item.locator);
    }
    let whats = batch.issues.iter().filter(|issue| issue.severity == Severity::Lost).count();
    assert!(whats as u64 >= batch.balance.skipped, "each skipped entry has an issue");
    Ok(batch)
}

fn file(path: &str) -> Vec<u8> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(root.join(path)).unwrap()
}

fn fixture(name: &str) -> Batch {
    import(name, &file(&format!("fixtures/compiled/{name}"))).unwrap()
}

fn probe(head: &[u8]) -> Option<Confidence> {
    Compiled.recognize(Probe::File { path: "x", head, complete: true })
}

/// What a person would look at in a snapshot.
fn seen(batch: &Batch) -> serde_json::Value {
    serde_json::json!({
        "balance": batch.balance,
        "items": batch.items,
        "accounts": batch.accounts,
        "issues": batch
            .issues
            .iter()
            .map(|issue| format!(
                "{} {} {} | {} | kept: {}",
                issue.severity, issue.code, issue.locator, issue.what, issue.kept
            ))
            .collect::<Vec<_>>(),
    })
}

#[test]
fn good_files_become_items() {
    for name in ["good/record.toml", "good/record.csv", "good/record.jsonl"] {
        let batch = fixture(name);
        assert_eq!(batch.issues, [], "{name}");
        insta::assert_json_snapshot!(name.replace(['/', '.'], "-"), seen(&batch));
    }
}

#[test]
fn the_three_forms_give_the_same_items() {
    let ids = |name| -> Vec<ItemId> { fixture(name).items.iter().map(|item| item.id).collect() };
    let toml = ids("good/record.toml");
    assert_eq!(toml.len(), 8);
    assert_eq!(ids("good/record.csv"), toml);
    assert_eq!(ids("good/record.jsonl"), toml);
}

#[test]
fn damaged_files_keep_what_is_sound() {
    for name in ["damaged/record.toml", "damaged/record.csv", "damaged/record.jsonl"] {
        let batch = fixture(name);
        assert!(batch.balance.skipped > 0 && batch.balance.damaged > 0, "{name}");
        insta::assert_json_snapshot!(name.replace(['/', '.'], "-"), seen(&batch));
    }
}

#[test]
fn empty_files_are_empty() {
    for name in ["empty/record.toml", "empty/record.csv", "empty/nothing.toml"] {
        let batch = fixture(name);
        assert_eq!((batch.items.len(), batch.issues.len(), batch.balance.found), (0, 0, 0));
    }
}

#[test]
fn templates_import_cleanly_and_their_examples_work() {
    for form in ["toml", "csv", "jsonl"] {
        let text = template(form);
        let batch = import(&format!("record.{form}"), text.as_bytes()).unwrap();
        assert_eq!((batch.issues.len(), batch.balance.found), (0, 0), "{form}");
    }
    assert_eq!(probe(template("toml").as_bytes()), Some(Confidence::Certain));
    assert_eq!(probe(template("csv").as_bytes()), Some(Confidence::Likely));
    // With the remarks taken away, what they showed is a record without issues.
    let filled: String = template("toml")
        .lines()
        .map(|line| line.strip_prefix("# ").unwrap_or(line))
        .filter(|line| line.starts_with(['[', '}']) || line.contains(" = "))
        .filter(|line| !line.starts_with("type:"))
        .map(|line| format!("{line}\n"))
        .collect();
    let batch = import("record.toml", filled.as_bytes()).unwrap();
    assert_eq!(batch.issues, []);
    assert_eq!((batch.items.len(), batch.accounts.len()), (7, 3));
    let filled = template("jsonl").replace("# {", "{");
    let batch = import("record.jsonl", filled.as_bytes()).unwrap();
    assert_eq!((batch.issues.len(), batch.items.len()), (0, 5));
}

#[test]
fn coverage_is_read_and_a_slip_in_it_said() {
    let text = "schema = \"compiled/1\"\n\
        [[coverage]]\ncustodian = \"Ann\"\nchannel = \"email\"\nsince = 2021-03-01\n\
        until = 2021-03-31\ncompleteness = \"full\"\nhow_known = \"manifest\"\n\
        [[coverage]]\ncompleteness = \"ful\"\nsince = \"once\"\n";
    let batch = import("record.toml", text.as_bytes()).unwrap();
    let [good, bad] = batch.items.as_slice() else { panic!("two items") };
    let row = serde_json::json!({ "custodian": "Ann", "channel": "email", "from": "2021-03-01",
        "to": "2021-03-31", "completeness": "full", "how_known": "manifest" });
    assert_eq!(good.detail["coverage"], row);
    assert_eq!(bad.detail["coverage"]["completeness"], serde_json::Value::Null);
    let codes: Vec<&str> = batch.issues.iter().map(|issue| issue.code.as_str()).collect();
    assert_eq!(codes, ["no-custodian", "bad-time", "bad-completeness"]);
    assert!(batch.issues[2].what.contains("did you mean full?"), "{}", batch.issues[2].what);
}

#[test]
fn the_example_of_the_documentation_is_what_the_page_says() {
    let page = String::from_utf8(file("../../docs/formats/compiled.md")).unwrap();
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let batch = import("record.toml", example.as_bytes()).unwrap();
    assert_eq!(batch.issues, []);
    let [message, statement] = batch.items.as_slice() else { panic!("two items") };
    let people: Vec<_> = message.participants.iter().map(|p| p.account.as_str()).collect();
    assert_eq!(people, ["x:@bomooring", "x:@adaquay"]);
    assert!(message.flags.summary && !statement.flags.summary);
    assert_eq!(message.objects[0].key, "https://quayplan.example");
    let day = (&statement.when.earliest.unwrap(), &statement.when.latest.unwrap());
    assert_eq!(day.0.to_string(), "2021-03-19T23:00:00Z");
    assert_eq!(day.1.to_string(), "2021-03-20T22:59:59Z");
    assert_eq!(statement.detail["claims"][0]["template"], "no_contact");
}

#[test]
fn only_compiled_records_are_recognized() {
    assert_eq!(probe(b"# x\n[[message]] # one\n"), Some(Confidence::Certain));
    assert_eq!(probe(b"\xef\xbb\xbfid;type;speaker\n"), Some(Confidence::Likely));
    assert_eq!(probe(b"{\"type\":\"post\",\"summary\":\"x\"}\n"), Some(Confidence::Likely));
    for other in [
        &b"[package]\nname = \"x\"\n[[bin]]\n"[..],
        b"id,type,text\n",
        b"id,created_at,account,kind,urls,handles,hashtags\n",
        b"{\"type\":\"tweet\",\"text\":\"x\"}\n",
        b"From ann@example.org Thu Jan 1\n",
        b"",
    ] {
        assert_eq!(probe(other), None, "{}", String::from_utf8_lossy(other));
    }
}

#[test]
fn text_that_is_no_record_is_refused_with_its_place() {
    let error = import("letter.txt", b"\nDear all,\n").unwrap_err().to_string();
    assert!(
        error.contains("letter.txt: not a compiled record: no TOML at line 2, column 6"),
        "{error}"
    );
}

fn example() -> Batch {
    import("record.toml", &file("../../examples/campaign-2016/record.toml")).unwrap()
}

fn from(item: &Item) -> Option<&str> {
    let author = item.participants.iter().find(|person| person.role == Role::From)?;
    Some(author.account.as_str())
}

#[test]
fn the_bundled_example_holds_what_it_says() {
    let batch = example();
    assert_eq!(batch.issues, []);
    assert_eq!(batch.balance.found, batch.balance.read);
    let of = |medium| -> Vec<&Item> {
        let items = batch.items.iter();
        items.filter(|i| i.kind == ItemKind::Message && i.medium == medium).collect()
    };
    let messages = of(Medium::DirectMessage);
    let by = |account| messages.iter().filter(|item| from(item) == Some(account)).count();
    assert_eq!((messages.len(), by("x:@donaldjtrumpjr"), by("x:@wikileaks")), (13, 3, 9));
    assert_eq!(of(Medium::Email).len(), 4);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &batch.items {
        *kinds.entry(item.kind.name()).or_default() += 1;
        assert!(item.flags.summary, "{}", item.locator);
        assert_eq!(item.detail["schema"], "compiled/1");
    }
    let counts: Vec<_> = kinds.into_iter().collect();
    assert_eq!(
        counts,
        [("article", 2), ("event", 15), ("message", 17), ("post", 11), ("statement", 14)]
    );

    let find = |id: &str| batch.items.iter().find(|item| item.detail["id"] == id).unwrap();
    assert_eq!(find("P7").id, ItemId::of("x/1", &[b"786923210512142336"]));
    assert_eq!(find("P7").when.confidence, cahoots_record::Confidence::High);
    let with_link = batch.items.iter().filter(|i| {
        i.objects.iter().any(|o| o.kind == ObjectKind::Url && o.key == "https://wlsearch.tk")
    });
    assert_eq!(with_link.count(), 2);
    assert_eq!(find("M2").references, ["M1"]);
    assert_eq!(find("E2").references, ["E1"]);
    assert_eq!(find("E1").participants.len(), 5);
    assert_eq!(find("D1").detail["claims"][1]["template"], "no_contact");
    assert_eq!(find("D1").detail["conflicts"].as_array().unwrap().len(), 2);
    let wordings = find("D1").detail["wordings"].as_array().unwrap();
    assert_eq!(wordings.len(), 3);
    assert_eq!(wordings[1]["publication"], "S-huff");
    let claims = find("R2").detail["claims"].as_array().unwrap();
    assert_eq!((&claims[0]["template"], &claims[7]["opinion"]), (&"quoted".into(), &true.into()));
    assert!(claims[0]["quotes"].as_str().unwrap().contains("reality of life"));
    assert_eq!(find("M11").when.sort_key(), None);
    let lag = find("P4").when.earliest.unwrap().0 - find("M6").when.earliest.unwrap().0;
    assert_eq!(lag / 60_000_000, 15);
}

/// The first copy of an item is the one that a case shows, and archives go in by name.
#[test]
fn the_record_of_the_example_comes_before_its_tables() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/campaign-2016");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".md"))
        .collect();
    names.sort();
    assert_eq!(names, ["record.toml", "x-posts-context.csv", "x-posts-mentions.csv"]);
}

#[test]
fn ties_say_what_they_are() {
    let batch = example();
    let find = |id: &str| batch.items.iter().find(|item| item.detail["id"] == id).unwrap();
    let pair = find("M1").conversation.as_deref();
    assert_eq!(pair, Some("pair x:@donaldjtrumpjr x:@wikileaks"));
    let in_it = batch.items.iter().filter(|item| item.conversation.as_deref() == pair);
    assert_eq!(in_it.count(), 12, "X1 is another pair's, e-mail has no channel");
    let answered = batch.items.iter().filter(|item| item.detail.get("answers").is_some());
    assert_eq!(answered.count(), 3);
    assert_eq!(find("E1").detail["tells_of"][0]["id"], "M1");
    assert!(find("E1").references.is_empty(), "telling of a message is not answering it");
    assert_eq!(find("E2").detail["tells_of"][0]["id"], "M1");
    assert_eq!(find("P2").participants[1].role, Role::Quoted);
    assert_eq!(find("P7").detail["links"][0]["expands_to"], "http://wlsearch.tk/");
    let topics = |id: &str| -> Vec<String> {
        let topics = find(id).objects.iter().filter(|object| object.key.starts_with("topic:"));
        topics.map(|object| object.key.clone()).collect()
    };
    assert_eq!(topics("P4"), ["topic:wikileaks"]);
    assert!(topics("M6").contains(&"topic:wikileaks".to_owned()));
}

#[test]
fn open_lists_reposts_and_channels_are_told_from_the_keys() {
    let text = r##"
        [[message]]
        id = "A"
        medium = "email"
        from = "Ada Quay"
        to = ["including Bo Mooring", "others"]
        summary = "a"
        [[message]]
        id = "B"
        medium = "dm"
        from = "@ada"
        to = "@bo"
        text = "b"
        relates_to = "A"
        answered_by = "C"
        [[message]]
        id = "C"
        medium = "dm"
        from = "@bo"
        to = ["@ada", "@cleo"]
        text = "c"
        answers = "B"
        conversation = "the three"
        [[post]]
        id = "D"
        from = "@bo"
        reposted = "@ada"
        repost_of = "77"
        handles = ["@Ada"]
        hashtags = "#Quay"
        summary = "d"
    "##;
    let batch = import("record.toml", text.as_bytes()).unwrap();
    assert_eq!(batch.issues, []);
    let [a, b, c, d] = batch.items.as_slice() else { panic!("four items") };
    assert_eq!(a.detail["recipients_open"], true);
    assert_eq!(a.participants[1].account.as_str(), "name:bo mooring");
    assert_eq!((a.participants.len(), a.conversation.as_deref()), (2, None));
    assert_eq!(b.conversation.as_deref(), Some("pair x:@ada x:@bo"));
    assert!(b.references.is_empty());
    assert_eq!(c.conversation.as_deref(), Some("the three"));
    assert_eq!(c.references, ["B"]);
    assert_eq!(d.medium, Medium::Repost);
    let objects: Vec<_> = d.objects.iter().map(|o| format!("{} {}", o.kind, o.key)).collect();
    assert_eq!(objects, ["hashtag quay", "mention ada", "repost 77"]);
}

#[test]
fn a_file_cut_anywhere_keeps_its_balance() {
    for name in ["good/record.toml", "good/record.csv", "good/record.jsonl", "damaged/record.toml"]
    {
        let bytes = file(&format!("fixtures/compiled/{name}"));
        for end in (0..bytes.len()).step_by(7) {
            if let Err(error) = import(name, &bytes[..end]) {
                assert!(matches!(error, ImportError::Unfit { .. }), "{error}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn broken_bytes_never_panic(
        which in 0usize..3,
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let name = ["good/record.toml", "good/record.csv", "good/record.jsonl"][which];
        let mut bytes = file(&format!("fixtures/compiled/{name}"));
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = import(name, &bytes);
        let _ = Compiled.headers(&bytes);
        let _ = probe(&bytes);
    }
}

#[test]
fn files_saved_on_windows_read_the_same() {
    for name in ["good/record.toml", "good/record.jsonl"] {
        let unix = file(&format!("fixtures/compiled/{name}"));
        let text = String::from_utf8(unix).unwrap().replace('\n', "\r\n");
        let windows = import(name, format!("\u{feff}{text}").as_bytes()).unwrap();
        assert_eq!(windows.issues, []);
        let ids = |batch: &Batch| batch.items.iter().map(|item| item.id).collect::<Vec<_>>();
        assert_eq!(ids(&windows), ids(&fixture(name)), "{name}");
    }
    let old = b"schema = \"compiled/1\"\n[[event]]\nsummary = \"caf\xe9\"\n";
    let batch = import("record.toml", old).unwrap();
    assert_eq!(batch.items[0].text, "caf\u{e9}");
    assert_eq!(batch.issues[0].code, "not-utf-8");
}

#[test]
fn a_reading_does_not_depend_on_what_was_read_before() {
    let once = seen(&example());
    assert_eq!(once, seen(&example()));
    let bytes = file("../../examples/campaign-2016/record.toml");
    let fields = Compiled.select(&mut &bytes[..], &example().items[0].locator);
    let fields = Compiled.headers(&fields.unwrap().unwrap());
    assert_eq!(fields[0], ("id".to_owned(), "M1".to_owned()));
}
