//! The workbench's server as a browser meets it: the real binary, spoken to over its port.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::support::{Bench, example};

/// A running server, ended when dropped.
pub struct Served {
    pub bench: Bench,
    pub child: Child,
    /// `127.0.0.1:PORT`.
    pub host: String,
    /// The token of the printed link.
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server answered.
pub struct Answer {
    pub status: u16,
    headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        let text = || Value::String(String::from_utf8_lossy(&self.body).into_owned());
        serde_json::from_slice(&self.body).unwrap_or_else(|_| text())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

fn opened() -> Bench {
    let bench = Bench::new();
    bench.json(&["open", example().to_str().unwrap()]);
    bench
}

impl Served {
    pub fn start(bench: Bench, args: &[&str]) -> Self {
        let mut child = bench
            .command()
            .args(["serve", "--json", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        while !said.ends_with("}\n") {
            assert!(lines.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let said: Value = serde_json::from_str(&said).unwrap();
        let url = said["url"].as_str().unwrap();
        let token = url.split_once("/#enter=").map_or("", |(_, token)| token).to_owned();
        let host = said["listening"].as_str().unwrap().to_owned();
        Self { bench, child, host, token }
    }

    fn example() -> Self {
        Self::start(opened(), &[])
    }

    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let mut text = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            text.push_str(&format!("host: {}\r\n", self.host));
        }
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str("content-type: application/json\r\n");
        }
        text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let split = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Answer { status, headers, body: bytes[split + 4..].to_vec() }
    }

    /// The cookie of a session that the printed link begins.
    pub fn enter(&self) -> String {
        let body = json!({ "token": self.token }).to_string();
        let answer = self.ask("POST", "/api/v1/session", &[], &body);
        assert_eq!(answer.status, 200);
        cookie_of(&answer)
    }

    pub fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask("GET", path, &[("cookie", cookie)], "")
    }

