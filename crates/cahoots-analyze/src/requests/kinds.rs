//! What kind of asking a sentence is. Rules, none of them measured.
//!
//! The kinds are those of Cohen, Carvalho & Mitchell 2004 ("Learning to classify email into
//! «speech acts»"), cut down to what a reader of a record looks for. Only whether a sentence asks
//! anything has a measured model; which kind it is, is said by the first pattern below that fits.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::tokens::{Lexicon, Token, hash_of};

/// What a sentence asks or undertakes.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Kind))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// That the reader do something.
    Request,
    /// That reader and writer do something together, or something be done.
    Proposal,
    /// That the writer do something for the reader.
    Offer,
    /// That the reader say something: a question that wants an answer.
    Information,
    /// That the writer will do something. Two people agree on these at kappa 0.54 (Lampert, Dale
    /// & Paris 2007), so they are left out unless asked for.
    Commitment,
}

impl Kind {
    /// The kind in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Proposal => "proposal",
            Self::Offer => "offer",
            Self::Information => "information",
            Self::Commitment => "commitment",
        }
    }
}

/// Patterns in the order in which they are tried: words in a row, `|` between alternatives.
const PATTERNS: [(Kind, &str); 57] = [
    (Kind::Offer, "would|do you like|want me|us to"),
    (Kind::Offer, "want me|us to"),
    (Kind::Offer, "let me|us know if|whether i|we can"),
    (Kind::Proposal, "would|do you like|want|care to"),
    (Kind::Proposal, "would|are you be|interested interested|in"),
    (Kind::Information, "can|could|would|will you|u please tell|explain|clarify|confirm"),
    (Kind::Information, "can|could|would|will you|u tell|explain|clarify|confirm"),
    (Kind::Information, "do you know|think|remember|have"),
    (Kind::Request, "please|pls|plz|plse|kindly"),
    (Kind::Request, "let me|us know"),
    (Kind::Request, "can|could|will|would you|u|y'all"),
    (Kind::Request, "i|we need|want you to"),
    (Kind::Request, "i|we would like you to"),
    (Kind::Request, "i'd|we'd like you to"),
    (Kind::Request, "i|we would appreciate"),
    (Kind::Request, "i'd|we'd appreciate"),
    (Kind::Request, "would be grateful|appreciated"),
    (Kind::Request, "is it possible to|for"),
    (Kind::Request, "make|be sure"),
    (Kind::Request, "don't|never forget|hesitate"),
    (Kind::Request, "do not forget|hesitate"),
    (Kind::Request, "keep me|us posted|informed|updated"),
    (Kind::Request, "get back to me|us"),
    (Kind::Request, "send|call|give|tell|email|mail|show|forward|ring|text me|us"),
    (Kind::Request, "you must|should"),
    (Kind::Request, "you need|have|ought to"),
    (Kind::Proposal, "let's|lets"),
    (Kind::Proposal, "let us"),
    (Kind::Proposal, "how|what about"),
    (Kind::Proposal, "what if we"),
    (Kind::Proposal, "why don't|not we|you|i|meet"),
    (Kind::Proposal, "shall|should|can|could we"),
    (Kind::Proposal, "we could|should|might"),
    (Kind::Proposal, "i|we suggest|propose|recommend"),
    (Kind::Proposal, "i'd|would suggest|propose|recommend"),
    (Kind::Proposal, "may i suggest|propose"),
    (Kind::Proposal, "are you free|available|around|up"),
    (Kind::Offer, "shall|should i"),
    (Kind::Offer, "can|may|could i help|offer|give|bring|send|get"),
    (Kind::Offer, "let me help|send|show|get|give|take|do|handle"),
    (
        Kind::Offer,
        "i|we can|could help|send|give|provide|bring|share|offer|arrange|show|lend|drive",
    ),
    (Kind::Offer, "i|we can|could put|forward|introduce|get you|it|them"),
    (Kind::Offer, "happy|glad|pleased|delighted to help|send|assist|provide|share|meet|answer"),
    (Kind::Offer, "be happy|glad|pleased|delighted to"),
    (Kind::Offer, "i|we offer"),
    (Kind::Offer, "if you like|want|wish|prefer i|we can|could|will"),
    (Kind::Commitment, "i|we will"),
    (Kind::Commitment, "i'll|we'll"),
    (Kind::Commitment, "i|we shall"),
    (Kind::Commitment, "i|we promise|commit|undertake"),
    (Kind::Commitment, "i am going to"),
    (Kind::Commitment, "i'm going to"),
    (Kind::Commitment, "we are going to"),
    (Kind::Commitment, "we're going to"),
    (Kind::Commitment, "you have my word"),
    (Kind::Commitment, "count on me"),
    (Kind::Commitment, "consider it done"),
];

