//! Words that items share, as objects of the record.
//!
//! Texts are not columns of a [`Record`]. An analysis names the few items whose words matter to its
//! question; the caller reads those and no others and hands them over; what they share becomes
//! objects that further analyses see like links:
//!
//! | object | rule | as good as |
//! |---|---|---|
//! | `words: …`, kind `other` | a run of 12 words or more that is rare in public | a link (A) |
//! | `words: …`, kind `text` | a run of 8 to 11 words that is rare in public | a copy (B) |
//! | `near copy: …` | most three-word shingles are the same | a copy (B) |
//! | `phrase: …` | two to four words, weighed by their rarity | something rare, if it is (C) |

use cahoots_record::ObjectKind;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::record::{Place, Record, ThingFacts};
use crate::words::phrases::{count, key};
use crate::words::{Index, Stream, near_between, shared_phrases, shared_runs, surprise};

/// A run of this many words is as good as a link (METHODS §2.6); a shorter one is not.
pub const LONG: usize = 12;
/// A run that more private messages than this hold, or more earlier public items, is a formula and
/// ties nobody to anybody.
pub const FORMULA: usize = 20;
/// A run that more than one in so many earlier public items hold, and more than `FEW`, is what the
/// public says anyway.
pub const RARE_RUN: u64 = 256;
/// See [`RARE_RUN`].
const FEW: u64 = 2;
/// The least words of a text that can be a near copy.
const LEAST_NEAR: usize = 8;
/// The least surprise of a phrase that counts, in bits: at most one in 2,048 earlier public items
/// holds it. From a calibration against shuffled pairs, see `docs/methods/words.md`.
pub const LEAST_PHRASE: f64 = 11.0;
/// The same as a share.
const PHRASE_SHARE: u64 = 2_048;
/// Words of a run that its key quotes, and that the corpus is asked for.
const QUOTED: usize = 16;
/// Among at least so many acts, what is said in more than [`HABIT`] of them is a habit.
const ENOUGH: usize = 32;
/// See [`ENOUGH`].
const HABIT: u32 = 2;

/// Beginnings of the keys of these objects.
pub(crate) const WORDS: &str = "words: ";
/// See [`WORDS`].
pub(crate) const NEAR: &str = "near copy: ";
/// See [`WORDS`].
pub(crate) const PHRASE: &str = "phrase: ";

/// The words of one item.
#[derive(Clone, Debug)]
pub struct Text {
    /// The item.
    pub place: Place,
    /// Everything it says, quotations included.
    pub whole: String,
    /// What its author says: without quotations, signatures and footers.
    pub own: String,
}

/// All texts of the case, to be asked where some words stand.
pub trait Corpus {
    /// The items that hold these words in a row, in the order of the record; `None` if there are
    /// more than `most`. Case, punctuation and spaces do not matter.
    fn holding(&mut self, words: &str, most: usize) -> Option<Vec<Place>>;
}

/// What was added.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Added {
    /// Texts that were compared.
    pub texts: usize,
    /// Shared runs of 8 words and more.
    pub runs: usize,
    /// Pairs of near copies.
    pub near: usize,
    /// Phrases that are rare enough to be weighed.
    pub phrases: usize,
}

/// Adds what messages and acts share in words as objects of both, and of the other public items
/// that hold the same run or phrase.
///
/// `close` says which pairs are worth a search for rare phrases (a message and an act near it in
/// time); runs and near copies are looked for in all.
pub fn add(
    record: &mut Record,
    messages: &[Text],
    acts: &[Text],
    close: &dyn Fn(Place, Place) -> bool,
    corpus: &mut dyn Corpus,
) -> Added {
    if messages.is_empty() || acts.is_empty() {
        return Added::default();
    }
    let mut sharing = Sharing {
        record,
        corpus,
        found: Vec::new(),
        tied: FxHashSet::default(),
        added: Added { texts: messages.len() + acts.len(), ..Added::default() },
    };
    sharing.runs(messages, acts);
    sharing.near(messages, acts);
    sharing.phrases(messages, acts, close);
    let (found, added) = (sharing.found, sharing.added);
    record.add_objects(found);
    added
}

struct Sharing<'a> {
    record: &'a Record,
    corpus: &'a mut dyn Corpus,
    found: Vec<(Place, ThingFacts)>,
    /// Pairs that share a run or are near copies: phrases would say the same again.
    tied: FxHashSet<(Place, Place)>,
    added: Added,
}

