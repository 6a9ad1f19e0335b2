//! Accounts, and how they take part in items.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::coded;

coded! {
    /// The service an account belongs to.
    Platform {
        /// An internet mail address.
        Email = 0 "email",
        /// X, formerly Twitter: numeric id, or handle where the id is not known.
        X = 1 "x",
        /// A telephone number in E.164 form.
        Phone = 2 "phone",
        /// A name as printed, with no account known.
        Name = 3 "name",
        /// Any other platform; the key carries its name.
        Other = 4 "other",
    }
}

coded! {
    /// How an account takes part in an item.
    Role {
        /// Author.
        From = 0 "from",
        /// Transmitting agent where it is not the author.
        Sender = 1 "sender",
        /// Addressee.
        To = 2 "to",
        /// Addressee of a copy.
        Cc = 3 "cc",
        /// Addressee of a blind copy.
        Bcc = 4 "bcc",
        /// Named in the text.
        Mention = 5 "mention",
        /// Author of something quoted or reposted.
        Quoted = 6 "quoted",
        /// Member of the group conversation at the time.
        Member = 7 "member",
    }
}

/// The normalised name of an account: `email:ann@example.org`, `x:783214`, `x:@handle`,
/// `name:ann example`.
///
/// Normalisation is exact and never guesses: letter case of addresses and handles, white space.
/// Two spellings that are one account by the provider's rules (dots, `+tag`) stay two keys here;
/// parties join them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct AccountKey(String);

impl AccountKey {
    /// A mail address. Lower-cased whole: no provider in use tells addresses apart by case.
    pub fn email(address: &str) -> Self {
        let address = address.trim().trim_start_matches('<').trim_end_matches('>').trim();
        Self(format!("email:{}", squeeze(&address.to_lowercase())))
    }

    /// An X account by its numeric id.
    pub fn x_id(id: &str) -> Self {
        Self(format!("x:{}", id.trim()))
    }

    /// An X account by its handle, with or without `@`.
    pub fn x_handle(handle: &str) -> Self {
        Self(format!("x:@{}", handle.trim().trim_start_matches('@').to_lowercase()))
    }

    /// A telephone number; everything but digits and a leading `+` is dropped.
    pub fn phone(number: &str) -> Self {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
        Self(format!("phone:{plus}{digits}"))
    }

    /// A name as printed, where no account is known.
    pub fn name(name: &str) -> Self {
        Self(format!("name:{}", squeeze(&name.to_lowercase())))
    }

    /// An id on any other platform (`"mastodon"`, `"telegram"`).
    pub fn other(platform: &str, id: &str) -> Self {
        Self(format!("{}:{}", squeeze(&platform.to_lowercase()), id.trim()))
    }

    /// A key read back from storage.
    pub fn from_stored(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part behind the platform: the address, id, handle or name.
    pub fn native(&self) -> &str {
        self.0.split_once(':').map_or(self.0.as_str(), |(_, native)| native)
    }

    /// The platform the key names.
    pub fn platform(&self) -> Platform {
        match self.0.split_once(':').map(|(platform, _)| platform) {
            Some("email") => Platform::Email,
            Some("x") => Platform::X,
            Some("phone") => Platform::Phone,
            Some("name") => Platform::Name,
            _ => Platform::Other,
        }
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// An account as an importer declares it: its key, and what else the archive says of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Account {
    /// The normalised name.
    pub key: AccountKey,
    /// Other keys that the archive itself states to be the same account or person
    /// (a handle for a numeric id; the accounts of a named party in a compiled record).
    pub same_as: Vec<AccountKey>,
    /// Display name, as found.
    pub name: Option<String>,
    /// What the statement rests on, in words for a person.
    pub basis: String,
}

/// One account's part in one item.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Participant {
    /// Who.
    pub account: AccountKey,
    /// How.
    pub role: Role,
    /// Display name as printed in this item.
    pub name: Option<String>,
}

impl Participant {
    /// A participant without a printed name.
    pub fn new(account: AccountKey, role: Role) -> Self {
        Self { account, role, name: None }
    }

    /// The printed name, else the account's own.
    pub fn label(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(self.account.native())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_normalise_exactly() {
        assert_eq!(AccountKey::email(" <Ann@Example.ORG> ").as_str(), "email:ann@example.org");
        assert_eq!(AccountKey::x_handle("@NewsDesk"), AccountKey::x_handle("newsdesk"));
        assert_ne!(AccountKey::email("a.b@gmail.com"), AccountKey::email("ab@gmail.com"));
        assert_eq!(AccountKey::name(" Ann   EXAMPLE ").native(), "ann example");
        assert_eq!(AccountKey::phone("+49 (30) 12-3").as_str(), "phone:+4930123");
        assert_eq!(AccountKey::other("Telegram", "user5").platform(), Platform::Other);
    }
}
