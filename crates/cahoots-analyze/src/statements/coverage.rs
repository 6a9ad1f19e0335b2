//! What the record is known to hold completely, and how much of what a claim needs that is.

use cahoots_record::Medium;
use serde::{Deserialize, Serialize};

use super::times;
use crate::record::{Party, Record};

/// Ways of being in contact that no archive of messages holds; listed with every verdict.
pub const UNRECORDED: [&str; 2] = ["voice", "in person"];

/// Private channels on which a witness could always exist, whatever the record holds.
pub const PRIVATE: [&str; 3] = ["email", "direct message", "chat"];

/// Public channels on which an act could exist.
pub const PUBLIC: [&str; 2] = ["post", "publication"];

/// How complete an archive is.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Completeness))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// It holds every message that the custodian sent or received.
    Full,
    /// Some are known to be missing.
    Partial,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// One row of the coverage table, as a person writes it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::CoverageRow))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageRow {
    /// From whose holdings the archive came.
    pub custodian: String,
    /// Whose messages it is about, where that is not the custodian (a platform's production).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
    /// `email`, `direct message`, `chat`, `post`, `publication`, or `*` for all of them.
    pub channel: String,
    /// First day; without it, since the custodian's first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day, included; without it, without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// How complete.
    #[serde(default)]
    pub completeness: Completeness,
    /// How that is known: export manifest, id gaps, sequence numbers, certified production.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how_known: String,
    /// Anything else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// The coverage table. Empty: nothing is known to be complete.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Coverage))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Zone of the days in it; without it, the display zone of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Its rows.
    #[serde(default)]
    pub rows: Vec<CoverageRow>,
}

/// The name under which a channel is known here.
pub fn channel_name(text: &str) -> String {
    let text = text.trim().to_lowercase().replace(['_', '-'], " ");
    match text.as_str() {
        "e mail" | "mail" | "emails" => "email",
        "dm" | "dms" | "direct messages" => "direct message",
        "chats" => "chat",
        "posts" | "tweet" | "tweets" | "repost" | "reposts" => "post",
        "publications" => "publication",
        "all" | "any" => "*",
        other => other,
    }
    .to_owned()
}

/// The channel of a medium.
pub fn channel_of(medium: Medium) -> &'static str {
    match medium {
        Medium::Repost => Medium::Post.name(),
        medium => medium.name(),
    }
}

/// A row of the table for one party, its days resolved.
#[derive(Clone, Debug)]
struct Cell {
    party: Party,
    channel: String,
    lo: i64,
    hi: i64,
    completeness: Completeness,
    custodian: String,
}

/// The table against a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    cells: Vec<Cell>,
    private: Vec<String>,
    public: Vec<String>,
}

impl Covered {
    /// Resolves the names and days of the table; what cannot be read counts for nothing and is
    /// said in `caveats`. `private` are the channels that claims need.
    pub(crate) fn of(
        record: &Record,
        coverage: &Coverage,
        more: &[String],
        caveats: &mut Vec<String>,
    ) -> Self {
        let zone = times::zone(coverage.zone.as_deref().unwrap_or(&record.zone));
        let mut covered = Self::default();
        for (at, row) in coverage.rows.iter().enumerate() {
            let mut drop = |why: String| {
                caveats.push(format!(
                    "Row {} of the coverage table counts for nothing: {why}.",
                    at + 1
                ));
            };
            let read = |text: &Option<String>| match text {
                None => Some(None),
                Some(text) => times::read(text, zone.as_ref()).map(Some),
            };
            let (Some(from), Some(to)) = (read(&row.from), read(&row.to)) else {
                drop("its days could not be read".to_owned());
                continue;
            };
            // Only what is certainly inside counts.
            let (lo, hi) =
                (from.map_or(i64::MIN, |day| day.first.hi), to.map_or(i64::MAX, |day| day.last.lo));
            if lo > hi {
                drop("it ends before it starts".to_owned());
                continue;
            }
            let names: &[String] = if row.covers.is_empty() {
                std::slice::from_ref(&row.custodian)
            } else {
                &row.covers
            };
            for name in names {
                let Some(party) = party_of(record, name) else {
                    drop(format!("\"{name}\" is neither a custodian with a party nor a party"));
                    continue;
                };
                covered.cells.push(Cell {
                    party,
                    channel: channel_name(&row.channel),
                    lo,
                    hi,
                    completeness: row.completeness,
                    custodian: row.custodian.clone(),
                });
            }
        }
        covered.channels(record, more);
        covered
    }

