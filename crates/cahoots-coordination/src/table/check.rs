//! A check that any bytes must pass as a table of shares. Used by tests and by the fuzz target;
//! panics when a promise is broken and returns quietly otherwise.

use std::io::Write;

use super::{Reading, read};
use crate::{Compat, Question, network};

/// Reads the bytes as a file on one thread and on three, by all rules: no panic, every row of data
/// accounted for, the same shares and the same network.
pub fn exercise(bytes: &[u8]) {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).and_then(|()| file.flush()).is_err() {
        return;
    }
    let paths = [file.path().to_owned()];
    for compat in [None, Some(Compat::CooRTweet), Some(Compat::Cnt)] {
        let with = |threads| Reading { threads, compat, keeps_posts: true, ..Reading::default() };
        let (one, three) = (read(&paths, &with(1)), read(&paths, &with(3)));
        assert_eq!(one.is_ok(), three.is_ok(), "threads decide whether it can be read");
        let (one, three) = match (one, three) {
            (Ok(one), Ok(three)) => (one, three),
            (one, three) => {
                let words = |error: Option<crate::TableError>| error.map(|it| it.to_string());
                assert_eq!(words(one.err()), words(three.err()), "threads change the error");
                continue;
            }
        };
        assert_eq!(one.problems, three.problems, "threads change the problems");
        assert_eq!((one.n, &one.files), (three.n, &three.files), "threads change the counts");
        let lost: u64 =
            one.problems.iter().filter(|(fault, _)| fault.is_lost()).map(|(_, it)| it.n).sum();
        let rows: u64 = one.files.iter().map(|file| file.rows).sum();
        // A row of posts may hold several objects or none; a row of shares holds one.
        if one.kinds() == [crate::Kind::Object] {
            assert_eq!(one.n + lost, rows, "a row is neither read nor said to be lost");
        }
        let sorted = (one.sorted().ok(), three.sorted().ok());
        assert_eq!(sorted.0, sorted.1, "threads change the shares");
        let asked = |threads| Question { compat, threads, ..Question::default() };
        let found = (network(&one, &asked(1)).ok(), network(&three, &asked(3)).ok());
        assert_eq!(found.0, found.1, "threads change the network");
    }
}
