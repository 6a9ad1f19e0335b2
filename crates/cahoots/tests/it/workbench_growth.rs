//! The workbench while its case changes: another program adds to it, and what was kept is let go.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Bench, mailbox};
use crate::workbench::Served;

/// Open events of a server, as a page has them.
struct Events(BufReader<TcpStream>);

impl Events {
    fn of(served: &Served, cookie: &str) -> Self {
        let mut stream = TcpStream::connect(&served.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head =
            format!("GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}", served.host);
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
        let mut events = Self(BufReader::new(stream));
        assert!(events.line().starts_with("HTTP/1.1 200"));
        while !events.line().is_empty() {}
        events
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the server ended the events");
        line.trim_end().to_owned()
    }

    /// The next event of a kind.
    fn next(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line();
            let Some(data) = line.strip_prefix("data: ") else { continue };
            let event: Value = serde_json::from_str(data).unwrap();
            if event["kind"] == kind {
                return event;
            }
        }
    }
}

#[test]
fn what_another_program_adds_is_told_and_found() {
    let bench = Bench::new();
    let first = bench.write("first.mbox", mailbox(60));
    bench.json(&["open", first.to_str().unwrap()]);
    let more = mailbox(90).replace("quill.example>", "later.example>").replace("survey", "regatta");
    let more = bench.write("more.mbox", more);
    let served = Served::start(bench, &[]);
    let cookie = served.enter();
    let asked = [
        "/api/v1/search?q=regatta&counts=true",
        "/api/v1/search?counts=true&sort=newest&limit=50",
        "/api/v1/timeline?buckets=7",
        "/api/v1/search/objects",
        "/api/v1/case",
    ];
    let answers = |served: &Served| -> Vec<Vec<u8>> {
        asked.iter().map(|path| served.get(&cookie, path).body).collect()
    };
    let before = answers(&served);
    assert_eq!(before, answers(&served), "what is kept is what was made");
    let mut events = Events::of(&served, &cookie);
    served.bench.json(&["add", more.to_str().unwrap()]);
    // The record is committed first and the index after it: each is told. What was found in
    // between is not kept.
    events.next("grown");
    let wanted = served.bench.json(&["search", "regatta", "--counts"])["total"].clone();
    assert!(wanted.as_u64().unwrap() > 0, "{wanted}");
    let after = served.get(&cookie, asked[0]).json();
    assert_eq!(after["total"], wanted);
    for (path, (before, after)) in asked.iter().zip(before.iter().zip(answers(&served))) {
        assert_ne!(*before, after, "{path}");
    }
    let line = served.get(&cookie, asked[2]).json();
    assert_eq!(line["total"], served.bench.json(&["search", "*"])["total"]);
}

#[test]
fn windows_far_down_are_those_of_the_command_line() {
    let bench = Bench::new();
    // Every time stands twice, so that what is equal has an order, too.
    let twice = mailbox(330).replace("quill.example>", "twice.example>");
    let all = bench.write("all.mbox", format!("{}\n{twice}", mailbox(330)));
    bench.json(&["open", all.to_str().unwrap()]);
    let served = Served::start(bench, &[]);
    let cookie = served.enter();
    for sort in ["newest", "oldest"] {
        for offset in [380, 401, 500, 655, 700] {
            let path = format!("/api/v1/search?sort={sort}&limit=9&offset={offset}");
            let offset = offset.to_string();
            let args = ["search", "*", "--sort", sort, "-n", "9", "--offset", &offset, "--json"];
            let answer = served.get(&cookie, &path);
            let output = served.bench.run(&args);
            assert!(answer.body == output.stdout, "{path}");
        }
    }
}

#[test]
fn fewer_parties_are_the_first_of_all_parties() {
    let bench = Bench::new();
    let all = bench.write("all.mbox", mailbox(40));
    bench.json(&["open", all.to_str().unwrap()]);
    let served = Served::start(bench, &[]);
    let cookie = served.enter();
    let of = |parties: &str| {
        let path = format!("/api/v1/search?counts=true{parties}");
        served.get(&cookie, &path).json()["counts"]["party"].as_array().unwrap().clone()
    };
    let all = of("");
    assert!(all.len() > 2, "{all:?}");
    assert_eq!(of("&parties=2"), all[..2]);
    assert_eq!(json!(of("&parties=0")), json!([]));
}
