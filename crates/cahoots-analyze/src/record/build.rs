//! Building a record: entries in any order in, columns in the order of time out.

use cahoots_record::{
    AccountKey, Flags, ItemId, ItemKind, ItemOrd, Medium, ObjectKind, Role, Visibility,
};
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{
    Account, Lists, Missing, Numbers, Party, PartyFacts, Place, Record, Row, Span, Taker, Thing,
    ThingFacts, Tie,
};

/// What whoever compiled the record says of an item beyond the vocabulary. Most items have none,
/// and it takes the room of a pointer then.
#[derive(Clone, Debug, Default)]
pub struct Detail(Option<Box<Value>>);

impl Detail {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.as_ref()?.get(key)
    }
}

impl From<Value> for Detail {
    fn from(value: Value) -> Self {
        Self((!value.is_null()).then(|| Box::new(value)))
    }
}

/// One item on its way into a [`Record`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its lasting name.
    pub id: ItemId,
    /// Its place in the case.
    pub ord: ItemOrd,
    /// When.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
    /// The form in which it travelled.
    pub medium: Medium,
    /// Private or public.
    pub visibility: Visibility,
    /// Recovered, summary, deleted, automated, cut.
    pub flags: Flags,
    /// Anything that is equal within a thread and different between threads.
    pub thread: u64,
    /// Number of its channel, from [`Builder::channel`].
    pub channel: Option<u32>,
    /// Numbers of accounts, from [`Builder::account`], with their roles.
    pub takers: Vec<(u32, Role)>,
    /// Objects, from [`Builder::thing`].
    pub things: Vec<Thing>,
    /// Relations to other entries, by their place in the case.
    pub ties: Vec<(Tie, ItemOrd)>,
    /// Custodians, from [`Builder::custodian`].
    pub held_by: Vec<u16>,
    /// What whoever compiled the record added.
    pub detail: Detail,
    /// Number of the archive it was first read from.
    pub archive: u32,
    /// The platform's or archive's own id.
    pub native_id: Option<Box<str>>,
    /// Names of attachments whose bytes no archive holds.
    pub lost_attachments: Vec<String>,
}

impl Entry {
    /// A private direct message at a time, with nothing else known of it.
    pub fn new(ord: u64, span: Span) -> Self {
        Self {
            id: ItemId::of("entry/1", &[&ord.to_le_bytes()]),
            ord: ItemOrd(ord),
            span,
            kind: ItemKind::Message,
            medium: Medium::DirectMessage,
            visibility: Visibility::Private,
            flags: Flags::default(),
            thread: ord,
            channel: None,
            takers: Vec::new(),
            things: Vec::new(),
            ties: Vec::new(),
            held_by: Vec::new(),
            detail: Detail::default(),
            archive: 0,
            native_id: None,
            lost_attachments: Vec::new(),
        }
    }

    /// The same as a public post.
    pub fn post(ord: u64, span: Span) -> Self {
        Self {
            kind: ItemKind::Post,
            medium: Medium::Post,
            visibility: Visibility::Public,
            ..Self::new(ord, span)
        }
    }
}

/// Collects what a [`Record`] is made of.
#[derive(Debug, Default)]
pub struct Builder {
    entries: Vec<Entry>,
    accounts: Vec<Account>,
    by_key: FxHashMap<AccountKey, u32>,
    parties: Vec<PartyFacts>,
    things: Vec<ThingFacts>,
    by_thing: FxHashMap<ThingFacts, Thing>,
    custodians: Vec<(String, Option<Party>)>,
    channels: Vec<String>,
    by_channel: FxHashMap<String, u32>,
    missing: FxHashMap<String, Vec<ItemOrd>>,
    archives: Vec<String>,
    zone: String,
}

