//! The archive that X (Twitter) gives to its users, as a folder or zip.
//!
//! Lists of posts and messages stand in `data/*.js` behind `window.YTD.name.part0 = `, which is
//! stepped over and never run. Each file is cut at the brackets of its entries, so that one cut
//! off in the middle still gives every entry before the damage. What becomes of the fields is
//! described in `docs/formats/x-archive.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};
use serde_json::Value;

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::json::{self, Fault, Scanner};
use crate::tree::{Tree, read_issue};
use crate::x::{self, Context, Conversation, Doubts, FileKind, Files, Note, Owner, Step};

/// Entries are packed into one chunk up to this size.
const CHUNK: usize = 1024 * 1024;

/// Entries packed into one chunk at most.
const CHUNK_ENTRIES: usize = 10_000;

/// No post or message is longer.
const LONGEST_ENTRY: usize = 16 * 1024 * 1024;

/// Long texts held in memory while posts are read.
const MOST_NOTES: usize = 100_000;

/// The importer.
#[derive(Debug)]
pub struct XArchive;

/// What a chunk holds.
struct Part {
    kind: FileKind,
    context: Arc<Context>,
    conversations: Arc<Vec<Conversation>>,
    pieces: Vec<Piece>,
}

/// One entry in a chunk.
struct Piece {
    start: usize,
    end: usize,
    /// Place in the file's list.
    element: u64,
    /// Place in the conversation.
    message: Option<u64>,
    /// Its first byte in the file, where no pointer names it.
    at: Option<u64>,
}

impl Piece {
    /// The locator of a part of its bytes; `steps` lead on from it.
    fn locator(&self, member: &str, steps: &str, part: Range<usize>) -> Locator {
        let selector = match (self.at, self.message) {
            (Some(at), _) => {
                Selector::Bytes { start: at + part.start as u64, end: at + part.end as u64 }
            }
            (None, Some(message)) => Selector::Pointer(format!(
                "/{}/dmConversation/messages/{message}{steps}",
                self.element
            )),
            (None, None) => Selector::Pointer(format!("/{}{steps}", self.element)),
        };
        Locator::new(member, selector)
    }
}

impl Importer for XArchive {
    fn format(&self) -> Format {
        Format { name: "x-archive", version: 1, title: "X (Twitter) archive", folder: true }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::Folder { paths } = probe else { return None };
        Files::recognize(paths).map(|sure| match sure {
            true => Confidence::Certain,
            false => Confidence::Likely,
        })
    }

    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        _options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        let listed = members.iter().filter_map(|place| Some((*place, tree.members().get(*place)?)));
        let files = Files::of(listed.map(|(place, member)| (place, member.path.as_str())));
        if files.known.iter().all(|(kind, _, _)| *kind == FileKind::Account) {
            let first = members.first().and_then(|place| tree.members().get(*place));
            return Err(ImportError::Unfit {
                member: first.map_or_else(String::new, |member| member.path.clone()),
                reason: "looked for data/tweets.js, data/direct-messages.js and the like, as an X \
                         archive has them; found none"
                    .to_owned(),
            });
        }
        let mut split = Split { tree, files: &files, sink, heads: BTreeMap::new() };
        split.others()?;
        let owner = split.owner()?;
        let notes = split.notes()?;
        let shown = notes.values().map(|note| note.id.clone()).collect();
        let context = Arc::new(Context { owner, notes, shown });
        for (kind, _, place) in &files.known {
            match kind {
                FileKind::Posts | FileKind::CommunityPosts | FileKind::DeletedPosts => {
                    split.list(*kind, *place, &context)?;
                }
                FileKind::Notes | FileKind::DeletedNotes => split.list(*kind, *place, &context)?,
                FileKind::Messages | FileKind::GroupMessages => {
                    split.conversations(*kind, *place, &context)?;
                }
                _ => {}
            }
        }
        split.headers()
    }

    fn parse(&self, chunk: &Chunk, _options: &Options) -> Batch {
        let mut batch = Batch::default();
        let Some(part) = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Part>())
        else {
            return batch;
        };
        let mut accounts = BTreeMap::new();
        for piece in &part.pieces {
            let Some(bytes) = chunk.data.get(piece.start..piece.end) else { continue };
            batch.balance.found += 1;
            entry(part, piece, bytes, &chunk.member, &mut batch, &mut accounts);
        }
        batch.accounts = accounts.into_values().collect();
        batch
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        match &locator.selector {
            Selector::Pointer(pointer) => json::select(member, pointer),
            other => crate::select::plain(member, other),
        }
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        let Ok((Value::Object(fields), _)) = json::parse(bytes) else { return Vec::new() };
        let shown = fields.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(number) => Some((name, number.to_string())),
            Value::Bool(is) => Some((name, is.to_string())),
            _ => None,
        });
        shown.collect()
    }
}

