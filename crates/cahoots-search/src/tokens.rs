//! Words of a text: runs of letters and digits, in lower case.
//!
//! An accented word is indexed twice at one position, as written and without its accents, so
//! `zurich` finds «Zürich» and `zürich` finds only that. Runs of more than 40 characters are left
//! out: they are encoded data, and would make up most of the index.

use std::borrow::Cow;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// The longest word that is indexed, in characters.
pub(crate) const LONGEST: usize = 40;

/// Splits texts into words.
#[derive(Clone, Default)]
pub(crate) struct Words {
    token: Token,
    folded: String,
}

pub(crate) struct WordStream<'a> {
    text: &'a str,
    at: usize,
    words: &'a mut Words,
    /// The accent-free form of the last word still has to be given.
    pending: bool,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream { text, at: 0, words: self, pending: false }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if self.pending {
            self.pending = false;
            std::mem::swap(&mut self.words.token.text, &mut self.words.folded);
            return true;
        }
        while let Some((start, end)) = next_word(self.text, self.at) {
            self.at = end;
            let word = &self.text[start..end];
            let token = &mut self.words.token;
            token.position = token.position.wrapping_add(1);
            token.text.clear();
            if word.is_ascii() {
                if word.len() > LONGEST {
                    continue;
                }
                token.text.push_str(word);
                token.text.make_ascii_lowercase();
            } else {
                if word.chars().count() > LONGEST {
                    continue;
                }
                token.text.extend(word.chars().flat_map(char::to_lowercase));
                self.words.folded.clear();
                fold_into(&token.text, &mut self.words.folded);
                self.pending = self.words.folded != token.text;
            }
            token.offset_from = start;
            token.offset_to = end;
            return true;
        }
        false
    }

    fn token(&self) -> &Token {
        &self.words.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.words.token
    }
}

/// The next run of letters and digits at or after byte `from`.
pub(crate) fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = from;
    // ASCII by bytes; anything else by characters.
    loop {
        let byte = *bytes.get(start)?;
        if byte.is_ascii() {
            if byte.is_ascii_alphanumeric() {
                break;
            }
            start += 1;
        } else {
            let c = text[start..].chars().next()?;
            if is_word(c) {
                break;
            }
            start += c.len_utf8();
        }
    }
    let mut end = start;
    while let Some(byte) = bytes.get(end) {
        if byte.is_ascii() {
            if !byte.is_ascii_alphanumeric() {
                break;
            }
            end += 1;
        } else {
            let c = text[end..].chars().next()?;
            if !is_word(c) {
                break;
            }
            end += c.len_utf8();
        }
    }
    Some((start, end))
}

fn is_word(c: char) -> bool {
    // Combining marks belong to the letter before them.
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// A word in the form in which it is indexed.
fn lowered(word: &str) -> Cow<'_, str> {
    if !word.is_ascii() {
        word.chars().flat_map(char::to_lowercase).collect()
    } else if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

/// Every word of a text in normal form, with its place in bytes.
pub(crate) fn words(
    text: &str,
) -> impl Iterator<Item = (Cow<'_, str>, std::ops::Range<usize>)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (start, end) = next_word(text, at)?;
        at = end;
        Some((lowered(&text[start..end]), start..end))
    })
}

/// A word without the accents of Latin letters.
pub(crate) fn folded(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    Cow::Owned(out)
}

fn fold_into(word: &str, out: &mut String) {
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c);
            continue;
        }
        match c {
            '\u{300}'..='\u{36f}' => {}
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' | 'ĝ' | 'ġ' | 'ģ' => out.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => out.push('i'),
            'ķ' => out.push('k'),
            'ł' | 'ľ' | 'ĺ' | 'ļ' => out.push('l'),
            'ñ' | 'ń' | 'ň' | 'ņ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => out.push('o'),
            'ŕ' | 'ř' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ž' | 'ż' => out.push('z'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<(String, usize)> {
        let mut words = Words::default();
        let mut stream = words.token_stream(text);
        let mut out = Vec::new();
        while stream.advance() {
            out.push((stream.token().text.clone(), stream.token().position));
        }
        out
    }

    #[test]
    fn words_are_lowered_and_accents_indexed_both_ways() {
        let found = tokens("Zürich's e-mail, 3rd");
        let expected = [("zürich", 0), ("zurich", 0), ("s", 1), ("e", 2), ("mail", 3), ("3rd", 4)];
        let found: Vec<(&str, usize)> = found.iter().map(|(w, p)| (w.as_str(), *p)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn encoded_data_is_left_out_but_keeps_its_position() {
        let text = format!("a {} b", "x".repeat(60));
        assert_eq!(tokens(&text), [("a".to_owned(), 0), ("b".to_owned(), 2)]);
    }

    proptest::proptest! {
        #[test]
        fn offsets_are_within_the_text(text in ".*") {
            for (_, range) in words(&text) {
                proptest::prop_assert!(text.get(range).is_some());
            }
            tokens(&text);
        }
    }
}
