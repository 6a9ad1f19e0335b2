//! What the model looks at: the word sequences of a sentence and 22 rules of thumb.
//!
//! `tools/requests/train.py` computes the same; the two are changed together.

use super::tokens::{Token, class};

/// The rules, in the order of their bits; the words in which they are shown.
pub const RULES: [&str; 22] = [
    "a question mark",
    "ends in a question mark",
    "please",
    "a command: a bare verb where a clause begins",
    "begins with a command",
    "can, could, will or would you",
    "can, shall or should we",
    "can, may or should I",
    "I want, need, hope or would like",
    "we want, need, hope or would like",
    "let me or let us",
    "let's",
    "you can, should or must",
    "you want, need or like",
    "if you",
    "are, do or have you",
    "look forward",
    "a question word and a verb",
    "a meeting and a time",
    "a question mark and the reader",
    "words of advertisements",
    "an address of the web",
];

/// The rules that hold for a sentence, as bits.
pub fn rules(tokens: &[Token]) -> u32 {
    let all = tokens.iter().fold(0, |all, token| all | token.classes);
    let has = |bits: u32| u32::from(all & bits != 0);
    let mut found = has(class::QUESTION)
        | has(class::PLEASE) << 2
        | has(class::LETS) << 11
        | (has(class::MEET) & has(class::TIME)) << 18
        | (has(class::QUESTION) & has(class::YOU | class::YOUR)) << 19
        | has(class::URL) << 21;
    if tokens.last().is_some_and(|last| last.classes & class::QUESTION != 0) {
        found |= 1 << 1;
    }
    let (any, first) = commands(tokens);
    found |= u32::from(any) << 3 | u32::from(first) << 4;
    let mut advertising = 0;
    for (at, token) in tokens.iter().enumerate() {
        advertising += u32::from(token.classes & class::AD != 0);
        let Some(next) = tokens.get(at + 1) else { break };
        // Most words are in no class, and most pairs are done with here.
        if token.classes & class::KNOWN != 0 && next.classes & class::KNOWN != 0 {
            found |= pair(token.classes, next.classes);
        }
    }
    if advertising >= 2 {
        found |= 1 << 20;
    }
    found
}

/// Whether a sentence begins with a command and has no word that advertisements are made of.
pub fn begins_with_command(tokens: &[Token]) -> bool {
    commands(tokens).1 && tokens.iter().all(|token| token.classes & class::AD == 0)
}

/// The rules about two words in a row.
const fn pair(one: u32, two: u32) -> u32 {
    const fn both(one: u32, left: u32, two: u32, right: u32, rule: u32) -> u32 {
        if one & left != 0 && two & right != 0 { 1 << rule } else { 0 }
    }
    use class::{AUX, FIRST, FORWARD, IF, LET, LOOK, ME, MODAL, WANT, WE, WH, YOU};
    both(one, MODAL, two, YOU, 5)
        | both(one, MODAL, two, WE, 6)
        | both(one, MODAL, two, FIRST, 7)
        | both(one, FIRST, two, WANT, 8)
        | both(one, WE, two, WANT, 9)
        | both(one, LET, two, ME, 10)
        | both(one, YOU, two, MODAL, 12)
        | both(one, YOU, two, WANT, 13)
        | both(one, IF, two, YOU, 14)
        | both(one, AUX, two, YOU, 15)
        | both(one, LOOK, two, FORWARD, 16)
        | both(one, WH, two, AUX | MODAL, 17)
}

