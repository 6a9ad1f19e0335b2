//! Finding archives and importers, with importers made for the test.

use std::fs;
use std::io::Read;
use std::path::Path;

use cahoots_record::{Locator, Selector, Sha256};

use super::holdings::holdings_with;
use super::*;
use crate::importer::{Batch, Chunk, ChunkSink, Format, Options};
use crate::original;
use crate::tree::build::{gz, tar, zip, zst};

/// Knows a file by how it begins, or a folder by a file in it.
struct Toy {
    name: &'static str,
    mark: &'static str,
    folder: bool,
}

impl Importer for Toy {
    fn format(&self) -> Format {
        Format { name: self.name, version: 1, title: "a toy", folder: self.folder }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let known = match probe {
            Probe::File { head, .. } => !self.folder && head.starts_with(self.mark.as_bytes()),
            Probe::Folder { paths } => self.folder && paths.iter().any(|path| path == self.mark),
        };
        known.then_some(Confidence::Likely)
    }

    fn split(
        &self,
        _: &dyn Tree,
        _: &[usize],
        _: &Options,
        _: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        Ok(())
    }

    fn parse(&self, _: &Chunk, _: &Options) -> Batch {
        Batch::default()
    }
}

const TOYS: &[&dyn Importer] = &[
    &Toy { name: "lines", mark: "lines:", folder: false },
    &Toy { name: "eml", mark: "Subject:", folder: false },
    &Toy { name: "second", mark: "lines:", folder: false },
    &Toy { name: "box", mark: "cur/1", folder: true },
];

fn write(root: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn found(root: &Path) -> (Vec<Holding>, Vec<Issue>) {
    holdings_with(TOYS, &[root.to_owned()], None).unwrap()
}

fn opened(holding: &Holding, format: Option<&str>) -> Result<Opened, ImportError> {
    let spool = tempfile::tempdir().unwrap();
    open_with(TOYS, holding, format, &Limits::default(), spool.path())
}

/// Units as `importer: paths`.
fn units(opened: &Opened) -> Vec<String> {
    let path = |index: &usize| opened.tree.members()[*index].path.clone();
    let shown = |unit: &Unit| {
        let paths: Vec<_> = unit.members.iter().map(path).collect();
        format!("{}: {}", unit.importer.format().name, paths.join(" "))
    };
    opened.units.iter().map(shown).collect()
}

fn said(issues: &[Issue]) -> Vec<(&str, &str)> {
    issues.iter().map(|issue| (&*issue.locator.member, &*issue.code)).collect()
}

#[test]
fn a_mixed_folder_gives_its_archives_in_order_and_says_what_it_left() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("case files");
    let office = zip(&[("[Content_Types].xml", b"<x/>")]);
    write(
        &root,
        &[
            ("README.md", b"# read me"),
            ("a/list.txt", b"lines:1"),
            ("a/loose1.eml", b"Subject: one"),
            ("b/loose2.eml", b"Subject: two"),
            ("boxes/one/cur/1", b"x"),
            ("boxes/one/cur/2", b"x"),
            ("boxes/two/cur/1", b"x"),
            ("empty", b""),
            ("letter.docx", &office),
            ("old.bz2", b"BZh91AY&SYrest"),
            ("pack.zip", &zip(&[("list", b"lines:2")])),
        ],
    );
    let (holdings, issues) = found(&root);
    let names: Vec<_> = holdings.iter().map(|holding| (&*holding.name, holding.folder)).collect();
    assert_eq!(
        names,
        [
            ("case files", true),
            ("case files/a/list.txt", false),
            ("case files/boxes/one", true),
            ("case files/boxes/two", true),
            ("case files/pack.zip", false),
        ]
    );
    let loose = ["a/loose1.eml", "b/loose2.eml"].map(str::to_owned);
    assert_eq!(holdings[0].members.as_deref(), Some(&loose[..]));
    assert_eq!(
        said(&issues),
        [
            ("README.md", "not-recognised"),
            ("empty", "not-recognised"),
            ("letter.docx", "not-recognised"),
            ("old.bz2", "unsupported-container"),
        ]
    );
    assert_eq!(
        units(&opened(&holdings[0], None).unwrap()),
        ["eml: a/loose1.eml", "eml: b/loose2.eml"]
    );
    assert_eq!(units(&opened(&holdings[2], None).unwrap()), ["box: cur/1 cur/2"]);
    assert_eq!(units(&opened(&holdings[4], None).unwrap()), ["lines: list"]);
}

#[test]
fn a_folder_that_is_one_archive_stays_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("mail");
    write(&root, &[("cur/1", b"x"), ("list", b"lines:")]);
    let (holdings, issues) = found(&root);
    assert_eq!((holdings.len(), issues.len()), (1, 0));
    assert_eq!((holdings[0].name.as_str(), &holdings[0].members), ("mail", &None));

    let root = folder.path().join("unpacked");
    write(&root, &[("export/cur/1", b"x"), (".DS_Store", b"x")]);
    let (holdings, _) = found(&root);
    assert_eq!(holdings.len(), 1);
    assert_eq!(holdings[0].path, root);
    let archive = opened(&holdings[0], None).unwrap();
    assert_eq!(units(&archive), ["box: export/cur/1"]);
    assert_eq!(said(&archive.issues), [(".DS_Store", "not-recognised")]);
    assert_eq!(archive.skipped, 1);
}

