//! The index on disk: made, opened, written, asked.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cahoots_record::{ItemId, ItemOrd};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, EnableScoring, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, Term};

use crate::collect::{Found, Gather, Order};
use crate::columns::Columns;
use crate::compile::Compiled;
use crate::document::Prepared;
use crate::error::SearchError;
use crate::expand::Forms;
use crate::query::Query;
use crate::schema::{Fields, VERSION, WORDS, schema};
use crate::snippet::{self, Snippet};
use crate::{Names, tokens};

/// An open index.
pub struct Index {
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    /// Made by [`Index::prepare`].
    columns: Mutex<Option<Arc<Columns>>>,
    forms: Forms,
}

/// Order of results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevance,
    /// Oldest first; items without a time last.
    TimeAsc,
    /// Newest first; items without a time last.
    TimeDesc,
}

/// How much of a result is wanted.
#[derive(Clone, Copy, Debug)]
pub struct SearchOptions {
    /// Hits to give.
    pub limit: usize,
    /// Hits to leave out first.
    pub offset: usize,
    /// Their order.
    pub sort: Sort,
    /// Whether to count by month, kind, archive and account.
    pub counts: bool,
}

impl Index {
    /// Opens the index in `dir`, or makes an empty one.
    ///
    /// # Errors
    /// [`SearchError::Schema`] when it was made by another version.
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        let io = |what: &'static str| {
            let path = dir.to_owned();
            move |source| SearchError::Io { path, what, source }
        };
        let (schema, fields) = schema();
        let version = dir.join("version");
        if !dir.join("meta.json").exists() {
            std::fs::create_dir_all(dir).map_err(io("the index folder cannot be made"))?;
            std::fs::write(&version, VERSION).map_err(io("the index cannot be written"))?;
        } else if std::fs::read_to_string(&version).is_ok_and(|found| found != VERSION) {
            return Err(SearchError::Schema { path: dir.to_owned() });
        }
        let directory =
            MmapDirectory::open(dir).map_err(|error| SearchError::index("opened")(error.into()))?;
        let index =
            tantivy::Index::open_or_create(directory, schema).map_err(|error| match error {
                tantivy::TantivyError::SchemaError(_) => {
                    SearchError::Schema { path: dir.to_owned() }
                }
                other => SearchError::index("opened")(other),
            })?;
        index.tokenizers().register(WORDS, TextAnalyzer::builder(tokens::Words::default()).build());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(SearchError::index("opened"))?;
        Ok(Self { index, reader, fields, columns: Mutex::default(), forms: Forms::default() })
    }

    /// A writer with so many threads and bytes of memory. One at a time.
    ///
    /// # Errors
    /// When another writer is open.
    pub fn writer(&self, threads: usize, heap: usize) -> Result<Writer, SearchError> {
        let threads = threads.max(1);
        // The library refuses less than 15 MB a thread.
        let heap = heap.max(threads * 16_000_000);
        let writer = self
            .index
            .writer_with_num_threads(threads, heap)
            .map_err(SearchError::index("opened for writing"))?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Writer { writer, index: self.index.clone() })
    }

    /// The last segment of the record that the index has, as given to the last commit.
    pub fn through_segment(&self) -> Option<u64> {
        through(&self.index)
    }

    /// Gets ready for many questions: unpacks the columns into memory. What `before`, an earlier
    /// state of this index, has of them is shared. Answers are the same, and come sooner.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn prepare(&self, before: Option<&Self>) -> Result<(), SearchError> {
        let searcher = self.searcher();
        if self.columns_for(&searcher).is_some() {
            return Ok(());
        }
        let before = before.and_then(Self::columns);
        let columns = Columns::read(&searcher, &self.fields, before.as_deref())?;
        *self.columns.lock().unwrap_or_else(PoisonError::into_inner) = columns.map(Arc::new);
        Ok(())
    }

    fn columns(&self) -> Option<Arc<Columns>> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The columns in memory, if they are those of what this searcher sees.
    fn columns_for(&self, searcher: &Searcher) -> Option<Arc<Columns>> {
        self.columns().filter(|columns| columns.fits(searcher))
    }

    pub(crate) fn forms(&self) -> &Forms {
        &self.forms
    }

    /// Reads what was committed since the index was opened.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reload(&self) -> Result<(), SearchError> {
        self.forms.forget();
        self.reader.reload().map_err(SearchError::index("read"))
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Number of items in the index.
    pub fn len(&self) -> u64 {
        self.searcher().num_docs()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs a query.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(
        &self,
        query: &Query,
        names: &dyn Names,
        options: &SearchOptions,
    ) -> Result<Found, SearchError> {
        let searcher = self.searcher();
        let compiled = Compiled::new(self, &searcher, query, names)?;
        let gather = Gather {
            wanted: options.limit.saturating_add(options.offset),
            order: match options.sort {
                Sort::Relevance => Order::Score,
                Sort::TimeAsc => Order::Oldest,
                Sort::TimeDesc => Order::Newest,
            },
            counts: options.counts,
        };
        let columns = self.columns_for(&searcher);
        let mut found = match &columns {
            Some(columns) => columns.search(&searcher, compiled.query.as_ref(), &gather),
            None => searcher.search(compiled.query.as_ref(), &gather),
        }
        .map_err(SearchError::index("searched"))?;
        found.hits.drain(..options.offset.min(found.hits.len()));
        found.undated = match (&compiled.undated, &columns) {
            (None, _) => None,
            (Some(query), Some(columns)) => Some(columns.count_undated(&searcher, query.as_ref())),
            (Some(query), None) => {
                let count = searcher.search(query.as_ref(), &tantivy::collector::Count);
                Some(count.map(|n| n as u64))
            }
        }
        .transpose()
        .map_err(SearchError::index("searched"))?;
        if let Some(counts) = found.counts.as_mut().filter(|_| columns.is_none()) {
            let public = Term::from_field_text(self.fields.tag, "in:public");
            let public = BooleanQuery::intersection(vec![
                compiled.query.box_clone(),
                Box::new(TermQuery::new(public, IndexRecordOption::Basic)),
            ]);
            counts.n_public = searcher
                .search(&public, &tantivy::collector::Count)
                .map_err(SearchError::index("searched"))? as u64;
        }
        found.expanded = compiled.expanded;
        found.marks = compiled.marks;
        Ok(found)
    }

    /// Places of everything that matches, sorted.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn matching(&self, query: &Query, names: &dyn Names) -> Result<Vec<ItemOrd>, SearchError> {
        let searcher = self.searcher();
        let compiled = Compiled::new(self, &searcher, query, names)?;
        let mut ords = Vec::new();
        self.each_of(&searcher, compiled.query.as_ref(), &mut |ord| ords.push(ord))?;
        ords.sort_unstable();
        Ok(ords)
    }

    /// Shows the place of everything that matches, in no order.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn each_matching(
        &self,
        query: &Query,
        names: &dyn Names,
        each: &mut dyn FnMut(ItemOrd),
    ) -> Result<(), SearchError> {
        let searcher = self.searcher();
        let compiled = Compiled::new(self, &searcher, query, names)?;
        self.each_of(&searcher, compiled.query.as_ref(), each)
    }

    fn each_of(
        &self,
        searcher: &Searcher,
        query: &dyn tantivy::query::Query,
        each: &mut dyn FnMut(ItemOrd),
    ) -> Result<(), SearchError> {
        let mut run = || match self.columns_for(searcher) {
            Some(columns) => columns.each_match(searcher, query, each),
            None => each_match(searcher, query, each),
        };
        run().map_err(SearchError::index("searched"))
    }

    /// The stretch of an item's text that shows best why it was found, at most `width` characters.
    pub fn snippet(&self, found: &Found, text: &str, width: usize) -> Snippet {
        snippet::cut(&found.marks, text, width)
    }

    /// Items whose id begins with `prefix`, at most 20.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find_id_prefix(&self, prefix: &str) -> Result<Vec<(ItemId, ItemOrd)>, SearchError> {
        let mut found = Vec::new();
        let searcher = self.searcher();
        for segment in searcher.segment_readers() {
            let inverted =
                segment.inverted_index(self.fields.id).map_err(SearchError::index("read"))?;
            let mut stream = inverted
                .terms()
                .range()
                .ge(prefix.as_bytes())
                .into_stream()
                .map_err(|error| SearchError::index("read")(error.into()))?;
            while stream.advance() && found.len() < 20 {
                let Ok(text) = std::str::from_utf8(stream.key()) else { break };
                if !text.starts_with(prefix) {
                    break;
                }
                let Ok(id) = text.parse::<ItemId>() else { continue };
                let term = Term::from_field_text(self.fields.id, text);
                found.extend(self.ords_of(&searcher, term)?.into_iter().map(|ord| (id, ord)));
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Items with this native id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn with_native_id(&self, native: &str) -> Result<Vec<ItemOrd>, SearchError> {
        self.ords_of(&self.searcher(), Term::from_field_text(self.fields.native, native))
    }

    fn ords_of(&self, searcher: &Searcher, term: Term) -> Result<Vec<ItemOrd>, SearchError> {
        let query = TermQuery::new(term, IndexRecordOption::Basic);
        let mut ords = Vec::new();
        self.each_of(searcher, &query, &mut |ord| ords.push(ord))?;
        ords.sort_unstable();
        Ok(ords)
    }
}

/// Shows the place of everything that matches, from the columns on disk.
fn each_match(
    searcher: &Searcher,
    query: &dyn tantivy::query::Query,
    each: &mut dyn FnMut(ItemOrd),
) -> tantivy::Result<()> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    for reader in searcher.segment_readers() {
        let (places, alive) = (reader.fast_fields().u64("ord")?, reader.alive_bitset());
        weight.for_each_no_score(reader, &mut |docs| {
            let docs = docs.iter().filter(|doc| alive.is_none_or(|alive| alive.is_alive(**doc)));
            docs.filter_map(|doc| places.first(*doc)).for_each(|place| each(ItemOrd(place)));
        })?;
    }
    Ok(())
}

