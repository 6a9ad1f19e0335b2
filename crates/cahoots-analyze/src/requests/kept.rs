//! What a detector for ranking found, as bytes: a record's messages need to be read for requests
//! once, not for every question.
//!
//! The bytes carry the [`fingerprint`] of the detector and a digest of themselves. Bytes of another
//! detector, cut or changed ones are refused, and the messages are read again.

use cahoots_record::Sha256;

use super::{Asked, Basis, Bucket, Detection, Kind, Language, Model, Reason, Zone};

/// To be raised when the rules or the tokens change: what was kept before is refused then.
const RULES: u32 = 1;
const MAGIC: &[u8; 8] = b"CAHASK1\n";
const KINDS: [Kind; 5] =
    [Kind::Request, Kind::Proposal, Kind::Offer, Kind::Information, Kind::Commitment];
const BASES: [Basis; 2] = [Basis::Model, Basis::Rule];
const BUCKETS: [Option<Bucket>; 4] =
    [None, Some(Bucket::Low), Some(Bucket::Balanced), Some(Bucket::High)];
const LANGUAGES: [Language; 3] = [Language::English, Language::Unknown, Language::OtherNotRead];

/// Of the model, the lexicon and the rules by which requests are found.
pub fn fingerprint() -> Sha256 {
    let mut parts = RULES.to_le_bytes().to_vec();
    parts.extend_from_slice(Model::EMBEDDED);
    parts.extend_from_slice(include_bytes!("lexicon.tsv"));
    Sha256::of(&parts)
}

/// Findings of [`super::Detector::for_ranking`], each with the number of its message, in any order.
/// `of` says what was read.
pub fn encode(of: &Sha256, found: &[(u64, Detection)]) -> Vec<u8> {
    let mut out = head(of).to_vec();
    for (message, detection) in found {
        out.extend_from_slice(&message.to_le_bytes());
        out.push(code(&LANGUAGES, detection.language));
        out.extend_from_slice(&(detection.asked.len() as u32).to_le_bytes());
        for asked in &detection.asked {
            out.extend_from_slice(&(asked.range.start as u32).to_le_bytes());
            out.extend_from_slice(&(asked.range.end as u32).to_le_bytes());
            out.push(code(&KINDS, asked.kind));
            out.push(code(&BASES, asked.kind_basis));
            out.push(code(&BUCKETS, asked.bucket));
            out.extend_from_slice(&asked.score.to_le_bytes());
        }
    }
    let digest = Sha256::of(&out);
    out.extend_from_slice(digest.as_bytes());
    out
}

/// The findings; `None` when the bytes are not of this detector, not `of` this, or not whole.
pub fn decode(of: &Sha256, bytes: &[u8]) -> Option<Vec<(u64, Detection)>> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    if Sha256::of(body) != Sha256::from_bytes(*digest) {
        return None;
    }
    let mut rest = Rest(body.strip_prefix(head(of).as_slice())?);
    let mut found = Vec::new();
    while !rest.0.is_empty() {
        let message = u64::from_le_bytes(rest.take()?);
        let language = *LANGUAGES.get(usize::from(rest.byte()?))?;
        let n = u32::from_le_bytes(rest.take()?);
        let asked: Option<Vec<Asked>> = (0..n).map(|_| rest.asked()).collect();
        found.push((message, Detection { language, asked: asked? }));
    }
    Some(found)
}

fn head(of: &Sha256) -> [u8; 40] {
    let mut parts = fingerprint().as_bytes().to_vec();
    parts.extend_from_slice(of.as_bytes());
    let mut head = [0; 40];
    head[..8].copy_from_slice(MAGIC);
    head[8..].copy_from_slice(Sha256::of(&parts).as_bytes());
    head
}

fn code<T: PartialEq>(all: &[T], one: T) -> u8 {
    all.iter().position(|known| *known == one).unwrap_or(all.len()) as u8
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn asked(&mut self) -> Option<Asked> {
        let start = u32::from_le_bytes(self.take()?) as usize;
        let end = u32::from_le_bytes(self.take()?) as usize;
        Some(Asked {
            range: start..end,
            sentence: String::new(),
            kind: *KINDS.get(usize::from(self.byte()?))?,
            kind_basis: *BASES.get(usize::from(self.byte()?))?,
            bucket: *BUCKETS.get(usize::from(self.byte()?))?,
            score: f64::from_le_bytes(self.take()?),
            reason: Reason::default(),
            zone: Zone::Own,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::Detector;

    const TEXT: &str = "Hi Bob,\ncould you send me the plan by Friday? I can bring the chart. \
                        Post the story.\nWhat time does the ferry leave? Let's meet at noon.\n";

    fn found() -> Vec<(u64, Detection)> {
        let mut detector = Detector::for_ranking();
        vec![
            (3, detector.detect(TEXT, Some("eng"))),
            (1, detector.detect("Bitte schicken", Some("deu"))),
            (9, detector.detect("ok", None)),
        ]
    }

    #[test]
    fn what_is_kept_is_what_was_found() {
        let of = Sha256::of(b"a table");
        let bytes = encode(&of, &found());
        assert!(found()[0].1.asked.len() >= 4);
        assert_eq!(decode(&of, &bytes), Some(found()));
        assert_eq!(decode(&of, &encode(&of, &[])), Some(Vec::new()));
    }

    #[test]
    fn other_cut_and_changed_bytes_are_refused() {
        let of = Sha256::of(b"a table");
        let bytes = encode(&of, &found());
        assert_eq!(decode(&Sha256::of(b"another"), &bytes), None);
        for end in 0..bytes.len() {
            assert_eq!(decode(&of, &bytes[..end]), None, "{end}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(decode(&of, &changed), None, "{at}");
        }
    }

    /// Fails when the same words give other findings: then raise [`RULES`] and take the new digest.
    #[test]
    fn the_rules_are_those_of_their_number() {
        let of = Sha256::of(b"rules");
        let mut all = Vec::new();
        for (message, detection) in found() {
            all.push(format!("{message} {:?}", detection.language));
            for asked in detection.asked {
                let score = (asked.score * 1e9).round() as i64;
                all.push(format!("{:?} {:?} {:?} {score}", asked.range, asked.kind, asked.bucket));
            }
        }
        let digest = Sha256::of(all.join("\n").as_bytes()).to_string();
        assert_eq!((RULES, &digest[..16]), (1, "576c71b7dd441824"), "{all:#?}");
        assert_ne!(encode(&of, &[]), encode(&Sha256::of(b""), &[]));
    }
}
