//! The parties of a compiled record and their accounts.

use std::collections::BTreeMap;

use cahoots_record::{Account, AccountKey, Medium, Participant, Platform, Role};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::model::{Entry, Notes, nearest};

/// A misspelt name is looked for among so many parties; comparing all with all would not end.
const GUESSED: usize = 1000;

/// The network that an entry travelled on: which account of a party took part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Network {
    Email,
    X,
    Phone,
    /// Any other platform, by its name in lower case.
    Other(String),
    /// None that has accounts.
    None,
}

impl Network {
    /// From the medium and the platform as named, if it is.
    pub(crate) fn of(medium: Medium, platform: Option<&str>) -> Self {
        let named = platform.map(|name| name.trim().to_lowercase());
        match named.as_deref() {
            Some("x" | "twitter") => Self::X,
            Some("email" | "e-mail" | "mail") => Self::Email,
            Some("phone" | "sms") => Self::Phone,
            Some(name) => Self::Other(name.to_owned()),
            None => match medium {
                Medium::Email => Self::Email,
                Medium::DirectMessage | Medium::Post | Medium::Repost => Self::X,
                Medium::Chat | Medium::Publication | Medium::Other => Self::None,
            },
        }
    }

    fn fits(&self, key: &AccountKey) -> bool {
        match self {
            Self::Email => key.platform() == Platform::Email,
            Self::X => key.platform() == Platform::X,
            Self::Phone => key.platform() == Platform::Phone,
            Self::Other(name) => {
                key.platform() == Platform::Other
                    && key.as_str().strip_prefix(name.as_str()).is_some_and(|r| r.starts_with(':'))
            }
            Self::None => false,
        }
    }
}

/// A party as the record declares it.
#[derive(Clone, Debug)]
struct Party {
    name: String,
    accounts: Vec<AccountKey>,
}

/// Every party, by each of its names.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    parties: Vec<Party>,
    by_name: BTreeMap<AccountKey, usize>,
    /// What the record says about accounts.
    pub(crate) accounts: Vec<Account>,
    /// The parties as told, for the items they take part in.
    told: Vec<Value>,
}

impl People {
    /// Takes a `party` entry. Gives false if it has no name and so says nothing.
    pub(crate) fn declare(&mut self, entry: &Entry, notes: &mut Notes) -> bool {
        let mut fields = Fields::new(entry.fields.clone(), "");
        let Some(name) = fields.text("name", notes) else {
            notes.lost("no-name", "name", "is missing");
            return false;
        };
        let also = fields.list("also", notes);
        let basis = fields.text("basis", notes);
        let words = basis
            .clone()
            .unwrap_or_else(|| format!("the compiled record says so of its party \"{name}\""));
        let mut keys = Vec::new();
        let mut told_accounts = Vec::new();
        for mut table in fields.tables("accounts", "account", notes) {
            let Some(text) = table.text("account", notes) else {
                notes.damaged("no-account", &table.path("account"), "is missing", "the party");
                continue;
            };
            let Some(key) = account(&text, &Network::None) else {
                let what = format!(
                    "\"{text}\" is no account: @handle, a@b.c, +49301234567, x:123 and \
                     platform:id are"
                );
                notes.damaged("bad-account", &table.path("account"), &what, "the party");
                continue;
            };
            let account_basis = table.text("basis", notes);
            let mut told = Map::new();
            told.insert("account".to_owned(), key.as_str().into());
            for field in ["from", "until", "certainty", "note"] {
                if let Some(text) = table.text(field, notes) {
                    told.insert(field.to_owned(), text.into());
                }
            }
            let published = table.list("published", notes);
            if !published.is_empty() {
                told.insert("published".to_owned(), published.into());
            }
            if let Some(basis) = &account_basis {
                told.insert("basis".to_owned(), basis.clone().into());
            }
            let other = table.leftovers(notes);
            if !other.is_empty() {
                told.insert("other".to_owned(), other.into());
            }
            told_accounts.push(Value::Object(told));
            self.accounts.push(Account {
                key: AccountKey::name(&name),
                same_as: vec![key.clone()],
                name: Some(name.clone()),
                basis: account_basis.unwrap_or_else(|| words.clone()),
            });
            keys.push(key);
        }
        let aliases: Vec<AccountKey> = also.iter().map(|name| AccountKey::name(name)).collect();
        if keys.is_empty() || !aliases.is_empty() {
            self.accounts.push(Account {
                key: AccountKey::name(&name),
                same_as: aliases.clone(),
                name: Some(name.clone()),
                basis: words,
            });
        }
        let place = self.parties.len();
        for key in std::iter::once(AccountKey::name(&name)).chain(aliases) {
            if self.by_name.insert(key, place).is_some() {
                notes.damaged("same-name", "name", "is another party's name too", "the later one");
            }
        }
        let mut told = json!({ "name": name });
        let mut put = |key: &str, value: Value| told[key] = value;
        if !also.is_empty() {
            put("also", also.into());
        }
        if !told_accounts.is_empty() {
            put("accounts", told_accounts.into());
        }
        if let Some(basis) = basis {
            put("basis", basis.into());
        }
        for key in ["id", "role", "certainty", "note"] {
            if let Some(text) = fields.text(key, notes) {
                put(key, text.into());
            }
        }
        let mut members = Vec::new();
        for mut table in fields.tables("members", "party", notes) {
            let mut member = Map::new();
            for key in ["party", "role", "from", "until", "basis"] {
                if let Some(text) = table.text(key, notes) {
                    member.insert(key.to_owned(), text.into());
                }
            }
            table.leftovers(notes);
            members.push(Value::Object(member));
        }
        if !members.is_empty() {
            put("members", members.into());
        }
        let published = fields.list("published", notes);
        if !published.is_empty() {
            put("published", published.into());
        }
        let other = fields.leftovers(notes);
        if !other.is_empty() {
            put("other", other.into());
        }
        self.told.push(told);
        self.parties.push(Party { name, accounts: keys });
        true
    }

