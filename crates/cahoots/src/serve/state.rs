//! What all requests share: the open case, who is signed in, answers already made.

use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use cahoots_store::{Case, Segment};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, OnceCell, Semaphore, broadcast, watch};
use utoipa::ToSchema;

use super::api::error::Refused;
use super::gently::gently;
use super::guard::Origins;
use super::kept::Kept;
use super::limit::Attempts;
use super::sessions::{Entry, Sessions};
use crate::answers::search::parse;
use crate::axis::Matching;
use crate::desk::{Desk, Held};

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = session::Role)]
pub enum Role {
    /// Reads everything, changes nothing.
    Reader,
    /// Reads and decides.
    Editor,
}

impl Role {
    /// The role of this name; what is not known may only read.
    pub fn from_name(name: &str) -> Self {
        if name == "editor" { Self::Editor } else { Self::Reader }
    }
}

/// A state of the case: what was read at one is true until it is another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Stamp {
    /// Segments of the record, and how far their archives have come.
    pub record: (u64, u64),
    /// What is derived from the record, by when it was written.
    pub derived: u64,
    /// The last decision on who is who.
    pub people: u64,
    /// The last decision that changes what is found.
    pub findings: u64,
    /// The last decision.
    pub log: u64,
}

impl Stamp {
    /// Whether the record and what is derived from it are the same.
    fn reads_as(self, other: Self) -> bool {
        (self.record, self.derived) == (other.record, other.derived)
    }

    /// Reads the state; `known` spares the look at what the decisions are about.
    fn of(case: &Case, known: Option<Self>) -> Result<Self> {
        let catalog = case.catalog();
        let (record, derived) = (catalog.extent()?, derived(case));
        let log = catalog.last_human()?;
        if let Some(known) = known.filter(|known| known.log == log) {
            return Ok(Self { record, derived, ..known });
        }
        let mut stamp = Self { record, derived, log, ..Self::default() };
        let rows = catalog.human()?;
        let kind = |seq: u64| {
            let at = rows.binary_search_by_key(&seq, |row| row.seq).ok()?;
            rows.get(at)?.action.get("kind")?.as_str()
        };
        for row in &rows {
            let of = match kind(row.seq) {
                Some("undo") => row.action.get("seq").and_then(|seq| kind(seq.as_u64()?)),
                of => of,
            };
            match of {
                // An undo that is itself taken back may be about anything.
                Some("merge" | "split" | "refuse" | "undo") => {
                    stamp.people = row.seq;
                    stamp.findings = row.seq;
                }
                Some("note" | "tag" | "star" | "pin" | "saved_search") => {}
                _ => stamp.findings = row.seq,
            }
        }
        Ok(stamp)
    }
}

/// When the index and the threads were last written, as one number: an import commits the record
/// first and these after it.
fn derived(case: &Case) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    for file in [case.index_dir().join("meta.json"), case.root().join("threads.parquet")] {
        let facts = std::fs::metadata(file).ok();
        facts.map(|facts| (facts.len(), facts.modified().ok())).hash(&mut hasher);
    }
    hasher.finish()
}

/// What an answer rests on, beside the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rests {
    /// Who is who.
    OnPeople,
    /// Everything that people decide and that changes what is found. Making it may take long.
    OnWork,
}

/// An answer as it is sent.
#[derive(Clone, Debug)]
pub struct Answered {
    /// JSON.
    pub bytes: Arc<[u8]>,
    /// Where the next page is.
    pub link: Option<Arc<str>>,
}

impl From<Vec<u8>> for Answered {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), link: None }
    }
}

/// What was read of the case at its present state.
struct Now {
    stamp: Option<Stamp>,
    held: Arc<Held>,
    /// The open tables, for the next connection.
    segments: Vec<Arc<Segment>>,
}

/// A question at a state of the case, in a quarter of an hour: «yesterday» is another day after
/// midnight, and midnight of every zone is at a quarter.
type Key = (String, Stamp, u64);

fn key(question: String, stamp: Stamp) -> Key {
    let seconds = jiff::Timestamp::now().as_second();
    (question, stamp, seconds.div_euclid(900) as u64)
}

/// An answer being made or made, for whoever asks the same next.
type Made = Arc<OnceCell<Answered>>;

/// Open cases that are kept.
const IDLE: usize = 16;
/// Bytes of answers that are kept.
const ANSWERS: usize = 128 << 20;
/// Bytes of sets of items that queries found, kept for the next window or zoom.
const MATCHINGS: usize = 64 << 20;

/// What kind of question is asked.
#[derive(Clone, Copy)]
enum Pace {
    /// Searching, reading items.
    Quick,
    /// Analyses: whoever searches does not wait for them.
    Long,
    /// Looking at the state of the case, for an answer that may be there already.
    Look,
}

