//! The item: one communication or one public act.

use serde::{Deserialize, Serialize};

use crate::account::Participant;
use crate::hash::Sha256;
use crate::id::ItemId;
use crate::locator::Locator;
use crate::object::Object;
use crate::time::{When, coded};

coded! {
    /// What an item is.
    ItemKind {
        /// A private or list communication: e-mail, direct message, chat line.
        Message = 0 "message",
        /// A public post, share or repost.
        Post = 1 "post",
        /// What someone said on record.
        Statement = 2 "statement",
        /// A published article.
        Article = 3 "article",
        /// An attachment or loose document.
        File = 4 "file",
        /// Something that happened, reported as such.
        Event = 5 "event",
    }
}

coded! {
    /// Whether an item was made in public.
    Visibility {
        /// Seen by its participants only, as far as the archive tells.
        Private = 0 "private",
        /// Open to everybody.
        Public = 1 "public",
    }
}

coded! {
    /// The form in which an item travelled.
    Medium {
        /// Internet mail.
        Email = 0 "email",
        /// A direct message of a platform, one to one or in a group.
        DirectMessage = 1 "direct message",
        /// A line of a chat export.
        Chat = 2 "chat",
        /// A post on a platform.
        Post = 3 "post",
        /// A share or repost of somebody else's post.
        Repost = 4 "repost",
        /// A broadcast, print or web publication.
        Publication = 5 "publication",
        /// Anything else; `detail` says what.
        Other = 6 "other",
    }
}

/// Facts about an item that are either so or not known to be so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Flags {
    /// Known only because another item quotes or forwards it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovered: bool,
    /// The text is somebody's summary, not the words sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub summary: bool,
    /// Its author deleted it; the archive kept it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Sent by a program or to a list (auto-reply, calendar, list headers).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automated: bool,
    /// The stored text is shorter than the original; an issue says why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Flags {
    /// The flags as bits for a column, in the order of the fields.
    pub const fn bits(self) -> u8 {
        self.recovered as u8
            | (self.summary as u8) << 1
            | (self.deleted as u8) << 2
            | (self.automated as u8) << 3
            | (self.cut as u8) << 4
    }

    /// The flags from a column.
    pub const fn from_bits(bits: u8) -> Self {
        Self {
            recovered: bits & 1 != 0,
            summary: bits & 2 != 0,
            deleted: bits & 4 != 0,
            automated: bits & 8 != 0,
            cut: bits & 16 != 0,
        }
    }
}

/// Something that came with an item.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// File name as given, decoded; empty if none was given.
    pub name: String,
    /// Media type as declared, lower case.
    pub media_type: String,
    /// Size in bytes after decoding; `None` when only its existence is known.
    pub size: Option<u64>,
    /// Digest of the decoded bytes; `None` when the archive does not hold them.
    pub sha256: Option<Sha256>,
}

/// One communication or public act, as an importer gives it to the record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// Its lasting name.
    pub id: ItemId,
    /// What it is.
    pub kind: ItemKind,
    /// The form in which it travelled.
    pub medium: Medium,
    /// Private or public.
    pub visibility: Visibility,
    /// The platform's own id: Message-ID without brackets, status id, row id.
    pub native_id: Option<String>,
    /// When.
    pub when: When,
    /// Subject or title.
    pub subject: Option<String>,
    /// Text as its reader saw it, without markup; lines end in `\n`.
    pub text: String,
    /// ISO 639-3 code of the detected language (`"eng"`), if the text allows a guess.
    pub language: Option<String>,
    /// Who took part, in the order printed.
    pub participants: Vec<Participant>,
    /// What it refers to; sorted, no two equal.
    pub objects: Vec<Object>,
    /// Native ids of the items it answers: parent last (the order of `References`).
    pub references: Vec<String>,
    /// The platform's conversation, channel or group.
    pub conversation: Option<String>,
    /// The item it came attached to.
    pub parent: Option<ItemId>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// Facts that are either so or not known to be so.
    pub flags: Flags,
    /// Digest that copies share although their transport headers differ; versioned by the
    /// importer's documentation.
    pub content_hash: Sha256,
    /// EDRM Message Identification Hash in hexadecimal, for mail with a Message-ID.
    pub mih: Option<String>,
    /// What the format knows beyond this vocabulary, as a JSON object; `Null` when nothing.
    pub detail: serde_json::Value,
    /// Where it stands in the archive it was read from.
    pub locator: Locator,
    /// Digest of the original bytes the locator selects.
    pub raw_sha256: Sha256,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_round_trip_through_bits() {
        for bits in 0..32 {
            assert_eq!(Flags::from_bits(bits).bits(), bits);
        }
    }
}
