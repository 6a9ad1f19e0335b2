//! The language of a text, when it is long and clear enough to tell.

use whatlang::Lang;

/// Letters looked at: more makes the guess hardly better and costs time.
const MOST_LETTERS: usize = 400;
/// Letters a guess needs.
const FEWEST_LETTERS: usize = 40;

/// ISO 639-3 code of the language, when the text is long and clear enough to tell.
///
/// Quoted lines are left out as long as there are others: they may be another person's language.
pub fn language(text: &str) -> Option<String> {
    let own = sample(text, true);
    let sample = if own.1 >= FEWEST_LETTERS { own } else { sample(text, false) };
    if sample.1 < FEWEST_LETTERS {
        return None;
    }
    // Common English is told by its little words: far cheaper than trigrams.
    if english(&sample.0) {
        return Some("eng".to_owned());
    }
    let info = whatlang::detect(&sample.0)?;
    let sure = info.is_reliable() || (info.lang() == Lang::Eng && info.confidence() > 0.3);
    sure.then(|| info.lang().code().to_owned())
}

fn sample(text: &str, own: bool) -> (String, usize) {
    let mut out = String::with_capacity(MOST_LETTERS + 200);
    let mut letters = 0;
    for line in text.lines() {
        if own && line.trim_start().starts_with(['>', '|', ':']) {
            continue;
        }
        for c in line.chars() {
            if letters >= MOST_LETTERS {
                return (out, letters);
            }
            if c.is_alphabetic() {
                letters += 1;
            }
            out.push(c);
        }
        out.push(' ');
    }
    (out, letters)
}

/// Whether at least a fifth of the words are among the commonest of English, and four differ.
fn english(sample: &str) -> bool {
    const COMMON: [&str; 24] = [
        "the", "of", "and", "to", "that", "is", "it", "for", "you", "with", "was", "are", "this",
        "have", "be", "not", "would", "they", "which", "your", "from", "by", "an", "will",
    ];
    let (mut words, mut hits, mut distinct) = (0, 0, 0u32);
    for word in sample.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        if let Some(place) = COMMON.iter().position(|common| word.eq_ignore_ascii_case(common)) {
            hits += 1;
            distinct |= 1 << place;
        }
    }
    words >= 10 && hits * 5 >= words && distinct.count_ones() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_texts_are_told_and_short_ones_are_not() {
        for (text, code) in [
            (
                "It was not the first time that they had heard of the plan, and it would not be the last.",
                "eng",
            ),
            (
                "Die Unterlagen liegen seit gestern auf dem Tisch, und niemand hat sie bisher gelesen.",
                "deu",
            ),
            (
                "Les documents sont sur la table depuis hier et personne ne les a encore lus jusqu'ici.",
                "fra",
            ),
            (
                "Los documentos están sobre la mesa desde ayer y nadie los ha leído todavía en la oficina.",
                "spa",
            ),
        ] {
            assert_eq!(language(text).as_deref(), Some(code), "{text}");
        }
        assert_eq!(language("ok"), None);
        assert_eq!(language("0101 1101 0010 1110 1010 1010 1100 1010 0101 0101"), None);
    }

    #[test]
    fn quoted_lines_do_not_decide() {
        let text = format!(
            "Danke, ich habe die Unterlagen gestern bekommen und lese sie heute noch durch.\n{}",
            "> and it is the plan that they would have for you with all of this\n".repeat(9)
        );
        assert_eq!(language(&text).as_deref(), Some("deu"));
    }
}
