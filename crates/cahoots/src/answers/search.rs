//! The record searched: lines with snippets, and how the results are spread.

use std::collections::BTreeMap;

use anyhow::Result;
use cahoots_record::ItemOrd;
use cahoots_search::{Counts, Found, Query, SearchOptions};
use cahoots_store::{Parts, StoredItem};
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::item_json::{Line, archive_name, line};

/// Results of a search, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// `cahoots/search/1`.
    pub schema: &'static str,
    /// The query as it was read.
    pub query: String,
    /// How many items match.
    pub total: u64,
    /// If the query names a period: items that match otherwise and have no time.
    pub undated: Option<u64>,
    /// Words of the query, with the words of the same stem that were also looked for.
    pub expanded: BTreeMap<String, Vec<String>>,
    /// The results asked for.
    pub items: Vec<FoundLine>,
    /// How all results are spread, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CountsAnswer>,
}

/// A result with the stretch of text that shows why it was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FoundLine {
    #[serde(flatten)]
    pub line: Line,
    /// Bytes of the snippet that match: pairs of start and end.
    pub highlights: Vec<[usize; 2]>,
}

/// How results are spread. An item counts once for each of its parties.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountsAnswer {
    pub party: Vec<PartyCount>,
    /// By month in UTC: `2016-10`.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub month: serde_json::Map<String, serde_json::Value>,
    pub archive: Vec<ArchiveCount>,
    #[schema(value_type = BTreeMap<String, u64>)]
    pub kind: serde_json::Map<String, serde_json::Value>,
    pub visibility: VisibilityCount,
    pub custodian: Vec<CustodianCount>,
}

/// Results of one party.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartyCount {
    /// The party's name.
    pub party: String,
    /// The party's id.
    pub id: String,
    pub items: u64,
}

/// Results first read from one archive.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArchiveCount {
    /// The archive's name.
    pub archive: String,
    /// The archive's number.
    pub number: u32,
    pub items: u64,
}

/// Private and public results.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VisibilityCount {
    pub private: u64,
    pub public: u64,
}

/// Results first read from the archives of one custodian.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustodianCount {
    /// Empty when the archives name none.
    pub custodian: String,
    pub items: u64,
}

/// The query, or an error that points at the spot.
///
/// # Errors
/// When the text is not a query.
pub fn parse(text: &str, zone: &TimeZone) -> Result<Query> {
    let today = jiff::Timestamp::now().to_zoned(zone.clone());
    Query::parse(text, &today).map_err(|error| anyhow::anyhow!("{}", error.render(text)))
}

/// Results with their items.
pub struct Results {
    pub query: String,
    pub found: Found,
    pub items: Vec<StoredItem>,
}

/// Runs a query and reads the items of the results asked for.
///
/// # Errors
/// When the text is not a query, or the case cannot be read.
pub fn search(desk: &Desk, text: &str, options: &SearchOptions) -> Result<Results> {
    let query = parse(text, desk.zone())?;
    let found = desk.index()?.search(&query, desk, options)?;
    let ords: Vec<ItemOrd> = found.hits.iter().map(|hit| hit.ord).collect();
    let items = desk.case().items(&ords, Parts::Text)?;
    Ok(Results { query: text.to_owned(), found, items })
}

/// The answer in JSON, with counts of at most so many parties.
///
/// # Errors
/// When the case cannot be read.
pub fn answer(desk: &Desk, results: &Results, parties: usize) -> Result<SearchAnswer> {
    let Results { query, found, items } = results;
    let counts = found.counts.as_ref();
    let counts = counts.map(|counts| counts_of(desk, found, counts, parties)).transpose()?;
    Ok(SearchAnswer {
        schema: "cahoots/search/1",
        query: query.clone(),
        total: found.total,
        undated: found.undated,
        expanded: found.expanded.iter().cloned().collect(),
        items: lines(desk, found, items)?,
        counts,
    })
}

/// The lines of results.
///
/// # Errors
/// When the index cannot be read.
pub fn lines(desk: &Desk, found: &Found, items: &[StoredItem]) -> Result<Vec<FoundLine>> {
    let index = desk.index()?;
    let of = |stored: &StoredItem| {
        let snippet = index.snippet(found, &stored.item.text, 200);
        FoundLine {
            line: line(desk.case(), stored, Some(&snippet.text)),
            highlights: snippet.highlights.iter().map(|range| [range.start, range.end]).collect(),
        }
    };
    Ok(items.iter().map(of).collect())
}

fn counts_of(desk: &Desk, found: &Found, counts: &Counts, parties: usize) -> Result<CountsAnswer> {
    let (case, people) = (desk.case(), desk.people()?);
    let party = people
        .sum_accounts(&counts.by_account)
        .into_iter()
        .take(parties)
        .map(|(party, n)| PartyCount {
            party: people.name(party).to_owned(),
            id: people.id(party).to_owned(),
            items: n,
        })
        .collect();
    let mut custodians: BTreeMap<String, u64> = BTreeMap::new();
    for (archive, n) in &counts.by_archive {
        let row = case.archives().get(*archive as usize);
        let custodian = row.map(|row| row.custodian.clone()).unwrap_or_default();
        *custodians.entry(custodian).or_default() += n;
    }
    let mut custodian: Vec<CustodianCount> = custodians
        .into_iter()
        .map(|(custodian, items)| CustodianCount { custodian, items })
        .collect();
    custodian.sort_by_key(|count| std::cmp::Reverse(count.items));
    Ok(CountsAnswer {
        party,
        month: counts.by_month.iter().map(|(month, n)| (month.clone(), (*n).into())).collect(),
        archive: counts
            .by_archive
            .iter()
            .map(|(archive, n)| ArchiveCount {
                archive: archive_name(case, *archive),
                number: *archive,
                items: *n,
            })
            .collect(),
        kind: counts.by_kind.iter().map(|(kind, n)| (kind.to_string(), (*n).into())).collect(),
        visibility: VisibilityCount {
            private: found.total.saturating_sub(counts.n_public),
            public: counts.n_public,
        },
        custodian,
    })
}
