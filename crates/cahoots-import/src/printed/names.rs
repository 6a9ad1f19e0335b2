//! People as printed in headers: lists split into persons, addresses mended, cuts kept.

use cahoots_record::AccountKey;

/// One person of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    /// As printed, broken lines joined.
    pub(crate) text: String,
    /// Display name; empty when only an address is printed.
    pub(crate) name: String,
    /// The address, if a whole one is printed.
    pub(crate) address: Option<String>,
    /// An address was printed and is not whole any more.
    pub(crate) cut: bool,
}

impl Printed {
    /// The account: the address if it is whole, else the name.
    pub(crate) fn account(&self) -> AccountKey {
        match &self.address {
            Some(address) => AccountKey::email(address),
            None => AccountKey::name(&self.name),
        }
    }

    /// Letters and digits of the name, else of the address: what an identity is made of.
    pub(crate) fn bare(&self) -> String {
        let text = if self.name.is_empty() { self.address.as_deref() } else { Some(&*self.name) };
        text.unwrap_or(&self.text)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    }
}

/// The blanks of a box that was painted over: more than text ever has.
const BOX: &str = "   ";

/// Splits a field's value into persons. `one` says that the field holds a single person.
pub(crate) fn split(value: &str, one: bool) -> Vec<Printed> {
    let joined = join(value);
    let parts: Vec<&str> = if one { vec![joined.as_str()] } else { cut_list(&joined) };
    parts.into_iter().filter_map(person).collect()
}

/// Lines joined by one blank; the blanks within a line stay, they may be boxes. A line that
/// begins as a person begins, below one that ends as a person ends, begins another.
fn join(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for line in value.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            continue;
        }
        if !text.is_empty() {
            let ended = text.ends_with([';', ',']);
            let before = text.rsplit([';', ',']).next().unwrap_or_default();
            let quoted = trimmed.starts_with('\'') && before.trim_start().starts_with('\'');
            let boxed = line.starts_with(BOX);
            if !ended && (quoted || boxed || two_persons(before, trimmed)) {
                text.push(';');
            }
            text.push(' ');
        }
        text.push_str(trimmed);
    }
    text
}

/// Whether a line ends with a whole name in the order given name, family name, and the next
/// begins with one.
fn two_persons(before: &str, line: &str) -> bool {
    let next = line.split([';', ',', '<']).next().unwrap_or_default();
    let whole = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        (2..=3).contains(&words.len())
            && words.iter().all(|word| {
                word.starts_with(char::is_uppercase)
                    && word.chars().all(|c| c.is_alphabetic() || c == '-')
            })
            && words.last().is_some_and(|word| word.len() > 2)
    };
    whole(before) && whole(next)
}

fn cut_list(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let marks = outside(text, |c| matches!(c, ';'));
    if marks.is_empty() {
        return boxes(text).into_iter().flat_map(commas).collect();
    }
    let mut start = 0;
    for mark in marks {
        parts.push(&text[start..mark]);
        start = mark + 1;
    }
    parts.push(&text[start..]);
    let several = |part: &&str| part.matches(',').count() > 1 || part.contains(" ,");
    let parts = parts.into_iter().flat_map(boxes);
    parts.flat_map(|part| if several(&part) { commas(part) } else { vec![part] }).collect()
}

/// Places of marks outside quotation marks and brackets. Quotation marks that are not closed
/// count for nothing.
fn outside(text: &str, mark: fn(char) -> bool) -> Vec<usize> {
    let mut found = Vec::new();
    let quotes = text.matches('"').count().is_multiple_of(2);
    let mut quoted = false;
    let mut bracket = 0;
    for (at, c) in text.char_indices() {
        match c {
            '"' if quotes => quoted = !quoted,
            // An address in brackets, if it is closed before the next one opens.
            '<' if at >= bracket => {
                let close = text[at + 1..].find(['<', '>', ' ']).map(|end| at + 1 + end);
                bracket = close.filter(|end| text[*end..].starts_with('>')).unwrap_or(bracket);
            }
            _ if mark(c) && !quoted && at >= bracket => found.push(at),
            _ => {}
        }
    }
    found
}