/// Reads one entry into the batch.
fn entry(
    part: &Part,
    piece: &Piece,
    bytes: &[u8],
    member: &str,
    batch: &mut Batch,
    accounts: &mut BTreeMap<cahoots_record::AccountKey, cahoots_record::Account>,
) {
    let whole = piece.locator(member, "", 0..bytes.len());
    let (value, repaired) = match json::parse(bytes) {
        Ok(read) => read,
        Err(error) => {
            batch.balance.skipped += 1;
            let what = format!("the entry is not valid JSON: {error}");
            batch.issues.push(lost("bad-json", whole, what));
            return;
        }
    };
    // The entry is wrapped in an object with one key that says what it is.
    let wrapped = value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| {
        let (key, inner) = fields.iter().next()?;
        inner.is_object().then_some((key.as_str(), inner))
    });
    let step = wrapped.map(|(key, _)| key.replace('~', "~0").replace('/', "~1"));
    let range = step.as_ref().and_then(|step| json::find(bytes, &format!("/{step}")));
    let (locator, raw) = match (&step, range) {
        (Some(step), Some(range)) => {
            (piece.locator(member, &format!("/{step}"), range.clone()), &bytes[range])
        }
        _ => (whole, bytes),
    };
    let (kind, inner) = wrapped.unwrap_or(("", &value));
    let mut doubts = Doubts::new(&locator);
    if repaired.any() {
        let kept = "the text with U+FFFD in that place";
        doubts.add(Severity::Damaged, "damaged-text", repaired.what(), kept);
    }
    let nobody = Conversation::default();
    let item = match part.kind {
        FileKind::Messages | FileKind::GroupMessages => {
            let place = usize::try_from(piece.element).unwrap_or(usize::MAX);
            let conversation = part.conversations.get(place).unwrap_or(&nobody);
            x::read_message(kind, inner, raw, &locator, conversation, &part.context, &mut doubts)
        }
        FileKind::Notes | FileKind::DeletedNotes => {
            let id = inner.get("noteTweetId").and_then(Value::as_str).unwrap_or_default();
            if part.context.shown.contains(id) {
                // Its text stands in the item of the post.
                batch.balance.read += 1;
                return;
            }
            let deleted = part.kind == FileKind::DeletedNotes;
            x::read_note(inner, raw, deleted, &locator, &part.context, &mut doubts)
        }
        kind => x::read_post(inner, raw, kind, &locator, &part.context, accounts, &mut doubts),
    };
    batch.balance.skipped += u64::from(item.is_none());
    batch.balance.damaged += u64::from(item.is_some() && doubts.damaged);
    batch.balance.read += u64::from(item.is_some() && !doubts.damaged);
    batch.issues.append(&mut doubts.issues);
    batch.items.extend(item);
}

fn lost(code: &str, locator: Locator, what: String) -> Issue {
    Issue {
        severity: Severity::Lost,
        code: code.to_owned(),
        locator,
        what,
        kept: "nothing; the bytes stay in the archive".to_owned(),
    }
}

