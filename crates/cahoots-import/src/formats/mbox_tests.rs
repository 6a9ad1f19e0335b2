//! Tests of the mbox boundary rule and the splitter.

use super::*;

/// Hands out its bytes in small reads, as a decompressor may.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(self.1).min(self.0.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

#[derive(Default)]
struct Chunks {
    list: Vec<Chunk>,
    batches: Vec<Batch>,
}

impl ChunkSink for Chunks {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.list.push(chunk);
        Ok(())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.batches.push(batch);
        Ok(())
    }
}

fn split(reader: impl Read) -> Chunks {
    let mut chunks = Chunks::default();
    Splitter::new(reader, Arc::from("m"), None).run(&mut chunks).unwrap();
    chunks
}

/// The byte ranges of messages and what precedes them, in order.
fn ranges(text: &[u8]) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    for chunk in split(Drip(text, 7_001)).list {
        let batch = Mbox.parse(&chunk, &Options::default());
        assert!(batch.balance.holds());
        for locator in batch
            .items
            .iter()
            .map(|item| &item.locator)
            .filter(|locator| locator.part.is_none())
            .chain(batch.issues.iter().filter(|i| i.code == "leading-bytes").map(|i| &i.locator))
        {
            if let Selector::Bytes { start, end } = locator.selector {
                found.push((start, end));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Asserts where messages begin, and that ranges tile the file.
fn check(text: &str, starts: &[&str]) {
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let found = ranges(text.as_bytes());
        let mut at = 0;
        for (start, end) in &found {
            assert_eq!(*start, at, "{text}");
            at = *end;
        }
        assert_eq!(at, text.len() as u64);
        assert_eq!(found.len(), starts.len(), "{found:?}");
        for ((start, _), expected) in found.iter().zip(starts) {
            assert!(text[*start as usize..].replace('\r', "").starts_with(expected), "{expected}");
        }
    }
}

#[test]
fn what_is_a_boundary_and_what_is_not() {
    let yes = |line: &str| {
        let text = format!("{line}\nSubject: x\n");
        assert_eq!(boundary(text.as_bytes(), 0, true), Verdict::Yes, "{line}");
    };
    yes("From ann@example.org Mon Mar  2 10:00:00 1998");
    yes("From - Mon Mar 02 10:00:00 1998");
    yes("From ann at example.org  Mon Mar  2 10:00:00 1998");
    yes("From hub!ann Mon Mar  2 10:00 EST 1998 remote from relay");
    yes("From 1500@xxx Thu Jan 05 10:00:00 +0000 2017");
    yes("From ann@example.org Mon, 2 Mar 1998 10:00:00 +0100");
    let no = |text: &str| assert_eq!(boundary(text.as_bytes(), 0, true), Verdict::No, "{text}");
    no("From ann@example.org Mon Mar  2 10:00:00 1998\n\nSubject: x\n");
    no("From ann@example.org Mon Mar  2 10:00:00 1998\nno field here\n");
    no("From ann@example.org Mon Mar  2 10:00:00 1998\nhttp://example.org/\n");
    no("From here on, see note:\nNote: none\n");
    no("From ann Mon Mar  2 1998\nSubject: x\n");
    no("From: ann@example.org\nSubject: Mar 10:00 1998\n");
    let folded = "From ann@example.org Mon Mar  2 10:00:00 1998\n>From relay\nSubject: x\n";
    assert_eq!(boundary(folded.as_bytes(), 0, true), Verdict::Yes);
}

const A: &str = "From a@example.org Mon Mar  2 10:00:00 1998\nSubject: a\n\none\n";
const B: &str = "From b@example.org Mon Mar  2 10:00:00 1998\nSubject: b\n\ntwo\n";

#[test]
fn messages_tile_the_file() {
    check(&format!("{A}\n{B}\n"), &["From a", "From b"]);
    // No empty line before the boundary.
    check(&format!("{A}{B}{A}"), &["From a", "From b", "From a"]);
    check(A, &["From a"]);
    check("", &[]);
    // A quoted and an unquoted line in a body.
    let body = ">From me on Mon Mar  2 10:00:00 1998\nX: y\n\nFrom here on\nX: y\n";
    check(&format!("{A}{body}{B}"), &["From a", "From b"]);
}

#[test]
fn leading_bytes_are_accounted_for() {
    check(&format!("\n\n{A}"), &["\n", "From a"]);
    check(&format!("junk\n{A}"), &["junk", "From a"]);
    check(&format!("Subject: torn\n\nrest\n{A}"), &["Subject: torn", "From a"]);
    let parse = |text: &str| {
        let chunks = split(text.as_bytes()).list;
        Mbox.parse(&chunks[0], &Options::default())
    };
    let torn = parse(&format!("Subject: torn\n\nrest\n{A}"));
    assert_eq!((torn.items.len(), torn.balance.damaged), (1, 1));
    let junk = parse(&format!("junk\n{A}"));
    assert_eq!((junk.items.len(), junk.balance.skipped), (0, 1));
    assert_eq!(junk.issues[0].severity, Severity::Lost);
}

#[test]
fn content_length_counts_only_where_it_lands() {
    let body = "x\nFrom b@example.org Mon Mar  2 10:00:00 1998\nSubject: inner\n\ny\n";
    let with = |length: usize| {
        format!(
            "From a@example.org Mon Mar  2 10:00:00 1998\nContent-Length: {length}\n\n{body}\n{B}"
        )
    };
    let found = ranges(with(body.len()).as_bytes());
    assert_eq!(found.len(), 2);
    assert_eq!(ranges(with(body.len() + 3).as_bytes()).len(), 3);
    assert_eq!(ranges(with(999_999).as_bytes()).len(), 3);
    let chunks = split(Drip(with(body.len()).as_bytes(), 10)).list;
    let batch = Mbox.parse(&chunks[0], &Options::default());
    assert!(batch.issues.iter().any(|issue| issue.code == "from-line-in-body"));
}

#[test]
fn chunks_are_cut_at_boundaries_and_do_not_depend_on_reads() {
    let mut text = String::new();
    while text.len() < 5 * 1024 * 1024 {
        text.push_str(A);
        text.push_str(&"lorem ipsum dolor\n".repeat(text.len() % 900));
    }
    let cuts = |reads: usize| {
        let chunks = split(Drip(text.as_bytes(), reads)).list;
        chunks.iter().map(|chunk| (chunk.offset, chunk.data.len())).collect::<Vec<_>>()
    };
    let found = cuts(usize::MAX);
    assert!(found.len() > 2);
    assert_eq!(found, cuts(65_537));
    for (offset, length) in &found {
        assert!(text[*offset as usize..].starts_with("From a"));
        assert!(*length < CHUNK + 40_000);
    }
}

#[test]
fn a_huge_message_is_cut_and_the_next_one_is_read() {
    let mut text = A.as_bytes().to_vec();
    text.extend_from_slice(b"From big@example.org Mon Mar  2 10:00:00 1998\nSubject: big\n\n");
    let big = text.len() - 60;
    text.resize(text.len() + MAX_MESSAGE + 3_000_000, b'x');
    text.push(b'\n');
    let end = text.len();
    text.extend_from_slice(B.as_bytes());
    let start = A.len();
    assert!(big >= start);
    let chunks = split(&text[..]).list;
    assert_eq!(chunks.len(), 3);
    assert_eq!(chunks[1].data.len(), MAX_MESSAGE);
    let batch = Mbox.parse(&chunks[1], &Options::default());
    let item = &batch.items[0];
    let expected = Selector::Bytes { start: start as u64, end: end as u64 };
    assert_eq!(item.locator.selector, expected);
    assert_eq!(item.raw_sha256, Sha256::of(&text[start..end]));
    assert!(item.flags.cut && batch.issues.iter().any(|issue| issue.code == "too-large"));
    let last = Mbox.parse(&chunks[2], &Options::default());
    assert_eq!(last.items[0].subject.as_deref(), Some("b"));
    let selected = Mbox.select(&mut &text[..], &item.locator).unwrap().unwrap();
    assert_eq!(Sha256::of(&selected), item.raw_sha256);
}

#[test]
fn a_boundary_at_the_edge_of_what_is_kept_is_seen() {
    for slack in [0usize, 1, 2, 6, LOOKAHEAD, LOOKAHEAD + 9] {
        let mut text = A.as_bytes().to_vec();
        text.resize(MAX_MESSAGE + slack, b'x');
        text.push(b'\n');
        let at = text.len() as u64;
        text.extend_from_slice(B.as_bytes());
        let chunks = split(&text[..]).list;
        assert_eq!(chunks.len(), 2, "{slack}");
        assert_eq!(chunks[1].offset, at);
    }
}

#[test]
fn a_reader_that_fails_half_way_loses_nothing_before() {
    struct Broken<'a>(&'a [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::new(io::ErrorKind::InvalidData, "too large")),
                read => Ok(read),
            }
        }
    }
    let text = format!("{A}{B}");
    let chunks = split(Broken(text.as_bytes()));
    assert_eq!(Mbox.parse(&chunks.list[0], &Options::default()).items.len(), 2);
    assert_eq!(chunks.batches[0].balance.skipped, 1);
    assert_eq!(chunks.batches[0].issues[0].code, "unreadable");
}
