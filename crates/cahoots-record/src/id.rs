//! Names for items: one that lasts (`ItemId`) and one that is fast (`ItemOrd`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest;

/// The lasting name of an item: the first 128 bits of a SHA-256 over its identity key.
///
/// The same communication gets the same id in every case and on every machine, so a citation
/// made in one office opens in another. Shown in lower-case Crockford base 32: 26 characters
/// without `i`, `l`, `o`, `u`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId([u8; 16]);

/// Where an item stands in the record of one case: 0, 1, 2, … in the order of import.
///
/// Dense, so that tables about items can be arrays; meaningless outside the case.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
pub struct ItemOrd(pub u64);

/// The text is not an item id.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an item id: expected 26 letters and digits without i, l, o, u")]
pub struct IdParse;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl ItemId {
    /// The id for an identity key. `domain` keeps keys of different kinds apart (`"email/1"`);
    /// each part is length-prefixed, so no two lists of parts give one key.
    pub fn of(domain: &str, parts: &[&[u8]]) -> Self {
        let mut hasher = sha2::Sha256::new();
        for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }

    /// An id read back from storage.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id as two numbers, the first 64 bits first.
    pub const fn halves(&self) -> (u64, u64) {
        let value = u128::from_be_bytes(self.0);
        ((value >> 64) as u64, value as u64)
    }

    /// The id with these halves.
    pub const fn from_halves(high: u64, low: u64) -> Self {
        Self(((high as u128) << 64 | low as u128).to_be_bytes())
    }

    /// The first ten characters: enough to tell items apart in a table, and accepted by `show`.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(10);
        text
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.0);
        // 26 digits of 5 bits hold 130 bits; the two highest are zero.
        let mut text = [0u8; 26];
        for (place, slot) in text.iter_mut().rev().enumerate() {
            *slot = ALPHABET[(value >> (5 * place)) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ItemId({self})")
    }
}

impl FromStr for ItemId {
    type Err = IdParse;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 26 {
            return Err(IdParse);
        }
        let mut value: u128 = 0;
        for (place, byte) in text.bytes().enumerate() {
            let digit = ALPHABET
                .iter()
                .position(|c| *c == byte.to_ascii_lowercase())
                .filter(|digit| place > 0 || *digit < 8)
                .ok_or(IdParse)?;
            value = value << 5 | digit as u128;
        }
        Ok(Self(value.to_be_bytes()))
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for ItemId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for ItemId {}

impl Serialize for ItemId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(ItemId::of("t", &[b"ab", b"c"]), ItemId::of("t", &[b"a", b"bc"]));
        assert_ne!(ItemId::of("t", &[b"a"]), ItemId::of("u", &[b"a"]));
    }

    #[test]
    fn text_form_round_trips_and_sorts_like_the_bytes() {
        let mut last = String::new();
        for first in 0..=255u8 {
            let mut bytes = [7; 16];
            bytes[0] = first;
            let id = ItemId::from_bytes(bytes);
            let text = id.to_string();
            assert_eq!(text.len(), 26);
            assert_eq!(text.parse(), Ok(id));
            let (high, low) = id.halves();
            assert_eq!(ItemId::from_halves(high, low), id);
            assert!(last < text);
            last = text;
        }
        assert!("zzzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ItemId>().is_err());
        assert!("short".parse::<ItemId>().is_err());
    }
}
