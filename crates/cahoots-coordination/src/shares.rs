//! Every share of an input, by object and time; names, problems and places beside them.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::kind::Kind;
use crate::names::{Batch, Interner, Names, SHARDS, content_of, hash_of, place_of, shard_of};
use crate::row_runs::{self, Merged};
use crate::rows::{At, Row};
use crate::share::{AccountNo, ObjectNo, Share};
use crate::spill::{Budget, Run, SpillError};
use crate::table::{Fault, FileFacts, Problems, Reading};
use crate::threads::{both, on_threads};

/// Rows of one chunk by shard, with provisional numbers.
#[derive(Debug)]
struct Chunk {
    number: u32,
    rows: Vec<Row>,
    ends: Vec<u32>,
}

impl Chunk {
    fn shard(&self, shard: usize) -> &[Row] {
        let start = shard.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rows[start as usize..self.ends[shard] as usize]
    }
}

/// Rows as they come from the threads that read: in memory, or in runs once there are too many.
#[derive(Debug)]
pub(crate) struct Parts {
    budget: Budget,
    held: Mutex<Vec<Chunk>>,
    runs: Mutex<Vec<Run>>,
}

impl Parts {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self { budget: budget.clone(), held: Mutex::default(), runs: Mutex::default() }
    }

    /// Takes rows over. `names` says how many bytes the dictionaries hold.
    pub(crate) fn hold(
        &self,
        chunk: u32,
        rows: Vec<Row>,
        ends: Vec<u32>,
        names: impl FnOnce() -> u64,
    ) -> Result<(), SpillError> {
        let full = {
            let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            held.push(Chunk { number: chunk, rows, ends });
            let size: usize = held.iter().map(|chunk| chunk.rows.len() * size_of::<Row>()).sum();
            let limit = self.budget.part(4);
            if (size as u64) < limit { None } else { Some(std::mem::take(&mut *held)) }
        };
        let Some(chunks) = full else { return Ok(()) };
        let (needed, given) = (names(), self.budget.part(1));
        if needed > given / 2 {
            return Err(SpillError::Names { needed, given });
        }
        let run = row_runs::write(&self.budget, |shard| {
            chunks.iter().flat_map(|chunk| chunk.shard(shard)).copied().collect()
        })?;
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        Ok(())
    }
}

/// Where the rows are.
#[derive(Debug)]
enum Store {
    /// By shard, in the order of the sweep.
    Held(Vec<Vec<Row>>),
    /// In runs, and what did not fill one, with provisional numbers.
    Spilled(row_runs::Runs),
}

/// Every share of an input.
#[derive(Debug)]
pub struct Shares {
    /// Names of accounts.
    pub accounts: Names,
    /// Names of objects.
    pub objects: Names,
    /// The files that were read.
    pub files: Vec<FileFacts>,
    /// What was wrong with rows.
    pub problems: Problems,
    /// How many shares each account made, by number.
    pub of_account: Vec<u32>,
    /// How many shares each object got, by number.
    pub of_object: Vec<u32>,
    /// How many shares there are.
    pub n: u64,
    /// The first and the last time of any share, in microseconds.
    pub span: Option<(i64, i64)>,
    /// Bytes that were spilled while reading.
    pub spilled: u64,
    /// Names of posts, where they were kept, and the number of each hash.
    posts: Names,
    post_of: FxHashMap<u64, u32>,
    places: Vec<(u32, u64)>,
    store: Store,
}

/// What a thread learns of the rows of its shards.
struct Tally {
    of_account: Vec<u32>,
    of_object: Vec<(u32, u32)>,
    n: u64,
    span: Option<(i64, i64)>,
    repeats: Vec<(At, u32, u32)>,
}

impl Tally {
    fn new(n_accounts: usize) -> Self {
        Self {
            of_account: vec![0; n_accounts],
            of_object: Vec::new(),
            n: 0,
            span: None,
            repeats: Vec::new(),
        }
    }

