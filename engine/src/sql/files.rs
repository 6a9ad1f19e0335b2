//! Tables of bare files: CSV, TSV, JSON and Parquet, each named after its file or as asked.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::parquet::file::reader::{FileReader as _, SerializedFileReader};
use datafusion::prelude::SessionContext;

use super::Table;
use super::case::url_of;
use super::infer::{self, Columns};
use crate::failure::{hinted, note};
use crate::stores;

/// How a file is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Delimited(u8),
    /// One object a line, or one array of objects.
    Json {
        lines: bool,
    },
    Parquet,
}

/// The files of one table.
struct Group {
    name: String,
    kind: Kind,
    compression: FileCompressionType,
    paths: Vec<PathBuf>,
    /// Parquet files in object stores.
    stored: Vec<ListingTableUrl>,
}

/// Makes the files known to a session.
pub async fn register(
    context: &SessionContext,
    arguments: &[String],
    all_text: bool,
) -> Result<Vec<Table>> {
    let mut groups: Vec<Group> = Vec::new();
    for argument in arguments {
        add(&mut groups, argument)?;
    }
    let mut tables = Vec::new();
    for group in groups {
        tables.push(register_group(context, group, all_text).await?);
    }
    Ok(tables)
}

/// Puts a file into its group.
fn add(groups: &mut Vec<Group>, argument: &str) -> Result<()> {
    // A file may have `=` in its name; a name for a table is a word.
    let named = argument.split_once('=').filter(|(name, _)| is_word(name));
    let (name, path) = match named {
        Some((name, path)) if !Path::new(argument).exists() => (Some(name), path),
        _ => (None, argument),
    };
    if stores::is_store(path) {
        return add_stored(groups, name, path);
    }
    let path = Path::new(path);
    if !path.is_file() {
        let what = if path.is_dir() { "is a folder" } else { "is not there" };
        return Err(hinted(
            format!("{} {what}", path.display()),
            "name files: cahoots sql 'SELECT …' shares=a.csv shares=b.csv",
        ));
    }
    let path = path.canonicalize()?;
    let (kind, compression) = kind_of(&path)?;
    let name = name.map_or_else(|| table_name(&path), str::to_lowercase);
    match groups.iter_mut().find(|group| group.name == name) {
        None => {
            let paths = vec![path];
            groups.push(Group { name, kind, compression, paths, stored: Vec::new() });
        }
        Some(group) if group.kind == kind && group.compression == compression => {
            group.paths.push(path);
        }
        Some(_) => {
            return Err(hinted(
                format!("the table {name} has files of two kinds"),
                format!("give {} a name of its own: NAME={}", path.display(), path.display())
                    + &format!("; the others of {name} are no such files"),
            ));
        }
    }
    Ok(())
}

/// Puts a table in an object store into its group.
fn add_stored(groups: &mut Vec<Group>, name: Option<&str>, place: &str) -> Result<()> {
    if !stores::READABLE {
        return Err(hinted(
            format!("{place} is in an object store, and this cahoots-engine cannot read those"),
            "build it with them: cargo install --path engine --features object-stores",
        ));
    }
    if !place.ends_with(".parquet") && !place.ends_with('/') {
        return Err(hinted(
            format!("{place} is no Parquet file"),
            "of object stores, Parquet files and folders of them are read",
        ));
    }
    let url = ListingTableUrl::parse(place)
        .with_context(|| format!("{place} is not the address of a table"))?;
    let name = name.map_or_else(|| table_name(Path::new(place)), str::to_lowercase);
    let compression = FileCompressionType::UNCOMPRESSED;
    match groups.iter_mut().find(|group| group.name == name) {
        Some(group) if group.kind == Kind::Parquet => group.stored.push(url),
        Some(_) => {
            return Err(hinted(
                format!("the table {name} has files of two kinds"),
                format!("give {place} a name of its own: NAME={place}"),
            ));
        }
        None => {
            let (paths, stored) = (Vec::new(), vec![url]);
            groups.push(Group { name, kind: Kind::Parquet, compression, paths, stored });
        }
    }
    Ok(())
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The file's name up to its first dot, as a word.
fn table_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("t");
    let word: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_digit()) { format!("t_{word}") } else { word }
}

/// What a file is, by its name; CSV and JSON also by its first bytes.
fn kind_of(path: &Path) -> Result<(Kind, FileCompressionType)> {
    let name = path.to_string_lossy().to_lowercase();
    let (name, compression) = if let Some(name) = name.strip_suffix(".gz") {
        (name, FileCompressionType::GZIP)
    } else if let Some(name) = name.strip_suffix(".zst") {
        (name, FileCompressionType::ZSTD)
    } else {
        (name.as_str(), FileCompressionType::UNCOMPRESSED)
    };
    let kind = match name.rsplit('.').next().unwrap_or_default() {
        "parquet" | "pq" if compression == FileCompressionType::UNCOMPRESSED => Kind::Parquet,
        "tsv" | "tab" => Kind::Delimited(b'\t'),
        "csv" => Kind::Delimited(delimiter(&mut opened(path, compression)?)?),
        "json" | "jsonl" | "ndjson" => {
            Kind::Json { lines: !starts_with_bracket(&mut opened(path, compression)?)? }
        }
        _ => {
            return Err(hinted(
                format!("{} has no ending that says what it is", path.display()),
                ".csv, .tsv, .jsonl, .json and .parquet are read; the first four also with .gz \
                 or .zst",
            ));
        }
    };
    Ok((kind, compression))
}

