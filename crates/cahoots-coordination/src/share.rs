//! The share: who put which object before others, and when.

/// The number of an account: dense, in the order of first appearance in the input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountNo(pub u32);

/// The number of an object: dense, in the order of first appearance in the input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectNo(pub u32);

/// One share. The derived order is that of the sweep: object, time, account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Share {
    /// What was shared.
    pub object: ObjectNo,
    /// When, in microseconds since 1970 UTC.
    pub micros: i64,
    /// Who shared it.
    pub account: AccountNo,
}