    /// Whoever a text names: a party, an account, or a name as printed.
    pub(crate) fn participant(
        &self,
        text: &str,
        role: Role,
        network: &Network,
        key: &str,
        notes: &mut Notes,
    ) -> Participant {
        if let Some((name, account)) = self.named(text, network) {
            return Participant { account, role, name: Some(name) };
        }
        if let Some(account) = account(text, network) {
            return Participant { account, role, name: None };
        }
        if let Some((name, inner)) = printed_with_account(text)
            && let Some(account) = account(inner, network)
        {
            return Participant { account, role, name: Some(name.to_owned()) };
        }
        let names = self.parties.iter().take(GUESSED).map(|party| party.name.as_str());
        if let Some(name) = nearest(text, names) {
            let what = format!("\"{text}\" is the name of no party; did you mean \"{name}\"?");
            notes.note("unknown-party", key, &what, "the name as printed");
        }
        Participant { account: AccountKey::name(text), role, name: Some(text.to_owned()) }
    }

    /// The party with this name, and the account of it that was used.
    fn named(&self, text: &str, network: &Network) -> Option<(String, AccountKey)> {
        let key = AccountKey::name(text);
        let party = self.parties.get(*self.by_name.get(&key)?)?;
        let account = party.accounts.iter().find(|account| network.fits(account));
        Some((text.to_owned(), account.cloned().unwrap_or(AccountKey::name(&party.name))))
    }

    /// Whether a text names a declared party or is an account.
    pub(crate) fn knows(&self, text: &str) -> bool {
        self.by_name.contains_key(&AccountKey::name(text))
            || account(text, &Network::None).is_some()
    }

    /// What the record tells of a party beyond its name, by the name as printed.
    pub(crate) fn told(&self, name: &str) -> Option<&Value> {
        self.told.get(*self.by_name.get(&AccountKey::name(name))?)
    }
}

/// `Ann Example (@ann)` and `Ann Example <ann@example.org>`.
fn printed_with_account(text: &str) -> Option<(&str, &str)> {
    let (open, close) = if text.ends_with(')') { ('(', ')') } else { ('<', '>') };
    let (name, inner) = text.strip_suffix(close)?.rsplit_once(open)?;
    (!name.trim().is_empty()).then_some((name.trim(), inner.trim()))
}

/// An account as compilers write it.
pub(crate) fn account(text: &str, network: &Network) -> Option<AccountKey> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if let Some((platform, id)) = text.split_once(':') {
        let word = platform.len() < 24
            && platform.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let id = id.trim();
        if word && !id.is_empty() && !id.starts_with("//") {
            match platform.to_lowercase().as_str() {
                "name" => return Some(AccountKey::name(id)),
                "email" | "mailto" => return Some(AccountKey::email(id)),
                "phone" | "tel" => return Some(AccountKey::phone(id)),
                "x" | "twitter" if id.bytes().all(|b| b.is_ascii_digit()) => {
                    return Some(AccountKey::x_id(id));
                }
                "x" | "twitter" => return Some(AccountKey::x_handle(id)),
                _ if platform.is_empty() || id.contains(char::is_whitespace) => {}
                _ => return Some(AccountKey::other(platform, id)),
            }
        }
        return None;
    }
    if text.contains(char::is_whitespace) {
        let phone = text.starts_with('+') && text.bytes().filter(u8::is_ascii_digit).count() > 6;
        return phone.then(|| AccountKey::phone(text));
    }
    if let Some(handle) = text.strip_prefix('@') {
        if handle.is_empty() {
            return None;
        }
        return Some(match network {
            _ if handle.contains('@') => AccountKey::other("mastodon", &format!("@{handle}")),
            Network::Other(platform) => AccountKey::other(platform, &format!("@{handle}")),
            _ => AccountKey::x_handle(handle),
        });
    }
    let mail = text.split_once('@').is_some_and(|(local, domain)| {
        !local.trim_start_matches('<').is_empty() && domain.contains('.') && !domain.contains('@')
    });
    if mail {
        return Some(AccountKey::email(text));
    }
    let digits = text.strip_prefix('+')?;
    let digits = digits.bytes().all(|b| b.is_ascii_digit() || b"-()./".contains(&b))
        && digits.bytes().filter(u8::is_ascii_digit).count() > 6;
    digits.then(|| AccountKey::phone(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_told_from_names() {
        let key = |text| account(text, &Network::None).map(|key| key.as_str().to_owned());
        assert_eq!(key("@NewsDesk").as_deref(), Some("x:@newsdesk"));
        assert_eq!(key("x:123").as_deref(), Some("x:123"));
        assert_eq!(key("Ann@Example.org").as_deref(), Some("email:ann@example.org"));
        assert_eq!(key("telegram:ann5").as_deref(), Some("telegram:ann5"));
        assert_eq!(key("@ann@social.example").as_deref(), Some("mastodon:@ann@social.example"));
        assert_eq!(key("+49 30 1234567").as_deref(), Some("phone:+49301234567"));
        for name in ["Ann Example", "Ann", "https://example.org", "the desk: night", "@", "a@b", ""]
        {
            assert_eq!(key(name), None, "{name}");
        }
        let other = Network::Other("bluesky".to_owned());
        assert_eq!(account("@ann", &other).unwrap().as_str(), "bluesky:@ann");
        assert_eq!(printed_with_account("Ann (@ann)"), Some(("Ann", "@ann")));
        assert_eq!(printed_with_account("(@ann)"), None);
    }
}
