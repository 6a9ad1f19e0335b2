//! Tests of shared runs, against a comparison of all words with all words.

use proptest::prelude::*;

use super::*;

/// Every maximal shared run of at least `LEAST` words, by trying all places.
fn all_runs(here: &[u8], there: &[u8]) -> Vec<Run> {
    let mut runs = Vec::new();
    for a in 0..here.len() {
        for b in 0..there.len() {
            if a > 0 && b > 0 && here[a - 1] == there[b - 1] {
                continue;
            }
            let words = here[a..].iter().zip(&there[b..]).take_while(|(x, y)| x == y).count();
            if words >= LEAST {
                runs.push(Run { here: a, there: b, words });
            }
        }
    }
    runs
}

fn stream(words: &[u8]) -> Stream {
    let words: Vec<String> = words.iter().map(|word| format!("w{word}")).collect();
    Stream::of(&words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A run of eight or more words put into two texts, among words from a small or a large
    /// vocabulary: exactly the shared runs are found, this one among them.
    #[test]
    fn every_shared_run_of_eight_words_is_found(
        letters in 1_u8..60,
        a in prop::collection::vec(any::<u8>(), 0..40),
        b in prop::collection::vec(any::<u8>(), 0..40),
        run in prop::collection::vec(any::<u8>(), 8..20),
        at in (0_usize..40, 0_usize..40),
    ) {
        let put = |text: &[u8], at: usize| -> Vec<u8> {
            let at = at.min(text.len());
            let whole = [&text[..at], &run, &text[at..]].concat();
            whole.into_iter().map(|word| word % letters).collect()
        };
        let (a, b) = (put(&a, at.0), put(&b, at.1));
        let found = shared_runs(&stream(&a), &stream(&b));
        prop_assert!(found.iter().any(|found| found.words >= run.len()));
        prop_assert_eq!(found, all_runs(&a, &b));
    }

    #[test]
    fn an_index_finds_what_pairs_share(
        texts in prop::collection::vec(prop::collection::vec(0_u8..3, 0..30), 0..6),
    ) {
        let index = Index::new(texts.iter().map(|text| stream(text)).collect(), u32::MAX);
        let mut expected = Vec::new();
        for (a, here) in texts.iter().enumerate() {
            for (b, there) in texts.iter().enumerate().skip(a + 1) {
                let runs = all_runs(here, there);
                if !runs.is_empty() {
                    expected.push((a as u32, b as u32, runs));
                }
            }
        }
        let pairs = index.pairs();
        let found: Vec<_> =
            pairs.iter().map(|found| (found.here, found.there, found.runs.clone())).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(pairs.iter().all(|found| (2..=texts.len() as u32).contains(&found.rarest)));
    }
}

#[test]
fn runs_are_shown_in_the_words_of_each_text() {
    let here = "He wrote: The quick, brown fox jumps over the LAZY dog's back today.";
    let there = "… the quick brown fox jumps over the lazy dog\u{2019}s back. Tomorrow?";
    let (a, b) = (Stream::of(here), Stream::of(there));
    let runs = shared_runs(&a, &b);
    assert_eq!(runs, [Run { here: 2, there: 0, words: 10 }]);
    assert_eq!(
        &here[a.bytes(runs[0].range_here())],
        "The quick, brown fox jumps over the LAZY dog's back"
    );
    assert_eq!(
        &there[b.bytes(runs[0].range_there())],
        "the quick brown fox jumps over the lazy dog\u{2019}s back"
    );
}

#[test]
fn what_stands_in_too_many_texts_is_left_out_and_counted() {
    let footer = "this message is meant for its addressee only please delete it otherwise";
    let own = "seven lamps burn at the old quay until the ferry comes home";
    let texts = [
        format!("one {footer}"),
        format!("two {own} {footer}"),
        format!("three {footer}"),
        format!("four {own}"),
    ];
    let index = Index::new(texts.iter().map(|text| Stream::of(text)).collect(), 2);
    let pairs: Vec<(u32, u32)> =
        index.pairs().iter().map(|found| (found.here, found.there)).collect();
    assert_eq!(pairs, [(1, 3)]);
    assert!(index.skipped() > 0);
    let asked = index.matches(&Stream::of(own));
    assert_eq!(asked.iter().map(|found| found.there).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(Index::new(Vec::new(), 0).pairs(), []);
}
