//! Shares out of a case: its public posts, by their authors' accounts.

use anyhow::Result;
use cahoots_analyze::record::Tie;
use cahoots_coordination::table::near_objects;
use cahoots_coordination::{Kind, Reading, Shares};
use cahoots_record::{ItemKind, ItemOrd, Visibility};
use cahoots_store::Parts;

use crate::desk::Desk;

/// Kinds of object that are looked for where none was asked for.
const USUAL: [Kind; 2] = [Kind::Url, Kind::Repost];

/// A time may be this vague, in microseconds.
const VAGUE: i64 = 60_000_000;

/// What could not be used.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Unused {
    /// Posts without a time that is known to the minute.
    pub(super) vague: u64,
    /// Posts without an account.
    pub(super) nameless: u64,
    /// Posts looked through.
    pub(super) posts: u64,
}

/// Reads the shares of a case.
pub(super) fn shares(desk: &Desk, how: &Reading) -> Result<(Shares, Unused)> {
    let (case, record) = (desk.case(), desk.record()?);
    let kinds = if how.kinds.is_empty() { USUAL.to_vec() } else { how.kinds.clone() };
    let mut unused = Unused::default();
    // Object, account, post, time; texts follow once near copies are known.
    let mut rows: Vec<(Kind, String, String, String, i64)> = Vec::new();
    let mut texts: Vec<(ItemOrd, String, String, i64)> = Vec::new();
    for place in record.places() {
        let row = record.row(place);
        if row.kind != ItemKind::Post || row.visibility != Visibility::Public {
            continue;
        }
        unused.posts += 1;
        if !row.span.is_dated() || row.span.hi.saturating_sub(row.span.lo) >= VAGUE {
            unused.vague += 1;
            continue;
        }
        let Some(author) = record.authors(place).next() else {
            unused.nameless += 1;
            continue;
        };
        let Some(account) = record.accounts.get(author.account as usize) else { continue };
        let account = account.key.as_str().to_owned();
        let post = row.id.short().to_string();
        for thing in record.things(place) {
            let Some(facts) = record.things.get(thing.0 as usize) else { continue };
            let kind = Kind::from(facts.kind);
            if kinds.contains(&kind) {
                rows.push((kind, facts.key.clone(), account.clone(), post.clone(), row.span.lo));
            }
        }
        if kinds.contains(&Kind::Reply) {
            for other in record.tied(place, Tie::Answers) {
                let answered = record.row(other).id.short().to_string();
                rows.push((Kind::Reply, answered, account.clone(), post.clone(), row.span.lo));
            }
        }
        if kinds.contains(&Kind::NearText) {
            texts.push((row.ord, account, post, row.span.lo));
        }
    }
    if !texts.is_empty() {
        let mut words: Vec<String> = Vec::with_capacity(texts.len());
        for batch in texts.chunks(2048) {
            let mut ords: Vec<ItemOrd> = batch.iter().map(|text| text.0).collect();
            ords.sort_unstable();
            let items = case.items(&ords, Parts::Text)?;
            words.extend(batch.iter().map(|(ord, ..)| {
                let at = ords.binary_search(ord).unwrap_or_default();
                items.get(at).map(|stored| stored.item.text.clone()).unwrap_or_default()
            }));
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let named = near_objects(&words, how.resemblance);
        for ((_, account, post, micros), object) in texts.into_iter().zip(named) {
            if let Some(object) = object {
                rows.push((Kind::NearText, object, account, post, micros));
            }
        }
    }
    let borrowed = rows.iter().map(|(kind, object, account, post, micros)| {
        (*kind, object.as_str(), account.as_str(), post.as_str(), *micros)
    });
    let mut shares = Shares::of_rows(borrowed, how)?;
    for file in &mut shares.files {
        file.name = case.info().name.clone();
        file.rows = unused.posts;
    }
    Ok((shares, unused))
}
