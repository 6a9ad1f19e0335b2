//! From text to tree: words, phrases, fields, AND, OR, NOT, parentheses.

use std::ops::Range;

use jiff::Zoned;

use super::fields::{self, Field, FieldRow};
use super::{Node, QueryError, Words, dates};
use crate::tokens;

/// Parentheses within parentheses; beyond this a query is an accident.
const DEEPEST: usize = 64;

pub(super) fn parse(text: &str, now: &Zoned) -> Result<Node, QueryError> {
    let mut parser = Parser { text, at: 0, now, depth: 0 };
    parser.space();
    if parser.done() {
        return Ok(Node::All);
    }
    let node = parser.any(None)?;
    if !parser.done() {
        let at = parser.at..parser.at + 1;
        return Err(QueryError::new(at, "this closing parenthesis was never opened")
            .hint("write \")\" in quotes to search for it"));
    }
    Ok(node)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    now: &'a Zoned,
    depth: usize,
}

/// A value as typed: bare or quoted.
struct Value {
    text: String,
    quoted: bool,
    at: Range<usize>,
}

impl Parser<'_> {
    fn done(&self) -> bool {
        self.at >= self.text.len()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes an operator in capitals if it stands here as a word of its own.
    fn operator(&mut self, word: &str) -> bool {
        self.space();
        let rest = self.rest();
        let here = rest.starts_with(word)
            && rest[word.len()..].chars().next().is_none_or(|c| c.is_whitespace() || c == '(');
        if here {
            self.at += word.len();
            self.space();
        }
        here
    }

    /// `a OR b OR c`
    fn any(&mut self, field: Option<&'static FieldRow>) -> Result<Node, QueryError> {
        let mut nodes = vec![self.all(field)?];
        while self.operator("OR") {
            nodes.push(self.all(field)?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    /// `a b`, `a AND b`, `a NOT b`
    fn all(&mut self, field: Option<&'static FieldRow>) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            self.space();
            let start = self.at;
            let and = self.operator("AND");
            if and && nodes.is_empty() {
                return Err(QueryError::new(
                    start..self.at.max(start + 3),
                    "AND needs something before it",
                )
                .hint("to search for the word, write it in quotes: \"AND\""));
            }
            let ahead = self.at;
            let or = self.operator("OR");
            self.at = ahead;
            if self.done() || self.peek() == Some(')') || or {
                if and || nodes.is_empty() {
                    let what = if and {
                        "AND needs something after it"
                    } else {
                        "something is missing here"
                    };
                    let end = self.text.len().min(ahead + 1);
                    return Err(QueryError::new(ahead..end, what)
                        .hint("write words, a \"phrase\" or field:value"));
                }
                break;
            }
            nodes.push(self.not(field)?);
        }
        Ok(one_or(nodes, Node::And))
    }

    /// `NOT a`, `-a`
    fn not(&mut self, field: Option<&'static FieldRow>) -> Result<Node, QueryError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(QueryError::new(
                self.at..self.at + 1,
                "too many parentheses within each other",
            ));
        }
        let node = if self.operator("NOT") {
            self.expect_more()?;
            Node::Not(Box::new(self.not(field)?))
        } else if self.rest().starts_with('-')
            && self.rest()[1..].chars().next().is_some_and(|c| !c.is_whitespace() && c != ')')
        {
            self.at += 1;
            Node::Not(Box::new(self.not(field)?))
        } else {
            self.atom(field)?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn expect_more(&self) -> Result<(), QueryError> {
        if self.done() || self.peek() == Some(')') {
            return Err(QueryError::new(self.at..self.at + 1, "NOT needs something after it"));
        }
        Ok(())
    }

    fn atom(&mut self, field: Option<&'static FieldRow>) -> Result<Node, QueryError> {
        if self.peek() == Some('(') {
            return self.group(field);
        }
        if let Some(info) = self.field_name()? {
            self.space();
            if self.peek() == Some('(') {
                return self.group(Some(info));
            }
            return self.field_values(info);
        }
        let value = self.value(false)?;
        match field {
            Some(info) => self.field_value(info, value),
            None => self.words(None, value),
        }
    }

    fn group(&mut self, field: Option<&'static FieldRow>) -> Result<Node, QueryError> {
        let open = self.at;
        self.at += 1;
        self.space();
        if self.done() {
            return Err(QueryError::new(open..open + 1, "this parenthesis is never closed"));
        }
        let node = self.any(field)?;
        self.space();
        if self.peek() != Some(')') {
            return Err(QueryError::new(open..open + 1, "this parenthesis is never closed"));
        }
        self.at += 1;
        Ok(node)
    }

    /// `name:` if it stands here; an unknown name directly before a value is an error, except
    /// where the whole looks like an address (`http://…`, `12:30`).
    fn field_name(&mut self) -> Result<Option<&'static FieldRow>, QueryError> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'));
        let Some(end) = end.filter(|end| *end > 0 && rest[*end..].starts_with(':')) else {
            return Ok(None);
        };
        let name = &rest[..end];
        if rest[end..].starts_with("://") {
            return Ok(None);
        }
        match fields::find(name) {
            Some(info) => {
                self.at += end + 1;
                Ok(Some(info))
            }
            None => {
                let at = self.at..self.at + end;
                let error = QueryError::new(at, format!("there is no field {name}:"));
                Err(match fields::nearest(name) {
                    Some(near) => error.hint(format!("did you mean {near}: ?")),
                    None => {
                        let names: Vec<&str> =
                            fields::FIELDS.iter().map(|info| info.name).collect();
                        error.hint(format!("fields: {}", names.join(" ")))
                    }
                })
            }
        }
    }

    /// One value or several with commas.
    fn field_values(&mut self, info: &'static FieldRow) -> Result<Node, QueryError> {
        let mut nodes = Vec::new();
        loop {
            let value = self.value(true)?;
            nodes.push(self.field_value(info, value)?);
            if self.peek() != Some(',') {
                break;
            }
            self.at += 1;
        }
        Ok(one_or(nodes, Node::Or))
    }

    /// A quoted or bare value. In a field, a comma ends a bare value.
    fn value(&mut self, in_field: bool) -> Result<Value, QueryError> {
        let start = self.at;
        let opening = self.peek();
        let closing = match opening {
            Some('"') => Some('"'),
            Some('“') => Some('”'),
            Some('«') => Some('»'),
            _ => None,
        };
        if let (Some(opening), Some(closing)) = (opening, closing) {
            let inside = start + opening.len_utf8();
            let Some(length) = self.text[inside..].find([closing, '"']) else {
                return Err(QueryError::new(
                    start..start + opening.len_utf8(),
                    "this quote is never closed",
                ));
            };
            let text = self.text[inside..inside + length].to_owned();
            let close = self.text[inside + length..].chars().next().map_or(1, char::len_utf8);
            self.at = inside + length + close;
            return Ok(Value { text, quoted: true, at: start..self.at });
        }
        let end = self.rest().find(|c: char| {
            c.is_whitespace() || c == ')' || c == '(' || c == '"' || (in_field && c == ',')
        });
        let end = end.map_or(self.text.len(), |end| start + end);
        self.at = end;
        let text = self.text[start..end].to_owned();
        if text.is_empty() {
            let at = start..self.text.len().min(start + 1);
            return Err(QueryError::new(at, "a value is missing here"));
        }
        Ok(Value { text, quoted: false, at: start..end })
    }

    /// `~2` behind a value.
    fn tilde(&mut self) -> Option<u32> {
        let digits = self.rest().strip_prefix('~')?;
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let number = if length == 0 { 1 } else { digits[..length].parse().ok()? };
        self.at += 1 + length;
        Some(number)
    }

    /// Words in a field of texts, or anywhere.
    fn words(&mut self, field: Option<Field>, value: Value) -> Result<Node, QueryError> {
        if value.quoted {
            let slop = self.tilde().unwrap_or(0).min(100);
            return Ok(phrase(field, &value.text, slop));
        }
        let mut text = value.text.as_str();
        if text == "*" && field.is_none() {
            return Ok(Node::All);
        }
        if let Some((word, distance)) = text.rsplit_once('~') {
            let distance = match distance {
                "" | "1" => 1,
                "2" => 2,
                _ => {
                    let at = value.at.end - distance.len()..value.at.end;
                    return Err(QueryError::new(at, "a word can differ in 1 or 2 letters")
                        .hint("write word~1 or word~2"));
                }
            };
            let words: Vec<String> =
                tokens::words(word).map(|(word, _)| word.into_owned()).collect();
            if let [word] = words.as_slice() {
                return Ok(Node::Text(field, Words::Fuzzy(word.clone(), distance)));
            }
        }
        if let Some(word) = text.strip_suffix('*') {
            let mut words: Vec<String> =
                tokens::words(word).map(|(word, _)| word.into_owned()).collect();
            let Some(last) = words.pop() else {
                return Err(QueryError::new(value.at, "a beginning is missing before *")
                    .hint("write at least one letter: crypto*"));
            };
            let prefix = Node::Text(field, Words::Prefix(last));
            if words.is_empty() {
                return Ok(prefix);
            }
            let head = Node::Text(field, Words::Phrase { words, slop: 0 });
            return Ok(Node::And(vec![head, prefix]));
        }
        let exact = text.starts_with('=') && text.len() > 1;
        if exact {
            text = &text[1..];
        }
        let words: Vec<String> = tokens::words(text).map(|(word, _)| word.into_owned()).collect();
        match words.as_slice() {
            [] => Err(QueryError::new(value.at, "there is no word in this")
                .hint("words are letters and digits; use field:value for the rest")),
            [word] if !exact => Ok(Node::Text(field, Words::Stem(word.clone()))),
            // `e-mail`, `ann@example.org`: its parts next to each other. What looks like an
            // address of a page also finds links to it that a text hides behind a short form.
            _ => {
                let words = Node::Text(field, Words::Phrase { words, slop: 0 });
                let address = !exact
                    && field.is_none()
                    && !text.contains('@')
                    && (text.contains("://") || text.trim_end_matches('.').contains('.'));
                match address {
                    true => Ok(Node::Or(vec![words, Node::Is(Field::Url, text.to_owned())])),
                    false => Ok(words),
                }
            }
        }
    }

    fn field_value(&mut self, info: &'static FieldRow, value: Value) -> Result<Node, QueryError> {
        if !info.values.is_empty() {
            let given = value.text.to_lowercase().replace([' ', '_'], "-");
            let singular = given.trim_end_matches('s');
            let known = info.values.iter().find(|known| **known == given || **known == singular);
            let Some(known) = known else {
                let message = format!("{}: does not take {}", info.name, value.text);
                return Err(QueryError::new(value.at, message)
                    .hint(format!("it takes {}", info.values.join(", "))));
            };
            let field = match (info.field, *known) {
                (Field::Is, "private" | "public") => Field::In,
                (field, _) => field,
            };
            return Ok(Node::Is(field, (*known).to_owned()));
        }
        match info.field {
            Field::On | Field::After | Field::Before | Field::Since | Field::Until => {
                let Some((from, until)) = dates::parse(&value.text, self.now) else {
                    let message = format!("{} is not a date", value.text);
                    return Err(QueryError::new(value.at, message).hint(
                        "write 2016-10-12, 2016-10, 2016, \"12 Oct 2016\", yesterday or a range 2016-09..2016-11",
                    ));
                };
                let (from, until) = match info.field {
                    Field::After => (Some(until), None),
                    Field::Before => (None, Some(from)),
                    Field::Since => (Some(from), None),
                    Field::Until => (None, Some(until)),
                    _ => (Some(from), Some(until)),
                };
                Ok(Node::Time { from, until })
            }
            Field::Subject | Field::Body | Field::Attachment => self.words(Some(info.field), value),
            field => {
                if value.text.trim().is_empty() {
                    return Err(QueryError::new(value.at, "a value is missing here"));
                }
                Ok(Node::Is(field, value.text.trim().to_owned()))
            }
        }
    }
}

fn phrase(field: Option<Field>, text: &str, slop: u32) -> Node {
    let words: Vec<String> = tokens::words(text).map(|(word, _)| word.into_owned()).collect();
    match words.is_empty() {
        // Quotes around no word ask for nothing in particular.
        true => Node::All,
        false => Node::Text(field, Words::Phrase { words, slop }),
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            many(nodes)
        }
        None => Node::All,
    }
}

#[cfg(test)]
#[path = "parser_tests.rs"]
mod tests;
