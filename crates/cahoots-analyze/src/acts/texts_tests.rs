//! Words as evidence: runs, near copies, rare phrases, suggestions, through the whole question.

use cahoots_record::{AccountKey, Role};

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, HOUR};
use crate::wording::{Corpus, Text, add};
use crate::words::Stream;

/// What the items of a record say, by place; it answers like the index of a case.
struct Said(Vec<String>);

impl Corpus for Said {
    fn holding(&mut self, words: &str) -> Vec<Place> {
        let asked = Stream::of(words);
        let asked = format!(" {} ", asked.said(0..asked.len()));
        let holds = |text: &String| {
            let text = Stream::of(text);
            format!(" {} ", text.said(0..text.len())).contains(&asked)
        };
        let found = self.0.iter().enumerate().filter(|(_, text)| holds(text));
        found.map(|(place, _)| Place(place as u32)).collect()
    }
}

/// 600 posts of others about the weather, then the messages of Ada to Bo and the posts of Bo, given
/// as (hours, words). Gives the record, what it says, and the question.
fn case(messages: &[(i64, &str)], acts: &[(i64, &str)]) -> (Record, Said, Question) {
    let mut b = Builder::new("UTC");
    let parties = ["Ada Quay", "Bo Mooring", "Cy Tanner"].map(|name| b.party(name, name));
    let names = ["ada", "bo", "cy"];
    let accounts = [0, 1, 2].map(|n| b.account(AccountKey::x_handle(names[n]), parties[n]));
    let mut said: Vec<(i64, String)> = Vec::new();
    let mut push = |b: &mut Builder, t: i64, words: &str, takers: Vec<(u32, Role)>, public| {
        let ord = said.len() as u64;
        let entry =
            if public { Entry::post(ord, Span::at(t)) } else { Entry::new(ord, Span::at(t)) };
        b.push(Entry { takers, ..entry });
        said.push((t, words.to_owned()));
    };
    for n in 0..600_i64 {
        let words = format!(
            "the weather of day {n} is {} and the tide is low",
            ["fair", "foul"][n as usize % 2]
        );
        push(&mut b, n * HOUR, &words, vec![(accounts[2], Role::From)], true);
    }
    let start = 100 * DAY;
    for (at, words) in messages {
        let takers = vec![(accounts[0], Role::From), (accounts[1], Role::To)];
        push(&mut b, start + at * HOUR, words, takers, false);
    }
    for (at, words) in acts {
        push(&mut b, start + at * HOUR, words, vec![(accounts[1], Role::From)], true);
    }
    said.sort_by_key(|(t, _)| *t);
    let question = Question { redraws: 99, ..Question::new(parties[0], parties[1]) };
    (b.finish(), Said(said.into_iter().map(|it| it.1).collect()), question)
}

/// Reads the texts of the question, adds what they share, and asks.
fn ask(messages: &[(i64, &str)], acts_of: &[(i64, &str)]) -> (Acts, usize) {
    let (mut record, mut said, mut question) = case(messages, acts_of);
    let wanted = question.texts(&record);
    let read = wanted.messages.len() + wanted.acts.len();
    let texts = |places: &[Place]| -> Vec<Text> {
        let text = |place: &Place| {
            let words = said.0[place.0 as usize].clone();
            Text { place: *place, whole: words.clone(), own: words }
        };
        places.iter().map(text).collect()
    };
    let (asked, did) = (texts(&wanted.messages), texts(&wanted.acts));
    question.suggested = question.suggest(&record, &asked, &did);
    let before = record.clone();
    add(&mut record, &asked, &did, &|m, a| question.close(&before, m, a), &mut said);
    (acts(&record, &question).result, read)
}

/// The candidates of the first session: grade, kinds of what is shared, bits.
fn shown(found: &Acts) -> Vec<(Option<Grade>, Vec<&'static str>, Option<f64>)> {
    let of = |c: &Candidate| {
        (c.content.grade, c.content.shared.iter().map(|it| it.kind).collect(), c.content.bits)
    };
    found.sessions.iter().flat_map(|session| session.candidates.iter().map(of)).collect()
}

const ASKED: &str = "Please say in public that the old harbour lease was signed behind closed doors \
                     in the spring of that year and that nobody asked the board about it";

