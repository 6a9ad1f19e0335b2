//! What to take from the rows of one table: shares as they stand, or what a post refers to.

use std::borrow::Cow;

use cahoots_import::post_table::PostTable;
use cahoots_record::ObjectKind;

use super::encode::Encoder;
use super::problem::Fault;
use super::{Reading, TableError};
use crate::compat::Compat;
use crate::kind::Kind;

/// Columns that hold the hash of an image.
const IMAGE: &[&str] = &["image", "image_hash", "image_phash", "phash", "pdq"];

/// How the rows of one table are read.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    table: PostTable,
    account: usize,
    time: usize,
    clock: Option<usize>,
    content: Option<usize>,
    image: Option<usize>,
    shape: Shape,
    compat: Option<Compat>,
    /// The last column that is looked at, and one.
    pub(crate) width: usize,
}

#[derive(Clone, Debug)]
enum Shape {
    /// One object a row, in this column.
    Shares(usize),
    /// Posts, of which these kinds of object are wanted.
    Posts(Vec<Kind>),
}

impl Layout {
    /// Reads a header.
    pub(crate) fn new(header: &[String], how: &Reading, file: &str) -> Result<Self, TableError> {
        let (image_map, map): (Vec<_>, Vec<_>) =
            how.map.iter().cloned().partition(|(ours, _)| ours == "image");
        let unfit = |reason: String| TableError::Columns { file: file.to_owned(), reason };
        let table = PostTable::new(header, &map, file).map_err(|error| unfit(error.to_string()))?;
        let named = |wanted: &str| header.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let image = match image_map.last() {
            Some((_, theirs)) => Some(named(theirs.trim()).ok_or_else(|| {
                unfit(format!("--map image={theirs}: there is no column `{theirs}`"))
            })?),
            None => IMAGE.iter().find_map(|name| named(name)),
        };
        let (Some(account), Some((time, clock))) = (table.account(), table.time()) else {
            return Err(unfit(format!(
                "shares need an account and a time; the columns are {}",
                header.join(" | ")
            )));
        };
        let there = kinds(&table, image.is_some());
        let asked = match (&*how.kinds, table.object()) {
            ([], Some(_)) => vec![Kind::Object],
            ([], None) => {
                let usual = [Kind::Url, Kind::Repost, Kind::Object, Kind::Text, Kind::Hashtag];
                let urls = table.urls().is_some() && how.compat == Some(Compat::Cnt);
                let strong = usual[..2].iter().any(|kind| there.contains(kind));
                let usual = match (urls, strong) {
                    (true, _) => &usual[..1],
                    (false, true) => &usual[..2],
                    (false, false) => &usual[2..],
                };
                usual.iter().copied().filter(|kind| there.contains(kind)).collect()
            }
            (asked, _) => {
                asked.iter().copied().filter(|kind| there.contains(kind)).collect::<Vec<_>>()
            }
        };
        if asked.is_empty() {
            let names = |kinds: &[Kind]| -> String {
                kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
            };
            return Err(unfit(format!(
                "the table has no {}; its columns ({}) give {}",
                if how.kinds.is_empty() { "objects".to_owned() } else { names(&how.kinds) },
                header.join(" | "),
                if there.is_empty() { "nothing".to_owned() } else { names(&there) },
            )));
        }
        let shape = match (&*asked, table.object()) {
            ([Kind::Object], Some(object)) => Shape::Shares(object),
            _ => Shape::Posts(asked),
        };
        let mut width = [account, time].into_iter().max().unwrap_or_default() + 1;
        match shape {
            Shape::Shares(object) => {
                let others = [clock, table.id(), Some(object)];
                width = others.into_iter().flatten().fold(width, |width, at| width.max(at + 1));
            }
            Shape::Posts(_) => width = header.len(),
        }
        let content = table.id();
        let compat = how.compat;
        Ok(Self { table, account, time, clock, content, image, shape, compat, width })
    }

    /// Whether the name of the time column says UTC.
    pub(crate) fn is_utc(&self) -> bool {
        self.table.is_utc()
    }

    /// Whether a cell of this column may be looked at.
    pub(crate) fn uses(&self, column: usize) -> bool {
        match &self.shape {
            Shape::Shares(object) => {
                [Some(self.account), Some(self.time), self.clock, self.content, Some(*object)]
                    .contains(&Some(column))
            }
            Shape::Posts(_) => true,
        }
    }