/// Whether a bare verb stands where a clause begins, and whether at the sentence's first clause.
///
/// A clause begins at the start, after a mark and after `and`, `then`, `so` and their like;
/// greetings and a name in front do not count. A verb before `is`, `of`, `you`, `I` or `we` is none:
/// "Call of duty", "Have you".
fn commands(tokens: &[Token]) -> (bool, bool) {
    let (mut begins, mut heads) = (true, 0);
    for (at, token) in tokens.iter().enumerate() {
        let classes = token.classes;
        if classes & class::STOP != 0 {
            begins = true;
        } else if begins {
            heads += 1;
            let next = tokens.get(at + 1).map_or(0, |next| next.classes);
            let not_after = class::COPULA | class::YOU | class::FIRST | class::WE;
            if classes & class::VERB != 0 && next & not_after == 0 {
                return (true, heads == 1);
            }
            let name = at == 0 && classes & class::CAPITAL != 0 && classes & class::KNOWN == 0;
            begins = classes & (class::GREET | class::PLEASE) != 0 || name;
            heads -= u32::from(begins);
        } else {
            begins = classes & class::JOIN != 0;
        }
    }
    (false, false)
}

const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: u64 = 0xbf58_476d_1ce4_e5b9;

/// What stands before the first and after the last token in word sequences.
const EDGES: (u64, u64) = (super::tokens::hash_of(b"<s>"), super::tokens::hash_of(b"</s>"));

/// Calls `each` with the 32-bit key of every sequence of one to three tokens, the sentence's
/// edges included, and the places of its first and last token.
///
/// `each` says whether the model knows the sequence. Sequences are in the model when two training
/// sentences have them, so one with an unknown part is unknown, and is passed over.
#[inline]
pub fn sequences(tokens: &[Token], mut each: impl FnMut(u32, usize, usize) -> bool) {
    let (start, end) = EDGES;
    let (mut one, mut two) = (start, 0_u64);
    let mut known = (each(key(start, 1), 0, 0), false);
    for (at, hash) in tokens.iter().map(|token| token.hash).chain([end]).enumerate() {
        let place = at.min(tokens.len().saturating_sub(1));
        let single = each(key(hash, 1), place, place);
        let pair = one.wrapping_mul(SPREAD).wrapping_add(hash);
        let double = single && known.0 && each(key(pair, 2), at.saturating_sub(1), place);
        if at > 0 && double && known.1 {
            let triple = two.wrapping_mul(SPREAD).wrapping_add(hash);
            each(key(triple, 3), at.saturating_sub(2), place);
        }
        (one, two, known) = (hash, pair, (single, double));
    }
}

const fn key(hash: u64, words: u64) -> u32 {
    let hash = hash.wrapping_add(words);
    ((hash ^ (hash >> 29)).wrapping_mul(MIX) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::super::tokens::Lexicon;
    use super::*;

    fn found(sentence: &str) -> Vec<&'static str> {
        let mut tokens = Vec::new();
        Lexicon::embedded().read(sentence, &mut tokens);
        let bits = rules(&tokens);
        (0..22).filter(|rule| bits >> rule & 1 == 1).map(|rule| RULES[rule]).collect()
    }

    #[test]
    fn commands_stand_where_clauses_begin() {
        assert!(found("Send the chart to Ann.").contains(&RULES[4]));
        assert!(found("Ada, send it.").contains(&RULES[3]));
        assert!(found("Hi Bob, please send the chart.").contains(&RULES[3]));
        assert!(found("Bob please send it.").contains(&RULES[4]));
        assert!(!found("We send the chart to Ann.").contains(&RULES[3]));
        assert!(!found("Have you seen the chart?").contains(&RULES[3]));
        assert!(!found("Review of the chart").contains(&RULES[3]));
    }

    #[test]
    fn pairs_of_words_count_in_order() {
        assert_eq!(
            found("Could you meet us on Monday?"),
            [RULES[0], RULES[1], RULES[5], RULES[18], RULES[19]]
        );
        assert!(found("if you can").contains(&RULES[12]));
        assert!(found("").is_empty());
    }

    #[test]
    fn three_tokens_have_twelve_sequences() {
        let mut tokens = Vec::new();
        Lexicon::embedded().read("one two three", &mut tokens);
        let mut keys = Vec::new();
        sequences(&tokens, |key, _, _| {
            keys.push(key);
            true
        });
        assert_eq!(keys.len(), 5 + 4 + 3);
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 12);
    }
}
