//! Groups of accounts whose shares are not to be taken for those of bystanders.

use crate::{AccountNo, ObjectNo};

use super::table::Table;

const NONE: u32 = u32::MAX;

/// Which group each account is in, and the shares of each group.
#[derive(Clone, Debug, Default)]
pub struct LeaveOut {
    group: Vec<u32>,
    groups: usize,
    /// Shares of accounts in groups: object, group, time; sorted.
    shares: Vec<(u32, u32, i64)>,
}

impl LeaveOut {
    /// No groups: nobody is left out but the pair itself.
    pub fn nobody() -> Self {
        Self::default()
    }

    /// Groups given as lists of accounts that do not overlap.
    pub fn groups_of(table: &Table<'_>, lists: &[Vec<AccountNo>]) -> Self {
        let mut group = vec![NONE; table.accounts()];
        for (number, list) in lists.iter().enumerate() {
            for account in list {
                if let Some(slot) = group.get_mut(account.0 as usize) {
                    *slot = number as u32;
                }
            }
        }
        let mut shares: Vec<(u32, u32, i64)> = table
            .shares()
            .iter()
            .filter(|share| group[share.account.0 as usize] != NONE)
            .map(|share| (share.object.0, group[share.account.0 as usize], share.micros))
            .collect();
        shares.sort_unstable();
        Self { group, groups: lists.len(), shares }
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The group of an account.
    pub fn group_of(&self, account: AccountNo) -> Option<u32> {
        self.group.get(account.0 as usize).copied().filter(|group| *group != NONE)
    }

    /// How many shares of an object by a group lie within `reach` of a time.
    pub fn count(&self, group: u32, object: ObjectNo, micros: i64, reach: i64) -> usize {
        let from = (object.0, group, micros.saturating_sub(reach));
        let to = (object.0, group, micros.saturating_add(reach));
        let start = self.shares.partition_point(|it| *it < from);
        self.shares[start..].partition_point(|it| *it <= to)
    }
}
