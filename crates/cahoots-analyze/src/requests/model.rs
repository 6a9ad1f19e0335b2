//! The model that ranks sentences: logistic regression (Cox 1958) on word sequences and rules.
//!
//! The weights come from `tools/requests/train.py`, which also says how the file is laid out; the
//! licence of the sentences it learnt from is named in `tools/requests/README.md`.

use std::sync::OnceLock;

use serde::Serialize;

use super::features::{self, RULES};
use super::tokens::Token;

/// How sure the model is, by thresholds that were fixed on its training sentences.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Bucket))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// At or above the threshold of high recall: many of these ask nothing.
    Low,
    /// At or above the threshold with the best F1.
    Balanced,
    /// At or above the threshold of high precision: few of these ask nothing.
    High,
}

/// A score and what made it.
#[derive(Clone, PartialEq, Debug)]
pub struct Explained {
    /// Rules that spoke for a request, weightiest first.
    pub rules: Vec<&'static str>,
    /// Word sequences that spoke for it: place of the first and of the last token, weightiest
    /// first; none within another.
    pub words: Vec<(usize, usize)>,
}

/// The weights.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    intercept: f64,
    /// High recall, balanced, high precision.
    thresholds: [f64; 3],
    rules: [f64; RULES.len()],
    /// Open addressing on the upper bits of the key; an empty slot has the key 0.
    slots: Vec<(u32, f32)>,
    shift: u32,
    /// One bit for the lower bits of each key: most sequences are unknown, and this says so from
    /// a table that stays in the cache.
    known: Vec<u64>,
}

const MAGIC: &[u8; 8] = b"CAHREQ1\n";
const KNOWN_BITS: u32 = 18;

/// Numbers off the front of a file.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.take()?))
    }
}

impl Model {
    /// The file of weights that the program carries.
    pub const EMBEDDED: &[u8] = include_bytes!("weights.bin");

