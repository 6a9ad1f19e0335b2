//! Rows in runs on disk, and their merging.

use std::collections::BinaryHeap;
use std::io;

use crate::names::{SHARDS, shard_of};
use crate::rows::{At, Row};
use crate::shares::Finals;
use crate::spill::{Budget, PartReader, Run, RunWriter, SpillError, put, put_signed};

/// Bytes of a row in a run, at most.
const LONGEST: usize = 48;

/// Rows by shard of their object, and where each shard ends.
pub(crate) fn by_shard(rows: &[Row]) -> (Vec<Row>, Vec<u32>) {
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|row| shard_of(row.object));
    let ends = (0..SHARDS)
        .map(|shard| sorted.partition_point(|row| shard_of(row.object) <= shard) as u32)
        .collect();
    (sorted, ends)
}

/// Writes a run of rows with provisional numbers, sorted by object and time.
pub(crate) fn write(budget: &Budget, shard: impl Fn(usize) -> Vec<Row>) -> Result<Run, SpillError> {
    let mut run = RunWriter::new(budget)?;
    let mut bytes = Vec::new();
    for number in 0..SHARDS {
        let mut rows = shard(number);
        rows.sort_unstable_by_key(|row| (row.object, row.micros, row.at.place()));
        let mut before = Row::BLANK;
        for row in rows {
            put_row(&mut bytes, &row, &before);
            before = row;
            if bytes.len() > 1 << 16 {
                run.write(&bytes).map_err(|error| budget.failed(error))?;
                bytes.clear();
            }
        }
        run.write(&bytes).map_err(|error| budget.failed(error))?;
        bytes.clear();
        run.end_part();
    }
    run.finish().map_err(|error| budget.failed(error))
}

/// Appends a row as differences to the one before; objects ascend.
pub(crate) fn put_row(bytes: &mut Vec<u8>, row: &Row, before: &Row) {
    put(bytes, u64::from(row.object - before.object));
    put_signed(bytes, row.micros.wrapping_sub(before.micros));
    put(bytes, u64::from(row.account));
    bytes.extend_from_slice(&row.content.to_le_bytes());
    let at = row.at.bits().rotate_left(2);
    put_signed(bytes, at.wrapping_sub(before.at.bits().rotate_left(2)) as i64);
}

/// Reads what [`put_row`] wrote.
pub(crate) fn read_row(reader: &mut PartReader<'_>, before: &Row) -> io::Result<Row> {
    let object = before.object + reader.varint()? as u32;
    let micros = before.micros.wrapping_add(reader.signed()?);
    let account = reader.varint()? as u32;
    let content = reader.fixed()?;
    let at = before.at.bits().rotate_left(2).wrapping_add(reader.signed()? as u64);
    Ok(Row { object, account, micros, content, at: At::of_bits(at.rotate_right(2)) })
}

/// All runs of an input.
#[derive(Debug)]
pub(crate) struct Runs {
    runs: Vec<Run>,
    finals: Finals,
    keeps_repeats: bool,
    pub(crate) budget: Budget,
}

impl Runs {
    pub(crate) fn new(
        mut runs: Vec<Run>,
        rest: Run,
        finals: Finals,
        keeps_repeats: bool,
        budget: Budget,
    ) -> Self {
        runs.push(rest);
        Self { runs, finals, keeps_repeats, budget }
    }

    /// The rows of a shard, object after object, each in the order of the sweep.
    pub(crate) fn shard(&self, shard: usize) -> Result<Merge<'_>, SpillError> {
        let mut merge = Merge {
            runs: self,
            readers: self.runs.iter().map(|run| (run.part(shard), Row::BLANK)).collect(),
            heap: BinaryHeap::new(),
            same_time: Vec::new(),
            before: None,
        };
        for reader in 0..merge.readers.len() {
            merge.advance(reader).map_err(|error| self.budget.failed(error))?;
        }
        Ok(merge)
    }
}

/// A row out of the merging.
pub(crate) enum Merged {
    /// One that counts.
    Row(Row),
    /// One that says what the one before says.
    Repeat(Row),
}

/// The key of the heap, turned around: the least comes out first.
type Least = std::cmp::Reverse<(u32, i64, u64, usize)>;

/// Rows of one shard from all runs.
pub(crate) struct Merge<'a> {
    runs: &'a Runs,
    readers: Vec<(PartReader<'a>, Row)>,
    heap: BinaryHeap<Least>,
    /// Rows of one object and time, last first.
    same_time: Vec<Row>,
    before: Option<Row>,
}

impl Merge<'_> {
    /// Reads the next row of a run.
    fn advance(&mut self, number: usize) -> io::Result<()> {
        let (reader, row) = &mut self.readers[number];
        reader.ready(LONGEST)?;
        if reader.is_done() {
            return Ok(());
        }
        *row = read_row(reader, row)?;
        let key = (row.object, row.micros, row.at.place(), number);
        self.heap.push(std::cmp::Reverse(key));
        Ok(())
    }

    /// The next row by provisional object and time.
    fn pop(&mut self) -> io::Result<Option<Row>> {
        let Some(std::cmp::Reverse((.., number))) = self.heap.pop() else { return Ok(None) };
        let row = self.readers[number].1;
        self.advance(number)?;
        Ok(Some(row))
    }

    /// The next row with final numbers.
    pub(crate) fn next_row(&mut self) -> Result<Option<Merged>, SpillError> {
        if self.same_time.is_empty() {
            self.gather().map_err(|error| self.runs.budget.failed(error))?;
        }
        let Some(row) = self.same_time.pop() else { return Ok(None) };
        let repeats = !self.runs.keeps_repeats
            && self.before.as_ref().is_some_and(|before| row.repeats(before));
        if repeats {
            return Ok(Some(Merged::Repeat(row)));
        }
        self.before = Some(row);
        Ok(Some(Merged::Row(row)))
    }

    /// Takes all rows of one object and time and puts them into their final order.
    fn gather(&mut self) -> io::Result<()> {
        let Some(first) = self.pop()? else { return Ok(()) };
        self.same_time.push(first);
        while let Some(std::cmp::Reverse((object, micros, ..))) = self.heap.peek() {
            if (*object, *micros) != (first.object, first.micros) {
                break;
            }
            if let Some(row) = self.pop()? {
                self.same_time.push(row);
            }
        }
        let finals = &self.runs.finals;
        for row in &mut self.same_time {
            row.object = finals.object(row.object);
            row.account = finals.account(row.account);
        }
        self.same_time.sort_unstable_by(|a, b| b.order_in_object(a));
        Ok(())
    }
}
