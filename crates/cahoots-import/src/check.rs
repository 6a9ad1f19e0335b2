//! Checks that every importer must pass on any bytes whatever: the contract, tried.
//!
//! Used by tests and by the fuzz targets in `fuzz/`. Each function panics when a promise is
//! broken and returns quietly otherwise.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use cahoots_record::{Item, Selector, Sha256};

use crate::importer::{Batch, Chunk, ChunkSink, ImportError, Importer, Options, Probe};
use crate::tree::nested::{Visitor, Walk};
use crate::tree::{Limits, Log, Member, MemoryTree, Region, SingleFile, Spool, Tree};

/// Starts a file in a bundle: `=== PATH` on a line of its own.
const MARK: &str = "=== ";

/// Runs the importer called `name` over `bytes` as its only input: recognise, split, parse, and
/// back from every item to its bytes. A folder importer gets a folder, written as a bundle (see
/// [`bundle`]). Returns quietly when there is no such importer.
pub fn exercise(name: &str, bytes: &[u8]) {
    exercise_with(crate::importers(), name, bytes);
}

pub(crate) fn exercise_with(importers: &[&'static dyn Importer], name: &str, bytes: &[u8]) {
    // Fuzz targets are named as Rust writes names.
    let name = name.replace('_', "-");
    let Some(importer) = importers.iter().find(|importer| importer.format().name == name) else {
        return;
    };
    let tree = if importer.format().folder {
        let tree = MemoryTree::new(bundle(bytes));
        let paths: Vec<String> = tree.members().iter().map(|member| member.path.clone()).collect();
        let _ = importer.recognize(Probe::Folder { paths: &paths });
        tree
    } else {
        let head = &bytes[..bytes.len().min(64 * 1024)];
        let complete = head.len() == bytes.len();
        let _ = importer.recognize(Probe::File { path: "fuzz", head, complete });
        MemoryTree::new([(String::new(), bytes.to_vec())])
    };
    run(*importer, &tree);
}

/// Splits and parses everything in `tree` with `importer`, and holds it to the contract. Returns
/// what came out, in order.
pub fn run(importer: &dyn Importer, tree: &dyn Tree) -> Vec<Batch> {
    let members: Vec<usize> = (0..tree.members().len()).collect();
    let options = Options::default();
    let mut sink = Kept::default();
    // An archive that does not fit the format at all is an answer, not a broken promise.
    let _ = importer.split(tree, &members, &options, &mut sink);
    let mut batches = sink.batches;
    for chunk in &sink.chunks {
        let batch = importer.parse(chunk, &options);
        let again = importer.parse(chunk, &options);
        assert!(batch.items == again.items, "parsing a chunk twice gives other items");
        assert!(batch.issues == again.issues, "parsing a chunk twice gives other issues");
        batches.push(batch);
    }
    for batch in &batches {
        let balance = batch.balance;
        assert!(balance.holds(), "the balance does not hold: {balance:?}");
        assert!(
            balance.skipped + balance.damaged == 0 || !batch.issues.is_empty(),
            "entries were skipped or damaged without an issue: {balance:?}"
        );
        for item in &batch.items {
            goes_back(importer, tree, item);
        }
    }
    batches
}

/// The bytes that an item's locator selects must have the hash that the item states.
fn goes_back(importer: &dyn Importer, tree: &dyn Tree, item: &Item) {
    let locator = &item.locator;
    let place = tree.members().iter().position(|member| member.path == locator.member);
    let reader = place.and_then(|place| tree.open(place).ok());
    assert!(reader.is_some(), "an item's locator names no member: {locator}");
    let Some(mut reader) = reader else { return };
    let bytes = importer.select(&mut *reader, locator).ok().flatten();
    assert!(bytes.is_some(), "an item's locator selects nothing: {locator}");
    let Some(bytes) = bytes else { return };
    assert!(Sha256::of(&bytes) == item.raw_sha256, "other bytes than the item's: {locator}");
    if let (Selector::Bytes { start, end }, None) = (&locator.selector, &locator.part) {
        assert!(bytes.len() as u64 == end - start, "not the range's length: {locator}");
    }
}

/// Files written one after another in one text: each starts with a line `=== PATH`. What stands
/// before the first such line is a file called `input`.
pub fn bundle(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("input".to_owned(), Vec::new())];
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_prefix(MARK.as_bytes()) {
            Some(path) => {
                files.push((crate::tree::escape(path.trim_ascii_end()), Vec::new()));
            }
            None => files.iter_mut().rev().take(1).for_each(|file| file.1.extend_from_slice(line)),
        }
    }
    files.retain(|(path, bytes)| path != "input" || !bytes.is_empty());
    files
}

/// Walks `bytes` as a container of any kind and reads everything in it, with small limits: it
/// must end soon, in bounded memory, and account for each member.
pub fn containers(bytes: &[u8]) {
    let limits = Limits {
        ratio_free: 64 << 10,
        member_bytes: 256 << 10,
        total_bytes: 8 << 20,
        members: 1000,
        spool_memory_total: u64::MAX,
        spool_in_memory: u64::MAX,
        ..Limits::default()
    };
    let _ = read_all(bytes, &limits);
}

/// What each member of a container gave: path, bytes, and the code of the issue if reading it
/// ended in an error.
pub(crate) type Contents = Vec<(String, Vec<u8>, Option<String>)>;

/// Walks `bytes` and reads every member.
pub(crate) fn read_all(bytes: &[u8], limits: &Limits) -> Option<(Contents, Log)> {
    struct All;
    impl Visitor for All {
        fn level(&mut self, _: &[Member]) -> Vec<Option<usize>> {
            Vec::new()
        }
        fn grouped(&mut self, _: usize, _: usize) {}
        fn file(&mut self, _: usize, _: &str, _: &[u8], _: bool) -> bool {
            true
        }
    }
    let root = Arc::new(SingleFile::of(Region::of_bytes(bytes), None));
    let spool = Spool::new(PathBuf::new(), limits);
    let walked = Walk::run(root, "input", limits, spool, Log::default(), &mut All);
    let (tree, log) = walked.ok()?;
    let lost = log.issues.len() as u64;
    assert!(log.skipped == 0 || lost > 0, "{} members left out without an issue", log.skipped);
    let mut contents = Vec::new();
    for (index, member) in tree.members().iter().enumerate() {
        let mut content = Vec::new();
        let read = tree.open(index).and_then(|mut reader| {
            let most = limits.member_bytes.saturating_add(1);
            reader.by_ref().take(most).read_to_end(&mut content)
        });
        assert!(content.len() as u64 <= limits.member_bytes, "{} is too long", member.path);
        let code = read
            .err()
            .map(|error| crate::tree::read_issue(&member.path, content.len() as u64, &error).code);
        if let (Some(size), None) = (member.size, &code) {
            assert!(content.len() as u64 == size, "{} is not of its stated size", member.path);
        }
        if let (Some(region), None) = (tree.region(index), &code) {
            let whole = region.read_at(0, u64::MAX).unwrap_or_default();
            assert!(whole == content, "{} reads otherwise by its region", member.path);
        }
        contents.push((member.path.clone(), content, code));
    }
    Some((contents, log))
}

/// Keeps what `split` gives.
#[derive(Default)]
struct Kept {
    chunks: Vec<Chunk>,
    batches: Vec<Batch>,
}

impl ChunkSink for Kept {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.chunks.push(chunk);
        Ok(())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.batches.push(batch);
        Ok(())
    }
}