/// One pass over an archive.
struct Split<'a> {
    tree: &'a dyn Tree,
    files: &'a Files,
    sink: &'a mut dyn ChunkSink,
    /// Ids of posts and messages, for kinds that have a list of headers.
    heads: BTreeMap<FileKind, BTreeSet<String>>,
}

impl Split<'_> {
    fn path(&self, place: usize) -> &str {
        self.tree.members().get(place).map_or("", |member| member.path.as_str())
    }

    fn open(&self, place: usize) -> Scanner<Box<dyn Read + Send>> {
        let reader = self.tree.open(place).unwrap_or_else(|error| Box::new(Broken(Some(error))));
        Scanner::bounded(reader, LONGEST_ENTRY)
    }

    /// Says which files are not read.
    fn others(&mut self) -> Result<(), ImportError> {
        let Some(first) = self.files.others.first() else { return Ok(()) };
        let names: BTreeSet<&str> = self
            .files
            .others
            .iter()
            .map(|place| {
                let path = self.path(*place);
                let name = path.rsplit('!').next().unwrap_or(path);
                // Media by their folder: there may be thousands.
                match name.rsplit_once('/') {
                    Some((folder, file)) if !file.ends_with(".js") => folder,
                    _ => name,
                }
            })
            .collect();
        let shown: Vec<&str> = names.iter().copied().take(40).collect();
        let more = if names.len() > shown.len() { ", …" } else { "" };
        let issue = Issue {
            severity: Severity::Note,
            code: "not-read".to_owned(),
            locator: Locator::new(self.path(*first), Selector::Whole),
            what: format!(
                "{} files hold no posts or messages: {}{more}",
                self.files.others.len(),
                shown.join(", ")
            ),
            kept: "nothing of them; they stay in the archive".to_owned(),
        };
        self.sink.batch(Batch { issues: vec![issue], ..Batch::default() })
    }

    fn owner(&mut self) -> Result<Owner, ImportError> {
        let file = self.files.known.iter().find(|(kind, _, _)| *kind == FileKind::Account);
        let mut owner = Owner::default();
        let mut member = String::new();
        if let Some((_, _, place)) = file {
            member = self.path(*place).to_owned();
            let reader = self.tree.open(*place);
            let read = reader.and_then(|mut reader| json::select(&mut *reader, "/0/account"));
            if let Ok(Some(bytes)) = read
                && let Ok((account, _)) = json::parse(&bytes)
            {
                owner = Owner::of(&account);
            }
        }
        let batch = match owner.account() {
            Some(account) => Batch { accounts: vec![account], ..Batch::default() },
            None => {
                let issue = Issue {
                    severity: Severity::Note,
                    code: "no-owner".to_owned(),
                    locator: Locator::new(member, Selector::Whole),
                    what: "data/account.js does not say whose archive this is".to_owned(),
                    kept: "posts without an author; messages with the ids they carry".to_owned(),
                };
                Batch { issues: vec![issue], ..Batch::default() }
            }
        };
        self.sink.batch(batch)?;
        Ok(owner)
    }

    /// Finds for each long text the post that shows its beginning.
    fn notes(&mut self) -> Result<BTreeMap<String, Note>, ImportError> {
        let of = |wanted: FileKind| {
            self.files.known.iter().filter(move |file| file.0 == wanted).map(|file| file.2)
        };
        // Texts by the second in which they were made.
        let mut texts: BTreeMap<i64, Vec<Note>> = BTreeMap::new();
        let mut count = 0;
        for place in of(FileKind::Notes) {
            let _ = each(&mut self.open(place), &mut |_, _, bytes| {
                let Ok((value, _)) = json::parse(bytes) else { return Ok(()) };
                let value = value.get("noteTweet").unwrap_or(&value);
                let made = x::text(value, "createdAt").and_then(|text| x::parse_date(&text));
                if let (Some((at, _)), Some(note)) = (made, Note::of(value))
                    && count < MOST_NOTES
                {
                    count += 1;
                    texts.entry(at.seconds()).or_default().push(note);
                }
                Ok(())
            })?;
        }
        let mut notes = BTreeMap::new();
        if texts.is_empty() {
            return Ok(notes);
        }
        for place in of(FileKind::Posts).chain(of(FileKind::CommunityPosts)) {
            let _ = each(&mut self.open(place), &mut |_, _, bytes| {
                let Ok((value, _)) = json::parse(bytes) else { return Ok(()) };
                let post = value.get("tweet").unwrap_or(&value);
                let made = x::text(post, "created_at").and_then(|text| x::parse_date(&text));
                let (Some((at, _)), Some(id)) = (made, x::id(post, "id")) else { return Ok(()) };
                let text = post.get("full_text").and_then(Value::as_str).unwrap_or_default();
                let near = (-2..=2).filter_map(|by| texts.get(&(at.seconds() + by)));
                if let Some(note) = near.flatten().find(|note| note.begins(text)) {
                    notes.insert(id, note.clone());
                }
                Ok(())
            })?;
        }
        Ok(notes)
    }

    /// Whether there is a list of headers for this kind, so that ids must be remembered.
    fn has_headers(&self, kind: FileKind) -> bool {
        headers_of(kind).is_some_and(|of| self.files.known.iter().any(|file| file.0 == of))
    }

    /// Cuts a file of posts.
    fn list(
        &mut self,
        kind: FileKind,
        place: usize,
        context: &Arc<Context>,
    ) -> Result<(), ImportError> {
        let member: Arc<str> = Arc::from(self.path(place));
        let mut scanner = self.open(place);
        let mut pack = Pack::new(kind, &member, context, Arc::new(Vec::new()));
        let mut heads = self.has_headers(kind).then(BTreeSet::new);
        let result = each(&mut scanner, &mut |element, offset, bytes| {
            if let Some(heads) = &mut heads {
                heads.extend(native(bytes, &["/tweet/id_str", "/tweet/id"]));
            }
            pack.add(
                Piece { start: 0, end: 0, element, message: None, at: None },
                offset,
                bytes,
                self.sink,
            )
        })?;
        pack.emit(self.sink)?;
        self.heads.entry(kind).or_default().extend(heads.into_iter().flatten());
        self.ended(result, &mut scanner, &member)
    }

    /// Cuts a file of conversations: once through for who was in them, once for the messages.
    fn conversations(
        &mut self,
        kind: FileKind,
        place: usize,
        context: &Arc<Context>,
    ) -> Result<(), ImportError> {
        let member: Arc<str> = Arc::from(self.path(place));
        let mut found: Vec<Conversation> = Vec::new();
        let mut heads = self.has_headers(kind).then(BTreeSet::new);
        let _ = x::walk(&mut self.open(place), &mut |step| {
            let at = match &step {
                Step::Id(at, _) | Step::Other(at) => *at,
                Step::Entry { conversation, .. } => *conversation,
            };
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            while found.len() <= at {
                found.push(Conversation::default());
            }
            match step {
                Step::Id(_, id) => found[at].id = Some(id),
                Step::Entry { bytes, .. } => {
                    let start = &bytes[..bytes.len().min(64)];
                    if memchr::memmem::find(start, b"\"messageCreate\"").is_some() {
                        if let Some(heads) = &mut heads {
                            heads.extend(native(bytes, &["/messageCreate/id"]));
                        }
                    } else if let Ok((Value::Object(event), _)) = json::parse(bytes) {
                        event.iter().for_each(|(kind, event)| found[at].note(kind, event));
                    }
                }
                Step::Other(..) => {}
            }
            Ok(())
        })?;
        found.iter_mut().for_each(Conversation::settle);

        let mut scanner = self.open(place);
        let mut pack = Pack::new(kind, &member, context, Arc::new(found));
        let result = x::walk(&mut scanner, &mut |step| match step {
            Step::Id(..) => Ok(()),
            Step::Entry { conversation, message, offset, bytes, named } => {
                let at = (!named).then_some(offset);
                let message = Some(message);
                let piece = Piece { start: 0, end: 0, element: conversation, message, at };
                pack.add(piece, offset, bytes, self.sink)
            }
            Step::Other(element) => {
                let locator = Locator::new(&*member, Selector::Pointer(format!("/{element}")));
                let what = "the entry is no conversation".to_owned();
                skipped(self.sink, lost("not-a-conversation", locator, what))
            }
        })?;
        pack.emit(self.sink)?;
        self.heads.entry(kind).or_default().extend(heads.into_iter().flatten());
        self.ended(result, &mut scanner, &member)
    }

    /// Says what is lost when a file ended before its list did.
    fn ended(
        &mut self,
        result: Result<(), Fault>,
        scanner: &mut Scanner<Box<dyn Read + Send>>,
        member: &str,
    ) -> Result<(), ImportError> {
        let Err(fault) = result else { return Ok(()) };
        let start = scanner.entry_start();
        let issue = match fault {
            Fault::Read(error) => Issue {
                kept: "every entry before that place".to_owned(),
                ..read_issue(member, start, &error)
            },
            Fault::Cut | Fault::Malformed => {
                let cut = matches!(fault, Fault::Cut);
                let end = scanner.drain();
                let what = if end == 0 {
                    "the file is empty".to_owned()
                } else if cut {
                    format!("the file ends in the middle of its list: {} bytes", end - start)
                } else {
                    format!("the list is broken; {} bytes behind cannot be told apart", end - start)
                };
                let locator = Locator::new(member, Selector::Bytes { start, end });
                Issue {
                    kept: "every entry before that place".to_owned(),
                    ..lost(if cut { "truncated" } else { "damaged-list" }, locator, what)
                }
            }
        };
        skipped(self.sink, issue)
    }

    /// Counts what the lists of headers name and the lists of posts and messages do not hold.
    fn headers(&mut self) -> Result<(), ImportError> {
        for (kind, _, place) in &self.files.known {
            let Some(of) = content_of(*kind) else { continue };
            let known = self.heads.get(&of).cloned().unwrap_or_default();
            let member = self.path(*place).to_owned();
            let mut missing: BTreeSet<String> = BTreeSet::new();
            let mut scanner = self.open(*place);
            let mut look = |bytes: &[u8], pointers: &[&str]| {
                missing.extend(native(bytes, pointers).filter(|id| !known.contains(id)));
            };
            let result = match of {
                FileKind::Messages | FileKind::GroupMessages => {
                    x::walk(&mut scanner, &mut |step| {
                        if let Step::Entry { bytes, .. } = step {
                            look(bytes, &["/messageCreate/id"]);
                        }
                        Ok(())
                    })?
                }
                _ => each(&mut scanner, &mut |_, _, bytes| {
                    look(bytes, &["/tweet/tweet_id", "/tweet/id_str", "/tweet/id"]);
                    Ok(())
                })?,
            };
            self.ended(result, &mut scanner, &member)?;
            let count = missing.len() as u64;
            if count > 0 {
                let some: Vec<&str> = missing.iter().map(String::as_str).take(5).collect();
                let more = if missing.len() > some.len() { ", …" } else { "" };
                let issue = Issue {
                    kept: "nothing of them but this count".to_owned(),
                    ..lost(
                        "headers-without-text",
                        Locator::new(member, Selector::Whole),
                        format!(
                            "{count} entries are listed here whose text is not in the archive: \
                             {}{more}",
                            some.join(", ")
                        ),
                    )
                };
                let balance = Balance { found: count, skipped: count, ..Balance::default() };
                self.sink.batch(Batch { issues: vec![issue], balance, ..Batch::default() })?;
            }
        }
        Ok(())
    }
}