/// The file's bytes, decompressed.
fn opened(path: &Path, compression: FileCompressionType) -> Result<Box<dyn BufRead>> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let plain: Box<dyn Read> = if compression == FileCompressionType::GZIP {
        Box::new(flate2::read::MultiGzDecoder::new(file))
    } else if compression == FileCompressionType::ZSTD {
        Box::new(zstd::Decoder::new(file)?)
    } else {
        Box::new(file)
    };
    Ok(Box::new(BufReader::with_capacity(1 << 18, plain)))
}

/// What stands between the columns: the commonest of three in the first line.
fn delimiter(reader: &mut dyn BufRead) -> Result<u8> {
    let mut first = Vec::new();
    reader.take(1 << 16).read_until(b'\n', &mut first)?;
    let count = |wanted: &u8| first.iter().filter(|byte| *byte == wanted).count();
    // Of equally common ones the last is taken: the comma.
    Ok([b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b','))
}

fn starts_with_bracket(reader: &mut dyn BufRead) -> Result<bool> {
    let mut first = Vec::new();
    reader.take(1 << 12).read_to_end(&mut first)?;
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first);
    Ok(text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'['))
}

async fn register_group(context: &SessionContext, group: Group, all_text: bool) -> Result<Table> {
    let Group { name, kind, compression, paths, stored } = group;
    let mut urls = paths.iter().map(|path| url_of(path)).collect::<Result<Vec<_>>>()?;
    let all_here = stored.is_empty();
    if !all_here && !urls.is_empty() {
        return Err(hinted(
            format!("the table {name} has files here and in an object store"),
            "give them names of their own: NAME=FILE",
        ));
    }
    urls.extend(stored);
    let (format, schema, rows): (Arc<dyn FileFormat>, Option<SchemaRef>, Option<u64>) = match kind {
        Kind::Delimited(delimiter) => {
            let columns = columns(&paths, delimiter, compression, all_text)?;
            let format = CsvFormat::default()
                .with_has_header(true)
                .with_delimiter(delimiter)
                .with_file_compression_type(compression)
                // A file cut into parts at line ends would be cut inside quoted text.
                .with_newlines_in_values(true);
            (Arc::new(format), Some(columns.schema()), Some(columns.rows))
        }
        Kind::Json { lines } => {
            let format = JsonFormat::default()
                .with_schema_infer_max_rec(usize::MAX)
                .with_newline_delimited(lines)
                .with_file_compression_type(compression);
            (Arc::new(format), None, None)
        }
        Kind::Parquet => {
            let mut rows = 0;
            for path in &paths {
                rows += parquet_rows(path)?;
            }
            (Arc::new(ParquetFormat::default()), None, all_here.then_some(rows))
        }
    };
    let options = ListingOptions::new(format).with_file_extension("");
    let schema = match schema {
        Some(schema) => schema,
        None => inferred(context, &options, &urls)
            .await
            .with_context(|| format!("the columns of {name} cannot be told"))?,
    };
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(schema);
    context.register_table(name.as_str(), Arc::new(ListingTable::try_new(config)?))?;
    Ok(Table { name, rows })
}

/// The columns of all files of a table.
async fn inferred(
    context: &SessionContext,
    options: &ListingOptions,
    urls: &[ListingTableUrl],
) -> Result<SchemaRef> {
    let state = context.state();
    let mut schemas = Vec::new();
    for url in urls {
        let schema = options.infer_schema(&state, url).await?;
        schemas.push(Schema::clone(&schema));
    }
    Ok(Arc::new(Schema::try_merge(schemas)?))
}

/// The columns of delimited files, which must have the same.
fn columns(
    paths: &[PathBuf],
    delimiter: u8,
    compression: FileCompressionType,
    all_text: bool,
) -> Result<Columns> {
    let mut all: Option<Columns> = None;
    for path in paths {
        let mut found = infer::columns(opened(path, compression)?, delimiter)
            .with_context(|| format!("{} cannot be read as a table", path.display()))?;
        if found.renamed {
            note(&format!(
                "note: columns of {} have the same name or none; they are called {}",
                path.display(),
                found.names.join(", ")
            ));
        }
        if all_text {
            found.kinds.fill(infer::Kind::Text);
        }
        all = Some(match all {
            None => found,
            Some(mut all) if all.names == found.names => {
                all.widen(&found);
                all
            }
            Some(_) => {
                return Err(hinted(
                    format!("{} has other columns than {}", path.display(), paths[0].display()),
                    "give it a name of its own: NAME=FILE",
                ));
            }
        });
    }
    all.context("a table without files")
}

fn parquet_rows(path: &Path) -> Result<u64> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let reader = SerializedFileReader::new(file)
        .with_context(|| format!("{} is not a Parquet file", path.display()))?;
    Ok(u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0))
}

impl Columns {
    fn schema(&self) -> SchemaRef {
        let fields = self.names.iter().zip(&self.kinds).map(|(name, kind)| {
            let kind = match kind {
                infer::Kind::Whole => DataType::Int64,
                infer::Kind::Decimal => DataType::Float64,
                infer::Kind::Empty | infer::Kind::Text => DataType::Utf8,
            };
            Field::new(name, kind, true)
        });
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_called_after_their_files() {
        assert_eq!(table_name(Path::new("/a/Posts-2016.csv.gz")), "posts_2016");
        assert_eq!(table_name(Path::new("2016.csv")), "t_2016");
        assert_eq!(table_name(Path::new(".hidden.csv")), "hidden");
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(delimiter(&mut &b"a;b;c\n1,5;2;3\n"[..]).unwrap(), b';');
        assert_eq!(delimiter(&mut &b"a\tb\n"[..]).unwrap(), b'\t');
        assert_eq!(delimiter(&mut &b"a\n"[..]).unwrap(), b',');
    }
}