    /// Takes what one row has. `cell` gives the bytes of a column, as UTF-8.
    #[inline]
    pub(crate) fn take<'c>(
        &self,
        encoder: &mut Encoder<'_>,
        cell: impl Fn(usize) -> Option<&'c [u8]>,
        raw: &[u8],
    ) {
        let (Some(account), Some(time)) = (cell(self.account), cell(self.time)) else {
            return encoder.fault(Fault::CutRow, raw);
        };
        let content = self.content.and_then(&cell);
        let joined;
        let time = match self.clock.and_then(&cell) {
            Some(clock) if !clock.is_empty() && !time.is_empty() => {
                joined = [time, b" ", clock].concat();
                &joined[..]
            }
            _ => time,
        };
        match &self.shape {
            Shape::Shares(object) => {
                let Some(object) = cell(*object) else {
                    return encoder.fault(Fault::CutRow, raw);
                };
                if object.is_empty() {
                    return encoder.fault(Fault::EmptyId, b"no object");
                }
                if let Some(sharer) = encoder.sharer(account, time, content) {
                    let is_origin = content == Some(object);
                    encoder.share(sharer, Kind::Object as u8, object, is_origin);
                }
            }
            Shape::Posts(kinds) => {
                if let Some(sharer) = encoder.sharer(account, time, content) {
                    let row = Post { layout: self, kinds, content };
                    row.take(encoder, sharer, &cell);
                }
            }
        }
    }
}

/// The kinds of object that a table can give.
fn kinds(table: &PostTable, image: bool) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = table.kinds().into_iter().map(Kind::from).collect();
    if table.text().is_some() {
        kinds.push(Kind::NearText);
    }
    if table.reply_to().is_some() {
        kinds.push(Kind::Reply);
    }
    if image {
        kinds.push(Kind::Image);
    }
    kinds
}

/// One row of a table of posts.
struct Post<'a> {
    layout: &'a Layout,
    kinds: &'a [Kind],
    content: Option<&'a [u8]>,
}

impl Post<'_> {
    fn take<'c>(
        &self,
        encoder: &mut Encoder<'_>,
        sharer: super::encode::Sharer,
        cell: &impl Fn(usize) -> Option<&'c [u8]>,
    ) {
        let table = &self.layout.table;
        let text = |at: Option<usize>| {
            let bytes = cell(at?)?;
            std::str::from_utf8(bytes).ok().map(str::trim).filter(|text| !text.is_empty())
        };
        let mut share = |kind: Kind, key: &str| {
            let is_origin = self.content == Some(key.as_bytes());
            encoder.share(sharer, kind as u8, key.as_bytes(), is_origin);
        };
        if self.layout.compat == Some(Compat::Cnt) {
            let is_repost = text(table.repost_of()).is_some();
            for kind in self.kinds {
                match kind {
                    Kind::Repost => text(table.repost_of()).iter().for_each(|id| share(*kind, id)),
                    _ if is_repost => {}
                    Kind::Url => text(table.urls())
                        .unwrap_or_default()
                        .split(' ')
                        .filter(|url| !url.is_empty())
                        .for_each(|url| share(*kind, url)),
                    Kind::Reply => text(table.reply_to()).iter().for_each(|id| share(*kind, id)),
                    Kind::Text => {
                        let text = crate::compat::cnt_text(text(table.text()).unwrap_or_default());
                        if !text.is_empty() {
                            share(*kind, &text);
                        }
                    }
                    Kind::Object => text(table.object()).iter().for_each(|id| share(*kind, id)),
                    _ => {}
                }
            }
            return;
        }
        let wants = |kind: Kind| self.kinds.contains(&kind);
        if wants(Kind::Reply) {
            text(table.reply_to()).iter().for_each(|id| share(Kind::Reply, id));
        }
        if wants(Kind::Image) {
            text(self.layout.image).iter().for_each(|hash| share(Kind::Image, hash));
        }
        let plain = [Kind::Reply, Kind::Image, Kind::NearText];
        if self.kinds.iter().any(|kind| !plain.contains(kind)) {
            let cells: Vec<Cow<'_, str>> = (0..self.layout.width)
                .map(|at| Cow::Borrowed(text(Some(at)).unwrap_or_default()))
                .collect();
            for object in table.objects(&cells) {
                // An object of somebody's making that is an address counts as what it is.
                let kind = Kind::from(object.kind);
                let named = object.kind == ObjectKind::Url && table.object().is_some();
                if wants(kind) {
                    share(kind, &object.key);
                } else if named && wants(Kind::Object) {
                    share(Kind::Object, &object.key);
                }
            }
        }
        if wants(Kind::NearText)
            && let Some(text) = text(table.text())
        {
            encoder.text(sharer, text.to_owned());
        }
    }
}
