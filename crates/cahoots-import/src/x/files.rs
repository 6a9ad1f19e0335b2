//! Which files of an X archive hold what.

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FileKind {
    Account,
    Posts,
    CommunityPosts,
    DeletedPosts,
    Notes,
    DeletedNotes,
    Messages,
    GroupMessages,
    PostHeaders,
    DeletedPostHeaders,
    MessageHeaders,
    GroupMessageHeaders,
}

/// File names without `-part1` and `.js`, in the spellings of different years.
const NAMES: &[(&str, FileKind)] = &[
    ("account", FileKind::Account),
    ("tweet", FileKind::Posts),
    ("tweets", FileKind::Posts),
    ("community-tweet", FileKind::CommunityPosts),
    ("community-tweets", FileKind::CommunityPosts),
    ("deleted-tweet", FileKind::DeletedPosts),
    ("deleted-tweets", FileKind::DeletedPosts),
    ("note-tweet", FileKind::Notes),
    ("note-tweets", FileKind::Notes),
    ("deleted-note-tweet", FileKind::DeletedNotes),
    ("deleted-note-tweets", FileKind::DeletedNotes),
    ("direct-message", FileKind::Messages),
    ("direct-messages", FileKind::Messages),
    ("direct-message-group", FileKind::GroupMessages),
    ("direct-messages-group", FileKind::GroupMessages),
    ("tweet-headers", FileKind::PostHeaders),
    ("tweets-headers", FileKind::PostHeaders),
    ("deleted-tweet-headers", FileKind::DeletedPostHeaders),
    ("direct-message-headers", FileKind::MessageHeaders),
    ("direct-messages-headers", FileKind::MessageHeaders),
    ("direct-message-group-headers", FileKind::GroupMessageHeaders),
    ("direct-messages-group-headers", FileKind::GroupMessageHeaders),
];

impl FileKind {
    /// The kind and part number of a file by its name.
    fn of(name: &str) -> Option<(Self, u32)> {
        let stem = name.strip_suffix(".js")?;
        let (stem, part) = match stem.rsplit_once("-part") {
            Some((stem, part)) => (stem, part.parse().ok()?),
            None => (stem, 0),
        };
        NAMES.iter().find(|(name, _)| *name == stem).map(|(_, kind)| (*kind, part))
    }

    /// Whether its entries are what an archive is read for.
    fn is_content(self) -> bool {
        !matches!(
            self,
            Self::Account
                | Self::PostHeaders
                | Self::DeletedPostHeaders
                | Self::MessageHeaders
                | Self::GroupMessageHeaders
        )
    }
}

/// The files of an archive, found by their place.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// Kind, part, and place in the listing; in the order of reading.
    pub(crate) known: Vec<(FileKind, u32, usize)>,
    /// Places of everything else.
    pub(crate) others: Vec<usize>,
}

impl Files {
    /// Sorts the paths of an archive. Only files beside the best-filled folder's count: an X
    /// archive inside another one's media would be strange.
    pub(crate) fn of<'p>(paths: impl Iterator<Item = (usize, &'p str)>) -> Self {
        let paths: Vec<_> = paths.collect();
        let mut folders: Vec<(&str, usize)> = Vec::new();
        for (_, path) in &paths {
            let (folder, name) = split(path);
            if FileKind::of(name).is_some() {
                match folders.iter_mut().find(|(one, _)| *one == folder) {
                    Some((_, count)) => *count += 1,
                    None => folders.push((folder, 1)),
                }
            }
        }
        // Most files; of equals the one with the shorter path.
        let best = folders.iter().max_by_key(|(folder, count)| (*count, usize::MAX - folder.len()));
        let Some((best, _)) = best else {
            return Self {
                others: paths.iter().map(|(place, _)| *place).collect(),
                ..Self::default()
            };
        };
        let mut files = Self::default();
        for (place, path) in &paths {
            let (folder, name) = split(path);
            match FileKind::of(name).filter(|_| folder == *best) {
                Some((kind, part)) => files.known.push((kind, part, *place)),
                None => files.others.push(*place),
            }
        }
        files.known.sort_unstable();
        files
    }

    /// Whether the listing below a folder is that of an archive: `data/account.js` and the like
    /// (or `account.js` at the root, as until 2019). `Some(true)` when there can be no doubt.
    pub(crate) fn recognize(paths: &[String]) -> Option<bool> {
        let mut best = None;
        for folder in ["data/", ""] {
            let kinds: Vec<FileKind> = paths
                .iter()
                .filter_map(|path| path.strip_prefix(folder))
                .filter(|name| !name.contains(['/', '!']))
                .filter_map(|name| FileKind::of(name).map(|(kind, _)| kind))
                .collect();
            let account = kinds.contains(&FileKind::Account);
            let content = kinds.iter().any(|kind| kind.is_content());
            let found = match (account, content, folder) {
                (true, true, _) => Some(true),
                (false, true, "data/") => Some(false),
                // Loose files are one's own only with a name that nobody else gives.
                (false, true, _) => paths
                    .iter()
                    .any(|path| {
                        path.starts_with("direct-message") || path.starts_with("deleted-tweet")
                    })
                    .then_some(false),
                _ => None,
            };
            best = best.max(found);
        }
        best
    }
}

/// Folder (with containers) and name of a path.
fn split(path: &str) -> (&str, &str) {
    let at = path.rfind(['/', '!']).map_or(0, |at| at + 1);
    path.split_at(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_recognised_by_content() {
        let sure = |paths: &[&str]| {
            Files::recognize(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(sure(&["Your archive.html", "data/account.js", "data/tweets.js"]), Some(true));
        assert_eq!(sure(&["account.js", "direct-message.js", "tweet.js"]), Some(true));
        assert_eq!(sure(&["data/tweets-part2.js"]), Some(false));
        assert_eq!(sure(&["data/account.js"]), None);
        assert_eq!(sure(&["src/account.js", "src/tweet.js"]), None);
        assert_eq!(sure(&["twitter-1/data/account.js", "twitter-1/data/tweets.js"]), None);
        assert_eq!(sure(&["tweets.js"]), None);
    }

    #[test]
    fn parts_follow_each_other() {
        let paths = [
            "a!data/tweets-part10.js",
            "a!data/tweets-part2.js",
            "a!data/tweets.js",
            "a!data/like.js",
            "a!data/account.js",
        ];
        let files = Files::of(paths.iter().copied().enumerate());
        let order: Vec<usize> = files.known.iter().map(|(_, _, place)| *place).collect();
        assert_eq!(order, [4, 2, 1, 0]);
        assert_eq!(files.others, [3]);
    }
}
