//! `formats` and `template`: what can be read, and a start for what people compile.

use anyhow::Result;
use serde_json::json;

use super::Done;
use crate::cli::Template;
use crate::output::Output;

pub(super) fn list(out: &mut Output) -> Result<Done> {
    let formats: Vec<_> =
        cahoots_import::importers().iter().map(|importer| importer.format()).collect();
    if out.json {
        let formats: Vec<_> = formats
            .iter()
            .map(|format| {
                json!({
                    "name": format.name, "version": format.version, "title": format.title,
                    "folder": format.folder,
                })
            })
            .collect();
        out.value(&json!({ "schema": "cahoots/formats/1", "formats": formats }))?;
    } else {
        let rows: Vec<_> = formats
            .iter()
            .map(|format| vec![format.name.to_owned(), format.title.to_owned()])
            .collect();
        out.table(&["format", "what it reads"], &rows, &[])?;
        out.line("")?;
        out.line("Folders, zip, tar, gz and zst are opened by themselves.")?;
    }
    Ok(Done::Found)
}

pub(super) fn template(args: &Template, out: &mut Output) -> Result<Done> {
    let text = cahoots_import::formats::compiled::template(&args.form);
    if out.json {
        out.value(&json!({ "schema": "cahoots/template/1", "form": args.form, "text": text }))?;
    } else {
        out.bytes(text.as_bytes())?;
    }
    Ok(Done::Found)
}
