//! Commands, their JSON and their exit codes.

use crate::support::{Bench, mailbox};

fn opened(n: usize) -> Bench {
    let bench = Bench::new();
    bench.write("in/box.mbox", mailbox(n));
    bench.expect(0, &["open", "in", "-q"]);
    bench
}

#[test]
fn open_gives_the_balance_and_the_second_time_adds_nothing() {
    let bench = Bench::new();
    bench.write("in/box.mbox", mailbox(40));
    let first = bench.json(&["open", "in"]);
    assert_eq!(first["items"], 40);
    let archive = &first["archives"][0];
    assert_eq!(archive["format"], "mbox");
    assert_eq!(archive["found"], 40);
    assert_eq!(archive["read"], 40);
    assert_eq!(archive["damaged"], 0);
    assert_eq!(archive["skipped"], 0);
    let second = bench.json(&["open", "in"]);
    assert_eq!(second["items"], 40);
    assert_eq!(second["archives"].as_array().unwrap().len(), 1);
    assert_eq!(second["archives"][0]["already_in_case"], true);
}

#[test]
fn a_second_custodian_gives_copies_not_items() {
    let bench = opened(30);
    bench.expect(0, &["add", "in", "--custodian", "Ben Harrow", "-q"]);
    let archives = bench.json(&["archives"]);
    assert_eq!(archives["items"], 30);
    assert_eq!(archives["archives"].as_array().unwrap().len(), 2);
    let hit = bench.json(&["search", "harbour", "-n", "1"]);
    let id = hit["items"][0]["id"].as_str().unwrap();
    let item = bench.json(&["show", id]);
    assert_eq!(item["copies"].as_array().unwrap().len(), 2);
    assert_eq!(item["copies"][1]["custodian"], "Ben Harrow");
    let held = bench.json(&["search", "custodian:harrow"]);
    assert_eq!(held["total"], 30);
}

#[test]
fn search_show_and_raw_lead_back_to_the_bytes() {
    let bench = opened(25);
    let found = bench.json(&["search", "from:ada subject:harbour"]);
    assert!(found["total"].as_u64().unwrap() > 0);
    let hit = &found["items"][0];
    for key in ["id", "time", "from", "to", "subject", "snippet", "archive", "locator"] {
        assert!(!hit[key].is_null(), "{key} is missing");
    }
    let id = hit["id"].as_str().unwrap();
    let raw = bench.run(&["show", id, "--raw"]).stdout;
    let whole = std::fs::read(bench.path("in/box.mbox")).unwrap();
    let locator = hit["locator"].as_str().unwrap();
    let (start, end) = locator.split_once("bytes=").unwrap().1.split_once('-').unwrap();
    let range = start.parse::<usize>().unwrap()..end.parse::<usize>().unwrap();
    assert_eq!(raw, &whole[range]);
    let item = bench.json(&["show", &id[..8]]);
    assert_eq!(item["original"]["unchanged"], true);
    assert!(item["headers"].as_array().unwrap().iter().any(|header| header["name"] == "Subject"));
}

#[test]
fn ids_alone_are_the_ids_of_the_lines() {
    let bench = opened(40);
    let lines = bench.json(&["search", "*", "--sort", "newest"]);
    let of_lines: Vec<&str> = lines["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert!(!of_lines.is_empty());
    let alone = bench.expect(0, &["search", "*", "--sort", "newest", "--ids"]);
    assert_eq!(alone.lines().collect::<Vec<_>>(), of_lines);
    assert_eq!(bench.json(&["search", "*", "--ids"])["total"], lines["total"]);
    bench.expect(1, &["search", "zzyzx", "--ids"]);
}

#[test]
fn exit_codes_tell_done_nothing_and_error_apart() {
    let bench = opened(10);
    bench.expect(0, &["search", "harbour"]);
    bench.expect(1, &["search", "zzyzxqwerty"]);
    bench.expect(2, &["search", "from:("]);
    bench.expect(2, &["search", "harbour", "--case", "nowhere"]);
    bench.expect(2, &["open", "no-such-folder"]);
    bench.expect(2, &["frobnicate"]);
    bench.expect(0, &["--help"]);
}

#[test]
fn an_unreadable_archive_leaves_the_case_as_it_was() {
    let bench = opened(10);
    let before = bench.json(&["verify"]);
    bench.write("bad/broken.zip", b"PK\x03\x04 this is not a zip file at all");
    let output = bench.run(&["add", "bad"]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken.zip"));
    assert_eq!(bench.json(&["verify"])["record"], before["record"]);
    let fresh = bench.run(&["open", "bad", "--case", "fresh"]);
    assert_eq!(fresh.status.code(), Some(2));
    assert!(!bench.path("fresh").exists(), "no empty case is left behind");
}

#[test]
fn an_archive_cut_to_nothing_is_a_problem_and_the_others_go_in() {
    let bench = Bench::new();
    bench.write("both/box.mbox", mailbox(4));
    // The first bytes of a zip: no listing, and no member that could be found without one.
    bench.write("both/cut.zip", b"PK\x03\x04\x14\0\0\0\x08\0\x21\x4c\x9a\x53\xd7\x6d");
    let opened = bench.run(&["open", "both/box.mbox", "both/cut.zip"]);
    let said = String::from_utf8_lossy(&opened.stderr).into_owned();
    assert_eq!(opened.status.code(), Some(2), "{said}");
    assert!(said.contains("cut.zip") && !said.contains(": :"), "{said}");
    assert_eq!(bench.json(&["search", "*"])["total"], 4);
    let problems = bench.json(&["problems"]);
    assert_eq!(problems["total"], 1, "{problems}");
    let problem = &problems["problems"][0];
    assert_eq!(problem["code"], "unreadable-archive", "{problems}");
    assert_eq!(problem["archive"], 1, "{problems}");
    bench.expect(0, &["verify"]);
    // It is in the case now, for what it is.
    bench.expect(0, &["add", "both/cut.zip"]);
    assert_eq!(bench.json(&["problems"])["total"], 1);
    // Alone it makes no case.
    bench.expect(2, &["open", "both/cut.zip", "--case", "fresh"]);
    assert!(!bench.path("fresh").exists());
}

#[test]
fn threads_chronology_and_exports_work_on_a_mailbox() {
    let bench = opened(25);
    let hit = bench.json(&["search", "subject:\"4\" from:ada"]);
    let id = hit["items"][0]["id"].as_str().unwrap();
    let thread = bench.json(&["thread", id]);
    assert_eq!(thread["items"].as_array().unwrap().len(), 2);
    assert_eq!(thread["items"][1]["depth"], 1);
    let all = bench.json(&["chronology"]);
    let times: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["time"].as_str().unwrap())
        .collect();
    assert_eq!(times.len(), 25);
    assert!(times.is_sorted());
    let lines = bench.expect(0, &["export", "--jsonl"]);
    assert_eq!(lines.lines().count(), 25);
    bench.expect(0, &["export", "--parquet", "-o", "tables"]);
    assert!(bench.path("tables/items.parquet").is_file());
    let csv = bench.expect(0, &["export", "--csv", "from:ada"]);
    assert!(csv.starts_with("id,time_earliest"));
}

#[test]
fn damaged_tables_and_changed_archives_are_named() {
    let bench = opened(10);
    bench.expect(0, &["verify"]);
    let table = bench.path("cahoots.case/record/00000000/items.parquet");
    let mut bytes = std::fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&table, bytes).unwrap();
    let text = bench.expect(2, &["verify"]);
    assert!(text.contains("items.parquet"), "{text}");
    let mut mailbox = std::fs::read(bench.path("in/box.mbox")).unwrap();
    mailbox.push(b'\n');
    std::fs::write(bench.path("in/box.mbox"), mailbox).unwrap();
    let text = bench.expect(2, &["verify"]);
    assert!(text.contains("changed"), "{text}");
}

