//! Invented cases of the example's structure with other names, times and outcomes: what was planted
//! must be found. `CAHOOTS_WORLDS=200` makes as many; a few by default.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Bench;

/// What one world holds.
struct World {
    n: usize,
    asker: String,
    asked: String,
    other: String,
    friend: String,
    speaker: String,
    /// Hours from each message to its answer; `None`: no answer.
    answers: Vec<Option<i64>>,
    /// Who posts the link of message 0, and how many minutes later (or before, if negative).
    act: Option<(bool, i64)>,
    /// Whether the asked party tells the friend of message 0.
    tells: bool,
    /// Whether the denial is made before the first message.
    denied_before: bool,
    /// A numbered message was left out of the record.
    deleted: bool,
}

/// A small generator with a fixed course: the same worlds on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

impl World {
    fn new(n: usize, dice: &mut Dice) -> Self {
        let messages = 3 + dice.below(4) as usize;
        let answers = (0..messages)
            .map(|_| (dice.below(2) == 0).then(|| 1 + dice.below(100) as i64))
            .collect();
        let act = match dice.below(3) {
            0 => None,
            by => {
                let minutes = 5 + dice.below(2_000) as i64;
                let before = dice.below(5) == 0;
                Some((by == 1, if before { -minutes.min(600) } else { minutes }))
            }
        };
        Self {
            n,
            asker: format!("Asker{n} Quill"),
            asked: format!("Asked{n} Stone"),
            other: format!("Other{n} Reed"),
            friend: format!("Friend{n} Lark"),
            speaker: format!("Speaker{n} Moor"),
            answers,
            act,
            tells: dice.below(2) == 0,
            denied_before: dice.below(2) == 0,
            deleted: dice.below(2) == 0,
        }
    }

    fn handle(&self, name: &str) -> String {
        format!("@{}", name.split(' ').next().unwrap_or_default().to_lowercase())
    }

    /// The n-th message's instant: a fortnight apart, so that no answer meets the next message.
    fn at(message: usize) -> jiff::Timestamp {
        let start: jiff::Timestamp = "2021-03-01T09:00:00Z".parse().unwrap();
        start + jiff::SignedDuration::from_hours(24 * 14 * message as i64)
    }

    fn toml(&self, text: &mut String) {
        let World { n, asker, asked, other, friend, speaker, .. } = self;
        for name in [asker, asked, other] {
            let handle = self.handle(name);
            writeln!(text, "[[party]]\nname = \"{name}\"\naccounts = [\"{handle}\"]").unwrap();
        }
        for name in [friend, speaker] {
            writeln!(text, "[[party]]\nname = \"{name}\"").unwrap();
        }
        let link = format!("plan{n}.example");
        for (number, answer) in self.answers.iter().enumerate() {
            let id = format!("w{n}m{}", number + 1 + usize::from(self.deleted && number > 0));
            writeln!(
                text,
                "[[message]]\nid = \"{id}\"\nmedium = \"direct message\"\nfrom = \"{asker}\"\n\
                 to = [\"{asked}\"]\nat = {}\nsummary = \"Message {number} of world {n}.\"",
                Self::at(number)
            )
            .unwrap();
            if number == 0 {
                writeln!(
                    text,
                    "links = [\"{link}\"]\n\
                     asked = {{ act = \"post\", what = \"post it\", of = \"{asked}\" }}"
                )
                .unwrap();
            }
            if let Some(hours) = answer {
                writeln!(
                    text,
                    "[[message]]\nid = \"w{n}r{number}\"\nmedium = \"direct message\"\n\
                     from = \"{asked}\"\nto = [\"{asker}\"]\nat = {}\nsummary = \"Answer {number}.\"",
                    Self::at(number) + jiff::SignedDuration::from_hours(*hours)
                )
                .unwrap();
            }
        }
        if let Some((by_asked, minutes)) = self.act {
            let who = if by_asked { asked } else { other };
            writeln!(
                text,
                "[[post]]\nid = \"w{n}p\"\nfrom = \"{who}\"\nat = {}\n\
                 summary = \"Post of world {n}.\"\nlinks = [\"{link}\"]",
                Self::at(0) + jiff::SignedDuration::from_mins(minutes)
            )
            .unwrap();
        }
        if self.tells {
            writeln!(
                text,
                "[[message]]\nid = \"w{n}f\"\nmedium = \"email\"\nfrom = \"{asked}\"\n\
                 to = [\"{friend}\"]\nat = {}\nsummary = \"Tells.\"\ntells_of = [\"w{n}m1\"]",
                Self::at(0) + jiff::SignedDuration::from_hours(30)
            )
            .unwrap();
        }
        let days = if self.denied_before { -3 } else { 100 };
        let made = (Self::at(0) + jiff::SignedDuration::from_hours(24 * days)).to_string();
        writeln!(
            text,
            "[[statement]]\nid = \"w{n}s\"\nspeaker = \"{speaker}\"\nat = {made}\n\
             summary = \"No contact.\"\n[[statement.claim]]\nreading = \"no contact\"\n\
             template = \"no_contact\"\nactors = [\"{asked}\"]\ncounterparts = [\"{asker}\"]\n\
             until = \"{}\"",
            &made[..10]
        )
        .unwrap();
    }
}

