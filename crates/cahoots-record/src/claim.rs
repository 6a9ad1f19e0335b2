//! Claims that a statement makes, in templates that a record can test.

use serde::{Deserialize, Serialize};

use crate::time::coded;

coded! {
    /// The closed set of propositions that can be tested against a record (METHODS §5.1, and
    /// quotations).
    Template {
        /// A and B were not in contact (before D).
        NoContact = 0 "no_contact",
        /// The first contact of A and B was at D.
        FirstContact = 1 "first_contact",
        /// The last contact of A and B was at D.
        LastContact = 2 "last_contact",
        /// A and B were in contact at most, or at least, n times.
        ContactCount = 3 "contact_count",
        /// A did not know X by D.
        DidNotKnow = 4 "did_not_know",
        /// A and B never discussed X.
        NeverDiscussed = 5 "never_discussed",
        /// A told B of X by D.
        Told = 6 "told",
        /// A did not act on X.
        DidNotActOn = 7 "did_not_act_on",
        /// A was the only recipient of X.
        WasOnlyRecipient = 8 "was_only_recipient",
        /// A did not forward X.
        NotForwarded = 9 "not_forwarded",
        /// X says these words.
        Quoted = 10 "quoted",
    }
}

/// One proposition in a statement, in one reading of it. A person picks the template.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Claim {
    /// Which reading of the statement this is, in words.
    #[serde(default)]
    pub reading: String,
    /// The template; `None` keeps the claim as text that nothing tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// Parties or accounts on the speaker's side of the claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<String>,
    /// Parties or accounts on the other side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counterparts: Vec<String>,
    /// What it is about: an object key, an item id, or a query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Start of the interval claimed, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// End of the interval claimed, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// For counts: `"at most"`, `"at least"` or `"exactly"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<String>,
    /// For counts: the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// For quotations: the words as quoted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quotes: Option<String>,
    /// It is somebody's judgement: kept, and not scored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opinion: bool,
    /// A hedge in the words spoken («to my knowledge»).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hedge: Option<String>,
}
