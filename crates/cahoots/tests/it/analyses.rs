//! The analyses on the command line: clear words for what cannot be asked, decisions that hold and
//! can be taken back, the same answer every time.

use crate::support::{Bench, example};

fn opened() -> Bench {
    let bench = Bench::new();
    bench.json(&["open", example().to_str().unwrap()]);
    bench
}

fn refused(bench: &Bench, args: &[&str]) -> String {
    let output = bench.run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_cannot_be_asked_is_said_in_clear_words() {
    let bench = opened();
    let error = refused(&bench, &["contacts", "Kellyann Conwey"]);
    assert!(error.contains("nearest: Kellyanne Conway"), "{error}");
    let error = refused(&bench, &["contacts", "WikiLeaks", "wikileaks"]);
    assert!(error.contains("two parties"), "{error}");
    let error = refused(&bench, &["acts", "WikiLeaks", JR, "--within", "0h"]);
    assert!(error.contains("24h"), "{error}");
    let error = refused(&bench, &["acts", "WikiLeaks", JR, "--coverage", "2016-11-01..2016-10-01"]);
    assert!(error.contains("ends before it begins"), "{error}");
    let error = refused(&bench, &["exposure", "M1", "--as-of", "yesterday"]);
    assert!(error.contains("2016-10-14"), "{error}");
    let error = refused(&bench, &["absences", "--level", "7"]);
    assert!(error.contains("between 0 and 1"), "{error}");
    let error = refused(&bench, &["exposure", "from:(", "--json"]);
    assert!(error.contains('^'), "the spot is shown: {error}");
    // Nothing found is no error.
    bench.expect(1, &["contacts", "Mike Pence", "WikiLeaks"]);
    bench.expect(1, &["exposure", "zyzzyva"]);
    bench.expect(1, &["acts", "Mike Pence", "WikiLeaks"]);
    bench.expect(1, &["statements", "Nobody At All"]);
}

const JR: &str = "Donald Trump Jr.";

#[test]
fn the_same_question_gives_the_same_bytes() {
    let bench = opened();
    for args in [
        vec!["brief", "--json"],
        vec!["acts", "WikiLeaks", JR, "--circle", "Donald Trump", "--json"],
        vec!["statements", "--json"],
        vec!["exposure", "M1", "--could", "WikiLeaks", "--json"],
        vec!["contacts", "--json"],
        vec!["absences", "--json"],
        vec!["requests", "--json"],
    ] {
        assert_eq!(bench.expect(0, &args), bench.expect(0, &args), "{args:?}");
    }
}

#[test]
fn every_citation_leads_to_words_that_are_in_the_record() {
    let bench = opened();
    let brief = bench.json(&["brief"]);
    let citations = brief["citations"].as_object().unwrap();
    assert!(citations.len() > 20);
    for (id, citation) in citations.iter().take(8) {
        let item = bench.json(&["show", id]);
        let words = citation["words"].as_str().unwrap();
        assert!(item["text"].as_str().unwrap().starts_with(words), "{id}");
        assert_eq!(item["locator"], citation["locator"]);
    }
}

#[test]
fn coverage_is_said_shown_and_taken_back() {
    let bench = opened();
    let rows = |bench: &Bench| bench.json(&["coverage"])["rows"].as_array().unwrap().len();
    let before = rows(&bench);
    let args = [
        "coverage",
        "add",
        "Hope Hicks",
        "email",
        "full",
        "--from",
        "2016-09-01",
        "--to",
        "2016-11-30",
        "--how-known",
        "certified production",
        "--author",
        "ann",
    ];
    let decision = bench.json(&args);
    assert_eq!(rows(&bench), before + 1);
    let share = |bench: &Bench| {
        bench.json(&["statements", "D2b"])["result"][0]["readings"][0]["coverage"].to_string()
    };
    let with = share(&bench);
    let seq = decision["seq"].to_string();
    bench.json(&["coverage", "remove", &seq, "--reason", "withdrawn"]);
    assert_eq!(rows(&bench), before);
    assert_ne!(with, share(&bench), "the row counted while it stood");
    refused(&bench, &["coverage", "remove", &seq]);
    refused(&bench, &["coverage", "add", "Hope Hicks", "email", "whole"]);
}

#[test]
fn a_statement_can_be_entered_from_options_and_from_a_file() {
    let bench = opened();
    let file = bench.write(
        "said.toml",
        "speaker = \"Bo Example\"\nat = \"2017-01-01\"\nquoted = \"Nobody wrote.\"\n\
         [[claims]]\nreading = \"no contact\"\ntemplate = \"no_contact\"\n\
         actors = [\"Donald Trump Jr.\"]\ncounterparts = [\"WikiLeaks\"]\n",
    );
    bench.json(&["statements", "add", "--file", file.to_str().unwrap()]);
    let all = bench.json(&["statements", "Bo Example"]);
    assert_eq!(all["result"][0]["readings"][0]["verdict"], "contradicted");
    let review = bench.json(&["statements", "Bo Example", "--claim-review"]);
    assert_eq!(review[0]["@type"], "ClaimReview");
    assert!(review[0]["reviewRating"].get("ratingValue").is_none());
    let seq = all["result"][0]["id"].as_str().unwrap().replace("entered ", "");
    bench.json(&["statements", "remove", &seq]);
    bench.expect(1, &["statements", "Bo Example"]);
    // Without a speaker or a date it is kept, and not testable.
    bench.json(&["statements", "add", "--quoted", "Nothing happened.", "--reading", "nothing"]);
    let all = bench.json(&["statements"]).to_string();
    assert!(all.contains("Nothing happened."));
}

#[test]
fn decided_requests_are_the_set_that_acts_are_tested_on() {
    let bench = opened();
    let acts = |bench: &Bench| {
        let found = bench.json(&["acts", "WikiLeaks", JR, "--requests", "decided"]);
        found["result"]["messages"]["messages"].as_u64().unwrap()
    };
    bench.json(&["requests", "decide", "M6", "yes", "--author", "ann"]);
    bench.json(&["requests", "decide", "M8", "yes"]);
    assert_eq!(acts(&bench), 2);
    bench.json(&["requests", "decide", "M8", "no", "--reason", "second thoughts"]);
    assert_eq!(acts(&bench), 1);
    let requests = bench.json(&["requests", "WikiLeaks", JR]);
    let m6 = &requests["result"][0];
    assert_eq!(
        (&m6["decision"]["verdict"], &m6["decision"]["author"]),
        (&"yes".into(), &"ann".into())
    );
    refused(&bench, &["requests", "decide", "M6", "perhaps"]);
}

/// A private mailbox and a table of posts: words asked for in private are found in public.
#[test]
fn words_taken_over_from_a_message_are_found_in_a_post() {
    let bench = Bench::new();
    let mail = "From ann@a.example Mon Mar  1 09:00:00 2021\n\
        From: Ann <ann@a.example>\nTo: Ben <ben@b.example>\nMessage-ID: <1@a.example>\n\
        Date: Mon, 1 Mar 2021 09:00:00 +0000\nSubject: line\n\n\
        Please say that the harbour bridge will be closed for repairs until the end of the summer \
        season this year.\n\n> an old quote which says that everybody in town has known of it for \
        many years already\n\n";
    let posts = "id,created_at,account,text\n\
        1,2021-03-01T11:00:00Z,ben,\"We hear the harbour bridge will be closed for repairs until \
        the end of the summer season, says a source\"\n\
        2,2021-03-01T12:00:00Z,ben,\"an old quote which says that everybody in town has known of \
        it for many years already\"\n\
        3,2021-03-01T13:00:00Z,ben,\"something else entirely\"\n";
    let mbox = bench.write("in/mail.mbox", mail);
    let table = bench.write("in/posts.csv", posts);
    bench.json(&["open", mbox.to_str().unwrap(), table.to_str().unwrap()]);
    let people = bench.json(&["people", "ben"]);
    let accounts: Vec<String> = people["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| party["accounts"][0]["account"].as_str().unwrap().to_owned())
        .collect();
    let mut merge = vec!["people", "merge"];
    merge.extend(accounts.iter().map(String::as_str));
    merge.extend(["--reason", "his own page says so"]);
    bench.json(&merge);
    let acts = bench.json(&["acts", "ann@a.example", "ben@b.example", "--redraws", "99"]);
    let candidates = acts["result"]["sessions"][0]["candidates"].as_array().unwrap().clone();
    let of = |id: &str| {
        let is = |c: &&serde_json::Value| {
            acts["citations"][c["act"].as_str().unwrap()]["native_id"] == id
        };
        candidates.iter().find(is).unwrap()["content"].clone()
    };
    assert_eq!(of("1")["grade"], "A");
    let key = of("1")["shared"][0]["key"].as_str().unwrap().to_owned();
    assert!(key.starts_with("words: the harbour bridge will be closed"), "{key}");
    assert!(of("2")["grade"].is_null(), "a quoted passage is not the sender's");
    assert!(of("3")["grade"].is_null());
}

#[test]
fn what_is_kept_of_requests_changes_no_answer() {
    let bench = Bench::new();
    let letter = |n: usize, words: &str| {
        format!(
            "From ann@example.org Mon Mar  1 10:00:0{n} 2021\nFrom: ann@example.org\n\
             To: ben@example.org\nDate: Mon, 1 Mar 2021 10:00:0{n} +0000\n\
             Message-ID: <{n}@example.org>\nSubject: chart\n\n{words}\n\n"
        )
    };
    let mails = [
        letter(1, "Could you send me the chart by Friday?"),
        letter(2, "I was out."),
        letter(3, "Please call me. What time does the ferry leave?"),
    ];
    bench.write("a.mbox", mails.concat());
    bench.json(&["open", "a.mbox"]);
    let ask = || bench.expect(0, &["requests", "--all", "--json"]);
    let first = ask();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&first).unwrap()["total"], 2);
    let kept = bench.path("cahoots.case/kept/requests-00000000");
    let bytes = std::fs::read(&kept).unwrap();
    assert_eq!(ask(), first, "as it was kept");
    // What was changed or cut is found again, and kept again.
    for broken in [&bytes[..bytes.len() / 2], b"", &[&bytes[1..], b"x"].concat()] {
        std::fs::write(&kept, broken).unwrap();
        assert_eq!(ask(), first);
        assert_eq!(std::fs::read(&kept).unwrap(), bytes);
    }
    bench.expect(0, &["rebuild"]);
    assert!(!kept.exists());
    // Where nothing can be written the answer is the same.
    std::fs::write(bench.path("cahoots.case/kept"), "no folder").unwrap();
    assert_eq!(ask(), first);
}
