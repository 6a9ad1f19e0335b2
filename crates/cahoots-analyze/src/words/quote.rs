//! A quotation held against the words it is taken from: word for word, cut, or changed.
//!
//! Letter case, punctuation and the shape of quotation marks do not count. A mark of omission (`…`,
//! `...`, `[…]`) in the quotation allows words to be left out there, and one in the stored words
//! says that they are not whole there. What stands in square brackets in the quotation is the
//! quoter's and not compared.

use serde::Serialize;

use super::Stream;

/// The most words of a quotation that are compared.
const MOST: usize = 600;
/// The most words of a text that are compared.
const MOST_STORED: usize = 20_000;
/// A quotation of which fewer words than this share stand in order in a text is not from there.
const LEAST_SHARE: f64 = 0.6;

/// How a quotation stands to the words it is held against; best first.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = words::Kept))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Every word, in a row; words left out only where the quotation marks it.
    WordForWord,
    /// Words are left out without a mark; none is added.
    Trimmed,
    /// Words stand in the quotation that do not stand in the text.
    Changed,
    /// The text has nothing like it.
    NotFound,
}

impl Kept {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WordForWord => "word for word",
            Self::Trimmed => "words left out without a mark",
            Self::Changed => "words differ",
            Self::NotFound => "not found",
        }
    }
}

/// A quotation beside the words it is held against.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = words::Compared))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Compared {
    /// How they stand to each other.
    pub kept: Kept,
    /// Words of the quotation, and how many of them stand in the text in order.
    pub words: (usize, usize),
    /// Runs of words that the text has and the quotation leaves out without a mark, between words
    /// that it keeps.
    pub left_out: Vec<String>,
    /// Runs of words that the quotation has and the text does not.
    pub added: Vec<String>,
    /// Words of the text between a mark of omission and what follows it, by count.
    pub omitted_with_mark: usize,
    /// How the sentence of the text goes on after the last word quoted; `None` if it ends there.
    pub goes_on: Option<String>,
    /// The stored words have gaps themselves, so that words left out may have stood there.
    pub stored_in_part: bool,
}

/// Holds a quotation against stored words.
pub fn compare(quotation: &str, stored: &str) -> Compared {
    let parts: Vec<Stream> = parts(quotation);
    let gaps = has_gap(stored);
    let text = Stream::of(stored);
    let text = if text.len() > MOST_STORED { text.part(0..MOST_STORED) } else { text };
    let asked: usize = parts.iter().map(Stream::len).sum();
    let mut found = Compared {
        kept: Kept::NotFound,
        words: (asked, 0),
        left_out: Vec::new(),
        added: Vec::new(),
        omitted_with_mark: 0,
        goes_on: None,
        stored_in_part: gaps,
    };
    if asked == 0 || text.is_empty() || asked > MOST {
        return found;
    }
    // As they are written there, as far as their places are known.
    let written = |words: std::ops::Range<usize>| -> String {
        match stored.get(text.bytes(words.clone())) {
            Some(raw) if !raw.is_empty() => raw.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => text.said(words),
        }
    };
    // The parts as one row of words, with the places where a cut is marked before a word.
    let mut row: Vec<(&Stream, usize, bool)> = Vec::with_capacity(asked);
    for (number, part) in parts.iter().enumerate() {
        for word in 0..part.len() {
            row.push((part, word, number > 0 && word == 0));
        }
    }
    let pairs = align(&row, &text);
    found.words.1 = pairs.len();
    if (pairs.len() as f64) < LEAST_SHARE * asked as f64 {
        return found;
    }
    let said = |words: std::ops::Range<usize>| -> String {
        row[words].iter().map(|(part, word, _)| part.word(*word)).collect::<Vec<_>>().join(" ")
    };
    let (mut next_row, mut next_text) = (0, None);
    for (at, place) in &pairs {
        if *at > next_row {
            found.added.push(said(next_row..*at));
        }
        let skipped = next_text.map_or(0, |next: usize| place - next);
        if skipped > 0 {
            let marked = row[next_row..=*at].iter().any(|(_, _, cut)| *cut);
            if marked {
                found.omitted_with_mark += skipped;
            } else {
                found.left_out.push(written(place - skipped..*place));
            }
        }
        (next_row, next_text) = (at + 1, Some(place + 1));
    }
    if next_row < row.len() {
        found.added.push(said(next_row..row.len()));
    }
    found.goes_on = next_text.and_then(|next| rest_of_sentence(stored, &text, next));
    found.kept = match (found.added.is_empty(), found.left_out.is_empty()) {
        (true, true) => Kept::WordForWord,
        (true, false) => Kept::Trimmed,
        _ => Kept::Changed,
    };
    found
}