/// The patterns, ready to be looked for.
#[derive(Clone, Debug)]
pub struct Kinds {
    patterns: Vec<Vec<Vec<u64>>>,
    by_first: FxHashMap<u64, Vec<u16>>,
}

impl Kinds {
    /// Prepares the patterns and marks the words that they begin with.
    pub fn new(lexicon: &mut Lexicon) -> Self {
        let mut kinds = Self { patterns: Vec::new(), by_first: FxHashMap::default() };
        for (number, (_, pattern)) in PATTERNS.iter().enumerate() {
            let words: Vec<Vec<u64>> = pattern
                .split(' ')
                .map(|word| word.split('|').map(|choice| hash_of(choice.as_bytes())).collect())
                .collect();
            for first in words.first().into_iter().flatten() {
                lexicon.mark(*first);
                kinds.by_first.entry(*first).or_default().push(number as u16);
            }
            kinds.patterns.push(words);
        }
        kinds
    }

    /// The first pattern that a sentence has; commitments only when they are wanted.
    pub fn find(&self, tokens: &[Token], commitments: bool) -> Option<(Kind, &'static str)> {
        use super::tokens::class::CUE;
        let mut best: Option<u16> = None;
        for (at, token) in tokens.iter().enumerate() {
            if token.classes & CUE == 0 {
                continue;
            }
            for number in self.by_first.get(&token.hash).into_iter().flatten() {
                if best.is_some_and(|best| best <= *number) {
                    break;
                }
                if self.fits(*number, &tokens[at..]) {
                    best = Some(*number);
                    break;
                }
            }
        }
        let (kind, pattern) = PATTERNS.get(usize::from(best?))?;
        (*kind != Kind::Commitment || commitments).then_some((*kind, *pattern))
    }

    fn fits(&self, number: u16, tokens: &[Token]) -> bool {
        let pattern = &self.patterns[usize::from(number)];
        pattern.len() <= tokens.len()
            && pattern.iter().zip(tokens).all(|(choices, token)| choices.contains(&token.hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(sentence: &str) -> Option<Kind> {
        let mut lexicon = Lexicon::embedded();
        let kinds = Kinds::new(&mut lexicon);
        let mut tokens = Vec::new();
        lexicon.read(sentence, &mut tokens);
        kinds.find(&tokens, true).map(|(kind, _)| kind)
    }

    #[test]
    fn patterns_say_the_kind() {
        for (sentence, expected) in [
            ("Could you send the plan?", Kind::Request),
            ("Would you like me to call her?", Kind::Offer),
            ("Would you like to meet on Friday?", Kind::Proposal),
            ("Let's meet on Friday.", Kind::Proposal),
            ("Let me know.", Kind::Request),
            ("Can you tell me who wrote it?", Kind::Information),
            ("I can bring the chart.", Kind::Offer),
            ("I'll be there.", Kind::Commitment),
            ("Please say if I can bring it.", Kind::Request),
        ] {
            assert_eq!(kind(sentence), Some(expected), "{sentence}");
        }
        assert_eq!(kind("The quay is closed."), None);
    }

    #[test]
    fn commitments_are_found_only_when_wanted() {
        let mut lexicon = Lexicon::embedded();
        let kinds = Kinds::new(&mut lexicon);
        let mut tokens = Vec::new();
        lexicon.read("I will come.", &mut tokens);
        assert_eq!(kinds.find(&tokens, false), None);
    }
}
