//! What the analysis of acts gives.

use cahoots_record::{AccountKey, UtcMicros};
use serde::Serialize;

use super::links::Content;
use super::verdict::{Needed, Verdict};
use crate::finding::Cite;
pub use crate::finding::Who;
use crate::record::Span;
use crate::stats::Interval;

/// A time as an interval; open ends are absent.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Time))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Time {
    /// Not before.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    #[serde(serialize_with = "instant_out")]
    pub earliest: Option<UtcMicros>,
    /// Not after.
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    #[serde(serialize_with = "instant_out")]
    pub latest: Option<UtcMicros>,
}

/// An instant as it is written out: RFC 3339 in UTC, `null` where it is not known.
#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn instant_out<S: serde::Serializer>(
    at: &Option<UtcMicros>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(|at| at.to_string()).serialize(serializer)
}

impl From<Span> for Time {
    fn from(span: Span) -> Self {
        Self {
            earliest: (span.lo != i64::MIN).then_some(UtcMicros(span.lo)),
            latest: (span.hi != i64::MAX).then_some(UtcMicros(span.hi)),
        }
    }
}

/// Everything about messages from one party and the acts of others.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Acts))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Acts {
    /// Who wrote.
    pub from: Who,
    /// Who was written to.
    pub to: Who,
    /// Declared beforehand as acting for or with the party written to.
    pub circle: Vec<Who>,
    /// The verdict: of the party alone, or of the whole group where a circle is declared.
    pub verdict: Verdict,
    /// The same in words.
    pub words: String,
    /// Messages and sessions.
    pub messages: MessageCounts,
    /// One test per party, the party written to first, and one for any of the group last. Each
    /// was declared before; none is chosen for its outcome.
    pub tests: Vec<ActorTest>,
    /// The comparison with accounts that the record does not show being asked.
    pub peers: Option<PeerTest>,
    /// Every session beside the acts that may answer it.
    pub sessions: Vec<SessionFound>,
    /// Messages whose time is too wide to be counted, each beside such acts.
    pub time_too_wide: Vec<SessionFound>,
    /// Objects that occur in everything and were not counted as rare.
    pub in_everything: Vec<Everywhere>,
}

/// How many messages there are, and what was left out.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::MessageCounts))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct MessageCounts {
    /// Private messages from the one to the other.
    pub messages: usize,
    /// Runs of them with gaps of at most the window.
    pub sessions: usize,
    /// Messages with a time too wide to be counted.
    pub time_too_wide: usize,
    /// Messages that a program sent, left out.
    pub automated: usize,
    /// Left out: it is in doubt whether they exist.
    pub unverified: usize,
    /// Messages outside the saved set of requests, left out.
    pub not_requested: usize,
}

/// The test of one party, or of any of the group.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::ActorTest))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ActorTest {
    /// Whose acts.
    pub who: Vec<Who>,
    /// Whether it is the extra test of any of the group.
    pub any_of_group: bool,
    /// What this test alone says.
    pub verdict: Verdict,
    /// The same in words.
    pub words: String,
    /// Where the public record is taken to be complete.
    pub coverage: Vec<Time>,
    /// Acts counted, and acts left out.
    pub acts: ActCounts,
    /// Sessions left out.
    pub left_out: LeftOut,
    /// Sessions tested (n).
    pub sessions: u32,
    /// Sessions followed by an act within the window (k).
    pub answered: u32,
    /// k/n.
    pub share: Option<f64>,
    /// 95% interval of the share (Wilson 1927).
    pub interval: Option<Interval>,
    /// Of the sessions answered, those where an act within the window shares an object of grade A
    /// to C. No p goes with this count: only comparable accounts can give one.
    pub answered_with_content: u32,
    /// The block-day permutation test at the primary window.
    pub test: WindowTest,
    /// The same at the other windows, with the same redraws.
    pub other_windows: Vec<WindowTest>,
    /// Declared windows that were not used: some times are wider than a quarter of them.
    pub windows_not_used_seconds: Vec<f64>,
    /// p of the best of all windows, paid for all of them (min-p).
    pub p_any_window: f64,
    /// p times the size of the family, at most 1 (Bonferroni).
    pub p_in_family: f64,
    /// 95% range of the number of sessions that chance would give.
    pub chance_range: (u32, u32),
    /// k less what chance gives.
    pub excess: f64,
    /// k over what chance gives.
    pub ratio: Option<f64>,
    /// Half of the sessions were followed by an act within this many seconds (Kaplan and Meier
    /// 1958, watched until the next session or the end of the coverage).
    pub median_lag_seconds: Option<f64>,
    /// First lags against chance.
    pub lags: Vec<LagRow>,
    /// The check with the window before each session.
    pub placebo: Placebo,
    /// What would be needed to tell.
    pub needed: Needed,
}