/// The parts of a quotation between its marks of omission, without what stands in brackets.
fn parts(quotation: &str) -> Vec<Stream> {
    let mut bare = String::with_capacity(quotation.len());
    let mut depth = 0_usize;
    for letter in quotation.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            // A mark of omission keeps its meaning in brackets.
            '\u{2026}' => bare.push(letter),
            '.' if depth > 0 => bare.push('.'),
            letter if depth == 0 => bare.push(letter),
            _ => {}
        }
    }
    let bare = bare.replace("...", "\u{2026}").replace(". . .", "\u{2026}");
    bare.split('\u{2026}').map(Stream::of).filter(|part| !part.is_empty()).collect()
}

fn has_gap(text: &str) -> bool {
    text.contains('\u{2026}') || text.contains("...") || text.contains(". . .")
}

/// The words of the text after word `next`, up to the end of its sentence.
fn rest_of_sentence(stored: &str, text: &Stream, next: usize) -> Option<String> {
    let last = next.checked_sub(1)?;
    let end = text.bytes(last..next).end;
    let after = stored.get(end..)?;
    let stop = after
        .char_indices()
        .find(|(at, letter)| match letter {
            '!' | '?' | '\n' | '\u{2026}' => true,
            // A point within a word or number ends nothing.
            '.' => !after[at + 1..].starts_with(char::is_alphanumeric),
            _ => false,
        })
        .map_or(after.len(), |(at, _)| at);
    let rest = Stream::of(&after[..stop]);
    let shown = after.get(rest.bytes(0..rest.len().min(30)))?;
    (!rest.is_empty()).then(|| shown.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Which word of the row stands for which of the text: as many as can be, in order, and among equal
/// ways the one with the fewest gaps.
///
/// A longest common subsequence over the stretch of the text that shares most words with the row
/// (so that a long text costs no more than a few times the length of the quotation).
fn align(row: &[(&Stream, usize, bool)], text: &Stream) -> Vec<(usize, usize)> {
    let same = |at: usize, place: usize| -> bool { row[at].0.same(row[at].1, text, place) };
    // First choice: every part in a row, one after the other.
    if let Some(exact) = exact(row, text, &same) {
        return exact;
    }
    let window = stretch(row, text);
    let (n, m) = (row.len(), window.len());
    // best[at][place]: (matches, −gaps) from here on; row-major, one more than each side.
    let width = m + 1;
    let mut best: Vec<(u32, u32)> = vec![(0, 0); (n + 1) * width];
    // Gaps are counted down from a large number so that fewer is more.
    for at in (0..n).rev() {
        for place in (0..m).rev() {
            let skip = best[(at + 1) * width + place].max(best[at * width + place + 1]);
            let here = if same(at, window.start + place) {
                let (matches, joined) = best[(at + 1) * width + place + 1];
                let follows = at + 1 < n && place + 1 < m && same(at + 1, window.start + place + 1);
                (matches + 1, joined + u32::from(follows))
            } else {
                (0, 0)
            };
            best[at * width + place] = skip.max(here);
        }
    }
    let (mut at, mut place) = (0, 0);
    let mut pairs = Vec::new();
    while at < n && place < m {
        let now = best[at * width + place];
        if same(at, window.start + place) {
            let (matches, joined) = best[(at + 1) * width + place + 1];
            let follows = at + 1 < n && place + 1 < m && same(at + 1, window.start + place + 1);
            if now == (matches + 1, joined + u32::from(follows)) {
                pairs.push((at, window.start + place));
                (at, place) = (at + 1, place + 1);
                continue;
            }
        }
        if now == best[at * width + place + 1] {
            place += 1;
        } else {
            at += 1;
        }
    }
    pairs
}

/// Every part of the row word for word in the text, in order; `None` if one is not there.
fn exact(
    row: &[(&Stream, usize, bool)],
    text: &Stream,
    same: &dyn Fn(usize, usize) -> bool,
) -> Option<Vec<(usize, usize)>> {
    let (mut pairs, mut from, mut at) = (Vec::with_capacity(row.len()), 0, 0);
    while at < row.len() {
        let cut = row[at + 1..].iter().position(|(_, _, cut)| *cut);
        let end = cut.map_or(row.len(), |more| at + 1 + more);
        let length = end - at;
        let start = (from..(text.len() + 1).saturating_sub(length))
            .find(|start| (0..length).all(|n| same(at + n, start + n)))?;
        pairs.extend((0..length).map(|n| (at + n, start + n)));
        (from, at) = (start + length, end);
    }
    Some(pairs)
}

/// The stretch of the text, at most four times as long as the row and 200 words more, with most
/// words of the row.
fn stretch(row: &[(&Stream, usize, bool)], text: &Stream) -> std::ops::Range<usize> {
    let length = (row.len() * 4 + 200).min(text.len());
    let words: rustc_hash::FxHashSet<&str> =
        row.iter().map(|(part, word, _)| part.word(*word)).filter(|word| word.len() > 3).collect();
    let has = |place: usize| usize::from(words.contains(text.word(place)));
    let mut count: usize = (0..length).map(has).sum();
    let (mut best, mut start) = (count, 0);
    for end in length..text.len() {
        count = count + has(end) - has(end - length);
        if count > best {
            (best, start) = (count, end - length + 1);
        }
    }
    start..start + length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "We never met. I think all of us have, you know, have had doubts about the \
                        harbour board over the years, and it's just a fact of coastal life today, \
                        and of life in the wider world. Good night.";

    #[test]
    fn word_for_word_does_not_mind_case_marks_and_marked_cuts() {
        let found = compare("\u{201c}WE never met\u{201d}", TEXT);
        assert_eq!((found.kept, found.goes_on.as_deref()), (Kept::WordForWord, None));
        let found = compare(
            "doubts about the harbour board … it\u{2019}s just a fact of coastal life",
            TEXT,
        );
        assert_eq!(found.kept, Kept::WordForWord);
        assert_eq!(found.omitted_with_mark, 4);
        assert_eq!(found.goes_on.as_deref(), Some("today, and of life in the wider world"));
        let found = compare("doubts about [the board of the harbour] […] over the years", TEXT);
        assert_eq!(found.kept, Kept::WordForWord);
    }

    #[test]
    fn words_left_out_without_a_mark_are_named() {
        let found = compare(
            "I think all of us have had doubts about the harbour board over the years, and it's \
             just a fact of life today.",
            TEXT,
        );
        assert_eq!(found.kept, Kept::Trimmed);
        assert_eq!(found.left_out.len(), 2, "{:?}", found.left_out);
        assert_eq!(found.left_out[1], "coastal");
        assert!(found.added.is_empty());
        assert_eq!(found.goes_on.as_deref(), Some("and of life in the wider world"));
    }

    #[test]
    fn other_words_are_a_change_and_another_text_is_none() {
        let found = compare("We often met. I think all of us have had doubts", TEXT);
        assert_eq!(found.kept, Kept::Changed);
        assert_eq!(found.added, ["often"]);
        assert_eq!(compare("The lease was signed in May", TEXT).kept, Kept::NotFound);
        assert_eq!(compare("…", TEXT).kept, Kept::NotFound);
        assert_eq!(compare("We never met", "").kept, Kept::NotFound);
        assert!(compare("we met", "we never met … and then").stored_in_part);
    }

    #[test]
    fn a_quotation_is_found_far_down_in_a_long_text() {
        let filler: Vec<String> = (0..5_000).map(|n| format!("w{n}")).collect();
        let text = format!(
            "{} we have never met the board in private {}",
            filler.join(" "),
            filler.join(" ")
        );
        let found = compare("we have met the board", &text);
        assert_eq!((found.kept, found.left_out), (Kept::Trimmed, vec!["never".to_owned()]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Words taken out of a text are a cut and name what was taken out; all words that are kept
        /// or left out, in order, are the text again.
        #[test]
        fn what_is_kept_and_left_out_makes_the_text(
            words in prop::collection::vec(0_u8..40, 3..30),
            keep in prop::collection::vec(any::<bool>(), 30),
        ) {
            let word = |n: &u8| format!("w{n}");
            let text: Vec<String> = words.iter().map(word).collect();
            let quoted: Vec<String> = text.iter().zip(&keep).filter(|(_, keep)| **keep)
                .map(|(word, _)| word.clone()).collect();
            prop_assume!(!quoted.is_empty());
            let found = compare(&quoted.join(" "), &text.join(" "));
            prop_assert!(found.kept <= Kept::Trimmed, "{found:?}");
            prop_assert!(found.added.is_empty());
            let left: usize = found.left_out.iter().map(|run| run.split(' ').count()).sum();
            prop_assert!(left + quoted.len() <= text.len());
            if quoted.len() == text.len() {
                prop_assert_eq!(found.kept, Kept::WordForWord);
            }
        }

        #[test]
        fn nothing_panics(quotation in ".{0,80}", text in ".{0,200}") {
            compare(&quotation, &text);
        }
    }
}