impl Sharing<'_> {
    fn runs(&mut self, messages: &[Text], acts: &[Text]) {
        let index =
            Index::new(messages.iter().map(|text| Stream::of(&text.own)).collect(), FORMULA as u32);
        // By run: its object, or `None` for a formula.
        let mut known: FxHashMap<String, Option<ThingFacts>> = FxHashMap::default();
        for act in acts {
            let stream = Stream::of(&act.whole);
            for met in index.matches(&stream) {
                let Some(message) = messages.get(met.there as usize) else { continue };
                if message.place == act.place {
                    continue;
                }
                for run in &met.runs {
                    let words = run.range_here();
                    let quoted = words.start..words.end.min(words.start + QUOTED);
                    let more = if words.len() > QUOTED { " …" } else { "" };
                    let said = format!("{}{more}", stream.said(quoted.clone()));
                    let facts = match known.get(&said) {
                        Some(facts) => facts.clone(),
                        None => {
                            let raw = act.whole.get(stream.bytes(quoted)).unwrap_or_default();
                            let facts = self.run(&said, words.len(), raw, message.place);
                            known.insert(said, facts.clone());
                            facts
                        }
                    };
                    let Some(facts) = facts else { continue };
                    self.tied.insert((message.place, act.place));
                    self.added.runs += 1;
                    self.found.push((message.place, facts.clone()));
                    self.found.push((act.place, facts));
                }
            }
        }
    }

    /// The object of a run, put on every public item that holds it. `None` for a formula: many
    /// messages hold it, or the public says it anyway.
    fn run(&mut self, run: &str, words: usize, raw: &str, message: Place) -> Option<ThingFacts> {
        let public = rare(self.record, self.corpus, raw, message)?;
        let kind = if words >= LONG { ObjectKind::Other } else { ObjectKind::Text };
        let facts = ThingFacts { kind, key: format!("{WORDS}{run}") };
        self.found.extend(public.into_iter().map(|place| (place, facts.clone())));
        Some(facts)
    }

    fn near(&mut self, messages: &[Text], acts: &[Text]) {
        // A few words that anybody would use are no copy.
        let long = |texts: &[Text]| -> Vec<Stream> {
            let streams = texts.iter().map(|text| Stream::of(&without_objects(&text.own, "")));
            streams.map(|it| if it.len() < LEAST_NEAR { Stream::default() } else { it }).collect()
        };
        let (asked, did) = (long(messages), long(acts));
        for pair in near_between(&asked, &did) {
            let (message, act) = (pair.here as usize, pair.there as usize);
            let (Some(text), Some(other)) = (messages.get(message), acts.get(act)) else {
                continue;
            };
            if text.place == other.place
                || !more_than_formulas(self.record, self.corpus, text, other)
            {
                continue;
            }
            let words = &asked[message];
            let begins = words.said(0..words.len().min(QUOTED));
            let more = if words.len() > QUOTED { " …" } else { "" };
            let key = format!("{NEAR}{begins}{more}");
            let facts = ThingFacts { kind: ObjectKind::Text, key };
            self.tied.insert((text.place, other.place));
            self.added.near += 1;
            self.found.push((text.place, facts.clone()));
            self.found.push((other.place, facts));
        }
    }

    fn phrases(&mut self, messages: &[Text], acts: &[Text], close: &dyn Fn(Place, Place) -> bool) {
        // A letter that no text uses stands for what is cut out, another one on each side.
        let cut = |texts: &[Text], mark: &str| -> Vec<String> {
            texts.iter().map(|text| without_objects(&text.own, mark)).collect()
        };
        let (asked_text, did_text) = (cut(messages, "\u{a66e}q"), cut(acts, "\u{a66e}a"));
        let streams = |texts: &[String]| -> Vec<Stream> {
            texts.iter().map(|text| Stream::of(text)).collect()
        };
        let (asked, did) = (streams(&asked_text), streams(&did_text));
        // By phrase: its words, as normalised and as they stand in a message, and the messages.
        let mut wanted: FxHashMap<u64, (String, String, Vec<Place>)> = FxHashMap::default();
        for ((message, here), text) in messages.iter().zip(&asked).zip(&asked_text) {
            for (act, there) in acts.iter().zip(&did) {
                let pair = (message.place, act.place);
                if pair.0 == pair.1 || self.tied.contains(&pair) || !close(pair.0, pair.1) {
                    continue;
                }
                for words in shared_phrases(here, there) {
                    let (_, _, of) = wanted.entry(key(here, words.clone())).or_insert_with(|| {
                        let raw = text.get(here.bytes(words.clone())).unwrap_or_default();
                        (here.said(words), raw.to_owned(), Vec::new())
                    });
                    if of.last() != Some(&message.place) {
                        of.push(message.place);
                    }
                }
            }
        }
        // What an account says again and again is a habit of its own, and needs no look-up.
        let hashes: FxHashSet<u64> = wanted.keys().copied().collect();
        let habits = count(&hashes, &did);
        let habit =
            |hash: &u64| did.len() >= ENOUGH && habits.get(hash).is_some_and(|n| *n > HABIT);
        let mut wanted: Vec<(String, String, Vec<Place>)> =
            wanted.into_iter().filter(|(hash, _)| !habit(hash)).map(|(_, phrase)| phrase).collect();
        wanted.sort_unstable();
        for (said, raw, of) in wanted {
            let all = self.record.public_before(Place(u32::MAX));
            let most = (all / PHRASE_SHARE * 2) as usize + 8;
            let Some(holding) = self.corpus.holding(&raw, most) else { continue };
            let public: Vec<Place> =
                holding.into_iter().filter(|place| self.record.row(*place).is_public()).collect();
            let rare = |message: &&Place| {
                let earlier = public.partition_point(|place| place < *message) as u64;
                surprise(earlier, self.record.public_before(**message)) >= LEAST_PHRASE
            };
            let of: Vec<Place> = of.iter().filter(rare).copied().collect();
            if of.is_empty() {
                continue;
            }
            let facts = ThingFacts { kind: ObjectKind::Other, key: format!("{PHRASE}{said}") };
            self.added.phrases += 1;
            self.found.extend(of.into_iter().chain(public).map(|place| (place, facts.clone())));
        }
    }
}

