//! Rows of one chunk to numbers: names to a dictionary of the chunk, then, in one go, to the
//! dictionary of all.

use hashbrown::HashTable;
use twox_hash::XxHash3_64;

use super::problem::{Fault, Problems};
use super::time::{self, Clock};
use crate::names::{Interner, SHARDS, content_of, hash_of, shard_of};
use crate::rows::{At, Row};

/// What one chunk gave: its rows by shard of their object.
#[derive(Debug)]
pub(crate) struct ChunkRows {
    pub(crate) chunk: u32,
    pub(crate) file: u32,
    /// Rows of data in the chunk, bad ones and those without an object included.
    pub(crate) n_rows: u64,
    /// With provisional numbers.
    pub(crate) rows: Vec<Row>,
    /// Where the rows of each shard end.
    pub(crate) ends: Vec<u32>,
    pub(crate) problems: Problems,
    /// Texts to be held against each other later, with the places in `near`.
    pub(crate) texts: Vec<Text>,
}

/// A text whose near copies are wanted.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// The row it stands in, with a provisional account and without an object.
    pub(crate) row: Row,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    kind: u8,
    start: u32,
    end: u32,
    first: u64,
}

/// A dictionary of one chunk, used again for the next.
#[derive(Default, Debug)]
struct Local {
    table: HashTable<u32>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    numbers: Vec<u32>,
}

impl Local {
    #[inline]
    fn number(&mut self, kind: u8, name: &[u8], first: u64) -> u32 {
        let hash = hash_of(kind, name);
        let same = |number: &u32| {
            let entry = &self.entries[*number as usize];
            entry.hash == hash
                && entry.kind == kind
                && &self.bytes[entry.start as usize..entry.end as usize] == name
        };
        if let Some(number) = self.table.find(hash, same) {
            return *number;
        }
        let number = self.entries.len() as u32;
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(name);
        self.entries.push(Entry { hash, kind, start, end: self.bytes.len() as u32, first });
        let entries = &self.entries;
        self.table.insert_unique(hash, number, |number| entries[*number as usize].hash);
        number
    }

    fn hand_over(&mut self, interner: &Interner) {
        let entries = &self.entries;
        let bytes = &self.bytes;
        let of = |at: usize| {
            let entry = &entries[at];
            let name = &bytes[entry.start as usize..entry.end as usize];
            (entry.hash, entry.kind, name, entry.first)
        };
        interner.add_all(of, entries.len(), &mut self.numbers);
    }

    fn clear(&mut self) {
        self.table.clear();
        self.entries.clear();
        self.bytes.clear();
    }
}

/// Turns the cells of rows into numbers, chunk after chunk.
pub(crate) struct Encoder<'a> {
    objects_of_all: &'a Interner,
    accounts_of_all: &'a Interner,
    posts_of_all: Option<&'a Interner>,
    clock: Clock,
    objects: Local,
    accounts: Local,
    posts: Local,
    chunk: u32,
    rows: Vec<Row>,
    texts: Vec<Text>,
    pub(crate) problems: Problems,
    /// The row that is being read, from 0.
    at: u32,
}

/// Who, when and in which post, of one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sharer {
    account: u32,
    micros: i64,
    content: u64,
    has_content: bool,
}

impl<'a> Encoder<'a> {
    /// `posts` where ids of posts are to be kept.
    pub(crate) fn new(
        objects: &'a Interner,
        accounts: &'a Interner,
        posts: Option<&'a Interner>,
    ) -> Self {
        Self {
            objects_of_all: objects,
            accounts_of_all: accounts,
            posts_of_all: posts,
            clock: Clock::default(),
            posts: Local::default(),
            objects: Local::default(),
            accounts: Local::default(),
            chunk: 0,
            rows: Vec::new(),
            texts: Vec::new(),
            problems: Problems::default(),
            at: 0,
        }
    }

    pub(crate) fn start(&mut self, chunk: u32, clock: Clock) {
        self.chunk = chunk;
        self.at = 0;
        self.clock = clock;
    }

    /// Goes on to the next row.
    #[inline]
    pub(crate) fn next_row(&mut self) {
        self.at += 1;
    }

    /// Counts a fault of the row that is being read.
    pub(crate) fn fault(&mut self, fault: Fault, shown: &[u8]) {
        let row = u64::from(self.at) + 1;
        self.problems.add(fault, 0, row, || String::from_utf8_lossy(shown).into_owned());
    }