/// Acts that entered a test and acts that did not.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::ActCounts))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ActCounts {
    /// Counted.
    pub counted: usize,
    /// Left out: they publicly answer, quote or repeat the sender.
    pub to_the_sender: usize,
    /// Left out: time too wide or not known.
    pub time_too_wide: usize,
    /// Left out: outside the coverage.
    pub outside_coverage: usize,
    /// Left out: made by a program.
    pub automated: usize,
}

/// Sessions that did not enter a test.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::LeftOut))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct LeftOut {
    /// The window after it is not wholly covered.
    pub window_leaves_coverage: usize,
    /// Everything it names had already been acted on.
    pub already_acted_on: usize,
}

/// One window's test.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::WindowTest))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct WindowTest {
    /// The window in seconds.
    pub within_seconds: f64,
    /// Sessions followed by an act.
    pub answered: u32,
    /// The share that chance gives.
    pub chance_share: f64,
    /// (1 + redraws with at least as many) / (1 + redraws).
    pub p: f64,
    /// What p tends to with endless redraws, exactly.
    pub p_limit: f64,
    /// The chance that every session is followed by an act.
    pub all_answered: f64,
}

/// First acts after sessions, by lag.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::LagRow))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct LagRow {
    /// Longer than this, in seconds.
    pub from_seconds: f64,
    /// Not longer than this.
    pub until_seconds: f64,
    /// Sessions whose first act falls here.
    pub sessions: u32,
    /// How many chance gives.
    pub by_chance: f64,
}

/// Sessions with an act on one side only. A check; it has little power.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Placebo))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Placebo {
    /// Sessions with both windows covered.
    pub sessions: u64,
    /// An act after and none before.
    pub only_after: u64,
    /// An act before and none after.
    pub only_before: u64,
    /// One-sided sign test.
    pub p: f64,
}

/// The comparison with peers.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::PeerTest))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PeerTest {
    /// Accounts compared with, by name.
    pub peers: Vec<Who>,
    /// Declared, and without any public item in the record: not compared with.
    pub without_public_items: Vec<Who>,
    /// Requests that name an item and could be compared (n).
    pub requests: u32,
    /// Of these, acted on by the party itself (k).
    pub acted: u32,
    /// How many the peers' behaviour lets expect.
    pub expected: f64,
    /// P(at least k), Poisson-binomial; 1 when nothing could be compared.
    pub p: f64,
    /// p times the size of the family, at most 1.
    pub p_in_family: f64,
    /// Requests left out because the party had already acted on the item.
    pub already_acted_on: u32,
    /// Requests left out because no peer was left to compare with.
    pub no_peer_left: u32,
    /// Requests left out because the window leaves the coverage.
    pub window_leaves_coverage: u32,
    /// Each request compared.
    pub items: Vec<PeerRow>,
}

/// One request compared with peers.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::PeerRow))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PeerRow {
    /// The message that first names the items.
    pub message: Cite,
    /// The items: canonical forms.
    pub items: Vec<String>,
    /// The act, if there was one.
    pub act: Option<Cite>,
    /// Peers that had not acted before.
    pub peers: u32,
    /// Of these, acted within the window.
    pub peers_acted: u32,
    /// Share of the peers and the party that acted.
    pub share: f64,
}

/// A session beside the acts that may answer it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::SessionFound))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SessionFound {
    /// Its messages.
    pub messages: Vec<MessageFound>,
    /// Whether it entered the test of the first party, and if not, why.
    pub counted: Counted,
    /// The act that answers it in the count, by the party written to or its circle.
    pub answered_by: Option<Cite>,
    /// Acts that may answer it.
    pub candidates: Vec<Candidate>,
    /// Acts close in time only that are not listed, because there are many.
    pub more_in_time: usize,
}

/// Whether a session entered the test.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Counted))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// It did.
    Yes,
    /// Its time is too wide.
    TimeTooWide,
    /// The window after it is not wholly covered.
    WindowLeavesCoverage,
    /// Everything it names had already been acted on.
    AlreadyActedOn,
}