/// Splits at boxes that swallowed the mark between two persons: what follows a box and begins as
/// a name begins is another person.
fn boxes(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut from = 0;
    while let Some(found) = text[from..].find(BOX) {
        let gap = from + found;
        let rest = text[gap..].trim_start();
        // The edge of the box may be read as a stroke.
        let rest = rest.strip_prefix("- ").unwrap_or(rest).trim_start();
        let next = text.len() - rest.len();
        let before = text[start..gap].trim();
        let name =
            rest.chars().take_while(|c| !matches!(c, ';' | '<')).filter(|c| c.is_alphabetic());
        let begins = rest.starts_with(|c: char| c.is_uppercase() || c == '\'' || c == '"');
        if begins && name.count() >= 4 && !before.is_empty() && !before.ends_with([',', '<']) {
            parts.push(&text[start..gap]);
            start = next;
        }
        from = next.max(gap + 1);
        if from >= text.len() {
            break;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Splits at commas where they stand between persons and not inside `Last, First`.
fn commas(text: &str) -> Vec<&str> {
    let marks = outside(text, |c| c == ',');
    if marks.is_empty() {
        return vec![text];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for mark in &marks {
        parts.push(&text[start..*mark]);
        start = mark + 1;
    }
    parts.push(&text[start..]);
    // Nobody sets a blank before the comma of `Last, First`: a painted-over box stood there.
    if text.contains(" ,") {
        return text.split(" ,").flat_map(commas).collect();
    }
    let whole = |part: &str| {
        let part = part.trim();
        part.contains(['@', '<', '©', '"', '\'']) || part.split_whitespace().count() >= 2
    };
    let filled = parts.iter().filter(|part| !part.trim().is_empty()).count();
    let firsts = parts.iter().filter(|part| whole(part)).count();
    let address = parts.iter().any(|part| part.contains(['@', '<', '©']));
    // `Quist, Bo <bo@q.example>`: the comma belongs to the name before the bracket.
    if address && firsts < filled {
        return pairs(text, &parts);
    }
    if firsts == filled && (filled > 2 || address || two_names(&parts)) {
        return parts;
    }
    if filled > 2 && firsts > 0 && firsts + 1 >= filled {
        return parts;
    }
    vec![text]
}

/// Whether two parts are names on their own and not a family name and given names.
fn two_names(parts: &[&str]) -> bool {
    parts.iter().all(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        words.len() >= 2
            && words.last().is_some_and(|last| last.trim_matches('.').chars().count() > 1)
    })
}

/// Joins single words to the part behind them.
fn pairs<'a>(text: &'a str, parts: &[&'a str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    for part in parts {
        let (from, to) = (at, at + part.len());
        at = to + 1;
        let first = *start.get_or_insert(from);
        let trimmed = part.trim();
        let single = !trimmed.contains(['@', '<', '©']) && trimmed.split_whitespace().count() <= 2;
        if single && start == Some(from) && to < text.len() {
            continue;
        }
        out.push(&text[first..to]);
        start = None;
    }
    if let Some(first) = start {
        out.push(&text[first..]);
    }
    out
}

/// One person, or nothing when nothing is left of it.
fn person(text: &str) -> Option<Printed> {
    let text = edges(text);
    if !text.chars().any(char::is_alphanumeric) {
        return None;
    }
    let printed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, rest) = match printed.find(['<', '[']) {
        Some(at) => (&printed[..at], Some(&printed[at..])),
        None => (printed.as_str(), None),
    };
    let found = address(rest.unwrap_or(&printed));
    let name = clean_name(name);
    let cut = found.is_none()
        && (rest.is_some()
            || printed.contains('\'') && !printed.ends_with('\'') && printed.starts_with('\''));
    let (name, found) = match (rest, found) {
        // The name is the address: `ann@q.example <ann@q.example>`.
        (Some(_), found) if address(&name).is_some() => {
            let own = address(&name);
            (String::new(), found.or(own))
        }
        (Some(_), found) => (name, found),
        (None, Some(found)) => {
            let only = name.split_whitespace().count() == 1;
            (if only { String::new() } else { without_address(&name) }, Some(found))
        }
        (None, None) => (name, None),
    };
    if name.is_empty() && found.is_none() {
        let text = clean_name(&printed.replace(['<', '>', '[', ']'], " "));
        let text = text.trim_start_matches("mailto:").trim().to_owned();
        if text.is_empty() {
            return None;
        }
        return Some(Printed { name: text, text: printed, address: None, cut: true });
    }
    Some(Printed { text: printed, name, address: found, cut })
}

/// Takes dirt and the edges of boxes off both ends.
fn edges(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let before = text;
        text = text.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '|' | '•' | '■' | '·' | '\u{f0b7}')
        });
        // A lone stroke behind a box is the box's edge.
        if let Some(gap) = text.rfind(BOX) {
            let last = text[gap..].trim();
            if last.chars().count() <= 1 && !matches!(last, ">" | ")" | "]") {
                text = &text[..gap];
            }
        }
        // And one before a value that stands in its column.
        if let Some(gap) = text.find(BOX)
            && text[..gap].trim().chars().count() == 1
            && !text[..gap].starts_with(char::is_uppercase)
        {
            text = text[gap..].trim_start();
        }
        if text == before {
            return text;
        }
    }
}