    fn channels(&mut self, record: &Record, more: &[String]) {
        let named = self.cells.iter().map(|cell| cell.channel.clone());
        let seen = record.rows.iter().filter(|row| row.is_private_message());
        let mut all: Vec<String> = PRIVATE.iter().map(|name| (*name).to_owned()).collect();
        all.extend(more.iter().map(|name| channel_name(name)));
        all.extend(named);
        let mut media: Vec<Medium> = seen.map(|row| row.medium).collect();
        media.sort_unstable();
        media.dedup();
        all.extend(media.into_iter().map(|medium| channel_of(medium).to_owned()));
        for name in all {
            let elsewhere = name == "*"
                || PUBLIC.contains(&name.as_str())
                || UNRECORDED.contains(&name.as_str());
            if !elsewhere && !self.private.contains(&name) {
                self.private.push(name);
            }
        }
        self.public = PUBLIC.iter().map(|name| (*name).to_owned()).collect();
    }

    /// The private channels that a claim about messages needs.
    pub(crate) fn private(&self) -> &[String] {
        &self.private
    }

    /// The public channels that a claim about acts needs.
    pub(crate) fn public(&self) -> &[String] {
        &self.public
    }

    /// How much of the needed time is covered. Each group of `needed` must be covered on each
    /// channel from `start` (`i64::MIN`: ever) to `end`, by any of its parties: one complete
    /// custodian suffices for what passed between two. Where the time has no start, the share is
    /// counted from `first_seen`.
    pub(crate) fn share(
        &self,
        channels: &[String],
        needed: &[Vec<Party>],
        (start, end): (i64, i64),
        first_seen: Option<i64>,
    ) -> Share {
        let lines: Vec<ChannelShare> = channels
            .iter()
            .map(|channel| self.channel_share(channel, needed, (start, end), first_seen))
            .collect();
        let complete = !lines.is_empty() && lines.iter().all(|line| line.complete);
        let n = (lines.len() as u64).max(1);
        let mean = lines.iter().map(|line| u64::from(line.percent)).sum::<u64>() / n;
        let percent = if complete { 100 } else { mean.min(99) as u8 };
        Share { percent, complete, channels: lines, unrecorded: UNRECORDED.to_vec() }
    }

    fn channel_share(
        &self,
        channel: &str,
        needed: &[Vec<Party>],
        (start, end): (i64, i64),
        first_seen: Option<i64>,
    ) -> ChannelShare {
        let mut line = ChannelShare {
            channel: channel.to_owned(),
            percent: 0,
            complete: !needed.is_empty(),
            custodians: Vec::new(),
            partial: Vec::new(),
        };
        let (mut whole, mut got) = (0_i128, 0_i128);
        for group in needed {
            let cells = self.cells.iter().filter(|cell| {
                group.contains(&cell.party) && (cell.channel == channel || cell.channel == "*")
            });
            let mut full: Vec<(i64, i64)> = Vec::new();
            for cell in cells.filter(|cell| cell.lo <= end && cell.hi >= start) {
                let names = match cell.completeness {
                    Completeness::Full => &mut line.custodians,
                    _ => &mut line.partial,
                };
                if !names.contains(&cell.custodian) {
                    names.push(cell.custodian.clone());
                }
                if cell.completeness == Completeness::Full {
                    full.push((cell.lo, cell.hi));
                }
            }
            let full = merged(full);
            line.complete &= full.iter().any(|(lo, hi)| *lo <= start && *hi >= end);
            let earliest = full.iter().map(|(lo, _)| *lo).filter(|lo| *lo != i64::MIN).min();
            let start = match start {
                i64::MIN => earliest.into_iter().chain(first_seen).min(),
                start => Some(start),
            };
            // Without a start or an end there is no length to take a share of.
            let (Some(start), true) = (start, end != i64::MAX) else { continue };
            let length = |lo: i64, hi: i64| (i128::from(hi) - i128::from(lo) + 1).max(0);
            whole += length(start, end);
            got +=
                full.iter().map(|(lo, hi)| length((*lo).max(start), (*hi).min(end))).sum::<i128>();
        }
        line.percent = match (line.complete, whole) {
            (true, _) => 100,
            (false, 0) => 0,
            (false, whole) => (got * 100 / whole).clamp(0, 99) as u8,
        };
        line
    }
}

fn party_of(record: &Record, name: &str) -> Option<Party> {
    let custodian = record.custodians.iter().find(|(known, _)| known == name);
    custodian.and_then(|(_, party)| *party).or_else(|| record.party_named(name))
}

