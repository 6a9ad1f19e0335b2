//! Participants from address headers, however they were written.

use cahoots_record::{AccountKey, Participant, Role};
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address};

use crate::mail::words;

/// Participants kept of one message. Beyond that a header is a mailing in itself; the number
/// left out is said.
pub(crate) const MAX_PARTICIPANTS: usize = 10_000;

/// Bytes of address headers read at once; the rest of a longer one is counted, not read.
const MAX_BYTES: usize = 512 * 1024;

/// Names of groups kept of one message.
const MAX_GROUPS: usize = 100;

/// The accounts of one message, in the order printed.
#[derive(Default)]
pub(crate) struct Participants {
    pub(crate) list: Vec<Participant>,
    /// Names of address groups.
    pub(crate) groups: Vec<String>,
    /// Addressees left out.
    pub(crate) beyond: usize,
}

impl Participants {
    /// Takes in one address header.
    pub(crate) fn header(&mut self, value: &[u8], role: Role) {
        let kept = clip(value);
        self.beyond += memchr::memchr_iter(b',', &value[kept.len()..]).count();
        for (name, address) in addresses(kept, &mut self.groups) {
            if let (Some(words), None) | (None, Some(words)) = (&name, &address)
                && is_placeholder(words)
            {
                if self.groups.len() < MAX_GROUPS {
                    self.groups.push(words.clone());
                }
                continue;
            }
            if self.list.len() >= MAX_PARTICIPANTS {
                self.beyond += 1;
            } else if let Some(participant) = participant(name, address, role)
                // Two headers of one name often repeat each other.
                && !self.list.iter().rev().take(64).any(|known| *known == participant)
            {
                self.list.push(participant);
            }
        }
    }

    /// The first account with `role`.
    pub(crate) fn first(&self, role: Role) -> Option<&AccountKey> {
        self.list.iter().find(|known| known.role == role).map(|known| &known.account)
    }
}

/// Address headers as readable text («Name `<address>`, …»), for `detail`.
pub(crate) fn plain(value: &[u8]) -> String {
    words::decode(value).into_owned()
}

/// Cuts an over-long header at a comma.
fn clip(value: &[u8]) -> &[u8] {
    if value.len() <= MAX_BYTES {
        return value;
    }
    let end = memchr::memrchr(b',', &value[..MAX_BYTES]).unwrap_or(MAX_BYTES);
    &value[..end]
}

fn addresses(value: &[u8], groups: &mut Vec<String>) -> Vec<(Option<String>, Option<String>)> {
    if let Some(simple) = simple(value) {
        return vec![simple];
    }
    let mut text = match std::str::from_utf8(value) {
        // Encoded words and folding are the parser's business.
        Ok(_) => value.to_vec(),
        Err(_) => crate::mail::charset::decode(value, None).text.into_owned().into_bytes(),
    };
    text.retain(|byte| *byte != 0);
    while text.last().is_some_and(u8::is_ascii_whitespace) {
        text.pop();
    }
    text.push(b'\n');
    let parsed = MessageStream::new(&text).parse_address();
    let mut out = Vec::new();
    let mut take = |list: Vec<Addr<'_>>| {
        for Addr { name, address } in list {
            out.push((name.map(Into::into), address.map(Into::into)));
        }
    };
    match parsed.into_address() {
        Some(Address::List(list)) => take(list),
        Some(Address::Group(parsed)) => {
            for group in parsed {
                if let Some(name) = group.name
                    && groups.len() < MAX_GROUPS
                {
                    groups.push(name.into_owned());
                }
                take(group.addresses);
            }
        }
        None => {}
    }
    out
}

/// Whether words stand where addressees were taken out («recipient list suppressed»): nobody's
/// account.
fn is_placeholder(words: &str) -> bool {
    let letters: String =
        words.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    matches!(
        letters.as_str(),
        "recipientlistsuppressed"
            | "recipientlistnotshown"
            | "recipientsuppressed"
            | "undisclosedrecipients"
            | "undisclosedrecipient"
            | "unlistedrecipients"
            | "distributionsuppressed"
    ) && !words.contains('@')
}

/// The two forms that most mail has, without the full grammar: `user@host` and
/// `user@host (Name)` or `Name <user@host>` in plain words.
fn simple(value: &[u8]) -> Option<(Option<String>, Option<String>)> {
    let text = std::str::from_utf8(value).ok()?.trim();
    let plain = |text: &str| {
        text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'%' | b'!' | b'/')
        })
    };
    let is_address = |text: &str| {
        text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !host.is_empty() && plain(local) && plain(host)
        })
    };
    let is_name = |text: &str| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'\'' | b'_'))
    };
    if is_address(text) {
        return Some((None, Some(text.to_owned())));
    }
    let (first, rest) = text.split_once(['<', '('])?;
    let first = first.trim();
    let single = |name: &str| name.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(address) = rest.strip_suffix('>')
        && text.contains('<')
        && is_address(address)
    {
        let name = match first.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            Some(name)
                if name.bytes().all(|b| b != b'"' && b != b'\\' && (32..127).contains(&b)) =>
            {
                name.to_owned()
            }
            None if is_name(first) => single(first),
            _ => return None,
        };
        if name.contains("=?") {
            return None;
        }
        return Some(((!name.is_empty()).then_some(name), Some(address.to_owned())));
    }
    if let Some(name) = rest.strip_suffix(')')
        && is_address(first)
        && is_name(name.trim())
    {
        let name = single(name);
        return Some(((!name.is_empty()).then_some(name), Some(first.to_owned())));
    }
    None
}

