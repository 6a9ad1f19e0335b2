//! What all requests share: the open case, who is signed in, answers already made.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use cahoots_store::Case;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::ToSchema;

use super::api::error::Refused;
use super::api::timeline::Matching;
use super::guard::Origins;
use super::limit::Attempts;
use super::sessions::{Entry, Sessions};
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
    /// The last decision on who is who.
    pub people: u64,
    /// The last decision that changes what is found.
    pub findings: u64,
    /// The last decision.
    pub log: u64,
}

impl Stamp {
    /// Reads the state; `known` spares the look at what the decisions are about.
    fn of(case: &Case, known: Option<Self>) -> Result<Self> {
        let catalog = case.catalog();
        let record = catalog.extent()?;
        let log = catalog.last_human()?;
        if let Some(known) = known.filter(|known| known.log == log) {
            return Ok(Self { record, ..known });
        }
        let mut stamp = Self { record, log, ..Self::default() };
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

/// What was read of the case at its present state.
struct Now {
    stamp: Option<Stamp>,
    held: Arc<Held>,
}

/// A query at a state of the case.
type MatchingKey = (String, (u64, u64), u64);

/// An answer being made or made, for whoever asks the same next.
type Made = Arc<tokio::sync::OnceCell<Arc<[u8]>>>;

/// Answers kept, at most so many bytes.
const KEPT: usize = 128 << 20;

#[derive(Default)]
struct Answers {
    of: FxHashMap<(String, Stamp), Made>,
    order: std::collections::VecDeque<(String, Stamp)>,
}

/// What all requests share.
pub struct Workbench {
    root: PathBuf,
    /// Cases open and not in use; each has its own connection to the catalog.
    idle: Mutex<Vec<(Stamp, Case)>>,
    now: Mutex<Now>,
    answers: Mutex<Answers>,
    /// What queries found; the last asked for at the end.
    pub matchings: Mutex<Vec<(MatchingKey, Arc<Matching>)>>,
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
            now: Mutex::new(Now { stamp: None, held: Arc::default() }),
            answers: Mutex::default(),
            matchings: Mutex::default(),
            sessions: Sessions::new(entry, address.port())?,
            origins: Origins::new(address, origin)?,
            attempts: Attempts::default(),
            events: broadcast::Sender::new(64),
            writing: Mutex::new(()),
        })
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
        let workbench = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let (desk, stamp) = workbench.desk()?;
            let answer = question(&desk, stamp);
            held(&workbench.idle).push((stamp, desk.into_case()));
            answer
        });
        match asked.await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Refused::broken("the question could not be answered: a bug")),
        }
    }

    /// An answer in bytes: made once for each state of the case, however many ask.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn answer(
        self: &Arc<Self>,
        key: String,
        question: impl FnOnce(&Desk) -> Result<Vec<u8>> + Send + 'static,
    ) -> Result<Arc<[u8]>, Refused> {
        let stamp = self.ask_stamped(|_, stamp| Ok(stamp)).await?;
        let key = (key, Stamp { log: 0, ..stamp });
        let made = {
            let mut answers = held(&self.answers);
            match answers.of.get(&key) {
                Some(made) => Arc::clone(made),
                None => {
                    let made = Made::default();
                    answers.of.insert(key.clone(), Arc::clone(&made));
                    answers.order.push_back(key.clone());
                    made
                }
            }
        };
        let answer = made
            .get_or_try_init(|| async { self.ask(question).await.map(Arc::<[u8]>::from) })
            .await
            .cloned();
        self.forget_old();
        answer
    }

    /// Forgets the oldest answers while there are too many bytes of them.
    fn forget_old(&self) {
        let mut answers = held(&self.answers);
        let size = |answers: &Answers| -> usize {
            answers.of.values().map(|made| made.get().map_or(0, |bytes| bytes.len()) + 256).sum()
        };
        while size(&answers) > KEPT {
            let Some(oldest) = answers.order.pop_front() else { break };
            answers.of.remove(&oldest);
        }
    }

    /// An open case at its present state, with what is already known of it.
    fn desk(&self) -> Result<(Desk, Stamp)> {
        let idle = held(&self.idle).pop();
        let known = held(&self.now).stamp;
        let (mut case, read_at) = match idle {
            Some((stamp, case)) => (case, Some(stamp)),
            None => (Case::open(&self.root)?, None),
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
            Some(before) if before.record == stamp.record && before.people == stamp.people => {
                now.held = Arc::new(now.held.with_new_log());
            }
            Some(before) if before.record == stamp.record => {
                now.held = Arc::new(now.held.with_new_people());
            }
            _ => now.held = Arc::default(),
        }
        now.stamp = Some(stamp);
        let desk = Desk::over(case, Arc::clone(&now.held));
        Ok((desk, stamp))
    }

    /// Tells open pages when the record has grown, for as long as the server runs.
    pub async fn watch(self: Arc<Self>) {
        let mut known = None;
        loop {
            tokio::time::sleep(LOOK).await;
            if self.events.receiver_count() == 0 {
                continue;
            }
            let Ok(now) = self.ask_stamped(|_, stamp| Ok(stamp.record)).await else { continue };
            if known.replace(now).is_some_and(|before| before != now) {
                let (segments, archives) = now;
                // Nobody may be listening any more.
                let _ = self.events.send(Event::Grown { segments, archives });
            }
        }
    }
}