/// Joins intervals that overlap or touch.
fn merged(mut all: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    all.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (lo, hi) in all {
        match joined.last_mut() {
            Some(last) if lo <= last.1.saturating_add(1) => last.1 = last.1.max(hi),
            _ => joined.push((lo, hi)),
        }
    }
    joined
}

/// Coverage of one channel.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::ChannelShare))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChannelShare {
    /// The channel.
    pub channel: String,
    /// Covered share of the needed time, rounded down; 100 only if complete.
    pub percent: u8,
    /// Whether all of the needed time is covered.
    pub complete: bool,
    /// The custodians whose archives are complete for a part of it.
    pub custodians: Vec<String>,
    /// Custodians with rows that are partial or of unknown completeness; they count for nothing.
    pub partial: Vec<String>,
}

/// How much of what a claim needs the record is known to hold.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Share))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Share {
    /// Mean over the channels, rounded down; 100 only if complete.
    pub percent: u8,
    /// Whether every channel is complete.
    pub complete: bool,
    /// Each channel.
    pub channels: Vec<ChannelShare>,
    /// Channels that no record of messages holds.
    pub unrecorded: Vec<&'static str>,
}

impl Share {
    /// The coverage line: «email 40%, direct message 0%; not recorded: voice, in person».
    pub fn line(&self) -> String {
        let channels: Vec<String> = self
            .channels
            .iter()
            .map(|line| format!("{} {}%", line.channel, line.percent))
            .collect();
        format!("{}; not recorded: {}", channels.join(", "), self.unrecorded.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Builder, DAY};

    fn row(custodian: &str, channel: &str, from: &str, to: &str) -> CoverageRow {
        let day = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CoverageRow {
            custodian: custodian.to_owned(),
            channel: channel.to_owned(),
            from: day(from),
            to: day(to),
            completeness: Completeness::Full,
            ..CoverageRow::default()
        }
    }

    fn share(rows: Vec<CoverageRow>, days: (i64, i64)) -> (Share, Vec<String>) {
        let mut builder = Builder::new("UTC");
        let (a, b) = (builder.party("a", "Ann"), builder.party("b", "Bob"));
        let record = builder.finish();
        let mut caveats = Vec::new();
        let table = Coverage { zone: None, rows };
        let covered = Covered::of(&record, &table, &[], &mut caveats);
        let span = (days.0 * DAY, days.1 * DAY - 1);
        (covered.share(covered.private(), &[vec![a, b]], span, None), caveats)
    }

    #[test]
    fn either_side_may_cover_and_adjoining_rows_join() {
        let rows = vec![
            row("Ann", "e-mail", "1970-01-01", "1970-01-05"),
            row("bob", "email", "1970-01-06", "1970-01-10"),
            row("Ann", "dm", "1970-01-01", "1970-01-05"),
        ];
        let (share, caveats) = share(rows, (0, 10));
        assert_eq!(caveats, [] as [&str; 0]);
        let percents: Vec<(u8, bool)> =
            share.channels.iter().map(|line| (line.percent, line.complete)).collect();
        assert_eq!(percents, [(100, true), (50, false), (0, false)]);
        assert_eq!((share.percent, share.complete), (50, false));
        assert_eq!(
            share.line(),
            "email 100%, direct message 50%, chat 0%; not recorded: voice, in person"
        );
    }

    #[test]
    fn time_without_a_start_is_complete_only_under_a_row_without_one() {
        let mut builder = Builder::new("UTC");
        let a = builder.party("a", "Ann");
        let record = builder.finish();
        for (from, complete) in [("1960-01-01", false), ("", true)] {
            let table = Coverage { zone: None, rows: vec![row("Ann", "*", from, "")] };
            let covered = Covered::of(&record, &table, &[], &mut Vec::new());
            let share = covered.share(covered.private(), &[vec![a]], (i64::MIN, 0), Some(-5));
            assert_eq!(
                (share.complete, share.percent),
                (complete, if complete { 100 } else { 99 })
            );
        }
    }

    #[test]
    fn rows_that_cannot_be_read_are_said_and_count_for_nothing() {
        let rows = vec![
            row("Carol", "*", "", ""),
            row("Ann", "*", "1970-01-09", "1970-01-02"),
            row("Ann", "*", "soon", ""),
        ];
        let (share, caveats) = share(rows, (0, 10));
        assert_eq!((caveats.len(), share.percent), (3, 0));
    }
}
