//! The head of a text as digits, words and marks.

/// What stands in a date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token<'a> {
    Digits(&'a str),
    Word(&'a str),
    Mark(char),
    Blank,
}

/// A token, its place and its end.
pub(super) type Placed<'a> = (Token<'a>, usize, usize);

/// Tokens of the head of a text, each with its place and end. A date is short.
pub(super) fn tokens(text: &str) -> Vec<Placed<'_>> {
    let end = text.char_indices().nth(110).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let mut tokens: Vec<Placed<'_>> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let mut stop = at + c.len_utf8();
        let mut run = |same: fn(char) -> bool| {
            while let Some((next, c)) = rest.peek().copied() {
                if !same(c) {
                    break;
                }
                stop = next + c.len_utf8();
                rest.next();
            }
            stop
        };
        let token = if c.is_ascii_digit() {
            let stop = run(|c| c.is_ascii_digit());
            (Token::Digits(&text[at..stop]), at, stop)
        } else if c.is_alphabetic() {
            let stop = run(char::is_alphabetic);
            (Token::Word(&text[at..stop]), at, stop)
        } else if c.is_whitespace() {
            let stop = run(char::is_whitespace);
            (Token::Blank, at, stop)
        } else {
            (Token::Mark(c), at, stop)
        };
        tokens.push(token);
    }
    tokens
}