    /// The model that the program carries; read once.
    pub fn embedded() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        // A file that cannot be read is a fault of the build, which a test shows; without weights
        // every sentence scores the same and nothing reaches a threshold.
        MODEL.get_or_init(|| Self::parse(Self::EMBEDDED).unwrap_or_else(Self::empty))
    }

    fn empty() -> Self {
        Self {
            intercept: 0.0,
            thresholds: [2.0; 3],
            rules: [0.0; RULES.len()],
            slots: vec![(0, 0.0); 2],
            shift: 31,
            known: vec![0; 1 << (KNOWN_BITS - 6)],
        }
    }

    /// Reads a file of weights; `None` when it is not one.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut file = Reader(bytes);
        if &file.take::<8>()? != MAGIC {
            return None;
        }
        let count = u32::from_le_bytes(file.take()?) as usize;
        let mut model = Self::empty();
        model.intercept = file.float()?;
        for threshold in &mut model.thresholds {
            *threshold = file.float()?;
        }
        for rule in &mut model.rules {
            *rule = file.float()?;
        }
        if file.0.len() != count.checked_mul(8)? {
            return None;
        }
        let (keys, weights) = file.0.split_at(count * 4);
        let size = (count + count / 2).next_power_of_two().max(2);
        model.slots = vec![(0, 0.0); size];
        model.shift = 32 - size.trailing_zeros();
        let (mut keys, mut weights) = (Reader(keys), Reader(weights));
        for _ in 0..count {
            let key = u32::from_le_bytes(keys.take()?);
            let weight = f32::from_le_bytes(weights.take()?);
            let mut at = (key >> model.shift) as usize;
            while model.slots[at].0 != 0 {
                at = (at + 1) % size;
            }
            model.slots[at] = (key, weight);
            let bit = key as usize % (1 << KNOWN_BITS);
            model.known[bit / 64] |= 1 << (bit % 64);
        }
        Some(model)
    }

    /// The weight of a sequence; `None` when the model does not know it.
    #[inline]
    fn weight(&self, key: u32) -> Option<f64> {
        let bit = key as usize % (1 << KNOWN_BITS);
        if self.known[bit / 64] >> (bit % 64) & 1 == 0 || key == 0 {
            return None;
        }
        let mut at = (key >> self.shift) as usize;
        loop {
            let (found, weight) = self.slots[at];
            if found == key {
                return Some(f64::from(weight));
            }
            if found == 0 {
                return None;
            }
            at = (at + 1) % self.slots.len();
        }
    }

    /// The probability, by the model, that a sentence asks something of its reader.
    pub fn score(&self, tokens: &[Token]) -> f64 {
        1.0 / (1.0 + libm::exp(-self.logit(tokens)))
    }

    fn logit(&self, tokens: &[Token]) -> f64 {
        let mut words = 0.0;
        features::sequences(tokens, |key, _, _| {
            let weight = self.weight(key);
            words += weight.unwrap_or(0.0);
            weight.is_some()
        });
        let mut total = self.intercept + words / (tokens.len().max(1) as f64).sqrt();
        let bits = features::rules(tokens);
        for (rule, weight) in self.rules.iter().enumerate() {
            if bits >> rule & 1 == 1 {
                total += weight;
            }
        }
        total
    }

    /// The bucket of a score; `None` below the lowest threshold.
    pub fn bucket(&self, score: f64) -> Option<Bucket> {
        let [low, balanced, high] = self.thresholds;
        match score {
            score if score >= high => Some(Bucket::High),
            score if score >= balanced => Some(Bucket::Balanced),
            score if score >= low => Some(Bucket::Low),
            _ => None,
        }
    }

    /// The three thresholds: high recall, balanced, high precision.
    pub const fn thresholds(&self) -> [f64; 3] {
        self.thresholds
    }

    /// What spoke for a request: up to two rules and three word sequences.
    pub fn explain(&self, tokens: &[Token]) -> Explained {
        let unit = 1.0 / (tokens.len().max(1) as f64).sqrt();
        let bits = features::rules(tokens);
        let mut rules: Vec<(f64, &'static str)> = RULES
            .iter()
            .enumerate()
            .filter(|(rule, _)| bits >> rule & 1 == 1 && self.rules[*rule] > 0.0)
            .map(|(rule, name)| (self.rules[rule], *name))
            .collect();
        rules.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut words: Vec<(f64, (usize, usize))> = Vec::new();
        let last = tokens.len().saturating_sub(1);
        features::sequences(tokens, |key, from, to| {
            let known = self.weight(key);
            let weight = known.unwrap_or(0.0) * unit;
            if weight > 0.05 && to <= last && !tokens.is_empty() {
                match words.iter_mut().find(|(_, place)| *place == (from, to)) {
                    Some((sum, _)) => *sum += weight,
                    None => words.push((weight, (from, to))),
                }
            }
            known.is_some()
        });
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for (_, (from, to)) in words {
            if kept.len() < 3 && kept.iter().all(|(start, end)| to < *start || from > *end) {
                kept.push((from, to));
            }
        }
        Explained { rules: rules.into_iter().take(2).map(|(_, name)| name).collect(), words: kept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_a_model() {
        let model = Model::embedded();
        let [low, balanced, high] = model.thresholds();
        assert!(0.0 < low && low < balanced && balanced < high && high < 1.0);
        assert!(model.slots.len() > 1 << 12);
        assert_eq!(model.bucket(high), Some(Bucket::High));
        assert_eq!(model.bucket(0.0), None);
        assert!(Model::EMBEDDED.len() < 300_000);
    }

    #[test]
    fn a_broken_file_is_no_model() {
        let whole = Model::EMBEDDED;
        assert!(Model::parse(&whole[..whole.len() - 1]).is_none());
        assert!(Model::parse(b"CAHREQ1\n\xff\xff\xff\xff").is_none());
        assert!(Model::parse(b"").is_none());
    }
}
