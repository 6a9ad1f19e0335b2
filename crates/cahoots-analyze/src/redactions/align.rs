//! Two texts word by word: where one has a mark of withholding and the other has words.

use super::NEAR;

/// Words of each text that are aligned; longer texts are compared up to here.
const MOST: usize = 1_500;

/// The start of a mark.
const MARK: &str = "[withheld: ";

/// Words that stand in the second text where the first has a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) code: String,
    /// The words of the first text around the mark.
    pub(super) around: String,
    /// The words of the second.
    pub(super) words: String,
}

/// One word or mark.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    folded: String,
    mark: bool,
}

/// Letters and digits in lower case, with those that recognition takes for one another made one.
pub(super) fn fold(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    kept.map(|c| match c {
        '0' => 'o',
        '1' | 'i' => 'l',
        '5' => 's',
        c => c,
    })
    .collect()
}

/// Whether two folded words are one but for a letter.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    head + tail + 1 >= a.len().max(b.len())
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && words.len() < MOST {
        let (plain, mark) = match rest.find(MARK) {
            Some(at) => (&rest[..at], Some(&rest[at..])),
            None => (rest, None),
        };
        for word in plain.split_whitespace() {
            let folded = fold(word);
            if !folded.is_empty() {
                words.push(Word { text: word.to_owned(), folded, mark: false });
            }
        }
        let Some(mark) = mark else { break };
        let end = mark.find(']').unwrap_or(mark.len());
        let code = mark.get(MARK.len()..end).unwrap_or_default();
        words.push(Word { text: code.to_owned(), folded: String::new(), mark: true });
        rest = mark.get(end + 1..).unwrap_or_default();
    }
    words.truncate(MOST);
    words
}

/// Places of words that the two texts share, in order: a longest common subsequence.
fn common(a: &[Word], b: &[Word]) -> Vec<(usize, usize)> {
    let same = |i: usize, j: usize| !a[i].mark && !b[j].mark && alike(&a[i].folded, &b[j].folded);
    let head = (0..a.len().min(b.len())).take_while(|at| same(*at, *at)).count();
    let room = a.len().min(b.len()) - head;
    let tail = (0..room).take_while(|at| same(a.len() - 1 - at, b.len() - 1 - at)).count();
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    let (n, m) = (a.len() - head - tail, b.len() - head - tail);
    let width = m + 1;
    let mut best = vec![0u16; (n + 1) * width];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            best[i * width + j] = if same(head + i, head + j) {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n && j < m {
        if same(head + i, head + j) {
            pairs.push((head + i, head + j));
            (i, j) = (i + 1, j + 1);
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs.extend((0..tail).rev().map(|at| (a.len() - 1 - at, b.len() - 1 - at)));
    pairs
}

/// Runs of words that `b` has where `a` has a mark.
pub(super) fn gaps(a: &str, b: &str) -> Vec<Gap> {
    if !a.contains(MARK) {
        return Vec::new();
    }
    let (a, b) = (words(a), words(b));
    let mut pairs = common(&a, &b);
    // Texts that share next to nothing say nothing about each other.
    let least = a.iter().filter(|word| !word.mark).count().min(b.len());
    if pairs.len() * 2 < least || pairs.len() < 2 {
        return Vec::new();
    }
    pairs.push((a.len(), b.len()));
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (to_i, to_j) in pairs {
        let run = &b[j..to_j];
        let own = a[i..to_i].iter().filter(|word| !word.mark).count();
        let shown: Vec<&str> =
            run.iter().filter(|word| !word.mark).map(|word| word.text.as_str()).collect();
        let letters: usize = shown.iter().map(|word| word.chars().count()).sum();
        // A word read in another way is no more than the word.
        if shown.len() > own * 2 && letters >= 4 && !run.iter().any(|word| word.mark) {
            let from = i.saturating_sub(NEAR);
            let to = (to_i + NEAR).min(a.len());
            let inside = a[i..to_i].iter().position(|word| word.mark).map(|at| i + at);
            let near = inside.or_else(|| {
                let marks = (from..to).filter(|at| a[*at].mark);
                marks.min_by_key(|at| if *at < i { i - at } else { at.saturating_sub(to_i) })
            });
            if let Some(mark) = near {
                let around = a[from..to].iter().map(|word| match word.mark {
                    true => format!("{MARK}{}]", word.text),
                    false => word.text.clone(),
                });
                found.push(Gap {
                    code: a[mark].text.clone(),
                    around: around.collect::<Vec<_>>().join(" "),
                    words: shown.join(" "),
                });
            }
        }
        (i, j) = (to_i + 1, to_j + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_beside_marks_are_found_and_others_are_not() {
        let a = "one two three [withheld: B5] seven eight nine ten";
        let found = gaps(a, "one two three four five six seven eight nine ten");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].code.as_str(), found[0].words.as_str()), ("B5", "four five six"));
        assert!(gaps("one two three seven", "one two three four five six seven").is_empty());
        assert!(gaps(a, "one two three seven eight nine ten").is_empty());
        assert!(gaps(a, "other words altogether and more of them").is_empty());
        let end = gaps("one two three [withheld: B6]", "one two three four five");
        assert_eq!(end[0].words, "four five");
    }

    proptest::proptest! {
        #[test]
        fn a_text_shows_nothing_that_it_has_itself(words in proptest::collection::vec("[a-z]{1,6}", 0..60), at in 0usize..60) {
            let mut marked = words.clone();
            marked.insert(at.min(words.len()), "[withheld: B5]".to_owned());
            proptest::prop_assert!(gaps(&marked.join(" "), &words.join(" ")).is_empty());
        }
    }
}