/// A message, and what it asked for, if the compiler of the record says so.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::MessageFound))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct MessageFound {
    /// The message.
    pub message: Cite,
    /// When.
    pub time: Time,
    /// What it asked for.
    pub asked: Option<Asked>,
}

/// A request as whoever compiled the record put it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Asked))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Asked {
    /// The kind of request.
    pub kind: Option<String>,
    /// The kind of act that would answer it.
    pub act: Option<String>,
    /// What was asked, in words.
    pub what: Option<String>,
    /// The object it concerns.
    pub object: Option<String>,
    /// Who was to do it.
    pub of: Option<String>,
}

/// An act that may answer a message. The axes stand side by side; there is no score.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Candidate))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Candidate {
    /// The message it is compared with.
    pub message: Cite,
    /// The act.
    pub act: Cite,
    /// Who acted, against who was asked.
    pub actor: ActorAxis,
    /// What was done, against what was asked.
    pub act_kind: KindAxis,
    /// What the two share.
    pub content: Content,
    /// How much later.
    pub time: TimeAxis,
    /// Whether what they share had been public before the message.
    pub public_before: PublicBefore,
    /// Another cause, if one was reported.
    pub other_cause_reported: Option<String>,
    /// Whoever compiled the record says that the act concerns the message.
    pub reported_tie: bool,
    /// The act publicly answers, quotes or repeats the sender: it is not counted.
    pub to_the_sender: bool,
    /// How usual such an act is for the account; `None` where its record does not cover the message
    /// or the act is not after it.
    pub base_rate: Option<BaseRate>,
}

/// The axis of the actor.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::ActorAxis))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ActorAxis {
    /// The account that acted.
    pub account: AccountKey,
    /// The party behind it.
    pub acted: Who,
    /// Who was asked, as stated, or else the party written to.
    pub asked: String,
    /// Whether the record says who was asked.
    pub asked_is_stated: bool,
    /// Whether the party that acted is the one asked.
    pub same: bool,
    /// Whether the party that acted is the one written to.
    pub is_recipient: bool,
}

/// The axis of the kind of act.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::KindAxis))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct KindAxis {
    /// What kind of act it was: `"post"`, `"repost"`, `"statement"`.
    pub acted: &'static str,
    /// What kind was asked for, as stated.
    pub asked: Option<String>,
    /// Whether the one is the other; `None` where nothing was stated or the words are not known.
    pub same: Option<bool>,
}

/// The axis of time. Lags count from the message; negative ones are before it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::TimeAxis))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct TimeAxis {
    /// When the act was.
    pub act: Time,
    /// The smallest lag that the times allow, in seconds.
    pub least_seconds: Option<f64>,
    /// The largest.
    pub most_seconds: Option<f64>,
    /// Whether the act came before the message: `None` if the times do not tell.
    pub before_request: Option<bool>,
    /// Whether the act surely lies within the window after the message.
    pub within_window: bool,
}

/// Whether what a message and an act share had been public before the message.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::PublicBefore))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum PublicBefore {
    /// Yes: in this item.
    Yes {
        /// The first of them.
        item: Cite,
    },
    /// The record has no such item; that does not say that there was none.
    NotInThisRecord,
    /// There is one, but the times do not tell which came first.
    OrderUnknown {
        /// The first of them.
        item: Cite,
    },
    /// They share nothing that could have been public.
    NothingShared,
}

/// How much of the time is followed by such an act anyway.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::BaseRate))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct BaseRate {
    /// Acts of the same account that share as much with the message.
    pub acts_like_it: u32,
    /// The lag they are held against, in seconds: the largest the times allow.
    pub within_seconds: f64,
    /// Share of the covered time that is followed by one within the lag.
    pub any_time: f64,
    /// The same if the acts came one by one at an even rate: 1 − exp(−n·lag/covered time). Acts
    /// that come in bursts lie above the exact share.
    pub evenly: f64,
    /// The same for the UTC hour of day of the message alone.
    pub same_hour: Option<f64>,
    /// Days of coverage this rests on.
    pub covered_days: f64,
}

/// An object that occurs in everything.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Everywhere))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Everywhere {
    /// What kind of thing.
    pub kind: &'static str,
    /// Its canonical form.
    pub key: String,
    /// Public items that have it.
    pub public_items: u32,
}