fn headers_of(kind: FileKind) -> Option<FileKind> {
    match kind {
        FileKind::Posts => Some(FileKind::PostHeaders),
        FileKind::DeletedPosts => Some(FileKind::DeletedPostHeaders),
        FileKind::Messages => Some(FileKind::MessageHeaders),
        FileKind::GroupMessages => Some(FileKind::GroupMessageHeaders),
        _ => None,
    }
}

fn content_of(headers: FileKind) -> Option<FileKind> {
    [FileKind::Posts, FileKind::DeletedPosts, FileKind::Messages, FileKind::GroupMessages]
        .into_iter()
        .find(|kind| headers_of(*kind) == Some(headers))
}

/// The text at the first of `pointers` that leads to a string.
fn native(bytes: &[u8], pointers: &[&str]) -> Option<String> {
    pointers.iter().find_map(|pointer| {
        let range = json::find(bytes, pointer)?;
        serde_json::from_slice::<String>(&bytes[range]).ok()
    })
}

fn skipped(sink: &mut dyn ChunkSink, issue: Issue) -> Result<(), ImportError> {
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    sink.batch(Batch { issues: vec![issue], balance, ..Batch::default() })
}

/// Takes an element: its place in the list, its offset, its bytes.
type Visit<'a> = dyn FnMut(u64, u64, &[u8]) -> Result<(), ImportError> + 'a;