fn through(index: &tantivy::Index) -> Option<u64> {
    index.load_metas().ok()?.payload?.parse().ok()
}

/// The one process that writes to an index.
pub struct Writer {
    writer: IndexWriter,
    index: tantivy::Index,
}

/// Segments of the index beyond which small ones are merged.
const MANY_SEGMENTS: usize = 64;
/// Segments merged into one. The files being merged count as memory while they are read, so few
/// at a time and the smallest first.
const MERGED_AT_ONCE: usize = 8;

impl Writer {
    /// Adds an item at its place in the record.
    ///
    /// # Errors
    /// When an indexing thread died.
    pub fn add_prepared(
        &self,
        prepared: Prepared,
        ord: ItemOrd,
        archive: u32,
        accounts: &[u32],
    ) -> Result<(), SearchError> {
        self.writer
            .add_document(prepared.finish(ord, archive, accounts))
            .map(drop)
            .map_err(SearchError::index("written"))
    }

    /// Makes everything added so far durable, and notes up to which segment of the record it goes.
    ///
    /// # Errors
    /// When it cannot be written; the last commit stays.
    pub fn commit(&mut self, through_segment: u64) -> Result<(), SearchError> {
        let mut commit = self.writer.prepare_commit().map_err(SearchError::index("written"))?;
        commit.set_payload(&through_segment.to_string());
        commit.commit().map(drop).map_err(SearchError::index("written"))
    }

    /// Merges what many small imports left, and ends the writing.
    ///
    /// # Errors
    /// When the index cannot be written; everything committed stays.
    pub fn finish(mut self) -> Result<(), SearchError> {
        let payload = through(&self.index);
        loop {
            let mut metas =
                self.index.searchable_segment_metas().map_err(SearchError::index("read"))?;
            if metas.len() <= MANY_SEGMENTS {
                break;
            }
            // The smallest together: the cost grows with what is new and not with the case.
            metas.sort_by_key(|meta| meta.num_docs());
            let merged: Vec<_> = metas.iter().take(MERGED_AT_ONCE).map(|meta| meta.id()).collect();
            self.writer.merge(&merged).wait().map_err(SearchError::index("merged"))?;
            // Committed again, so that the files merged away are removed.
            if let Some(payload) = payload {
                self.commit(payload)?;
            }
        }
        self.writer.wait_merging_threads().map_err(SearchError::index("written"))
    }
}
