//! Does the record contradict what was said? Statements, their claims in closed templates, a
//! three-valued test of each against the record and a coverage table (METHODS §5).
//!
//! No verdict says that somebody spoke the truth or did not. *Contradicted* needs an item whose
//! time, parties and content are certain; where nothing is found, the coverage table decides
//! between *consistent with a complete record* and *not contradicted*.

mod carry;
mod claim;
mod claim_review;
mod contact;
mod coverage;
mod judge;
mod ledger;
mod logic;
mod read;
mod templates;
mod times;
mod verdict;

pub use claim::{
    About, Bound, Claim, CountBound, Direction, Identity, Ledger, Named, Statement, Window,
};
pub use claim_review::{Publication, claim_reviews};
pub use contact::Excluded;
pub use coverage::{
    ChannelShare, Completeness, Coverage, CoverageRow, PRIVATE, PUBLIC, Share, UNRECORDED,
};
pub use ledger::{Options, Told, Words, ledger};
pub use logic::{Count, Tri};
pub use read::resolved;
pub use times::{read as read_time, zone};
pub use verdict::{Counts, Judged, Quotation, Reading, SpanOut, ToldBefore, Verdict, Witness};