/// The public items that hold these words in a row; `None` if they are a formula: many messages hold
/// them, or the public said them before `message` anyway.
fn rare(record: &Record, corpus: &mut dyn Corpus, raw: &str, message: Place) -> Option<Vec<Place>> {
    // Later items are no matter, but so many that the words cannot be told from a footer.
    let all = record.public_before(Place(u32::MAX));
    let most = FORMULA + (all / RARE_RUN * 4 + FEW) as usize;
    let holding = corpus.holding(raw, most)?;
    let private = holding.iter().filter(|place| record.row(**place).is_private_message());
    if private.count() > FORMULA {
        return None;
    }
    let public: Vec<Place> =
        holding.into_iter().filter(|place| record.row(*place).is_public()).collect();
    let earlier = public.partition_point(|place| *place < message) as u64;
    let before = record.public_before(message);
    (earlier <= FEW.max(before / RARE_RUN).min(FORMULA as u64)).then_some(public)
}

/// Whether two near copies are alike in more than formulas: one of the runs they share is rare, or
/// they share none. A short answer above a long signature is a near copy of every other one.
pub fn more_than_formulas(
    record: &Record,
    corpus: &mut dyn Corpus,
    message: &Text,
    other: &Text,
) -> bool {
    let (here, there) = (Stream::of(&message.own), Stream::of(&other.own));
    let runs = shared_runs(&here, &there);
    runs.is_empty()
        || runs.iter().any(|run| {
            let words = run.range_here();
            let quoted = words.start..words.end.min(words.start + QUOTED);
            let raw = message.own.get(here.bytes(quoted)).unwrap_or_default();
            rare(record, corpus, raw, message.place).is_some()
        })
}

/// A text without addresses, handles and hashtags: those are objects already and count as such.
/// `mark` stands in their place, so that their neighbours do not become one phrase.
fn without_objects(text: &str, mark: &str) -> String {
    let object = |word: &str| {
        let bare = word.trim_start_matches(['(', '<', '"', '\u{201c}', '\'', '[']);
        bare.starts_with('#')
            || bare.contains('@')
            || bare.contains("://")
            || bare.starts_with("www.")
    };
    let words: Vec<&str> =
        text.split_whitespace().map(|word| if object(word) { mark } else { word }).collect();
    words.join(" ")
}
