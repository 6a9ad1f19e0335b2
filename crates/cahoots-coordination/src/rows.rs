//! Rows of shares inside the program: what was shared, by whom, when, in which post.

use std::cmp::Ordering;

/// A share with the post it was made in and the place it was read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) object: u32,
    pub(crate) account: u32,
    pub(crate) micros: i64,
    /// The post, as the hash of its id; without an id, a number of its own.
    pub(crate) content: u64,
    /// Where it stands; see [`At`].
    pub(crate) at: At,
}

/// Chunk and row in the chunk, and two marks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct At(u64);

const ORIGIN: u64 = 1 << 63;
const NO_CONTENT: u64 = 1 << 62;
const PLACE: u64 = NO_CONTENT - 1;

/// The most chunks that an input can have.
pub(crate) const MOST_CHUNKS: u32 = 1 << 30;

impl At {
    pub(crate) fn new(chunk: u32, row: u32, is_origin: bool, has_content: bool) -> Self {
        let origin = if is_origin { ORIGIN } else { 0 };
        let content = if has_content { 0 } else { NO_CONTENT };
        Self(u64::from(chunk) << 32 | u64::from(row) | origin | content)
    }

    /// The place in the input, ascending.
    pub(crate) fn place(self) -> u64 {
        self.0 & PLACE
    }

    pub(crate) fn chunk(self) -> u32 {
        (self.place() >> 32) as u32
    }

    pub(crate) fn row(self) -> u32 {
        self.place() as u32
    }

    /// The post is the object itself: the original of what others repost.
    pub(crate) fn is_origin(self) -> bool {
        self.0 & ORIGIN != 0
    }

    /// The table gives an id of the post.
    pub(crate) fn has_content(self) -> bool {
        self.0 & NO_CONTENT == 0
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    pub(crate) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl Row {
    /// A row to start from.
    pub(crate) const BLANK: Self = Self { object: 0, account: 0, micros: 0, content: 0, at: At(0) };

    /// The order among the rows of one object.
    pub(crate) fn order_in_object(&self, other: &Self) -> Ordering {
        (self.micros, self.account)
            .cmp(&(other.micros, other.account))
            .then_with(|| self.post().cmp(&other.post()))
            .then_with(|| self.at.place().cmp(&other.at.place()))
    }

    /// Whether it says the very same as another.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        (self.object, self.account, self.micros, self.post())
            == (other.object, other.account, other.micros, other.post())
    }

    /// The post as far as the table names it.
    fn post(&self) -> Option<u64> {
        self.at.has_content().then_some(self.content)
    }
}