/// Gives every element of a list file to `visit` with its place and offset. The outer error is
/// the visitor's, the inner one the file's.
fn each<R: Read>(
    scanner: &mut Scanner<R>,
    visit: &mut Visit<'_>,
) -> Result<Result<(), Fault>, ImportError> {
    if let Err(fault) = scanner.enter_list_file().and_then(|()| scanner.expect(b'[')) {
        return Ok(Err(fault));
    }
    let (mut first, mut element) = (true, 0);
    loop {
        match scanner.next_element(&mut first) {
            Ok(true) => {}
            Ok(false) => return Ok(Ok(())),
            Err(fault) => return Ok(Err(fault)),
        }
        let offset = scanner.keep();
        if let Err(fault) = scanner.skip_value() {
            return Ok(Err(fault));
        }
        visit(element, offset, scanner.kept())?;
        scanner.release();
        element += 1;
    }
}

/// Entries gathered for one chunk.
struct Pack {
    kind: FileKind,
    member: Arc<str>,
    context: Arc<Context>,
    conversations: Arc<Vec<Conversation>>,
    data: Vec<u8>,
    pieces: Vec<Piece>,
    offset: u64,
    before: u64,
}

impl Pack {
    fn new(
        kind: FileKind,
        member: &Arc<str>,
        context: &Arc<Context>,
        conversations: Arc<Vec<Conversation>>,
    ) -> Self {
        Self {
            kind,
            member: Arc::clone(member),
            context: Arc::clone(context),
            conversations,
            data: Vec::new(),
            pieces: Vec::new(),
            offset: 0,
            before: 0,
        }
    }