fn worlds() -> Vec<World> {
    let wanted = std::env::var("CAHOOTS_WORLDS").ok().and_then(|n| n.parse().ok()).unwrap_or(16);
    let mut dice = Dice(20_161_012);
    (0..wanted).map(|n| World::new(n, &mut dice)).collect()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[test]
fn what_was_planted_is_found_and_nothing_else() {
    let worlds = worlds();
    let mut text = "schema = \"compiled/1\"\ntitle = \"invented\"\n".to_owned();
    worlds.iter().for_each(|world| world.toml(&mut text));
    let bench = Bench::new();
    let record = bench.write("in/record.toml", &text);
    let opened = bench.json(&["open", record.to_str().unwrap()]);
    assert_eq!(opened["archives"][0]["damaged"], 0, "{opened}");
    let contacts = bench.json(&["contacts", "-n", "100000"]);
    let statements = bench.json(&["statements"]);
    let absences = bench.json(&["absences", "-n", "1000"]);
    for world in &worlds {
        check_contacts(world, &contacts);
        check_statement(world, &statements);
        check_numbering(world, &absences);
        check_acts(world, &bench);
        check_exposure(world, &bench);
    }
}

fn check_contacts(world: &World, contacts: &Value) {
    let pair = list(&contacts["result"])
        .iter()
        .find(|pair| {
            let names = [&pair["a"]["name"], &pair["b"]["name"]];
            names.contains(&&Value::from(world.asker.as_str()))
                && names.contains(&&Value::from(world.asked.as_str()))
        })
        .unwrap();
    let a_asks = pair["a"]["name"] == world.asker.as_str();
    let (asks, answers) = if a_asks { ("a_to_b", "b_to_a") } else { ("b_to_a", "a_to_b") };
    let planted = world.answers.iter().flatten().count();
    assert_eq!(pair[asks]["messages"], world.answers.len(), "world {}", world.n);
    assert_eq!(pair[asks]["answered"], planted, "world {}", world.n);
    assert_eq!(pair[answers]["messages"], planted, "world {}", world.n);
}

fn check_statement(world: &World, statements: &Value) {
    let id = format!("w{}s", world.n);
    let judged = list(&statements["result"]).iter().find(|judged| judged["id"] == id).unwrap();
    let verdict = judged["readings"][0]["verdict"].as_str().unwrap();
    let planted = if world.denied_before { "not_contradicted" } else { "contradicted" };
    assert_eq!(verdict, planted, "world {}", world.n);
}

fn check_numbering(world: &World, absences: &Value) {
    let prefix = format!("w{}m", world.n);
    let series = list(&absences["result"]["numbering"]["rows"])
        .iter()
        .find(|series| series["prefix"] == prefix.as_str());
    // Fewer than four numbers are no numbering.
    let planted = world.deleted && world.answers.len() >= 4;
    assert_eq!(series.is_some(), planted, "world {}", world.n);
    if let Some(series) = series {
        assert_eq!((&series["gaps"][0]["from"], &series["missing"]), (&2.into(), &1.into()));
    }
}

fn check_acts(world: &World, bench: &Bench) {
    let args = ["acts", &world.asker, &world.asked, "--circle", &world.other, "--redraws", "99"];
    let acts = bench.json(&args);
    let sessions = list(&acts["result"]["sessions"]);
    let candidates: Vec<&Value> = sessions
        .iter()
        .flat_map(|session| list(&session["candidates"]))
        .filter(|candidate| candidate["content"]["grade"] == "A")
        .collect();
    match world.act {
        None => assert!(candidates.is_empty(), "world {}", world.n),
        Some((by_asked, minutes)) => {
            assert_eq!(candidates.len(), 1, "world {}", world.n);
            let found = candidates[0];
            let lag = found["time"]["least_seconds"].as_f64().unwrap();
            assert_eq!(lag, minutes as f64 * 60.0, "world {}", world.n);
            assert_eq!(found["time"]["before_request"], minutes < 0, "world {}", world.n);
            let who = if by_asked { &world.asked } else { &world.other };
            assert_eq!(found["actor"]["acted"]["name"], who.as_str(), "world {}", world.n);
            assert_eq!(found["actor"]["same"], by_asked, "world {}", world.n);
        }
    }
    // Three to six messages: nothing of this can be told from chance, and it must not be claimed.
    let level = acts["result"]["verdict"]["level"].as_str().unwrap();
    assert!(["cannot_tell", "none_seen"].contains(&level), "world {}: {level}", world.n);
}

fn check_exposure(world: &World, bench: &Bench) {
    let item = format!("w{}m1", world.n);
    let exposure = bench.json(&["exposure", &item, "--asked", &world.friend]);
    let told: Vec<&str> = list(&exposure["result"]["told"])
        .iter()
        .map(|told| told["who"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(told.contains(&world.friend.as_str()), world.tells, "world {}", world.n);
    let shown_none = !list(&exposure["result"]["no_item_shows"]).is_empty();
    assert_eq!(shown_none, !world.tells, "world {}", world.n);
    assert_eq!(told.len(), 2 + usize::from(world.tells), "world {}: {told:?}", world.n);
}