    fn take(&mut self, row: &Row) {
        self.of_account[row.account as usize] += 1;
        match self.of_object.last_mut() {
            Some((object, n)) if *object == row.object => *n += 1,
            _ => self.of_object.push((row.object, 1)),
        }
        self.n += 1;
        let (first, last) = self.span.unwrap_or((row.micros, row.micros));
        self.span = Some((first.min(row.micros), last.max(row.micros)));
    }
}

/// Everything that reading gives, for [`Shares::gather`].
pub(crate) struct Gathered {
    pub(crate) parts: Parts,
    pub(crate) objects: Interner,
    pub(crate) accounts: Interner,
    /// Ids of posts, where they are kept.
    pub(crate) posts: Interner,
    pub(crate) files: Vec<FileFacts>,
    /// The file and the first row of each chunk.
    pub(crate) places: Vec<(u32, u64)>,
    pub(crate) problems: Problems,
}

impl Shares {
    /// Puts rows in order and gives names their final numbers.
    pub(crate) fn gather(
        gathered: Gathered,
        threads: usize,
        how: &Reading,
    ) -> Result<Self, SpillError> {
        let Gathered { parts, objects, accounts, posts, files, places, problems } = gathered;
        let (posts, _) = posts.finish();
        let numbered = (0..posts.len() as u32)
            .map(|number| (content_of(posts.name(number).as_bytes()), number));
        let post_of = numbered.collect();
        let [(objects, object_finals), (accounts, account_finals)] =
            both(threads, || objects.finish(), || accounts.finish());
        let mut chunks = parts.held.into_inner().unwrap_or_else(PoisonError::into_inner);
        chunks.sort_unstable_by_key(|chunk| chunk.number);
        let runs = parts.runs.into_inner().unwrap_or_else(PoisonError::into_inner);
        let keeps_repeats = how.compat.is_some();
        let finals = Finals { objects: object_finals, accounts: account_finals };
        let mut shares = Self {
            of_account: vec![0; accounts.len()],
            of_object: vec![0; objects.len()],
            accounts,
            objects,
            files,
            problems,
            n: 0,
            span: None,
            spilled: runs.iter().map(Run::size).sum(),
            posts,
            post_of,
            places,
            store: Store::Held(Vec::new()),
        };
        let n_accounts = shares.accounts.len();
        if runs.is_empty() {
            let sorted = on_threads(threads, |next| {
                let mut tally = Tally::new(n_accounts);
                let mut own = Vec::new();
                while let Some(shard) = next() {
                    let rows = finals.sorted(&chunks, shard);
                    let rows = if keeps_repeats { rows } else { without_repeats(rows, &mut tally) };
                    rows.iter().for_each(|row| tally.take(row));
                    own.push((shard, rows));
                }
                Ok((tally, own))
            })?;
            drop(chunks);
            let mut held = vec![Vec::new(); SHARDS];
            let mut repeats = Vec::new();
            for (mut tally, own) in sorted {
                repeats.append(&mut tally.repeats);
                shares.add(tally);
                for (shard, rows) in own {
                    held[shard] = rows;
                }
            }
            shares.repeats(repeats);
            shares.store = Store::Held(held);
        } else {
            let rest = row_runs::write(&parts.budget, |shard| {
                chunks.iter().flat_map(|chunk| chunk.shard(shard)).copied().collect()
            })?;
            drop(chunks);
            let runs = row_runs::Runs::new(runs, rest, finals, keeps_repeats, parts.budget);
            let tallies = on_threads(threads, |next| {
                let mut tally = Tally::new(n_accounts);
                while let Some(shard) = next() {
                    let mut merged = runs.shard(shard)?;
                    while let Some(row) = merged.next_row()? {
                        match row {
                            Merged::Row(row) => tally.take(&row),
                            Merged::Repeat(row) => {
                                tally.repeats.push((row.at, row.object, row.account));
                            }
                        }
                    }
                }
                Ok(tally)
            })?;
            let mut repeats = Vec::new();
            for mut tally in tallies {
                repeats.append(&mut tally.repeats);
                shares.add(tally);
            }
            shares.repeats(repeats);
            shares.store = Store::Spilled(runs);
        }
        Ok(shares)
    }

