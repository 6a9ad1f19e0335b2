//! What is wrong with rows of a table: counted by kind, the first few with their places.

use std::collections::BTreeMap;

/// How many places of each kind of problem are kept.
const KEPT: usize = 5;

/// What can be wrong with a row, or doubtful.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Fault {
    /// Object or account is empty.
    EmptyId,
    /// The time cannot be read.
    BadTime,
    /// The time is before 1970.
    NegativeTime,
    /// The time is a day or an hour, which no window can use.
    CoarseTime,
    /// The row ends before a column that is needed, or goes on in an open quote.
    CutRow,
    /// The row is no JSON object.
    NotJson,
    /// The row is longer than what is read.
    LongRow,
    /// A line end inside an id: most often a quote that stands alone.
    LineInId,
    /// The very same row was there before.
    Duplicate,
    /// The bytes are not UTF-8; read as windows-1252.
    NotUtf8,
    /// The time states no zone; read as UTC.
    NoZone,
    /// The time is in another unit than seconds.
    OtherUnit,
    /// The time states no seconds.
    NoSeconds,
}

impl Fault {
    /// A short lasting name.
    pub fn code(self) -> &'static str {
        match self {
            Self::EmptyId => "empty-id",
            Self::BadTime => "bad-time",
            Self::NegativeTime => "negative-time",
            Self::CoarseTime => "coarse-time",
            Self::CutRow => "cut-row",
            Self::NotJson => "not-json",
            Self::LongRow => "long-row",
            Self::LineInId => "line-in-id",
            Self::Duplicate => "duplicate-row",
            Self::NotUtf8 => "not-utf8",
            Self::NoZone => "no-zone",
            Self::OtherUnit => "other-unit",
            Self::NoSeconds => "no-seconds",
        }
    }

    /// What it is and what was done, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::EmptyId => "account or object is empty; left out",
            Self::BadTime => "the time cannot be read; left out",
            Self::NegativeTime => "the time is before 1970; left out",
            Self::CoarseTime => "the time is no finer than a day or an hour; left out",
            Self::CutRow => "the row is cut or a quote in it never closes; left out",
            Self::NotJson => "no JSON object; left out",
            Self::LongRow => "longer than 16 MiB; left out",
            Self::LineInId => "a line end inside an id, most often a stray quote; left out",
            Self::Duplicate => "the same object, account, post and time once more; counted once",
            Self::NotUtf8 => "not UTF-8; read as windows-1252",
            Self::NoZone => "the time states no zone; read as UTC",
            Self::OtherUnit => "the time is in milliseconds or finer, told by its size",
            Self::NoSeconds => "the time states no seconds; taken as the start of the minute",
        }
    }

    /// Whether the row was left out.
    pub fn is_lost(self) -> bool {
        !matches!(self, Self::NotUtf8 | Self::NoZone | Self::OtherUnit | Self::NoSeconds)
    }
}

/// Where a problem is and what stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot {
    /// The file, by number.
    pub file: u32,
    /// The row in it: 1 is the first row of data.
    pub row: u64,
    /// What stands there, shortened.
    pub shown: String,
}

/// Problems of one kind.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Counted {
    /// How many rows have it.
    pub n: u64,
    /// The first of them.
    pub first: Vec<Spot>,
}

/// All problems of an input.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Problems {
    kinds: BTreeMap<Fault, Counted>,
}

impl Problems {
    /// Counts one.
    pub(crate) fn add(
        &mut self,
        fault: Fault,
        file: u32,
        row: u64,
        shown: impl FnOnce() -> String,
    ) {
        let counted = self.kinds.entry(fault).or_default();
        counted.n += 1;
        if counted.first.len() < KEPT {
            let shown: String = shown().chars().filter(|c| !c.is_control()).take(80).collect();
            counted.first.push(Spot { file, row, shown });
        }
    }

    /// Adds those of a later part of the input, whose rows count on from `rows`.
    pub(crate) fn append(&mut self, later: Self, file: u32, rows: u64) {
        for (fault, counted) in later.kinds {
            let into = self.kinds.entry(fault).or_default();
            into.n += counted.n;
            for spot in counted.first {
                if into.first.len() < KEPT {
                    into.first.push(Spot { file, row: rows + spot.row, ..spot });
                }
            }
        }
    }

    /// By kind.
    pub fn iter(&self) -> impl Iterator<Item = (Fault, &Counted)> {
        self.kinds.iter().map(|(fault, counted)| (*fault, counted))
    }

    /// How many rows have this fault.
    pub fn count(&self, fault: Fault) -> u64 {
        self.kinds.get(&fault).map_or(0, |counted| counted.n)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
}
