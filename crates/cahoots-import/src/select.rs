//! Cutting the selected bytes out of a member again.

use std::io::{self, BufRead, BufReader, Read};

use cahoots_record::Selector;

/// The bytes for `Whole`, `Bytes` and `Lines`; `Ok(None)` for other selectors and for places
/// beyond the end.
pub fn plain(member: &mut dyn Read, selector: &Selector) -> io::Result<Option<Vec<u8>>> {
    match selector {
        Selector::Whole => {
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        }
        Selector::Bytes { start, end } => {
            let Some(length) = end.checked_sub(*start) else { return Ok(None) };
            if io::copy(&mut member.take(*start), &mut io::sink())? < *start {
                return Ok(None);
            }
            let mut bytes = Vec::new();
            member.take(length).read_to_end(&mut bytes)?;
            Ok((bytes.len() as u64 == length).then_some(bytes))
        }
        Selector::Lines { first, last } => lines(member, *first, *last),
        Selector::Row(_) | Selector::Pointer(_) => Ok(None),
    }
}

fn lines(member: &mut dyn Read, first: u64, last: u64) -> io::Result<Option<Vec<u8>>> {
    let mut reader = BufReader::new(member);
    let mut bytes = Vec::new();
    for number in 1..=last {
        let before = bytes.len();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        if number < first {
            bytes.truncate(before);
        }
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_lines_are_cut_exactly() {
        let text = b"one\ntwo\nthree";
        let cut = |selector| plain(&mut &text[..], &selector).unwrap();
        assert_eq!(cut(Selector::Bytes { start: 4, end: 7 }).unwrap(), b"two");
        assert_eq!(cut(Selector::Lines { first: 2, last: 3 }).unwrap(), b"two\nthree");
        assert_eq!(cut(Selector::Lines { first: 4, last: 4 }), None);
        assert_eq!(cut(Selector::Bytes { start: 10, end: 99 }), None);
        assert_eq!(cut(Selector::Bytes { start: 9, end: 2 }), None);
        assert_eq!(cut(Selector::Whole).unwrap(), text);
    }
}
