//! Where sentences begin and end.

use std::ops::Range;

/// A sentence is cut at this many bytes, at the next space.
const LONGEST: usize = 1500;

/// Words whose full stop never ends a sentence.
const TITLES: [&str; 16] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "gen", "sen", "rep", "gov", "lt", "col", "rev", "hon",
    "vs", "cf",
];

/// Calls `each` with the byte range of every sentence of a part of `text`, in order.
///
/// A sentence ends at `.`, `!` or `?` (with closing quotes and brackets) before a space and
/// anything but a small letter, at an empty line, before a line that begins a list item, and at
/// the end of a short line when the next one begins with a capital: people write greetings,
/// headings and chat that way. Full stops of titles, initials and `e.g.` end nothing.
pub fn split(text: &str, part: Range<usize>, mut each: impl FnMut(Range<usize>)) {
    let bytes = text.as_bytes();
    let end = part.end.min(bytes.len());
    let mut start = part.start.min(end);
    let (mut line, mut at) = (start, start);
    while at < end {
        let cut = match bytes[at] {
            b'.' | b'!' | b'?' => after_mark(bytes, start, at, end),
            b'\n' => {
                let ends = line_ends_sentence(bytes, line, at, end);
                line = at + 1;
                ends.then_some(at + 1)
            }
            b' ' if at - start >= LONGEST => Some(at + 1),
            _ => None,
        };
        match cut {
            Some(after) => {
                emit(bytes, start, after, &mut each);
                start = after;
                at = at.max(after - 1) + 1;
            }
            None => at += 1,
        }
    }
    emit(bytes, start, end, &mut each);
}

/// Trims ASCII space, and drops what has no letter or question mark.
fn emit(bytes: &[u8], mut start: usize, mut end: usize, each: &mut impl FnMut(Range<usize>)) {
    while start < end && bytes[start].is_ascii_whitespace() {
        start += 1;
    }
    while start < end && bytes[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    let says = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80 || *byte == b'?';
    if bytes[start..end].iter().any(says) {
        each(start..end);
    }
}

/// Where the sentence that a mark ends is over; `None` when the mark ends none.
fn after_mark(bytes: &[u8], start: usize, mark: usize, end: usize) -> Option<usize> {
    let mut at = mark + 1;
    while at < end && matches!(bytes[at], b'.' | b'!' | b'?') {
        at += 1;
    }
    let closing = at;
    while at < end && matches!(bytes[at], b'"' | b'\'' | b')' | b']') {
        at += 1;
    }
    if at >= end {
        return Some(end);
    }
    if !bytes[at].is_ascii_whitespace() {
        return None;
    }
    let mut next = at;
    while next < end && bytes[next].is_ascii_whitespace() {
        next += 1;
    }
    let goes_on = bytes[closing - 1] == b'.' || at > closing;
    if next < end && bytes[next].is_ascii_lowercase() && goes_on {
        return None;
    }
    if bytes[mark] == b'.' && closing == mark + 1 && is_abbreviation(&bytes[start..mark]) {
        return None;
    }
    Some(at)
}

/// Whether a full stop after these bytes belongs to a title, an initial, or `e.g`.
fn is_abbreviation(before: &[u8]) -> bool {
    let word = before
        .iter()
        .rposition(|byte| !byte.is_ascii_alphabetic())
        .map_or(before, |place| &before[place + 1..]);
    let inner = before.len() > word.len() && before[before.len() - word.len() - 1] == b'.';
    match word {
        [] => false,
        // "J. Smith" and "e.g. this", but not "plan B. Then" is beyond a rule: initials win,
        // except for the "m" of "a.m." and "p.m.", and "I".
        [letter] => !(inner && matches!(letter, b'm' | b'M') || *letter == b'I'),
        word => TITLES.iter().any(|title| word.eq_ignore_ascii_case(title.as_bytes())),
    }
}

/// Whether the line break at `at`, of the line that begins at `line`, ends a sentence.
fn line_ends_sentence(bytes: &[u8], line: usize, at: usize, end: usize) -> bool {
    let mut next = at + 1;
    while next < end && matches!(bytes[next], b' ' | b'\t' | b'\r') {
        next += 1;
    }
    if next >= end || bytes[next] == b'\n' || is_list_item(&bytes[next..end]) {
        return true;
    }
    let length = at - line.min(at);
    length < 45 && (bytes[next].is_ascii_uppercase() || bytes[next].is_ascii_digit())
}

/// `- `, `* `, `1. `, `2) `, `a) `.
fn is_list_item(line: &[u8]) -> bool {
    match line {
        [b'-' | b'*' | b'+', b' ' | b'\t', ..] => true,
        [0xe2, 0x80, 0xa2, ..] => true,
        [letter, b')', b' ', ..] => letter.is_ascii_alphanumeric(),
        [digit, b'.', b' ', ..] => digit.is_ascii_digit(),
        [tens, digit, b'.' | b')', b' ', ..] => tens.is_ascii_digit() && digit.is_ascii_digit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sentences(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        split(text, 0..text.len(), |range| found.push(&text[range]));
        found
    }

    #[test]
    fn marks_end_sentences_and_titles_do_not() {
        assert_eq!(
            sentences(
                "Mr. J. Hale came at 9 a.m. He left (why?) soon. \"Call me!\" Ask e.g. Ann. Ok"
            ),
            [
                "Mr. J. Hale came at 9 a.m.",
                "He left (why?) soon.",
                "\"Call me!\"",
                "Ask e.g. Ann.",
                "Ok"
            ]
        );
        assert_eq!(
            sentences("See v1.2 at a.example. Fine?? Yes."),
            ["See v1.2 at a.example.", "Fine??", "Yes."]
        );
    }

    #[test]
    fn lines_end_sentences_where_people_write_that_way() {
        assert_eq!(
            sentences(
                "Hi Ada,\nCould you send the chart that we drew up in the\nspring?\n\nThanks\n- one\n- two"
            ),
            [
                "Hi Ada,",
                "Could you send the chart that we drew up in the\nspring?",
                "Thanks",
                "- one",
                "- two"
            ]
        );
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_leave_out_only_what_says_nothing(text in "\\PC{0,200}|[a-zA-Z.!? \\n\"')é]{0,200}") {
            let mut last = 0;
            let mut rest = String::new();
            split(&text, 0..text.len(), |range| {
                assert!(range.start >= last && range.start < range.end);
                rest.push_str(&text[last..range.start]);
                last = range.end;
            });
            rest.push_str(&text[last..]);
            prop_assert!(!rest.chars().any(|letter| letter.is_ascii_alphabetic()));
        }
    }
}