impl Builder {
    /// An empty record in a display zone (IANA name).
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), ..Self::default() }
    }

    /// Adds a party.
    pub fn party(&mut self, id: &str, name: &str) -> Party {
        self.parties.push(PartyFacts { id: id.to_owned(), name: name.to_owned() });
        Party(self.parties.len() as u32 - 1)
    }

    /// Adds an account of a party, or finds the one with this key.
    pub fn account(&mut self, key: AccountKey, party: Party) -> u32 {
        if let Some(number) = self.by_key.get(&key) {
            return *number;
        }
        let number = self.accounts.len() as u32;
        self.by_key.insert(key.clone(), number);
        self.accounts.push(Account { key, party });
        number
    }

    /// The number of an account that was added.
    pub fn account_number(&self, key: &AccountKey) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    /// Adds an object, or finds it.
    pub fn thing(&mut self, kind: ObjectKind, key: &str) -> Thing {
        let facts = ThingFacts { kind, key: key.to_owned() };
        if let Some(thing) = self.by_thing.get(&facts) {
            return *thing;
        }
        let thing = Thing(self.things.len() as u32);
        self.things.push(facts.clone());
        self.by_thing.insert(facts, thing);
        thing
    }

    /// Adds a channel, or finds it.
    pub fn channel(&mut self, name: &str) -> u32 {
        if let Some(number) = self.by_channel.get(name) {
            return *number;
        }
        let number = self.channels.len() as u32;
        self.channels.push(name.to_owned());
        self.by_channel.insert(name.to_owned(), number);
        number
    }

    /// Adds a custodian, or finds the one of that name.
    pub fn custodian(&mut self, name: &str, party: Option<Party>) -> u16 {
        if let Some(place) = self.custodians.iter().position(|(known, _)| known == name) {
            return place as u16;
        }
        self.custodians.push((name.to_owned(), party));
        self.custodians.len() as u16 - 1
    }

    /// Names the archives, in the order of their numbers.
    pub fn archives(&mut self, names: impl IntoIterator<Item = String>) {
        self.archives = names.into_iter().collect();
    }

    /// Says that an entry refers to a message that the record does not hold.
    pub fn missing(&mut self, native_id: &str, referred_by: ItemOrd) {
        self.missing.entry(native_id.to_owned()).or_default().push(referred_by);
    }

    /// Adds all items, of which there must be none yet: nothing is copied.
    pub fn all(&mut self, entries: Vec<Entry>) {
        debug_assert!(self.entries.is_empty());
        self.entries = entries;
    }

    /// Adds an item.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Sorts by time, then by place in the case, and lays out the columns.
    pub fn finish(mut self) -> Record {
        self.entries.sort_by_key(|entry| {
            let undated = !entry.span.is_dated();
            (undated, entry.span.sort_key(), entry.ord)
        });
        let mut place_of = PlaceOf::default();
        for (place, entry) in self.entries.iter().enumerate() {
            place_of.set(entry.ord, Place(place as u32));
        }
        let mut record = Record {
            parties: self.parties,
            accounts: self.accounts,
            custodians: self.custodians,
            channels: self.channels,
            zone: self.zone,
            archives: self.archives,
            ..Record::default()
        };
        record.rows.reserve_exact(self.entries.len());
        record.native_ids.reserve_exact(self.entries.len());
        let mut threads: FxHashMap<u64, u32> = FxHashMap::default();
        for (place, mut entry) in self.entries.into_iter().enumerate() {
            let place = Place(place as u32);
            let next = threads.len() as u32;
            let thread = *threads.entry(entry.thread).or_insert(next);
            record.rows.push(Row {
                ord: entry.ord,
                id: entry.id,
                span: entry.span,
                kind: entry.kind,
                medium: entry.medium,
                visibility: entry.visibility,
                flags: entry.flags,
                thread,
                channel: entry.channel,
                archive: entry.archive,
            });
            record.native_ids.push(entry.native_id);
            let lost = entry.lost_attachments.into_iter().map(|name| (place, name));
            record.lost_attachments.extend(lost);
            let accounts = &record.accounts;
            record.takers.push(entry.takers.iter().map(|(account, role)| Taker {
                party: accounts[*account as usize].party,
                account: *account,
                role: *role,
            }));
            entry.things.sort_unstable();
            entry.things.dedup();
            record.things_of.push(entry.things);
            let mut ties: Vec<(Tie, Place)> = entry
                .ties
                .iter()
                .filter_map(|(tie, ord)| Some((*tie, place_of.get(*ord)?)))
                .filter(|(_, other)| *other != place)
                .collect();
            ties.sort_unstable();
            ties.dedup();
            record.ties.push(ties);
            entry.held_by.sort_unstable();
            entry.held_by.dedup();
            record.held_by.push(entry.held_by);
            if let Some(detail) = entry.detail.0 {
                record.details.insert(place, *detail);
            }
        }
        let rows = &record.rows;
        let mut by_id = Numbers::with_capacity(rows.len());
        for place in 0..rows.len() as u32 {
            by_id.add(place, |place| rows[place as usize].id);
        }
        record.by_id = by_id;
        record.places_of = record.things_of.inverse(self.things.len(), |thing| thing.0).map(Place);
        record.count_public();
        record.things = self.things;
        record.by_thing = self.by_thing;
        record.missing = self
            .missing
            .into_iter()
            .map(|(native_id, ords)| {
                let mut referred_by: Vec<Place> =
                    ords.iter().filter_map(|ord| place_of.get(*ord)).collect();
                referred_by.sort_unstable();
                referred_by.dedup();
                Missing { native_id, referred_by }
            })
            .collect();
        record.missing.sort_unstable_by(|a, b| a.native_id.cmp(&b.native_id));
        record
    }
}

/// Where the items of a case went: their places in the case are dense.
#[derive(Default)]
struct PlaceOf(Vec<u32>);

impl PlaceOf {
    const NOWHERE: u32 = u32::MAX;

    fn set(&mut self, ord: ItemOrd, place: Place) {
        let at = ord.0 as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, Self::NOWHERE);
        }
        self.0[at] = place.0;
    }

    fn get(&self, ord: ItemOrd) -> Option<Place> {
        self.0.get(ord.0 as usize).copied().filter(|place| *place != Self::NOWHERE).map(Place)
    }
}

/// An empty record has empty lists.
impl Record {
    /// A record of nothing, in a display zone.
    pub fn empty(zone: &str) -> Self {
        Self { places_of: Lists::default(), ..Builder::new(zone).finish() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_by_time_and_undated_ones_come_last() {
        let mut builder = Builder::new("UTC");
        let ann = builder.party("a", "Ann");
        let account = builder.account(AccountKey::email("ann@example.org"), ann);
        let link = builder.thing(ObjectKind::Url, "https://example.org/");
        builder
            .push(Entry { ties: vec![(Tie::Answers, ItemOrd(2))], ..Entry::new(0, Span::UNKNOWN) });
        builder.push(Entry { things: vec![link, link], ..Entry::post(1, Span::at(20)) });
        builder.push(Entry {
            takers: vec![(account, Role::From)],
            things: vec![link],
            ..Entry::new(2, Span::at(10))
        });
        let record = builder.finish();
        let ords: Vec<u64> = record.rows.iter().map(|row| row.ord.0).collect();
        assert_eq!(ords, [2, 1, 0]);
        assert!(record.wrote(ann, Place(0)));
        assert_eq!(record.places_of.of(link.0), [Place(0), Place(1)]);
        assert_eq!(record.tied(Place(2), Tie::Answers).collect::<Vec<_>>(), [Place(0)]);
        assert_eq!(record.dated().len(), 2);
        assert_eq!(record.party_named("ANN"), Some(ann));
    }
}