fn participant(name: Option<String>, address: Option<String>, role: Role) -> Option<Participant> {
    let name = name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let address = address.as_deref().map(bare_address).filter(|address| !address.is_empty());
    match (name, address) {
        (name, Some(address)) if address.contains('@') => {
            let name = name.filter(|name| !name.eq_ignore_ascii_case(address));
            Some(Participant { account: AccountKey::email(address), role, name })
        }
        // A UUCP path or a local user name.
        (name, Some(address)) => {
            Some(Participant { account: AccountKey::name(address), role, name })
        }
        (Some(name), None) if name.contains('@') && !name.contains(char::is_whitespace) => {
            Some(Participant { account: AccountKey::email(&name), role, name: None })
        }
        (Some(name), None) => {
            Some(Participant { account: AccountKey::name(&name), role, name: Some(name) })
        }
        (None, None) => None,
    }
}

/// An address without brackets, `mailto:` and the source route of RFC 822.
fn bare_address(address: &str) -> &str {
    let address = address.trim().trim_matches(['<', '>', '\'']);
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    match address.strip_prefix('@').and_then(|route| route.rsplit_once(':')) {
        Some((_, address)) => address.trim(),
        None => address.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: &[(&str, &str)]) {
        let mut participants = Participants::default();
        participants.header(value.as_bytes(), Role::To);
        let found: Vec<(&str, &str)> = participants
            .list
            .iter()
            .map(|p| (p.account.as_str(), p.name.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(found, expected, "{value:?}");
    }

    #[test]
    fn the_forms_of_forty_years() {
        check("Ann@Example.org", &[("email:ann@example.org", "")]);
        check(" Ann Example <ann@example.org>\r\n", &[("email:ann@example.org", "Ann Example")]);
        check("ann@example.org (Ann Example)", &[("email:ann@example.org", "Ann Example")]);
        check("\"Example, Ann\" <ann@example.org>", &[("email:ann@example.org", "Example, Ann")]);
        check("<@relay.example,@b.example:ann@example.org>", &[("email:ann@example.org", "")]);
        check("hub!relay!ann", &[("name:hub!relay!ann", "hub!relay!ann")]);
        check("Ann Example", &[("name:ann example", "Ann Example")]);
        check("ann (Ann Example)", &[("name:ann", "Ann Example")]);
        check(
            "=?utf-8?Q?J=C3=B6rg?= <j@example.org>, b@example.org",
            &[("email:j@example.org", "Jörg"), ("email:b@example.org", "")],
        );
        check("undisclosed-recipients:;", &[]);
        check("(Recipient list suppressed)", &[]);
        check(
            "Team: a@example.org, Bea <b@example.org>;, c@example.org",
            &[
                ("email:a@example.org", ""),
                ("email:b@example.org", "Bea"),
                ("email:c@example.org", ""),
            ],
        );
        check("", &[]);
        check("ann@example.org <ann@example.org>", &[("email:ann@example.org", "")]);
    }

    #[test]
    fn the_short_way_agrees_with_the_full_grammar() {
        for value in [
            "ann@example.org",
            "Ann B Example <ann@example.org>",
            "\"Ann. Example, x\" <ann+tag@example.org>",
            "ann@example.org (Ann Example)",
            "<ann@example.org>",
        ] {
            let (name, address) = simple(value.as_bytes()).unwrap();
            let text = format!("{value}\n");
            let full = MessageStream::new(text.as_bytes()).parse_address().into_address().unwrap();
            let full = full.first().unwrap();
            assert_eq!((name.as_deref(), address.as_deref()), (full.name(), full.address()));
        }
    }

    #[test]
    fn raw_bytes_in_names() {
        let mut participants = Participants::default();
        participants.header(b"J\xf6rg M\xfcller <j@example.org>", Role::From);
        assert_eq!(participants.list[0].name.as_deref(), Some("Jörg Müller"));
    }

    #[test]
    fn a_million_recipients_are_bounded_and_counted() {
        let value = "someone@example.org,".repeat(5) + &"x@example.org,\n ".repeat(100_000);
        let mut participants = Participants::default();
        participants.header(value.as_bytes(), Role::To);
        assert!(participants.list.len() <= MAX_PARTICIPANTS && participants.beyond > 0);
    }
}