/// Who may compute at the same time: more than there are cores only wait for each other.
struct Turns {
    quick: Arc<Semaphore>,
    long: Arc<Semaphore>,
    look: Arc<Semaphore>,
}

impl Turns {
    fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let turns = |n| Arc::new(Semaphore::new(n));
        let cores = cores.max(2);
        Self { quick: turns(cores), long: turns(cores), look: turns(cores) }
    }

    fn of(&self, pace: Pace) -> &Arc<Semaphore> {
        match pace {
            Pace::Quick => &self.quick,
            Pace::Long => &self.long,
            Pace::Look => &self.look,
        }
    }
}

/// What all requests share.
pub struct Workbench {
    root: PathBuf,
    /// Cases open and not in use; each has its own connection to the catalog.
    idle: Mutex<Vec<(Stamp, Case)>>,
    now: Mutex<Now>,
    turns: Turns,
    answers: Mutex<Kept<Key, Made>>,
    matchings: Mutex<Kept<Key, Arc<Matching>>>,
    /// The case is in another state than what was made ready.
    changed: Notify,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Addresses under which this server is known to its own pages.
    pub origins: Origins,
    /// Failed attempts to sign in.
    pub attempts: Attempts,
    /// What happened, for every page that is open.
    pub events: broadcast::Sender<Event>,
    /// Decisions are written one after the other.
    pub writing: Mutex<()>,
    ending: watch::Sender<bool>,
}

/// What pages are told when it happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Somebody decided something.
    Decided {
        /// The number of the decision.
        seq: u64,
        /// Who.
        author: String,
        /// The item it is about, if it is about one.
        item: Option<String>,
    },
    /// More of the record can be read: an archive is being added by another program.
    Grown {
        /// Segments of the record.
        segments: u64,
        /// Archives that are in it to the end.
        archives: u64,
    },
}

/// How often the record is looked at while pages are open.
const LOOK: std::time::Duration = std::time::Duration::from_secs(2);

