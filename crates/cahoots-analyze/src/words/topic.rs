//! Which of some texts is closest to another in its words: BM25 (Robertson and Zaragoza 2009).
//! Good for a suggestion of what to read, never for a count.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Stream;

/// How fast further occurrences of a word stop to matter.
const K1: f64 = 1.2;
/// How much long texts are held back.
const B: f64 = 0.75;

/// A text with its score and the words that gave it, rarest first.
#[derive(Clone, PartialEq, Debug)]
pub struct Close<'a> {
    /// Number of the text.
    pub number: usize,
    /// Its score.
    pub score: f64,
    /// Words that both have and few others.
    pub words: Vec<&'a str>,
}

/// Some texts, to be searched by their words.
pub struct Topics<'a> {
    texts: Vec<&'a Stream>,
    /// In how many texts each word stands.
    df: FxHashMap<&'a str, u32>,
    /// Mean number of words.
    length: f64,
}

impl<'a> Topics<'a> {
    /// Counts the words of texts.
    pub fn new(texts: Vec<&'a Stream>) -> Self {
        let mut df: FxHashMap<&str, u32> = FxHashMap::default();
        let mut words = 0;
        for text in &texts {
            words += text.len();
            let own: FxHashSet<&str> = (0..text.len()).map(|n| text.word(n)).collect();
            for word in own {
                *df.entry(word).or_default() += 1;
            }
        }
        let length = words as f64 / texts.len().max(1) as f64;
        Self { texts, df, length }
    }

    /// Of the texts numbered `among`, the `most` closest to a text that share at least two words
    /// with it that stand in at most one text in twenty.
    pub fn closest(&self, to: &Stream, among: &[usize], most: usize) -> Vec<Close<'a>> {
        let all = self.texts.len() as f64;
        let asked: FxHashSet<&str> = (0..to.len()).map(|n| to.word(n)).collect();
        let mut found: Vec<Close<'a>> = among
            .iter()
            .filter_map(|number| {
                let text = *self.texts.get(*number)?;
                let mut often: FxHashMap<&'a str, u32> = FxHashMap::default();
                for n in 0..text.len() {
                    let word = text.word(n);
                    if asked.contains(word) {
                        *often.entry(word).or_default() += 1;
                    }
                }
                let long = K1 * (1.0 - B + B * text.len() as f64 / self.length.max(1.0));
                let mut score = 0.0;
                let mut words: Vec<(u32, &str)> = Vec::new();
                let mut counted: Vec<(&str, u32)> = often.into_iter().collect();
                counted.sort_unstable();
                for (word, n) in counted {
                    let df = self.df.get(word).copied().unwrap_or(1);
                    let rare = libm::log1p((all - f64::from(df) + 0.5) / (f64::from(df) + 0.5));
                    let n = f64::from(n);
                    score += rare * n * (K1 + 1.0) / (n + long);
                    if f64::from(df) * 20.0 <= all && word.chars().count() > 2 {
                        words.push((df, word));
                    }
                }
                words.sort_unstable();
                let words: Vec<&str> = words.into_iter().map(|(_, word)| word).collect();
                (words.len() >= 2).then_some(Close { number: *number, score, words })
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
        found.truncate(most);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_with_most_rare_words_in_common_comes_first() {
        let mut texts: Vec<Stream> =
            (0..60).map(|n| Stream::of(&format!("the tide of day {n} was low"))).collect();
        texts[7] = Stream::of("the harbour lease was signed at the quay");
        texts[9] = Stream::of("a lease is a lease, says the harbour board at the quay today");
        texts[11] = Stream::of("the quay was empty");
        let topics = Topics::new(texts.iter().collect());
        let asked = Stream::of("When was the harbour lease signed?");
        let all: Vec<usize> = (0..60).collect();
        let close = topics.closest(&asked, &all, 3);
        assert_eq!(close.iter().map(|it| it.number).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(close[0].words, ["signed", "harbour", "lease"]);
        assert!(close[0].score > close[1].score && close[1].score > 0.0);
        assert!(topics.closest(&asked, &[11, 12, 99], 3).is_empty());
        assert!(Topics::new(Vec::new()).closest(&asked, &[0], 3).is_empty());
    }
}
