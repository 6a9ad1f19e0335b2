//! What each holder's archives cover, by month.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::Record;

/// Items of a month.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Strip))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Strip {
    /// `2016-10`, in UTC.
    pub month: String,
    /// Private messages.
    pub private: u64,
    /// Public items.
    pub public: u64,
}

/// What a custodian's archives (or an archive without one) hold.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Covered))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Covered {
    /// The custodian, else the archive's name.
    pub holder: String,
    /// Dated items.
    pub items: u64,
    /// Every month from the first to the last item.
    pub months: Vec<Strip>,
    /// Months between the first and the last without any item.
    pub empty_months: u64,
}

/// Coverage of every holder, in the order of their names.
pub(super) fn of(record: &Record) -> Vec<Covered> {
    let mut by_holder: BTreeMap<String, BTreeMap<i32, (u64, u64)>> = BTreeMap::new();
    for (place, row) in record.dated().iter().enumerate() {
        let Some(month) = month(row.span.sort_key()) else { continue };
        let custodians = record.held_by.of(place as u32);
        let names: Vec<&str> = match custodians.is_empty() {
            true => {
                let name = record.archives.get(row.archive as usize);
                name.map(String::as_str).into_iter().collect()
            }
            false => custodians
                .iter()
                .filter_map(|n| record.custodians.get(*n as usize).map(|(name, _)| name.as_str()))
                .collect(),
        };
        for name in names {
            if !by_holder.contains_key(name) {
                by_holder.insert(name.to_owned(), BTreeMap::new());
            }
            let Some(months) = by_holder.get_mut(name) else { continue };
            let counts = months.entry(month).or_default();
            if row.is_private_message() {
                counts.0 += 1;
            } else {
                counts.1 += 1;
            }
        }
    }
    by_holder.into_iter().map(|(holder, months)| covered(holder, &months)).collect()
}

fn covered(holder: String, months: &BTreeMap<i32, (u64, u64)>) -> Covered {
    let first = months.keys().next().copied().unwrap_or_default();
    let last = months.keys().next_back().copied().unwrap_or_default();
    // A wrong year may lie far away: the strip then names the months in use only.
    let all: Vec<i32> = if last - first < 2_400 {
        (first..=last).collect()
    } else {
        months.keys().copied().collect()
    };
    let months: Vec<Strip> = all
        .into_iter()
        .map(|month| {
            let (private, public) = months.get(&month).copied().unwrap_or_default();
            let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
            Strip { month: format!("{year:04}-{month:02}"), private, public }
        })
        .collect();
    Covered {
        holder,
        items: months.iter().map(|month| month.private + month.public).sum(),
        empty_months: months.iter().filter(|month| month.private + month.public == 0).count()
            as u64,
        months,
    }
}

/// Months since year 0, in UTC.
fn month(at: i64) -> Option<i32> {
    let timestamp = jiff::Timestamp::from_microsecond(at).ok()?;
    let date = jiff::tz::TimeZone::UTC.to_datetime(timestamp).date();
    Some(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
}