    /// Shares that are made up or come from elsewhere than a table, one row each: object, its
    /// kind, account, post (empty for none), microseconds.
    ///
    /// # Errors
    /// None that is known: nothing is spilled.
    pub fn of_rows<'a>(
        rows: impl IntoIterator<Item = (Kind, &'a str, &'a str, &'a str, i64)>,
        how: &Reading,
    ) -> Result<Self, SpillError> {
        let (objects, accounts, posts) = (Interner::new(), Interner::new(), Interner::new());
        let mut of_objects = Batch::default();
        let mut of_accounts = Batch::default();
        let mut of_posts = Batch::default();
        let mut taken = Vec::new();
        for (number, (kind, object, account, content, micros)) in rows.into_iter().enumerate() {
            let place = number as u64;
            let has_content = !content.is_empty();
            if has_content && how.keeps_posts {
                of_posts.meet(0, content.as_bytes(), place);
            }
            taken.push(Row {
                object: of_objects.meet(kind as u8, object.as_bytes(), place),
                account: of_accounts.meet(0, account.as_bytes(), place),
                micros,
                content: match has_content {
                    true => content_of(content.as_bytes()),
                    false => hash_of(1, &place.to_le_bytes()),
                },
                at: At::new(0, number as u32, has_content && content == object, has_content),
            });
        }
        objects.add_all(&mut of_objects);
        accounts.add_all(&mut of_accounts);
        posts.add_all(&mut of_posts);
        for row in &mut taken {
            row.object = of_objects.number(row.object);
            row.account = of_accounts.number(row.account);
        }
        let n = taken.len() as u64;
        let (rows, ends) = row_runs::by_shard(&taken);
        let parts = Parts {
            budget: Budget::default(),
            held: Mutex::new(vec![Chunk { number: 0, rows, ends }]),
            runs: Mutex::default(),
        };
        let files = vec![FileFacts { name: String::new(), rows: n }];
        let places = vec![(0, 0)];
        let problems = Problems::default();
        let gathered = Gathered { parts, objects, accounts, posts, files, places, problems };
        Self::gather(gathered, 1, how)
    }

    fn add(&mut self, tally: Tally) {
        for (all, own) in self.of_account.iter_mut().zip(&tally.of_account) {
            *all += own;
        }
        for (object, n) in tally.of_object {
            self.of_object[object as usize] += n;
        }
        self.n += tally.n;
        let both = [self.span, tally.span].into_iter().flatten();
        self.span = both.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    }

    fn repeats(&mut self, mut repeats: Vec<(At, u32, u32)>) {
        // A row may share several objects: their order is not that of the threads.
        repeats.sort_unstable_by_key(|(at, object, account)| (at.place(), *object, *account));
        for (at, object, account) in repeats {
            let (file, row) = self.place(at);
            let shown =
                || format!("{} shares {}", self.accounts.name(account), self.objects.name(object));
            self.problems.add(Fault::Duplicate, file, row, shown);
        }
    }

    /// The file and the row in it, from 1, of a place.
    pub(crate) fn place(&self, at: At) -> (u32, u64) {
        let (file, before) = self.places.get(at.chunk() as usize).copied().unwrap_or_default();
        (file, before + u64::from(at.row()) + 1)
    }

    /// The id of a post by its hash, where ids were kept.
    pub(crate) fn post(&self, content: u64) -> Option<&str> {
        self.post_of.get(&content).map(|number| self.posts.name(*number))
    }

    /// The kind of an object.
    pub fn kind_of(&self, object: ObjectNo) -> Kind {
        Kind::of_code(self.objects.kind(object.0))
    }

