//! Rows of one chunk to numbers: names are gathered and go to the dictionary of all in one go.

use twox_hash::XxHash3_64;

use super::problem::{Fault, Problems};
use super::time::{self, Clock};
use crate::names::{Batch, Interner, SHARDS, content_of, shard_of};
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

/// Turns the cells of rows into numbers, chunk after chunk.
pub(crate) struct Encoder<'a> {
    objects_of_all: &'a Interner,
    accounts_of_all: &'a Interner,
    posts_of_all: Option<&'a Interner>,
    clock: Clock,
    objects: Batch,
    accounts: Batch,
    posts: Batch,
    chunk: u32,
    rows: Vec<Row>,
    texts: Vec<Text>,
    /// Rows and texts that have the numbers of the dictionaries of all.
    numbered: (usize, usize),
    pub(crate) problems: Problems,
    /// The row that is being read, from 0.
    at: u32,
    /// No cell of the chunk holds a line end.
    pub(crate) is_plain: bool,
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
            posts: Batch::default(),
            objects: Batch::default(),
            accounts: Batch::default(),
            chunk: 0,
            rows: Vec::new(),
            texts: Vec::new(),
            numbered: (0, 0),
            problems: Problems::default(),
            at: 0,
            is_plain: false,
        }
    }

    pub(crate) fn start(&mut self, chunk: u32, clock: Clock) {
        self.chunk = chunk;
        self.at = 0;
        self.clock = clock;
        self.is_plain = false;
    }

    /// Goes on to the next row.
    #[inline]
    pub(crate) fn next_row(&mut self) {
        self.at += 1;
        if self.objects.is_full() || self.accounts.is_full() || self.posts.is_full() {
            self.number();
        }
    }

    /// Hands the names at hand to the dictionaries of all, and gives rows the numbers from there.
    fn number(&mut self) {
        self.objects_of_all.add_all(&mut self.objects);
        self.accounts_of_all.add_all(&mut self.accounts);
        if let Some(posts) = self.posts_of_all {
            posts.add_all(&mut self.posts);
        }
        for row in &mut self.rows[self.numbered.0..] {
            row.object = self.objects.number(row.object);
            row.account = self.accounts.number(row.account);
        }
        for text in &mut self.texts[self.numbered.1..] {
            text.row.account = self.accounts.number(text.row.account);
        }
        self.numbered = (self.rows.len(), self.texts.len());
        self.objects.clear();
        self.accounts.clear();
        self.posts.clear();
    }

    /// Counts a fault of the row that is being read.
    pub(crate) fn fault(&mut self, fault: Fault, shown: &[u8]) {
        let row = u64::from(self.at) + 1;
        self.problems.add(fault, 0, row, || String::from_utf8_lossy(shown).into_owned());
    }

    /// Takes up who, when and in which post; `None` when the row cannot be used.
    #[inline(always)]
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
        let account = self.accounts.meet(0, account, first);
        let content = content.filter(|content| !content.is_empty());
        let has_content = content.is_some();
        let content = match content {
            Some(content) => {
                if self.posts_of_all.is_some() {
                    self.posts.meet(0, content, first);
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
        let torn = !self.is_plain && memchr::memchr(b'\n', id).is_some();
        if torn {
            self.fault(Fault::LineInId, id);
        }
        torn
    }

    /// Adds the share of an object. `is_origin`: the post is the object itself.
    #[inline(always)]
    pub(crate) fn share(&mut self, sharer: Sharer, kind: u8, object: &[u8], is_origin: bool) {
        if object.is_empty() {
            self.fault(Fault::EmptyId, b"no object");
            return;
        }
        if self.is_torn(object) {
            return;
        }
        let first = self.place();
        let object = self.objects.meet(kind, object, first);
        let row = self.row(sharer, object, is_origin);
        self.rows.push(row);
    }

    /// Adds a text whose near copies are wanted.
    pub(crate) fn text(&mut self, sharer: Sharer, text: String) {
        let row = self.row(sharer, u32::MAX, false);
        self.texts.push(Text { row, text });
    }

    #[inline(always)]
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
        self.number();
        let mut ends = vec![0_u32; SHARDS];
        for row in &self.rows {
            ends[shard_of(row.object)] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        let mut rows = vec![Row::BLANK; self.rows.len()];
        for row in &self.rows {
            let end = &mut ends[shard_of(row.object)];
            rows[*end as usize] = *row;
            *end += 1;
        }
        self.rows.clear();
        self.numbered = (0, 0);
        let texts = std::mem::take(&mut self.texts);
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