    /// Takes up who, when and in which post; `None` when the row cannot be used.
    #[inline]
    pub(crate) fn sharer(
        &mut self,
        account: &[u8],
        time: &[u8],
        content: Option<&[u8]>,
    ) -> Option<Sharer> {
        if account.is_empty() {
            self.fault(Fault::EmptyId, b"no account");
            return None;
        }
        let micros = match time::quick(time, self.clock.keeps_negative) {
            Some((micros, false)) => micros,
            Some((micros, true)) => {
                self.fault(Fault::OtherUnit, time);
                micros
            }
            None => self.slow_time(time)?,
        };
        if self.is_torn(account) {
            return None;
        }
        let first = self.place();
        let account = self.accounts.number(0, account, first);
        let content = content.filter(|content| !content.is_empty());
        let has_content = content.is_some();
        let content = match content {
            Some(content) => {
                if self.posts_of_all.is_some() {
                    self.posts.number(0, content, first);
                }
                content_of(content)
            }
            // A number of its own: the place, mixed.
            None => XxHash3_64::oneshot_with_seed(1, &first.to_le_bytes()),
        };
        Some(Sharer { account, micros, content, has_content })
    }

    #[cold]
    fn slow_time(&mut self, time: &[u8]) -> Option<i64> {
        let text = String::from_utf8_lossy(time);
        match time::slow(&text, &self.clock) {
            Ok((micros, doubt)) => {
                if let Some(doubt) = doubt {
                    self.fault(doubt, time);
                }
                Some(micros)
            }
            Err((fault, why)) => {
                let shown =
                    if why.is_empty() { text.into_owned() } else { format!("{text}: {why}") };
                self.fault(fault, shown.as_bytes());
                None
            }
        }
    }

    /// A line end inside an id.
    #[inline]
    fn is_torn(&mut self, id: &[u8]) -> bool {
        let torn = memchr::memchr(b'\n', id).is_some();
        if torn {
            self.fault(Fault::LineInId, id);
        }
        torn
    }

    /// Adds the share of an object. `is_origin`: the post is the object itself.
    #[inline]
    pub(crate) fn share(&mut self, sharer: Sharer, kind: u8, object: &[u8], is_origin: bool) {
        if object.is_empty() {
            self.fault(Fault::EmptyId, b"no object");
            return;
        }
        if self.is_torn(object) {
            return;
        }
        let first = self.place();
        let object = self.objects.number(kind, object, first);
        let row = self.row(sharer, object, is_origin);
        self.rows.push(row);
    }

    /// Adds a text whose near copies are wanted.
    pub(crate) fn text(&mut self, sharer: Sharer, text: String) {
        let row = self.row(sharer, u32::MAX, false);
        self.texts.push(Text { row, text });
    }

    fn row(&self, sharer: Sharer, object: u32, is_origin: bool) -> Row {
        Row {
            object,
            account: sharer.account,
            micros: sharer.micros,
            content: sharer.content,
            at: At::new(self.chunk, self.at, is_origin, sharer.has_content),
        }
    }

    fn place(&self) -> u64 {
        u64::from(self.chunk) << 32 | u64::from(self.at)
    }

    /// Ends the chunk.
    pub(crate) fn finish(&mut self, file: u32) -> ChunkRows {
        self.objects.hand_over(self.objects_of_all);
        self.accounts.hand_over(self.accounts_of_all);
        if let Some(posts) = self.posts_of_all {
            self.posts.hand_over(posts);
            self.posts.clear();
        }
        let mut ends = vec![0_u32; SHARDS];
        for row in &self.rows {
            ends[shard_of(self.objects.numbers[row.object as usize])] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        let mut rows = vec![Row::BLANK; self.rows.len()];
        for row in &self.rows {
            let object = self.objects.numbers[row.object as usize];
            let account = self.accounts.numbers[row.account as usize];
            let end = &mut ends[shard_of(object)];
            rows[*end as usize] = Row { object, account, ..*row };
            *end += 1;
        }
        let mut texts = std::mem::take(&mut self.texts);
        for text in &mut texts {
            text.row.account = self.accounts.numbers[text.row.account as usize];
        }
        self.rows.clear();
        self.objects.clear();
        self.accounts.clear();
        ChunkRows {
            chunk: self.chunk,
            file,
            n_rows: u64::from(self.at),
            rows,
            ends,
            problems: std::mem::take(&mut self.problems),
            texts,
        }
    }
}
