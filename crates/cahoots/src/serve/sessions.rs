//! Who is signed in: one-time links, sessions, what they may do.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use cahoots_record::Sha256;
use rustc_hash::FxHashMap;

use super::state::{Role, held};

/// A session ends when nothing was asked in it for so long.
const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// A link that nobody followed is worth nothing after so long.
const LINK: Duration = Duration::from_secs(15 * 60);
/// Sessions at once; the one idle for longest gives way.
const MOST: usize = 1_000;

/// How people come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// By a link that works once, given to whoever started the server.
    Link,
    /// By name and password.
    Accounts,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The name under which they decide.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

struct Session {
    visitor: Visitor,
    seen: Instant,
}

/// Sessions and links. Only hashes are kept: what is in memory opens no door.
pub struct Sessions {
    /// How people come in.
    pub entry: Entry,
    cookie: String,
    sessions: Mutex<FxHashMap<Sha256, Session>>,
    links: Mutex<FxHashMap<Sha256, Instant>>,
    first: Option<String>,
}

/// A secret nobody can guess: 256 bits.
fn secret() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Sessions {
    /// No sessions yet. The cookie's name has the port in it: cookies of a machine are shared by
    /// all its ports.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(entry: Entry, port: u16) -> Result<Self> {
        let mut sessions = Self {
            entry,
            cookie: format!("cahoots_{port}"),
            sessions: Mutex::default(),
            links: Mutex::default(),
            first: None,
        };
        if entry == Entry::Link {
            sessions.first = Some(sessions.new_link()?);
        }
        Ok(sessions)
    }

    /// The link to print at the start.
    pub fn link(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// A link that works once.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new_link(&self) -> Result<String> {
        let token = secret()?;
        let mut links = held(&self.links);
        links.retain(|_, made| made.elapsed() < LINK);
        links.insert(Sha256::of(token.as_bytes()), Instant::now());
        Ok(token)
    }

    /// Uses a link up; whether it was good.
    pub fn follow(&self, token: &str) -> bool {
        let made = held(&self.links).remove(&Sha256::of(token.as_bytes()));
        // The link printed at the start waits for as long as the person does.
        let first = self.first.as_deref() == Some(token);
        self.entry == Entry::Link && made.is_some_and(|made| first || made.elapsed() < LINK)
    }

    /// Begins a session; gives the cookie's value.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn begin(&self, visitor: Visitor) -> Result<String> {
        let token = secret()?;
        let mut sessions = held(&self.sessions);
        sessions.retain(|_, session| session.seen.elapsed() < IDLE);
        if sessions.len() >= MOST {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.seen);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                sessions.remove(&oldest);
            }
        }
        let session = Session { visitor, seen: Instant::now() };
        sessions.insert(Sha256::of(token.as_bytes()), session);
        Ok(token)
    }

    /// Who a `Cookie` header says it is.
    pub fn visitor(&self, cookies: &str) -> Option<Visitor> {
        let key = Sha256::of(self.token(cookies)?.as_bytes());
        let mut sessions = held(&self.sessions);
        let session = sessions.get_mut(&key)?;
        if session.seen.elapsed() >= IDLE {
            sessions.remove(&key);
            return None;
        }
        session.seen = Instant::now();
        Some(session.visitor.clone())
    }

    /// Ends a session.
    pub fn end(&self, cookies: &str) {
        if let Some(token) = self.token(cookies) {
            held(&self.sessions).remove(&Sha256::of(token.as_bytes()));
        }
    }

    fn token<'a>(&self, cookies: &'a str) -> Option<&'a str> {
        cookies.split(';').find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == self.cookie).then_some(value)
        })
    }

    /// The `Set-Cookie` header that begins a session, or with `None` ends it.
    pub fn cookie(&self, token: Option<&str>, secure: bool) -> String {
        let secure = if secure { "; Secure" } else { "" };
        let name = &self.cookie;
        match token {
            Some(token) => format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}"),
            None => format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann() -> Visitor {
        Visitor { name: "ann".into(), role: Role::Editor }
    }

    #[test]
    fn a_link_opens_once() {
        let sessions = Sessions::new(Entry::Link, 7117).unwrap();
        let token = sessions.link().unwrap().to_owned();
        assert_eq!(token.len(), 64);
        assert!(!sessions.follow("0"));
        assert!(sessions.follow(&token));
        assert!(!sessions.follow(&token), "it was used");
        let other = sessions.new_link().unwrap();
        assert!(sessions.follow(&other));
        assert_eq!(Sessions::new(Entry::Accounts, 1).unwrap().link(), None);
    }

    #[test]
    fn a_session_lives_until_it_is_ended() {
        let sessions = Sessions::new(Entry::Link, 7117).unwrap();
        let token = sessions.begin(ann()).unwrap();
        let cookies = format!("theme=dark; cahoots_7117={token}");
        assert_eq!(sessions.visitor(&cookies).unwrap().name, "ann");
        assert!(sessions.visitor(&format!("cahoots_7118={token}")).is_none());
        assert!(sessions.visitor("cahoots_7117=guessed").is_none());
        sessions.end(&cookies);
        assert!(sessions.visitor(&cookies).is_none());
        let header = sessions.cookie(Some("x"), true);
        assert_eq!(header, "cahoots_7117=x; Path=/; HttpOnly; SameSite=Strict; Secure");
    }
}
