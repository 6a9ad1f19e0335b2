//! Texts reduced to what survives printing, recognition and another line width.

/// Letters and digits in lower case, those that recognition takes for one another made one.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, usize::MAX, &mut out);
    out
}

/// The first `most` characters of what [`fold`] gives.
pub(crate) fn fold_head(text: &str, most: usize) -> String {
    let mut out = String::new();
    // One more: `rn` may still become one letter at the end.
    fold_into(text, most.saturating_add(1), &mut out);
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
    }
    out
}

/// Adds the folded characters of a text to `out`, so many at most; gives their number.
fn fold_into(text: &str, most: usize, out: &mut String) -> usize {
    let start = out.len();
    let mut count = 0;
    for c in text.chars().flat_map(char::to_lowercase) {
        if count == most {
            break;
        }
        let c = match c {
            '0' => 'o',
            '1' | 'i' | 'ı' | '|' => 'l',
            '5' => 's',
            c if c.is_alphanumeric() => c,
            _ => continue,
        };
        // `rn` is read as `m` and the other way round.
        if c == 'n' && out[start..].ends_with('r') {
            out.pop();
            out.push('m');
        } else {
            out.push(c);
            count += 1;
        }
    }
    count
}

/// A subject without the marks of answers and forwards.
pub fn base_subject(subject: &str) -> &str {
    let mut text = subject.trim();
    while let Some((head, rest)) = text.split_once([':', ';']) {
        let head = head.trim();
        let mark = ["re", "fw", "fwd", "aw", "wg", "sv", "tr", "rv", "antw", "fvv"]
            .iter()
            .any(|mark| head.eq_ignore_ascii_case(mark));
        if !mark {
            break;
        }
        text = rest.trim();
    }
    text
}

/// A text without the marks that say what is withheld in it.
pub(crate) fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[withheld: ") {
        out.push_str(&rest[..at]);
        rest = rest[at..].find(']').map_or("", |end| &rest[at + end + 1..]);
    }
    out.push_str(rest);
    out
}

/// Hashes of the folded words of three letters and more, sorted; the first `most` words.
pub(crate) fn words(text: &str, most: usize) -> Vec<u32> {
    let mut words: Vec<u32> = Vec::new();
    let mut folded = String::new();
    for word in text.split_whitespace() {
        folded.clear();
        if fold_into(word, usize::MAX, &mut folded) < 3 {
            continue;
        }
        if words.len() == most {
            break;
        }
        words.push(crate::threads::key(&folded) as u32);
    }
    words.sort_unstable();
    words
}

/// Words that two sorted lists share, each as often as it stands in both.
pub(crate) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both
}

/// Edits between two short texts.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let next = (diagonal + usize::from(ca != *cb)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

/// Whether two folded texts are one but for about one letter in `per`.
pub(crate) fn alike(a: &str, b: &str, per: usize) -> bool {
    if a == b {
        return true;
    }
    let longest = a.len().max(b.len());
    longest >= per && a.len().abs_diff(b.len()) <= longest / per && distance(a, b) <= longest / per
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misreadings_fold_together() {
        assert_eq!(fold("Harbour  1O5"), fold("harbour IOS"));
        assert_eq!(fold("return"), fold("retum"));
        for most in 0..8 {
            let whole: String = fold("A return 1").chars().take(most).collect();
            assert_eq!(fold_head("A return 1", most), whole);
        }
        assert_eq!(base_subject("Re: FW: re: Harbour: rules"), "Harbour: rules");
        assert_eq!(without_marks("a [withheld: B6] b"), "a  b");
        assert!(alike("harbourmaster", "harbcurmaster", 8));
        assert!(!alike("ok", "no", 8));
        assert_eq!(shared(&[1, 2, 2, 3], &[2, 2, 2, 4]), 2);
    }
}
