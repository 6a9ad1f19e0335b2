//! Names of members as text: reversible, one line, and without a stray `!`.

use std::collections::HashSet;
use std::fmt::Write;

/// A name given as bytes, as text. Bytes that are not UTF-8, control characters and `!` (which
/// steps into containers) become `%XX`; a `%` becomes `%25` only where two hexadecimal digits
/// follow it, so that ordinary names stay as they are. [`unescape`] gives the bytes back.
pub fn escape(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    let mut at = 0;
    for chunk in name.utf8_chunks() {
        for (offset, c) in chunk.valid().char_indices() {
            let next = at + offset + 1;
            let escaped = c.is_control() || c == '!' || (c == '%' && is_code(&name[next..]));
            if escaped {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|byte| push_code(&mut text, byte));
            } else {
                text.push(c);
            }
        }
        chunk.invalid().iter().for_each(|byte| push_code(&mut text, *byte));
        at += chunk.valid().len() + chunk.invalid().len();
    }
    text
}

/// The bytes of a name that [`escape`] made.
pub fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut name = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte == b'%' && is_code(&bytes[at + 1..]) {
            let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
            name.push(digit(bytes[at + 1]) * 16 + digit(bytes[at + 2]));
            at += 3;
        } else {
            name.push(*byte);
            at += 1;
        }
    }
    name
}

fn is_code(rest: &[u8]) -> bool {
    rest.len() >= 2 && rest[..2].iter().all(u8::is_ascii_hexdigit)
}

fn push_code(text: &mut String, byte: u8) {
    // Writing to a String cannot fail.
    let _ = write!(text, "%{byte:02X}");
}

/// The label of a container's member: escaped, without a leading `./`, never empty.
pub(crate) fn label(name: &[u8]) -> String {
    let mut rest = name;
    while let Some(after) = rest.strip_prefix(b"./") {
        rest = after;
    }
    if rest.is_empty() { "(no name)".to_owned() } else { escape(rest) }
}

/// Gives every later copy of a path a suffix `~2`, `~3` …, in the order of `paths`, and returns
/// which were changed. A container may hold one name twice; a locator must mean one of them.
pub(crate) fn make_unique(paths: &mut [&mut String]) -> Vec<usize> {
    let mut seen: HashSet<String> = HashSet::with_capacity(paths.len());
    let repeated: Vec<usize> = paths
        .iter()
        .enumerate()
        .filter(|(_, path)| !seen.insert((**path).clone()))
        .map(|(index, _)| index)
        .collect();
    let mut copies = std::collections::HashMap::<String, u64>::new();
    for index in &repeated {
        let first = paths[*index].clone();
        let copy = copies.entry(first.clone()).or_insert(1);
        loop {
            *copy += 1;
            let path = format!("{first}~{copy}");
            if seen.insert(path.clone()) {
                *paths[*index] = path;
                break;
            }
        }
    }
    repeated
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ordinary_names_stay_and_odd_ones_are_one_line_of_text() {
        assert_eq!(escape("Jörg/100%.txt".as_bytes()), "Jörg/100%.txt");
        assert_eq!(escape(b"a\xffb\n!%41"), "a%FFb%0A%21%2541");
        assert_eq!(label(b"././a"), "a");
        assert_eq!(label(b"./"), "(no name)");
        assert_eq!(label(b"../../etc/passwd"), "../../etc/passwd");
    }

    #[test]
    fn copies_of_a_name_get_their_own() {
        let mut names = ["a", "a~2", "a", "b", "a"].map(str::to_owned);
        let mut borrowed: Vec<&mut String> = names.iter_mut().collect();
        assert_eq!(make_unique(&mut borrowed), [2, 4]);
        assert_eq!(names, ["a", "a~2", "a~3", "b", "a~4"]);
    }

    proptest! {
        #[test]
        fn escaping_is_reversible(name in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(unescape(&escape(&name)), name);
        }

        #[test]
        fn escaping_is_reversible_near_percent_signs(name in "[%0-9aF!\u{e9}]{0,12}") {
            prop_assert_eq!(unescape(&escape(name.as_bytes())), name.as_bytes());
        }
    }
}
