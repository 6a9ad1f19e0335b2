//! What items can have in common.

use serde::{Deserialize, Serialize};

use crate::time::coded;

coded! {
    /// The kind of an object.
    ObjectKind {
        /// A canonical URL.
        Url = 0 "url",
        /// A registrable domain.
        Domain = 1 "domain",
        /// A hashtag, lower case, without `#`.
        Hashtag = 2 "hashtag",
        /// A handle, lower case, without `@`.
        Mention = 3 "mention",
        /// The platform id of what was reposted.
        Repost = 4 "repost",
        /// SHA-256 of an attachment.
        Attachment = 5 "attachment",
        /// Hash of the normalised text.
        Text = 6 "text",
        /// The platform id of what was quoted or linked as a status.
        Status = 7 "status",
        /// Perceptual hash of an image.
        Image = 8 "image",
        /// An object id of somebody else's making (share tables).
        Other = 9 "other",
    }
}

/// One thing an item refers to, canonical and as found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Object {
    /// What kind of thing.
    pub kind: ObjectKind,
    /// The canonical form that equal things share.
    pub key: String,
    /// The form in which it was found, where that differs.
    pub raw: Option<String>,
}
