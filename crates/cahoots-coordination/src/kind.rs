//! What kinds of object two accounts can share.

use cahoots_record::ObjectKind;

/// The kind of an object. Each kind is one layer of the network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Kind {
    /// A canonical URL.
    Url = 0,
    /// A registrable domain.
    Domain = 1,
    /// A hashtag.
    Hashtag = 2,
    /// A handle that is mentioned.
    Mention = 3,
    /// What was reposted.
    Repost = 4,
    /// An attached file, by its digest.
    Attachment = 5,
    /// A text, letters and digits alone compared.
    Text = 6,
    /// A post that is quoted or linked to.
    Status = 7,
    /// An image, by a hash that a table gives for it.
    Image = 8,
    /// An object id that a table gives.
    Object = 9,
    /// What was replied to.
    Reply = 10,
    /// Texts that are nearly the same.
    NearText = 11,
}

/// Every kind with its name on the command line and in tables.
const NAMES: [(Kind, &str); 12] = [
    (Kind::Url, "url"),
    (Kind::Domain, "domain"),
    (Kind::Hashtag, "hashtag"),
    (Kind::Mention, "mention"),
    (Kind::Repost, "repost"),
    (Kind::Attachment, "attachment"),
    (Kind::Text, "text"),
    (Kind::Status, "status"),
    (Kind::Image, "image"),
    (Kind::Object, "object"),
    (Kind::Reply, "reply"),
    (Kind::NearText, "near-text"),
];

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(kind, _)| *kind == self).map_or("object", |(_, name)| name)
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, have)| *have == name).map(|(kind, _)| *kind)
    }

    /// All names, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }

    /// The kind of a number that was once [`Kind`] `as u8`.
    pub(crate) fn of_code(code: u8) -> Self {
        NAMES.iter().find(|(kind, _)| *kind as u8 == code).map_or(Self::Object, |(kind, _)| *kind)
    }
}

impl From<ObjectKind> for Kind {
    fn from(kind: ObjectKind) -> Self {
        match kind {
            ObjectKind::Url => Self::Url,
            ObjectKind::Domain => Self::Domain,
            ObjectKind::Hashtag => Self::Hashtag,
            ObjectKind::Mention => Self::Mention,
            ObjectKind::Repost => Self::Repost,
            ObjectKind::Attachment => Self::Attachment,
            ObjectKind::Text => Self::Text,
            ObjectKind::Status => Self::Status,
            ObjectKind::Image => Self::Image,
            ObjectKind::Other => Self::Object,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_lead_back() {
        for name in Kind::names() {
            let kind = Kind::named(name).unwrap();
            assert_eq!(kind.name(), name);
            assert_eq!(Kind::of_code(kind as u8), kind);
        }
        assert_eq!(Kind::named("URL"), None);
    }
}