    fn add(
        &mut self,
        piece: Piece,
        offset: u64,
        bytes: &[u8],
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        if bytes.is_empty() {
            let locator =
                Locator::new(&*self.member, Selector::Bytes { start: offset, end: offset });
            let what = format!("an entry is longer than {LONGEST_ENTRY} bytes");
            return skipped(sink, lost("too-large", locator, what));
        }
        if self.pieces.is_empty() {
            self.offset = offset;
        }
        let start = self.data.len();
        self.data.extend_from_slice(bytes);
        self.pieces.push(Piece { start, end: self.data.len(), ..piece });
        if self.data.len() >= CHUNK || self.pieces.len() >= CHUNK_ENTRIES {
            self.emit(sink)?;
        }
        Ok(())
    }

    fn emit(&mut self, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        if self.pieces.is_empty() {
            return Ok(());
        }
        let pieces = std::mem::take(&mut self.pieces);
        let rows_before = self.before;
        self.before += pieces.len() as u64;
        let part = Part {
            kind: self.kind,
            context: Arc::clone(&self.context),
            conversations: Arc::clone(&self.conversations),
            pieces,
        };
        sink.chunk(Chunk {
            member: Arc::clone(&self.member),
            offset: self.offset,
            rows_before,
            data: std::mem::take(&mut self.data),
            modified: None,
            shared: Some(Arc::new(part)),
        })
    }
}

/// A reader for a member that cannot be opened.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