#[test]
fn a_long_run_is_as_good_as_a_link_and_only_the_texts_of_the_question_are_read() {
    let (found, read) = ask(
        &[(0, ASKED)],
        &[(
            2,
            "I hear that the old harbour lease was signed behind closed doors in the spring of that year!",
        )],
    );
    assert_eq!(shown(&found)[0].0, Some(Grade::A));
    assert_eq!(shown(&found)[0].1[0], "words");
    assert_eq!(read, 2, "the 600 posts of others are not read");
}

#[test]
fn a_run_that_the_public_says_every_day_is_no_link() {
    let usual = "the weather of day is fair and the tide is low and the wind is from the west";
    let (mut record, mut said, question) = case(&[(0, usual)], &[(2, usual)]);
    // Everybody says so: the corpus holds it in every tenth post before.
    for text in said.0.iter_mut().take(600).step_by(10) {
        usual.clone_into(text);
    }
    let wanted = question.texts(&record);
    let text =
        |place: &Place| Text { place: *place, whole: usual.to_owned(), own: usual.to_owned() };
    let asked: Vec<Text> = wanted.messages.iter().map(text).collect();
    let did: Vec<Text> = wanted.acts.iter().map(text).collect();
    add(&mut record, &asked, &did, &|_, _| true, &mut said);
    let found = acts(&record, &question).result;
    let content = &found.sessions[0].candidates[0].content;
    let run = content.shared.iter().find(|it| it.kind == "words").unwrap();
    assert!(
        run.grade == Grade::D && run.in_everything && run.earlier_public_items == 60,
        "{run:?}"
    );
}

#[test]
fn a_near_copy_is_grade_b() {
    // Every sixth word is another one: no run of eight, and more than half of the shingles.
    let copy =
        "the quay lease runs out in may and the board will not renew it on the old terms at all";
    let near =
        "the quay lease runs out in june and the board will not extend it on the old terms at all";
    let (found, _) = ask(&[(0, copy)], &[(3, near)]);
    assert_eq!(shown(&found)[0].0, Some(Grade::B), "{:?}", shown(&found));
    assert_eq!(shown(&found)[0].1, ["near copy"]);
}

#[test]
fn rare_phrases_count_together_and_common_ones_do_not() {
    let (found, _) = ask(
        &[(
            0,
            "ask them about the velvet anchor and the crooked pilot of Zeebrugge, the tide is low",
        )],
        &[(2, "who remembers the velvet anchor? and what of a crooked pilot; the tide is low")],
    );
    let (grade, kinds, bits) = shown(&found)[0].clone();
    assert_eq!(grade, Some(Grade::C));
    assert!(kinds.iter().all(|kind| *kind == "phrase"), "{kinds:?}");
    // 600 public items before it have neither phrase: log2 of 601 for each.
    assert!(bits.unwrap() >= 2.0 * 9.23 - 0.01, "{bits:?}");
    let (found, _) = ask(&[(0, "the tide is low and the weather")], &[(2, "the tide is low")]);
    assert_eq!(shown(&found)[0].0, None, "{:?}", shown(&found));
}

#[test]
fn an_act_days_away_gets_no_phrases_and_addresses_count_once() {
    let far = [(24 * 40, "who remembers the velvet anchor? and what of a crooked pilot")];
    let (found, _) = ask(&[(0, "the velvet anchor and the crooked pilot")], &far);
    assert!(shown(&found).is_empty(), "{:?}", shown(&found));
    let (found, _) = ask(
        &[(0, "see https://quay.example/velvet/anchor @crooked #pilot")],
        &[(2, "look: https://quay.example/velvet/anchor @crooked #pilot")],
    );
    assert_eq!(shown(&found)[0].0, None, "they are objects of the importer, not phrases");
}

#[test]
fn words_in_common_are_a_suggestion_and_never_counted() {
    let mut posts: Vec<(i64, String)> =
        (0..40).map(|n| (n * 30 + 400, format!("tide table for day {n} of the month"))).collect();
    posts.push((5, "Zeebrugge pilots and their anchors".to_owned()));
    let posts: Vec<(i64, &str)> = posts.iter().map(|(at, text)| (*at, text.as_str())).collect();
    let (found, _) = ask(&[(0, "who pays the pilots of Zeebrugge")], &posts);
    let (grade, kinds, _) = shown(&found)[0].clone();
    assert_eq!((grade, kinds), (Some(Grade::D), vec!["suggestion"]));
    assert_eq!(found.tests[0].answered_with_content, 0);
}