fn clean_name(name: &str) -> String {
    let name = name.trim().trim_matches(|c: char| {
        matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | ',' | ';' | '|' | ' ')
    });
    // Recognition sees strokes and dots before a name that stands in its column.
    name.trim_start_matches(['-', '–', '—', '.', ' ']).to_owned()
}

fn without_address(name: &str) -> String {
    let words = name.split_whitespace().filter(|word| !word.contains(['@', '©']));
    clean_name(&words.collect::<Vec<_>>().join(" "))
}

/// A whole address in a text; recognition's `©` is an `@`, and blanks inside brackets are none.
fn address(text: &str) -> Option<String> {
    let inner = text.trim_matches(|c: char| matches!(c, '<' | '>' | '[' | ']' | '\'' | '"' | ' '));
    let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
    let bracketed = text.starts_with(['<', '[']);
    let candidate: String = if bracketed && inner.contains(['@', '©']) {
        let end = inner.find(['>', ']']).unwrap_or(inner.len());
        inner[..end].chars().filter(|c| !c.is_whitespace()).collect()
    } else {
        inner.split_whitespace().find(|word| word.contains(['@', '©']))?.to_owned()
    };
    let candidate = candidate.replace('©', "@");
    let candidate = candidate
        .trim_start_matches("mailto:")
        .trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '+'));
    let (local, domain) = candidate.split_once('@')?;
    let whole = !local.is_empty()
        && domain.contains('.')
        && !domain.contains("..")
        && domain
            .rsplit('.')
            .next()
            .is_some_and(|top| top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()))
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && local.chars().all(|c| c.is_alphanumeric() || "._%+-=/&'#~".contains(c));
    whole.then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(value: &str) -> Vec<String> {
        split(value, false).into_iter().map(|person| person.text).collect()
    }

    #[test]
    fn lists_are_split_between_persons() {
        for (value, want) in [
            ("Quist, Bo; Lind, Ann C; H", vec!["Quist, Bo", "Lind, Ann C", "H"]),
            ("Quist, Bo", vec!["Quist, Bo"]),
            ("Bo Quist, Ann Lind", vec!["Bo Quist", "Ann Lind"]),
            ("Quist, Bo Carl E", vec!["Quist, Bo Carl E"]),
            ("bo@q.example, ann@q.example", vec!["bo@q.example", "ann@q.example"]),
            (
                "\"Quist, Bo\" <bo@q.example>, Ann <a@q.example>",
                vec!["\"Quist, Bo\" <bo@q.example>", "Ann <a@q.example>"],
            ),
            ("Quist, Bo <bo@q.example>", vec!["Quist, Bo <bo@q.example>"]),
            ("Quist, Bo;\nLind, Ann", vec!["Quist, Bo", "Lind, Ann"]),
            (
                "'bo.quist           <bo.quist                 Lind, Ann C",
                vec!["'bo.quist <bo.quist", "Lind, Ann C"],
            ),
            ("Bo Quist     , Ann Lind", vec!["Bo Quist", "Ann Lind"]),
            ("", vec![]),
            ("  |  ", vec![]),
        ] {
            assert_eq!(texts(value), want, "{value}");
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        let one = |value: &str| split(value, true).remove(0);
        let person = one("Quist, Bo <QuistB©q.example >");
        assert_eq!(
            (person.name.as_str(), person.address.as_deref()),
            ("Quist, Bo", Some("QuistB@q.example"))
        );
        assert_eq!(person.account().as_str(), "email:quistb@q.example");
        let person = one("'bo@q.example'");
        assert_eq!((person.name.as_str(), person.address.as_deref()), ("", Some("bo@q.example")));
        let person = one("H [mailto:h@q.example]");
        assert_eq!((person.name.as_str(), person.account().as_str()), ("H", "email:h@q.example"));
        let person = one("Vi Jord [mailto:                I");
        assert_eq!((person.name.as_str(), person.cut), ("Vi Jord", true));
        assert_eq!(person.account().as_str(), "name:vi jord");
        let person = one("- Bo Quist");
        assert_eq!((person.name.as_str(), person.text.as_str()), ("Bo Quist", "- Bo Quist"));
        let person = one("'bo.quist");
        assert_eq!((person.account().as_str(), person.cut), ("name:bo.quist", true));
    }
}
