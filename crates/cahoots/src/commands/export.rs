//! `export`: items, participants and objects for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use cahoots_record::{Item, ItemOrd, Role};
use cahoots_store::{Case, Parts, SegmentBuilder, StoredItem};

use super::Done;
use super::search::note_what_is_missing;
use crate::answers::search::parse;
use crate::cli::{Export, Global};
use crate::item_json::{archive_name, people, whole};
use crate::output::{Output, counted};

/// Items read at once: bounds memory, whatever the size of the case.
const BATCH: usize = 2048;

pub(super) fn run(global: &Global, args: &Export, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    let text = args.query.join(" ");
    let ords = if text.trim().is_empty() {
        (0..case.n_items()).map(ItemOrd).collect()
    } else {
        let query = parse(&text, desk.zone())?;
        note_what_is_missing(&desk, out)?;
        desk.index()?.matching(&query, &desk)?
    };
    if ords.is_empty() {
        crate::report::note("nothing matches; nothing was written");
        return Ok(Done::Nothing);
    }
    let to_stdout = args.output.as_os_str() == "-";
    if to_stdout {
        if args.parquet {
            bail!("Parquet needs a folder: --output DIR");
        }
        if args.jsonl {
            each(case, &ords, |stored| json_line(case, stored, out))?;
        } else {
            let mut rows = Vec::new();
            let mut csv = csv_row(ITEM_COLUMNS.iter().copied());
            each(case, &ords, |stored| {
                rows.extend_from_slice(csv.as_bytes());
                csv.clear();
                rows.extend_from_slice(item_row(case, stored).as_bytes());
                out.bytes(&rows)?;
                rows.clear();
                Ok(())
            })?;
        }
        return Ok(Done::Found);
    }
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("{} cannot be made", args.output.display()))?;
    if args.parquet {
        parquet(case, &ords, &args.output)?;
    } else if args.jsonl {
        let mut file = create(&args.output, "items.jsonl")?;
        each(case, &ords, |stored| {
            serde_json::to_writer(&mut file, &whole(case, stored))?;
            Ok(file.write_all(b"\n")?)
        })?;
        file.flush()?;
    } else {
        csv_tables(case, &ords, &args.output)?;
    }
    if !out.quiet {
        let items = counted(ords.len() as u64, "item", "items");
        crate::report::note(&format!("{items} written to {}", args.output.display()));
    }
    Ok(Done::Found)
}

fn each(
    case: &Case,
    ords: &[ItemOrd],
    mut take: impl FnMut(&StoredItem) -> Result<()>,
) -> Result<()> {
    for batch in ords.chunks(BATCH) {
        for stored in case.items(batch, Parts::All)? {
            take(&stored)?;
        }
    }
    Ok(())
}

fn json_line(case: &Case, stored: &StoredItem, out: &mut Output) -> Result<()> {
    let mut line = serde_json::to_vec(&whole(case, stored))?;
    line.push(b'\n');
    out.bytes(&line)
}

fn create(dir: &Path, name: &str) -> Result<BufWriter<File>> {
    let path = dir.join(name);
    let file =
        File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(BufWriter::new(file))
}

const ITEM_COLUMNS: [&str; 18] = [
    "id",
    "time_earliest",
    "time_latest",
    "time_basis",
    "kind",
    "medium",
    "visibility",
    "from",
    "to",
    "cc",
    "subject",
    "text",
    "language",
    "native_id",
    "conversation",
    "archive",
    "locator",
    "raw_sha256",
];

fn item_row(case: &Case, stored: &StoredItem) -> String {
    let item = &stored.item;
    let time = |time: Option<cahoots_record::UtcMicros>| {
        time.map(|time| time.to_string()).unwrap_or_default()
    };
    let list = |roles: &[Role]| people(item, roles).join("; ");
    let cells = [
        item.id.to_string(),
        time(item.when.earliest),
        time(item.when.latest),
        item.when.basis.to_string(),
        item.kind.to_string(),
        item.medium.to_string(),
        item.visibility.to_string(),
        list(&[Role::From]),
        list(&[Role::To, Role::Member]),
        list(&[Role::Cc]),
        item.subject.clone().unwrap_or_default(),
        item.text.clone(),
        item.language.clone().unwrap_or_default(),
        item.native_id.clone().unwrap_or_default(),
        item.conversation.clone().unwrap_or_default(),
        archive_name(case, stored.archive),
        item.locator.to_string(),
        item.raw_sha256.to_string(),
    ];
    csv_row(cells.iter().map(String::as_str))
}

