//! Finding values in JSON without reading it: where each begins and ends, to the byte.
//!
//! Archives are lists of millions of values, sometimes cut off in the middle. A [`Scanner`] steps
//! over values by brackets and quotes alone, in memory bounded by the largest value it is asked
//! to keep, so that everything before the damage is read and each value can be cut out again
//! exactly as it stands.

mod repair;
mod scanner;

use std::io::{self, Read};
use std::ops::Range;

pub(crate) use repair::parse;
pub(crate) use scanner::{Fault, Scanner};

/// Where the value that `pointer` (RFC 6901) names lies in `bytes`.
pub(crate) fn find(bytes: &[u8], pointer: &str) -> Option<Range<usize>> {
    let mut scanner = Scanner::new(bytes);
    let found = locate(&mut scanner, pointer).ok().flatten()?;
    Some(found.0 as usize..found.1 as usize)
}

/// The exact bytes of the value that `pointer` names, after an assignment if there is one.
pub(crate) fn select(reader: &mut dyn Read, pointer: &str) -> io::Result<Option<Vec<u8>>> {
    let mut scanner = Scanner::new(reader);
    let found = scanner.enter_list_file().and_then(|()| locate(&mut scanner, pointer));
    match found {
        Ok(found) => Ok(found.map(|_| scanner.kept().to_vec())),
        Err(Fault::Read(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Steps to the value and over it, keeping it.
fn locate<R: Read>(scanner: &mut Scanner<R>, pointer: &str) -> Result<Option<(u64, u64)>, Fault> {
    let steps: Vec<String> = match pointer.strip_prefix('/') {
        Some(rest) => {
            rest.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
        }
        None if pointer.is_empty() => Vec::new(),
        None => return Ok(None),
    };
    for step in steps {
        let found = match scanner.peek()? {
            Some(b'[') => {
                let Ok(place) = step.parse::<u64>() else { return Ok(None) };
                scanner.element(place)?
            }
            Some(b'{') => scanner.member(&step)?,
            _ => false,
        };
        if !found {
            return Ok(None);
        }
    }
    if scanner.peek()?.is_none() {
        return Ok(None);
    }
    let start = scanner.keep();
    scanner.skip_value()?;
    Ok(Some((start, scanner.offset())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_to_the_byte() {
        let text = br#" {"a" : [1, "x]\"", {"b/c":  {"d": null} } ], "e": 5} "#;
        let cut = |pointer| find(text, pointer).map(|range| &text[range]);
        assert_eq!(cut("/a/1").unwrap(), br#""x]\"""#);
        assert_eq!(cut("/a/2/b~1c").unwrap(), br#"{"d": null}"#);
        assert_eq!(cut("/a/2/b~1c/d").unwrap(), b"null");
        assert_eq!(cut("/e").unwrap(), b"5");
        for missing in ["/f", "/a/3", "/a/x", "/e/0", "a"] {
            assert_eq!(cut(missing), None, "{missing}");
        }
    }

    #[test]
    fn assignments_are_stepped_over_and_never_run() {
        let text = b"window.YTD.tweets.part0 = [ {\"a\" : 1}, {\"a\" : [2]} ]";
        assert_eq!(select(&mut &text[..], "/1/a").unwrap().unwrap(), b"[2]");
        assert_eq!(select(&mut &b"[7]"[..], "/0").unwrap().unwrap(), b"7");
        assert_eq!(select(&mut &b"\xEF\xBB\xBF[7]"[..], "/0").unwrap().unwrap(), b"7");
        assert_eq!(select(&mut &text[..20], "/1/a").unwrap(), None);
        assert_eq!(select(&mut &b"nothing"[..], "/0").unwrap(), None);
    }
}
