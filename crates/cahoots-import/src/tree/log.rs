//! What walking an archive found wrong, kept with the count of members left out.

use cahoots_record::{Issue, Locator, Selector, Severity};

/// Issues in the order they were met, and how many members are not in the tree because of them.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) issues: Vec<Issue>,
    pub(crate) skipped: u64,
}

impl Log {
    /// Something worth knowing; nothing was lost.
    pub(crate) fn note(&mut self, member: &str, code: &str, what: impl Into<String>, kept: &str) {
        self.push(Severity::Note, member, code, what.into(), kept);
    }

    /// Read in spite of a defect.
    pub(crate) fn damaged(
        &mut self,
        member: &str,
        code: &str,
        what: impl Into<String>,
        kept: &str,
    ) {
        self.push(Severity::Damaged, member, code, what.into(), kept);
    }

    /// A member that is left out although nothing of value is thought to be lost.
    pub(crate) fn passed_over(&mut self, member: &str, code: &str, what: impl Into<String>) {
        self.skipped += 1;
        self.push(Severity::Note, member, code, what.into(), "nothing; it stays in the archive");
    }

    /// A member that cannot be read.
    pub(crate) fn lost(&mut self, member: &str, code: &str, what: impl Into<String>) {
        self.skipped += 1;
        self.push(Severity::Lost, member, code, what.into(), "nothing; it stays in the archive");
    }

    fn push(&mut self, severity: Severity, member: &str, code: &str, what: String, kept: &str) {
        self.issues.push(Issue {
            severity,
            code: code.to_owned(),
            locator: Locator::new(member, Selector::Whole),
            what,
            kept: kept.to_owned(),
        });
    }
}