    /// The kinds of object that occur.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut there = [false; 256];
        for number in 0..self.objects.len() as u32 {
            there[usize::from(self.objects.kind(number))] = true;
        }
        (0..=255).filter(|code| there[usize::from(*code)]).map(Kind::of_code).collect()
    }

    /// The rows by shard, if they are in memory.
    pub(crate) fn held(&self) -> Option<&[Vec<Row>]> {
        match &self.store {
            Store::Held(held) => Some(held),
            Store::Spilled(_) => None,
        }
    }

    /// The runs, if rows were spilled.
    pub(crate) fn runs(&self) -> Option<&row_runs::Runs> {
        match &self.store {
            Store::Held(_) => None,
            Store::Spilled(runs) => Some(runs),
        }
    }

    /// Goes through every share, object by object, in no order of objects, in the order of time
    /// and account within each.
    pub(crate) fn each_row(&self, mut take: impl FnMut(&Row)) -> Result<(), SpillError> {
        match &self.store {
            Store::Held(held) => held.iter().flatten().for_each(take),
            Store::Spilled(runs) => {
                for shard in 0..SHARDS {
                    let mut merged = runs.shard(shard)?;
                    while let Some(row) = merged.next_row()? {
                        if let Merged::Row(row) = row {
                            take(&row);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// All shares in the order of the sweep: object, time, account. Originals of what others
    /// repost are left out: they are not shares of themselves.
    ///
    /// # Errors
    /// When what was spilled cannot be read again.
    pub fn sorted(&self) -> Result<Vec<Share>, SpillError> {
        let mut starts = vec![0_u32; self.of_object.len()];
        let mut sum = 0;
        for (start, n) in starts.iter_mut().zip(&self.of_object) {
            *start = sum;
            sum += n;
        }
        let blank = Share { object: ObjectNo(0), micros: 0, account: AccountNo(u32::MAX) };
        let mut shares = vec![blank; sum as usize];
        self.each_row(|row| {
            if row.at.is_origin() {
                return;
            }
            let at = &mut starts[row.object as usize];
            shares[*at as usize] = Share {
                object: ObjectNo(row.object),
                micros: row.micros,
                account: AccountNo(row.account),
            };
            *at += 1;
        })?;
        shares.retain(|share| share.account != blank.account);
        Ok(shares)
    }
}

/// Final numbers for provisional ones, by shard and place.
#[derive(Debug)]
pub(crate) struct Finals {
    objects: Vec<Vec<u32>>,
    accounts: Vec<Vec<u32>>,
}

impl Finals {
    pub(crate) fn account(&self, provisional: u32) -> u32 {
        self.accounts[shard_of(provisional)][place_of(provisional)]
    }

    pub(crate) fn object(&self, provisional: u32) -> u32 {
        self.objects[shard_of(provisional)][place_of(provisional)]
    }

    /// The rows of a shard with final numbers, in the order of the sweep.
    fn sorted(&self, chunks: &[Chunk], shard: usize) -> Vec<Row> {
        let finals = &self.objects[shard];
        let mut starts = vec![0_u32; finals.len()];
        for row in chunks.iter().flat_map(|chunk| chunk.shard(shard)) {
            starts[place_of(row.object)] += 1;
        }
        let mut places: Vec<u32> = (0..finals.len() as u32).collect();
        places.sort_unstable_by_key(|place| finals[*place as usize]);
        let mut sum = 0;
        for place in &places {
            let start = &mut starts[*place as usize];
            sum += *start;
            *start = sum - *start;
        }
        let mut rows = vec![Row::BLANK; sum as usize];
        for row in chunks.iter().flat_map(|chunk| chunk.shard(shard)) {
            let place = place_of(row.object);
            let start = &mut starts[place];
            let (object, account) = (finals[place], self.account(row.account));
            rows[*start as usize] = Row { object, account, ..*row };
            *start += 1;
        }
        // What each start moved to is where the object ends.
        let mut start = 0;
        for place in places {
            let end = starts[place as usize] as usize;
            let of_object = &mut rows[start..end];
            if !of_object.is_sorted_by(|a, b| a.order_in_object(b).is_lt()) {
                of_object.sort_unstable_by(Row::order_in_object);
            }
            start = end;
        }
        rows
    }
}

fn without_repeats(mut rows: Vec<Row>, tally: &mut Tally) -> Vec<Row> {
    rows.dedup_by(|later, kept| {
        let repeats = later.repeats(kept);
        if repeats {
            tally.repeats.push((later.at, later.object, later.account));
        }
        repeats
    });
    rows
}