#[test]
fn people_are_merged_split_and_undone() {
    let bench = opened(25);
    let merge =
        ["people", "merge", "ada@quill.example", "ben@harrow.example", "--reason", "same desk"];
    bench.expect(0, &merge);
    let both = bench.json(&["search", "from:\"ada quill\""]);
    let people = bench.json(&["people", "ada"]);
    assert_eq!(people["parties"][0]["accounts"].as_array().unwrap().len(), 2);
    bench.expect(0, &["people", "undo", "1"]);
    let one = bench.json(&["search", "from:\"ada quill\""]);
    assert!(both["total"].as_u64() > one["total"].as_u64());
    let log = bench.json(&["people", "log"]);
    assert_eq!(log["decisions"].as_array().unwrap().len(), 2);
}

#[test]
fn completions_and_templates_are_printed_without_a_case() {
    let bench = Bench::new();
    assert!(bench.expect(0, &["completions", "bash"]).contains("cahoots"));
    for form in ["toml", "csv", "jsonl"] {
        assert!(!bench.expect(0, &["template", form]).is_empty());
    }
    assert!(bench.expect(0, &["formats"]).contains("mbox"));
}

#[test]
fn a_hostile_subject_cannot_steer_the_terminal() {
    let bench = Bench::new();
    bench.write(
        "in/x.mbox",
        "From a@b.example Thu Mar  1 10:00:00 2018\nFrom: a@b.example\n\
         Date: Thu, 1 Mar 2018 10:00:00 +0000\nMessage-ID: <x@b>\n\
         Subject: pay \u{1b}[2J\u{1b}]0;owned\u{7} now\n\nbody \u{1b}[31mred\n",
    );
    bench.expect(0, &["open", "in", "-q"]);
    for args in [&["search", "pay"][..], &["chronology"], &["thread", "pay"], &["problems"]] {
        let output = bench.run(args);
        assert!(!output.stdout.contains(&0x1b), "{args:?}");
        assert!(!output.stderr.contains(&0x1b), "{args:?}");
    }
}

#[test]
fn another_content_under_one_platform_id_is_kept_beside_the_first() {
    let bench = Bench::new();
    let row =
        |text: &str| format!("id,created_at,username,text\n7001,2020-01-02T10:00:00Z,ann,{text}\n");
    bench.write("in/a.csv", row("the harbour plan is dead"));
    bench.write("in/b.csv", row("the harbour plan is delayed"));
    bench.write("in/c.csv", row("the harbour plan is dead"));
    let overview = bench.json(&["open", "in"]);
    assert_eq!(overview["items"], 2);
    let found = bench.json(&["search", "harbour"]);
    assert_eq!(found["total"], 2);
    let item = bench.json(&["show", found["items"][0]["id"].as_str().unwrap()]);
    assert_eq!(item["variants"].as_array().unwrap().len(), 1);
    let problems = bench.json(&["problems", "--code", "variant"]);
    assert_eq!(problems["total"], 1);
}

#[test]
fn what_nothing_reads_is_said_and_keeps_nothing_out() {
    let bench = Bench::new();
    bench.write("in/box.mbox", mailbox(3));
    bench.write("in/notes.txt", "just some notes\n");
    bench.write("in/photo.jpg", [0xff, 0xd8, 0xff, 0xe0, 0, 16]);
    let overview = bench.json(&["open", "in"]);
    assert_eq!(overview["items"], 3);
    assert_eq!(overview["not_recognised"].as_array().unwrap().len(), 2);
}
