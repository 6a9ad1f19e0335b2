//! The stretch of a text that shows why it was found.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::query::Words;
use crate::query::fields::distance;
use crate::tokens;

/// A stretch of text on one line, with the matches in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text; `…` where it was cut.
    pub text: String,
    /// Bytes of `text` that match.
    pub highlights: Vec<Range<usize>>,
}

/// What a query marks in a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    pub words: FxHashSet<String>,
    prefixes: Vec<String>,
    fuzzy: Vec<(String, u8)>,
    phrases: Vec<Vec<String>>,
}

/// Characters of a text that are looked through: a match further down is rare in a long text.
const MOST_READ: usize = 200_000;

impl Marks {
    pub(crate) fn add(&mut self, words: &Words) {
        match words {
            Words::Stem(word) => drop(self.words.insert(word.clone())),
            Words::Prefix(prefix) => self.prefixes.push(prefix.clone()),
            Words::Fuzzy(word, edits) => self.fuzzy.push((word.clone(), *edits)),
            Words::Phrase { words, slop: 0 } if words.len() > 1 => self.phrases.push(words.clone()),
            Words::Phrase { words, .. } => self.words.extend(words.iter().cloned()),
        }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty()
            && self.prefixes.is_empty()
            && self.fuzzy.is_empty()
            && self.phrases.is_empty()
    }

    fn matches(&self, word: &str) -> bool {
        self.words.contains(word)
            || self.prefixes.iter().any(|prefix| word.starts_with(prefix))
            || self.fuzzy.iter().any(|(w, edits)| distance(w, word) <= usize::from(*edits))
    }

    /// Stretches of the text that match, in order, not overlapping.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let longest = self.phrases.iter().map(Vec::len).max().unwrap_or(0);
        let mut recent: VecDeque<(Cow<'_, str>, Range<usize>)> = VecDeque::new();
        let mut found: Vec<Range<usize>> = Vec::new();
        for (word, range) in tokens::words(text) {
            // Folded, plain letters stay as they are.
            let accents = || !word.is_ascii() && self.matches(&tokens::folded(&word));
            if self.matches(&word) || accents() {
                push(&mut found, range.clone());
            }
            if longest > 0 {
                recent.push_back((word, range));
                if recent.len() > longest {
                    recent.pop_front();
                }
                for phrase in &self.phrases {
                    let skip = recent.len().saturating_sub(phrase.len());
                    let same = recent.len() >= phrase.len()
                        && recent.iter().skip(skip).zip(phrase).all(|((word, _), wanted)| {
                            word == wanted || tokens::folded(word) == *wanted
                        });
                    if same {
                        for (_, range) in recent.iter().skip(skip) {
                            push(&mut found, range.clone());
                        }
                    }
                }
            }
            if found.len() > 4000 {
                break;
            }
        }
        found.sort_unstable_by_key(|range| range.start);
        found.dedup();
        found
    }
}

fn push(found: &mut Vec<Range<usize>>, range: Range<usize>) {
    if !found.contains(&range) || found.len() > 64 {
        found.push(range);
    }
}

/// The best stretch of at most `width` characters; the beginning of the text when nothing in it
/// matches.
pub(crate) fn cut(marks: &Marks, text: &str, width: usize) -> Snippet {
    let width = width.max(20);
    let read = match text.len() > MOST_READ {
        true => text.char_indices().nth(MOST_READ).map_or(text, |(at, _)| &text[..at]),
        false => text,
    };
    let found = if marks.is_empty() { Vec::new() } else { marks.find(read) };
    // The window of `width` bytes with the most matches; the first of equals.
    let mut best = (0, 0);
    let mut end = 0;
    for (start, first) in found.iter().enumerate() {
        end = end.max(start);
        while end < found.len() && found[end].end <= first.start + width * 2 / 3 {
            end += 1;
        }
        if end - start > best.1 {
            best = (start, end - start);
        }
    }
    let lead = found.get(best.0).map_or(0, |range| range.start);
    let from = beginning(text, lead, width / 4);
    render(text, from, width, &found)
}

/// A word's beginning at most `before` bytes before `at`.
fn beginning(text: &str, at: usize, before: usize) -> usize {
    let mut from = at.saturating_sub(before);
    if from == 0 {
        return 0;
    }
    while !text.is_char_boundary(from) {
        from += 1;
    }
    match text[from..at].find(char::is_whitespace) {
        Some(space) => from + space,
        None => from,
    }
}

fn render(text: &str, from: usize, width: usize, found: &[Range<usize>]) -> Snippet {
    let mut snippet = Snippet::default();
    let mut length = 0;
    let mut space = false;
    if text[..from].chars().any(|c| !c.is_whitespace()) {
        snippet.text.push_str("… ");
        length = 2;
    }
    let mut marks = found.iter().skip_while(|range| range.start < from).peekable();
    let mut open: Option<(usize, usize)> = None;
    let mut cut = false;
    for (at, c) in text[from..].char_indices().map(|(at, c)| (from + at, c)) {
        if length >= width {
            cut = true;
            break;
        }
        if let Some((start, end)) = open
            && at >= end
        {
            snippet.highlights.push(start..snippet.text.len());
            open = None;
        }
        if c.is_whitespace() || c.is_control() {
            space = !snippet.text.is_empty();
            continue;
        }
        if space && !snippet.text.ends_with(' ') {
            snippet.text.push(' ');
            length += 1;
        }
        space = false;
        if let Some(range) = marks.next_if(|range| range.start == at) {
            open = Some((snippet.text.len(), range.end));
        }
        snippet.text.push(c);
        length += 1;
    }
    if let Some((start, _)) = open {
        snippet.highlights.push(start..snippet.text.len());
    }
    if cut {
        snippet.text.push('…');
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(words: &[Words]) -> Marks {
        let mut marks = Marks::default();
        words.iter().for_each(|words| marks.add(words));
        marks
    }

    fn shown(words: &[Words], text: &str, width: usize) -> String {
        let snippet = cut(&marks(words), text, width);
        let mut out = snippet.text.clone();
        for range in snippet.highlights.iter().rev() {
            out.insert(range.end, ']');
            out.insert(range.start, '[');
        }
        out
    }

    #[test]
    fn the_densest_window_is_shown_on_one_line() {
        let text =
            format!("{}the key\nescrow plan {}", "filler words ".repeat(30), "more ".repeat(30));
        let phrase = Words::Phrase { words: vec!["key".into(), "escrow".into()], slop: 0 };
        let out = shown(&[phrase], &text, 60);
        assert!(out.contains("the [key] [escrow] plan"), "{out}");
        assert!(out.starts_with('…') && out.ends_with('…'), "{out}");
        assert_eq!(shown(&[Words::Prefix("cry".into())], "Crypto now", 40), "[Crypto] now");
        assert_eq!(shown(&[Words::Fuzzy("watr".into(), 1)], "the water", 40), "the [water]");
        assert_eq!(shown(&[], "begin\n\nhere", 40), "begin here");
    }

    proptest::proptest! {
        #[test]
        fn marks_lie_on_characters(text in ".{0,300}", width in 0usize..80) {
            let words = [Words::Prefix("a".into()), Words::Stem("é".into())];
            let snippet = cut(&marks(&words), &text, width);
            for range in snippet.highlights {
                proptest::prop_assert!(snippet.text.get(range).is_some());
            }
        }
    }
}