/// What a lock guards, for a moment.
pub fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking request left is whole: every change is one assignment.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Workbench {
    /// A workbench over a case.
    ///
    /// # Errors
    /// When `origin` is no address of a page, or there is no randomness.
    pub fn new(
        root: &Path,
        entry: Entry,
        address: SocketAddr,
        origin: Option<&str>,
    ) -> Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            idle: Mutex::default(),
            now: Mutex::new(Now { stamp: None, held: Arc::default(), segments: Vec::new() }),
            turns: Turns::new(),
            answers: Mutex::new(Kept::most(ANSWERS)),
            matchings: Mutex::new(Kept::most(MATCHINGS)),
            changed: Notify::new(),
            sessions: Sessions::new(entry, address.port())?,
            origins: Origins::new(address, origin)?,
            attempts: Attempts::default(),
            events: broadcast::Sender::new(64),
            writing: Mutex::new(()),
            ending: watch::Sender::new(false),
        })
    }

    /// Ends what would go on for ever: pages that listen for what happens.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Waits until the server is told to stop.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut ending = self.ending.subscribe();
        async move { drop(ending.wait_for(|ends| *ends).await) }
    }

    /// Asks the case something, away from the threads that serve.
    ///
    /// # Errors
    /// What `question` fails with, or when the case cannot be opened.
    pub async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Desk) -> Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        self.ask_stamped(|desk, _| question(desk)).await
    }

    /// The same; the question is also told which state of the case it is asked of.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn ask_stamped<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Desk, Stamp) -> Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        self.ask_in(Pace::Quick, question).await
    }

    async fn ask_in<T: Send + 'static>(
        self: &Arc<Self>,
        pace: Pace,
        question: impl FnOnce(&Desk, Stamp) -> Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let workbench = Arc::clone(self);
        let turns = self.turns.of(pace);
        let turn = Arc::clone(turns).acquire_owned().await;
        let ask = move || {
            let (desk, stamp) = workbench.desk()?;
            let desk = match turn {
                Ok(turn) => desk.in_turn(turn),
                // Nobody closes the turns.
                Err(_) => desk,
            };
            let answer = question(&desk, stamp);
            workbench.put_back(desk, stamp);
            answer
        };
        let asked = match pace {
            Pace::Long => gently(ask).await,
            Pace::Quick | Pace::Look => tokio::task::spawn_blocking(ask).await.ok(),
        };
        match asked {
            Some(answer) => Ok(answer?),
            None => Err(Refused::broken("the question could not be answered: a bug")),
        }
    }

    /// An answer: made once for each state of the case that it rests on, however many ask.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn answer<T: Into<Answered> + Send + 'static>(
        self: &Arc<Self>,
        name: String,
        rests: Rests,
        question: impl FnOnce(&Desk, Stamp) -> Result<T> + Send + 'static,
    ) -> Result<Answered, Refused> {
        let stamp = self.stamp().await?;
        let (pace, findings) = match rests {
            Rests::OnPeople => (Pace::Quick, 0),
            Rests::OnWork => (Pace::Long, stamp.findings),
        };
        let key = key(name, Stamp { log: 0, findings, ..stamp });
        let made = {
            let mut answers = held(&self.answers);
            answers.get(&key).unwrap_or_else(|| {
                let made = Made::default();
                answers.put(key.clone(), Arc::clone(&made), 0);
                made
            })
        };
        if let Some(answer) = made.get() {
            return Ok(answer.clone());
        }
        let make = || async { self.ask_in(pace, question).await.map(Into::into) };
        let answer: Answered = made.get_or_try_init(make).await?.clone();
        let bytes = answer.bytes.len();
        held(&self.answers).put(key, made, bytes);
        Ok(answer)
    }

    /// The present state of the case.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn stamp(self: &Arc<Self>) -> Result<Stamp, Refused> {
        self.ask_in(Pace::Look, |_, stamp| Ok(stamp)).await
    }

    /// Everything that a query finds at a state of the case; kept for the next window or zoom.
    ///
    /// # Errors
    /// When the text is not a query, or the case cannot be read.
    pub fn matching(&self, desk: &Desk, stamp: Stamp, text: &str) -> Result<Arc<Matching>> {
        let text = text.trim();
        let key = key(text.to_owned(), Stamp { log: 0, findings: 0, ..stamp });
        if let Some(known) = held(&self.matchings).get(&key) {
            return Ok(known);
        }
        let axis = desk.axis()?;
        let matching = if matches!(text, "" | "*") {
            axis.everything()
        } else {
            let query = parse(text, desk.zone())?;
            axis.matching(|see| Ok(desk.index()?.each_matching(&query, desk, see)?))?
        };
        let matching = Arc::new(matching);
        held(&self.matchings).put(key, Arc::clone(&matching), matching.bytes());
        Ok(matching)
    }

    /// Keeps an open case for the next who asks, if few are kept.
    fn put_back(&self, desk: Desk, stamp: Stamp) {
        let case = desk.into_case();
        let mut idle = held(&self.idle);
        if idle.len() < IDLE {
            idle.push((stamp, case));
        }
    }

    /// An open case at its present state, with what is already known of it.
    fn desk(&self) -> Result<(Desk, Stamp)> {
        let idle = held(&self.idle).pop();
        let known = held(&self.now).stamp;
        let (mut case, read_at) = match idle {
            Some((stamp, case)) => (case, Some(stamp)),
            None => {
                let mut case = Case::open(&self.root)?;
                case.share_segments(&held(&self.now).segments);
                (case, None)
            }
        };
        let stamp = Stamp::of(&case, known).context("the state of the case cannot be read")?;
        if read_at.is_some_and(|at| at.record != stamp.record) {
            case.reload()?;
        }
        let mut now = held(&self.now);
        match now.stamp {
            Some(before) if before == stamp => {}
            // Somebody else looked later and was here sooner: what they saw is newer.
            Some(before) if before.log > stamp.log || before.record > stamp.record => {
                return Ok((Desk::over(case, Arc::clone(&now.held)), stamp));
            }
            Some(before) if before.reads_as(stamp) && before.people == stamp.people => {
                now.held = Arc::new(now.held.with_new_log());
            }
            Some(before) if before.reads_as(stamp) => {
                now.held = Arc::new(now.held.with_new_people());
            }
            _ => {
                now.held = Arc::new(now.held.of_more());
                now.segments = case.shared_segments();
                self.changed.notify_one();
            }
        }
        now.stamp = Some(stamp);
        let desk = Desk::over(case, Arc::clone(&now.held));
        Ok((desk, stamp))
    }

    /// Makes what most questions need ready, at the start and whenever the record has changed, for
    /// as long as the server runs. Whoever asks meanwhile is answered, only later.
    pub async fn keep_ready(self: Arc<Self>) {
        let mut axis = true;
        loop {
            let workbench = Arc::clone(&self);
            let ready = move || {
                let (desk, stamp) = workbench.desk()?;
                let prepared = desk.prepare();
                if axis && prepared.is_ok() {
                    desk.axis()?;
                }
                workbench.put_back(desk, stamp);
                prepared
            };
            // What cannot be read now is read, and its error told, when somebody asks.
            let _ = gently(ready).await;
            // While the record grows, the axis is read by whoever looks at it.
            axis = false;
            self.changed.notified().await;
        }
    }

    /// Tells open pages when the record has grown, for as long as the server runs.
    pub async fn watch(self: Arc<Self>) {
        let mut known = None;
        loop {
            if let Ok(stamp) = self.stamp().await {
                let seen = (stamp.record, stamp.derived);
                if known.replace(seen).is_some_and(|before| before != seen) {
                    let (segments, archives) = stamp.record;
                    // Nobody may be listening.
                    let _ = self.events.send(Event::Grown { segments, archives });
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}