    fn change(&self, cookie: &str, method: &str, path: &str, seen: &str, body: &Value) -> Answer {
        let mut headers = vec![("cookie", cookie)];
        if !seen.is_empty() {
            headers.push(("if-match", seen));
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.ask(method, path, &headers, &body)
    }
}

fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    assert!(set.contains("; HttpOnly; SameSite=Strict"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn findings_are_those_of_the_command_line_byte_for_byte() {
    let served = Served::example();
    let cookie = served.enter();
    for (path, args) in [
        ("/case", vec!["open"]),
        ("/brief", vec!["brief"]),
        ("/problems", vec!["problems"]),
        ("/search?q=wikileaks&counts=true", vec!["search", "wikileaks", "--counts"]),
        (
            "/search?q=in:private&sort=oldest&limit=5&offset=3",
            vec!["search", "in:private", "--sort", "oldest", "-n", "5", "--offset", "3"],
        ),
        ("/chronology?q=wikileaks", vec!["chronology", "wikileaks"]),
        ("/people", vec!["people"]),
        ("/people?name=trump", vec!["people", "trump"]),
        ("/people/suggestions", vec!["people", "suggest"]),
        ("/contacts", vec!["contacts"]),
        ("/contacts?a=WikiLeaks&b=Donald+Trump+Jr.", vec!["contacts", "WikiLeaks", JR]),
        (
            "/acts?from=WikiLeaks&to=Donald+Trump+Jr.&circle=Donald+Trump",
            vec!["acts", "WikiLeaks", JR, "--circle", "Donald Trump"],
        ),
        ("/acts/scan", vec!["acts", "--scan"]),
        ("/requests", vec!["requests"]),
        ("/exposure?about=M1", vec!["exposure", "M1"]),
        ("/exposure?about=zyzzyva", vec!["exposure", "zyzzyva"]),
        ("/statements", vec!["statements"]),
        ("/statements/claim-reviews", vec!["statements", "--claim-review"]),
        ("/coordination", vec!["coordination"]),
        (
            "/coordination?object=url,hashtag,mention&within=1h,1d&untested=true&limit=500",
            vec![
                "coordination",
                "--object",
                "url,hashtag,mention",
                "--within",
                "1h,1d",
                "--untested",
                "-n",
                "500",
            ],
        ),
        ("/coverage", vec!["coverage"]),
        ("/absences", vec!["absences"]),
    ] {
        let answer = served.get(&cookie, &format!("/api/v1{path}"));
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        let mut args = args;
        args.push("--json");
        let printed = served.bench.run(&args).stdout;
        assert!(answer.body == printed, "{path} differs from {args:?}");
    }
    let found = served.get(&cookie, "/api/v1/search?q=in:private&limit=1").json();
    let id = found["items"][0]["id"].as_str().unwrap();
    for (path, verb) in [("", "show"), ("/thread", "thread")] {
        let answer = served.get(&cookie, &format!("/api/v1/items/{id}{path}"));
        assert!(answer.body == served.bench.run(&[verb, id, "--json"]).stdout, "{verb}");
    }
    let raw = served.get(&cookie, &format!("/api/v1/items/{id}/raw"));
    assert_eq!(raw.body, served.bench.run(&["show", id, "--raw"]).stdout);
    assert_eq!(raw.header("x-original-unchanged"), "true");
    assert!(raw.header("content-disposition").starts_with("attachment"));
}

const JR: &str = "Donald Trump Jr.";

#[test]
fn nobody_without_a_session_sees_anything() {
    let served = Served::example();
    let paths = served.ask("GET", "/api/v1/openapi.json", &[], "").json();
    let mut asked = 0;
    for (path, methods) in paths["paths"].as_object().unwrap() {
        if path == "/api/v1/session" {
            continue;
        }
        let path = path.replace("{id}", "aaaa").replace("{note}", "1").replace("{seq}", "1");
        let path = path.replace("{search}", "1").replace("{item}", "aaaa").replace("{tag}", "t");
        for method in methods.as_object().unwrap().keys() {
            if ["get", "post", "put", "delete"].contains(&method.as_str()) {
                let answer = served.ask(&method.to_uppercase(), &path, &[], "");
                assert_eq!(answer.status, 401, "{method} {path}");
                asked += 1;
            }
        }
    }
    assert!(asked > 30, "{asked}");
    // Where one comes in tells nothing of the case.
    let who = served.ask("GET", "/api/v1/session", &[], "").json();
    assert_eq!((&who["signed_in"], &who["name"]), (&json!(false), &Value::Null));
    // The link works once.
    let cookie = served.enter();
    assert_eq!(served.get(&cookie, "/api/v1/case").status, 200);
    let again = json!({ "token": served.token }).to_string();
    assert_eq!(served.ask("POST", "/api/v1/session", &[], &again).status, 401);
    // Another browser needs another link, and going out ends the session.
    let link = served.change(&cookie, "POST", "/api/v1/session/link", "", &Value::Null).json();
    let token = link["link"].as_str().unwrap().replace("/#enter=", "");
    let other = json!({ "token": token }).to_string();
    assert_eq!(served.ask("POST", "/api/v1/session", &[], &other).status, 200);
    let gone = served.change(&cookie, "DELETE", "/api/v1/session", "", &Value::Null);
    assert_eq!(gone.status, 204);
    assert_eq!(served.get(&cookie, "/api/v1/case").status, 401);
}

#[test]
fn foreign_pages_and_foreign_names_are_refused() {
    let served = Served::example();
    let cookie = served.enter();
    let port = served.host.split(':').nth(1).unwrap();
    let rebound = format!("evil.example:{port}");
    let with_host = [("cookie", cookie.as_str()), ("host", rebound.as_str())];
    for path in ["/api/v1/case", "/", "/api/v1/openapi.json"] {
        assert_eq!(served.ask("GET", path, &with_host, "").status, 403, "{path}");
    }
    let tag = "/api/v1/searches";
    let body = json!({ "name": "a", "query": "b" }).to_string();
    for foreign in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        let headers = [("cookie", cookie.as_str()), ("origin", foreign)];
        assert_eq!(served.ask("POST", tag, &headers, &body).status, 403, "{foreign}");
        assert_eq!(served.ask("GET", "/api/v1/case", &headers, "").status, 403, "{foreign}");
    }
    let ours = format!("http://{}", served.host);
    let headers = [("cookie", cookie.as_str()), ("origin", ours.as_str())];
    assert_eq!(served.ask("POST", tag, &headers, &body).status, 200);
    // A form of a foreign page can send text and no JSON.
    let mut form = TcpStream::connect(&served.host).unwrap();
    let text = format!(
        "POST {tag} HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\nconnection: close\r\n\
         content-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
        served.host,
        body.len()
    );
    form.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    form.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    // What the pages may do is little.
    let page = served.ask("GET", "/", &[], "");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    let case = served.get(&cookie, "/api/v1/case");
    assert_eq!(case.header("cache-control"), "no-store");
}

#[test]
fn two_people_do_not_lose_each_others_words() {
    let served = Served::example();
    let cookie = served.enter();
    let found = served.get(&cookie, "/api/v1/search?q=in:private&limit=1").json();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let notes = format!("/api/v1/items/{id}/notes");
    let first = served.change(&cookie, "POST", &notes, "", &json!({ "text": "one" })).json();
    let seq = first["seq"].as_u64().unwrap();
    let (note, seen) = (format!("/api/v1/notes/{seq}"), format!("\"{seq}\""));
    let words = |text: &str| json!({ "text": text });
    assert_eq!(served.change(&cookie, "PUT", &note, "", &words("two")).status, 428);
    assert_eq!(served.change(&cookie, "PUT", &note, "two", &words("two")).status, 422);
    assert_eq!(served.change(&cookie, "PUT", &note, &seen, &words("two")).status, 200);
    let late = served.change(&cookie, "PUT", &note, &seen, &words("three"));
    assert_eq!(late.status, 409);
    assert_eq!(late.json()["current"]["text"], "two", "what stands there is said");
    let work = served.get(&cookie, &format!("/api/v1/items/{id}/work"));
    assert_eq!(work.json()["notes"][0]["text"], "two");
    let version = work.header("etag").to_owned();
    assert_eq!(version, format!("\"{}\"", seq + 1));
    assert_eq!(served.change(&cookie, "DELETE", &note, &version, &Value::Null).status, 200);
    assert_eq!(served.change(&cookie, "DELETE", &note, &version, &Value::Null).status, 404);
    // Everything is in the log, and can be taken back once.
    let log = served.get(&cookie, "/api/v1/log").json();
    let last = log["decisions"][0]["seq"].as_u64().unwrap();
    assert_eq!(log["total"], 3);
    let undo = format!("/api/v1/log/{last}/undo");
    assert_eq!(served.change(&cookie, "POST", &undo, "", &json!({})).status, 200);
    assert_eq!(served.change(&cookie, "POST", &undo, "", &json!({})).status, 409);
    let work = served.get(&cookie, &format!("/api/v1/items/{id}/work")).json();
    assert_eq!(work["notes"][0]["text"], "two", "it is back");
    // Pins: the one who saw no pin does not overwrite the pin of another.
    let pin = format!("/api/v1/pins/{id}");
    let said = json!({ "words": "the first contact" });
    assert_eq!(served.change(&cookie, "PUT", &pin, "\"0\"", &said).status, 200);
    assert_eq!(served.change(&cookie, "PUT", &pin, "\"0\"", &said).status, 409);
    let pins = served.get(&cookie, "/api/v1/pins").json();
    assert_eq!(pins["pins"][0]["words"], "the first contact");
    // Stars and tags say what is so: twice is once.
    let star = format!("/api/v1/items/{id}/star");
    for _ in 0..2 {
        assert_eq!(served.change(&cookie, "PUT", &star, "", &json!({ "on": true })).status, 200);
    }
    let tag = format!("/api/v1/items/{id}/tags/money%20%3Cb%3E");
    assert_eq!(served.change(&cookie, "PUT", &tag, "", &Value::Null).status, 200);
    let tags = served.get(&cookie, "/api/v1/tags").json();
    assert_eq!(tags["tags"][0], json!({ "tag": "money <b>", "items": [id] }));
    assert_eq!(tags["starred"], json!([id]));
}

#[test]
fn an_entered_statement_is_changed_in_place_and_nobody_loses_a_change() {
    let served = Served::example();
    let cookie = served.enter();
    let said =
        |words: &str| json!({ "speaker": "Bo Example", "at": "2017-01-01", "quoted": words });
    let added = served.change(&cookie, "POST", "/api/v1/statements", "", &said("one")).json();
    let seq = added["seq"].as_u64().unwrap();
    let (path, seen) = (format!("/api/v1/statements/{seq}"), format!("\"{seq}\""));
    let put = |seen: &str, words: &str| served.change(&cookie, "PUT", &path, seen, &said(words));
    assert_eq!(put("", "two").status, 428);
    assert_eq!(put(&seen, " ").status, 422);
    assert_eq!(put(&seen, "two").status, 200);
    let late = put(&seen, "three");
    assert_eq!(late.status, 409);
    assert_eq!(late.json()["current"]["statement"]["quoted"], "two", "what stands there is said");
    let entered = served.get(&cookie, "/api/v1/statements/entered").json();
    let one = &entered["statements"][0];
    assert_eq!((&one["seq"], &one["changed"]["seq"]), (&json!(seq), &one["version"]));
    // The ledger has it once, under its old name, with its new words.
    let ledger = served.get(&cookie, "/api/v1/statements?of=Bo%20Example").json();
    assert_eq!(ledger["result"].as_array().unwrap().len(), 1);
    assert_eq!(ledger["result"][0]["id"], format!("entered {seq}"));
    assert_eq!(ledger["result"][0]["words"], "two");
    // A change is a decision: it can be taken back alone.
    let undo = format!("/api/v1/log/{}/undo", one["version"]);
    assert_eq!(served.change(&cookie, "POST", &undo, "", &json!({})).status, 200);
    let ledger = served.get(&cookie, "/api/v1/statements?of=Bo%20Example").json();
    assert_eq!(ledger["result"][0]["words"], "one");
    let undo = format!("/api/v1/log/{seq}/undo");
    assert_eq!(served.change(&cookie, "POST", &undo, "", &json!({})).status, 200);
    let gone = put(&format!("\"{}\"", seq + 3), "four");
    assert_eq!((gone.status, &gone.json()["current"]), (409, &Value::Null));
    // What an archive holds has no number and cannot be changed.
    let archived = served.change(&cookie, "PUT", "/api/v1/statements/9999", "\"1\"", &said("x"));
    assert_eq!(archived.status, 404);
    assert!(archived.json()["message"].as_str().unwrap().contains("an archive holds"));
    let wrong = served.change(&cookie, "PUT", "/api/v1/statements/D1", "\"1\"", &said("x"));
    assert_eq!((wrong.status, wrong.header("content-type")), (400, "application/json"));
}

#[test]
fn who_is_who_is_decided_once() {
    let served = Served::example();
    let cookie = served.enter();
    let people = served.get(&cookie, "/api/v1/people?limit=3").json();
    let account = |n: usize| people["parties"][n]["accounts"][0]["account"].clone();
    let merge = json!({ "kind": "merge", "accounts": [account(1), account(2)], "reason": "x" });
    let path = "/api/v1/people/decisions";
    assert_eq!(served.change(&cookie, "POST", path, "", &merge).status, 428);
    let first = served.change(&cookie, "POST", path, "\"0\"", &merge);
    assert_eq!(first.status, 200);
    let refuse = json!({ "kind": "refuse", "a": account(1), "b": account(2) });
    assert_eq!(served.change(&cookie, "POST", path, "\"0\"", &refuse).status, 409);
    let after = served.get(&cookie, "/api/v1/people?limit=100").json();
    assert_eq!(after["total"].as_u64().unwrap() + 1, people["total"].as_u64().unwrap());
    let seq = first.json()["seq"].as_u64().unwrap();
    let undo = format!("/api/v1/log/{seq}/undo");
    assert_eq!(served.change(&cookie, "POST", &undo, "", &json!({ "reason": "y" })).status, 200);
    let after = served.get(&cookie, "/api/v1/people?limit=100").json();
    assert_eq!(after["total"], people["total"]);
    // The same as the command line sees.
    assert_eq!(served.bench.json(&["people"])["total"], people["total"]);
    let unknown = json!({ "kind": "split", "account": "email:nobody@x.example" });
    assert_eq!(served.change(&cookie, "POST", path, "\"99\"", &unknown).status, 422);
}

#[test]
fn pages_follow_the_cursor_to_the_end() {
    let served = Served::example();
    let cookie = served.enter();
    let mut path = "/api/v1/search?sort=oldest&limit=40".to_owned();
    let (mut ids, mut pages) = (Vec::new(), 0);
    loop {
        let page = served.get(&cookie, &path);
        assert_eq!(page.status, 200, "{path}");
        let items = page.json()["items"].as_array().unwrap().clone();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page.header("link").strip_prefix('<').and_then(|link| link.split_once('>')) {
            Some((next, rel)) => {
                assert_eq!(rel, "; rel=\"next\"");
                path = next.to_owned();
            }
            None => break,
        }
    }
    let all = served.bench.expect(0, &["search", "*", "--sort", "oldest", "--ids", "-n", "9999"]);
    let all: Vec<&str> = all.lines().collect();
    assert!(pages > 1 && ids == all, "{pages} pages, {} of {}", ids.len(), all.len());
}

#[test]
fn the_timeline_counts_what_the_search_finds() {
    let served = Served::example();
    let cookie = served.enter();
    for q in ["", "wikileaks", "in:public"] {
        let all = served.get(&cookie, &format!("/api/v1/search?q={q}&limit=1")).json();
        let line = served.get(&cookie, &format!("/api/v1/timeline?q={q}&buckets=37")).json();
        let total = line["total"].as_u64().unwrap() + line["undated"].as_u64().unwrap();
        assert_eq!(json!(total), all["total"], "{q}");
        let sum = |lane: &str| -> u64 {
            let counts = line[lane]["counts"].as_array().unwrap();
            assert_eq!(counts.len(), 37);
            counts.iter().map(|n| n.as_u64().unwrap()).sum()
        };
        assert_eq!(json!(sum("private")), line["private"]["total"]);
        assert_eq!(json!(sum("private") + sum("public")), line["total"]);
    }
    let (from, until) = (1_476_230_400_000_000_i64, 1_476_316_800_000_000_i64);
    let day = format!("/api/v1/timeline?from={from}&until={until}&buckets=24&items=1000");
    let day = served.get(&cookie, &day).json();
    let items = day["items"].as_array().unwrap();
    assert_eq!(json!(items.len()), day["total"]);
    assert!(!items.is_empty());
    assert!(items.iter().all(|item| (from..until).contains(&item["at"].as_i64().unwrap())));
}

#[test]
fn users_sign_in_readers_only_read_and_guessing_takes_time() {
    let bench = opened();
    let refused = bench.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("cahoots user add"));
    for (name, role) in [("ann", "editor"), ("ben", "reader")] {
        let mut add = bench
            .command()
            .args(["user", "add", name, "--role", role, "--password-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        add.stdin.take().unwrap().write_all(b"four random words here\n").unwrap();
        assert!(add.wait().unwrap().success());
    }
    let users = bench.json(&["user"]);
    assert_eq!(users["users"][1]["role"], "reader");
    assert!(!users.to_string().contains("argon2"), "no hash is printed");
    // With an origin it is meant for others, wherever it listens.
    let served = Served::start(bench, &["--origin", "http://case.example"]);
    // Behind the name that people see.
    let host = ("host", "case.example");
    let sign_in = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password }).to_string();
        served.ask("POST", "/api/v1/session", &[host], &body)
    };
    let ann = cookie_of(&sign_in("ann", "four random words here"));
    let ben = cookie_of(&sign_in("ben", "four random words here"));
    let ask = |cookie: &str, method: &str, path: &str, body: &str| {
        served.ask(method, path, &[host, ("cookie", cookie)], body).status
    };
    let save = json!({ "name": "a", "query": "b" }).to_string();
    assert_eq!(ask(&ben, "GET", "/api/v1/case", ""), 200);
    assert_eq!(ask(&ben, "POST", "/api/v1/searches", &save), 403);
    assert_eq!(ask(&ann, "POST", "/api/v1/searches", &save), 200);
    let log = served.ask("GET", "/api/v1/log", &[host, ("cookie", &ann)], "").json();
    assert_eq!(log["decisions"][0]["author"], "ann");
    // A link does not open a server with users.
    let token = json!({ "token": "0" }).to_string();
    assert_eq!(served.ask("POST", "/api/v1/session", &[host], &token).status, 422);
    let mut statuses = Vec::new();
    for n in 0..7 {
        statuses.push(sign_in("ann", &format!("wrong password {n}")).status);
    }
    assert_eq!(statuses[..5], [401; 5]);
    assert!(statuses.contains(&429), "{statuses:?}");
    let waiting = sign_in("ann", "four random words here");
    assert_eq!(waiting.status, 429, "the right password waits, too");
    assert!(!waiting.header("retry-after").is_empty());
}

#[test]
fn the_description_of_the_interface_is_the_one_the_pages_are_built_from() {
    let bench = Bench::new();
    let now = bench.expect(0, &["openapi"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(now == committed, "web/openapi.json is old: run this test with UPDATE_EXPECT=1");
}

#[test]
fn what_is_too_big_is_refused() {
    let served = Served::example();
    let cookie = served.enter();
    let big = json!({ "name": "a", "query": "x".repeat(400_000) });
    let answer = served.change(&cookie, "POST", "/api/v1/searches", "", &big);
    assert_eq!(answer.status, 413);
    let long = json!({ "name": "a", "query": "x".repeat(6_000) });
    assert_eq!(served.change(&cookie, "POST", "/api/v1/searches", "", &long).status, 422);
    for path in [
        "/api/v1/search?q=from:(",
        "/api/v1/timeline?buckets=0",
        "/api/v1/brief?redraws=100000000",
        "/api/v1/acts?from=nobody+at+all&to=x",
        "/api/v1/items/aa",
        "/api/v1/search?cursor=x",
    ] {
        let answer = served.get(&cookie, path);
        assert_eq!(answer.status, 422, "{path}");
        assert!(answer.json()["message"].is_string(), "{path}");
    }
    assert_eq!(served.get(&cookie, "/api/v1/items/zzzzzzzz").status, 404);
    assert_eq!(served.get(&cookie, "/api/v1/nothing").status, 404);
}