#[test]
fn folders_inside_containers_inside_folders_find_their_importer() {
    let folder = tempfile::tempdir().unwrap();
    let inner = zip(&[("export/cur/1", b"x"), ("export/cur/2.zip", b"PK\x03\x04"), ("z", b"?")]);
    let outer = gz(&tar(&[("deep/inner.zip", &inner), ("list", b"lines:"), ("pic", b"\x89PNG")]));
    write(folder.path(), &[("all.tgz", &outer)]);
    let holding = Holding {
        name: "all.tgz".to_owned(),
        path: folder.path().join("all.tgz"),
        folder: false,
        members: None,
    };
    let archive = opened(&holding, None).unwrap();
    assert_eq!(
        units(&archive),
        ["box: deep/inner.zip!export/cur/1 deep/inner.zip!export/cur/2.zip", "lines: list"]
    );
    assert_eq!(
        said(&archive.issues),
        [("deep/inner.zip!z", "not-recognised"), ("pic", "not-recognised")]
    );
    assert_eq!(archive.skipped, 2);
}

#[test]
fn a_format_by_name_overrides_and_an_unknown_one_lists_the_names() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.zip", &zip(&[("one", b"?"), ("two", b"lines:")]))]);
    let holding = &found(folder.path()).0[0];
    assert_eq!(units(&opened(holding, Some("second")).unwrap()), ["second: one", "second: two"]);
    assert_eq!(units(&opened(holding, Some("box")).unwrap()), ["box: one two"]);
    let error = opened(holding, Some("tape")).err().unwrap().to_string();
    for word in ["tape", "lines", "eml", "box"] {
        assert!(error.contains(word), "{error}");
    }
    let (holdings, _) = holdings_with(TOYS, &[folder.path().to_owned()], Some("box")).unwrap();
    assert!(holdings.len() == 1 && holdings[0].folder);
}

#[test]
fn nothing_recognised_is_an_error_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("x.gz", &gz(b"Dear diary"))]);
    let holding = &found(folder.path()).0[0];
    let error = opened(holding, None).err().unwrap().to_string();
    for word in ["x.gz", "Dear diary", "lines", "--format"] {
        assert!(error.contains(word), "{error}");
    }
    let missing = folder.path().join("missing");
    assert!(holdings_with(TOYS, &[missing], None).is_err());
}

#[test]
fn hashes_are_those_that_sha256sum_gives() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("b/2", b"two"), ("a", b"one")]);
    let all = Holding {
        name: "f".to_owned(),
        path: folder.path().to_owned(),
        folder: true,
        members: None,
    };
    let lines = format!("{}  a\n{}  b/2\n", Sha256::of(b"one"), Sha256::of(b"two"));
    let mut told = 0;
    assert_eq!(hash(&all, &mut |n| told += n).unwrap(), (Sha256::of(lines.as_bytes()), 6));
    assert_eq!(told, 6);
    let file = Holding { path: folder.path().join("a"), folder: false, ..all.clone() };
    assert_eq!(hash(&file, &mut |_| {}).unwrap(), (Sha256::of(b"one"), 3));
    let some = Holding { members: Some(vec!["a".to_owned()]), ..all };
    let line = format!("{}  a\n", Sha256::of(b"one"));
    assert_eq!(hash(&some, &mut |_| {}).unwrap(), (Sha256::of(line.as_bytes()), 3));
}

#[test]
fn every_member_is_found_again_by_its_locator() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mail = gz(b"lines: deep in mail");
    let inner = zip(&[("in/list.gz", &mail), ("odd!%41", b"lines: odd")]);
    let packed = gz(&tar(&[("x/inner.zip", &inner), ("x/flat", b"lines: flat")]));
    write(root, &[("t.tgz", &packed), ("list.zst", &zst(b"lines: zst")), ("l", b"lines: plain")]);
    let spool = tempfile::tempdir().unwrap();
    let (holdings, _) = found(root);
    let whole =
        Holding { name: "all".to_owned(), path: root.to_owned(), folder: true, members: None };
    let mut seen = 0;
    for holding in holdings.iter().chain([&whole]) {
        let archive = opened(holding, None).unwrap();
        let limits = Limits::default();
        let mut originals = original::Originals::new(holding, &limits, spool.path());
        for (index, member) in archive.tree.members().iter().enumerate() {
            let mut bytes = Vec::new();
            archive.tree.open(index).unwrap().read_to_end(&mut bytes).unwrap();
            let mut read = |selector| {
                let locator = Locator::new(&*member.path, selector);
                let again = originals.read_with(TOYS, "lines", &locator).unwrap();
                let format = "eml+lines";
                let read =
                    original::read_with(TOYS, holding, format, &locator, &limits, spool.path());
                assert_eq!(read.unwrap(), again);
                again
            };
            assert_eq!(read(Selector::Whole).as_deref(), Some(&*bytes), "{}", member.path);
            let end = bytes.len() as u64;
            assert_eq!(read(Selector::Bytes { start: 7, end }).as_deref(), Some(&bytes[7..]));
            assert_eq!(read(Selector::Bytes { start: 7, end: end + 1 }), None);
            assert_eq!(read(Selector::Bytes { start: 7, end: 3 }), None);
            seen += 1;
        }
        if holding.name.ends_with("list.zst") {
            continue; // its only member is found under any name, because files get renamed
        }
        for path in ["nowhere", "x/flat!deeper", "t.tgz!nowhere", "../l"] {
            let locator = Locator::new(path, Selector::Whole);
            let limits = Limits::default();
            let read = original::read_with(TOYS, holding, "lines", &locator, &limits, spool.path());
            assert_eq!(read.unwrap(), None, "{path} in {}", holding.name);
        }
    }
    assert_eq!(seen, 10);
    assert_eq!(fs::read_dir(spool.path()).unwrap().count(), 0);
}