fn csv_tables(case: &Case, ords: &[ItemOrd], dir: &Path) -> Result<()> {
    let mut items = create(dir, "items.csv")?;
    let mut participants = create(dir, "participants.csv")?;
    let mut objects = create(dir, "objects.csv")?;
    let mut attachments = create(dir, "attachments.csv")?;
    items.write_all(csv_row(ITEM_COLUMNS.iter().copied()).as_bytes())?;
    participants.write_all(csv_row(["id", "role", "account", "name"].into_iter()).as_bytes())?;
    objects.write_all(csv_row(["id", "kind", "key", "raw"].into_iter()).as_bytes())?;
    attachments.write_all(
        csv_row(["id", "name", "media_type", "size", "sha256"].into_iter()).as_bytes(),
    )?;
    each(case, ords, |stored| {
        items.write_all(item_row(case, stored).as_bytes())?;
        let item: &Item = &stored.item;
        let id = item.id.to_string();
        for p in &item.participants {
            let name = p.name.as_deref().unwrap_or_default();
            let row = csv_row([id.as_str(), p.role.name(), p.account.as_str(), name].into_iter());
            participants.write_all(row.as_bytes())?;
        }
        for object in &item.objects {
            let raw = object.raw.as_deref().unwrap_or_default();
            let row = csv_row([id.as_str(), object.kind.name(), &object.key, raw].into_iter());
            objects.write_all(row.as_bytes())?;
        }
        for attachment in &item.attachments {
            let size = attachment.size.map(|size| size.to_string()).unwrap_or_default();
            let digest = attachment.sha256.map(|d| d.to_string()).unwrap_or_default();
            let cells = [id.as_str(), &attachment.name, &attachment.media_type, &size, &digest];
            attachments.write_all(csv_row(cells.into_iter()).as_bytes())?;
        }
        Ok(())
    })?;
    for file in [&mut items, &mut participants, &mut objects, &mut attachments] {
        file.flush()?;
    }
    Ok(())
}

/// One line of RFC 4180. A cell that a spreadsheet would run as a formula gets a quote in front.
fn csv_row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let cells = cells.map(|cell| {
        let formula =
            cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
        let cell = cell.replace('\0', "");
        if formula { format!("'{cell}") } else { cell }
    });
    // Writing to memory cannot fail.
    let _ = writer.write_record(cells);
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The record's own tables, with only the chosen items.
fn parquet(case: &Case, ords: &[ItemOrd], dir: &Path) -> Result<()> {
    if dir.join("items.parquet").exists() {
        bail!("{} already holds an export", dir.display());
    }
    // One folder a part keeps memory bounded; programs read `part-*/items.parquet` as one table.
    let single = ords.len() <= (1 << 16);
    for (number, part) in ords.chunks(1 << 16).enumerate() {
        let mut builder = SegmentBuilder::new(0, ItemOrd((number as u64) << 16));
        for batch in part.chunks(BATCH) {
            for stored in case.items(batch, Parts::All)? {
                builder.set_archive(stored.archive);
                builder.push_item(&stored.item);
            }
        }
        let dir = if single { dir.to_owned() } else { dir.join(format!("part-{number:05}")) };
        builder.write(&dir)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        let row = |cells: &[&'static str]| csv_row(cells.iter().copied());
        assert_eq!(row(&["a", "b,c", "say \"x\""]), "a,\"b,c\",\"say \"\"x\"\"\"\r\n");
        assert_eq!(row(&["=1+1", "-5", "@ann"]), "'=1+1,-5,'@ann\r\n");
    }
}
