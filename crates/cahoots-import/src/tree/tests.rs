//! Containers, whole and broken, walked and read.

use proptest::prelude::*;
use zip::CompressionMethod;

use super::build::{gz, noise, tar, zip, zip_with, zst};
use super::{Limits, Log};
use crate::check::{Contents, read_all};

fn walk(bytes: &[u8]) -> (Contents, Log) {
    read_all(bytes, &Limits::default()).unwrap()
}

fn paths(contents: &Contents) -> Vec<&str> {
    contents.iter().map(|(path, _, _)| path.as_str()).collect()
}

fn codes(log: &Log) -> Vec<(&str, &str)> {
    log.issues.iter().map(|issue| (&*issue.locator.member, &*issue.code)).collect()
}

#[test]
fn every_container_gives_its_members_sorted_and_whole() {
    let long = "folder/".repeat(30) + "long-name.txt";
    let files: [(&str, &[u8]); 4] =
        [("b.txt", b"bb"), ("a/x.txt", b"xx"), ("a.txt", b""), (&long, b"deep")];
    let expected = ["a.txt", "a/x.txt", "b.txt", &long];
    let tarred = tar(&files);
    for bytes in [
        zip(&files),
        zip_with(CompressionMethod::Stored, &files),
        zip_with(CompressionMethod::Zstd, &files),
        tarred.clone(),
        gz(&tarred),
        zst(&tarred),
    ] {
        let (contents, log) = walk(&bytes);
        assert_eq!(paths(&contents), expected);
        assert_eq!(contents[2].1, b"bb");
        assert_eq!(contents[3].1, b"deep");
        assert!(contents.iter().all(|(_, _, code)| code.is_none()));
        assert_eq!(codes(&log), []);
    }
}

#[test]
fn a_zip_behind_a_program_and_one_name_twice_are_read() {
    let (contents, log) = walk(&[&b"PK\x03\x04 no zip yet"[..], &zip(&[("a", b"1")])].concat());
    assert_eq!((paths(&contents), codes(&log)), (vec!["a"], vec![]));

    let both = tar(&[("a", b"first"), ("a~2", b"other"), ("a", b"second")]);
    let (contents, log) = walk(&both);
    assert_eq!(paths(&contents), ["a", "a~2", "a~3"]);
    assert_eq!(contents[2].1, b"second");
    assert_eq!(codes(&log), [("a~3", "duplicate-name")]);

    // The zip writer refuses one name twice: rename afterwards.
    let twice = replaced(&zip(&[("aa", b"first"), ("bb", b"second")]), b"bb", b"aa");
    let (contents, log) = walk(&twice);
    assert_eq!(paths(&contents), ["aa", "aa~2"]);
    assert_eq!(contents[1].1, b"second");
    assert_eq!(codes(&log), [("aa~2", "duplicate-name")]);
}

#[test]
fn odd_names_are_labels_and_nothing_more() {
    let files: [(&str, &[u8]); 5] = [
        ("../../etc/passwd", b"1"),
        ("/abs", b"2"),
        ("back\\slash", b"3"),
        ("wow!.txt", b"4"),
        ("./here", b"5"),
    ];
    let mut zipped = files.to_vec();
    zipped[1].0 = "abs";
    let (contents, _) = walk(&replaced(&zip(&zipped), b"back\\slash", b"back\xffslash"));
    assert_eq!(paths(&contents), ["../../etc/passwd", "abs", "back%FFslash", "here", "wow%21.txt"]);
}

#[test]
fn containers_in_containers_are_walked_to_the_fourth() {
    let mail = gz(b"From a@example.org\n");
    let first = zip(&[("inbox.mbox.gz", &mail), ("x.tar", &tar(&[("t/1", b"one")]))]);
    let second = gz(&tar(&[("in.zip", &first), ("note.txt.zst", &zst(b"note"))]));
    let third = zip_with(CompressionMethod::Stored, &[("back.tar.gz", &second)]);
    let (contents, log) = walk(&third);
    assert_eq!(
        paths(&contents),
        [
            "back.tar.gz!in.zip!inbox.mbox.gz!inbox.mbox",
            "back.tar.gz!in.zip!x.tar!t/1",
            "back.tar.gz!note.txt.zst!note.txt",
        ]
    );
    assert_eq!(contents[1].1, b"one");
    assert_eq!(codes(&log), []);

    let fourth = zip(&[("deeper.zip", &third), ("beside", b"kept")]);
    let (contents, log) = walk(&fourth);
    assert_eq!(paths(&contents), ["beside", "deeper.zip!back.tar.gz!note.txt.zst!note.txt"]);
    let inner = "deeper.zip!back.tar.gz!in.zip";
    assert_eq!(
        codes(&log),
        [
            (&*format!("{inner}!inbox.mbox.gz"), "limit-depth"),
            (&*format!("{inner}!x.tar"), "limit-depth"),
        ]
    );
    assert_eq!(log.skipped, 2);
}

#[test]
fn a_document_in_zip_clothes_is_one_member() {
    let office = zip(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]);
    let (contents, _) = walk(&zip(&[("letter.docx", &office)]));
    assert_eq!(paths(&contents), ["letter.docx"]);
}

#[test]
fn a_cut_zip_or_tar_gives_everything_before_the_cut() {
    let parts: Vec<Vec<u8>> = (0..8).map(|n| noise(2000 + n)).collect();
    let names: Vec<String> = (0..8).map(|n| format!("m{n}")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&parts).map(|(name, part)| (&**name, &**part)).collect();
    let stored = zip_with(CompressionMethod::Stored, &files);
    for whole in [zip(&files), stored, streamed_zip(&files), tar(&files)] {
        for eighth in 1..8 {
            let (contents, log) = walk(&whole[..whole.len() * eighth / 8]);
            let complete = contents.iter().filter(|(_, _, code)| code.is_none()).count();
            assert!(complete + 1 >= eighth, "{complete} of {eighth}");
            for (n, (path, bytes, code)) in contents.iter().enumerate() {
                assert_eq!(*path, names[n]);
                assert!(parts[n].starts_with(bytes));
                assert_eq!(code.is_none(), *bytes == parts[n], "{path} {code:?}");
            }
            let said = contents.iter().any(|(_, _, code)| code.is_some());
            assert!(said || !log.issues.is_empty() || complete == eighth, "{eighth}");
        }
    }
}

/// A zip as written to a pipe: sizes after the data, so that only the listing knows them.
fn streamed_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut out = bytes.to_vec();
    let places: Vec<usize> = memchr::memmem::find_iter(bytes, from).collect();
    assert!(!places.is_empty());
    for place in places {
        out[place..place + to.len()].copy_from_slice(to);
    }
    out
}

#[test]
fn a_damaged_middle_costs_only_what_it_hits() {
    let part = noise(3000);
    let files: [(&str, &[u8]); 3] = [("a", &part), ("b", &part), ("c", &part)];
    // Three headers and bodies of 3,072 bytes each: this is inside b's header and body.
    let mut bytes = tar(&files);
    bytes[3584..3700].fill(b'?');
    let (contents, log) = walk(&bytes);
    assert_eq!(paths(&contents), ["a", "c"]);
    assert_eq!(codes(&log), [("", "damaged-data")]);

    let mut bytes = zip(&files);
    bytes[4000..4100].fill(b'?');
    let (contents, _) = walk(&bytes);
    let codes: Vec<_> = contents.iter().map(|(_, _, code)| code.as_deref()).collect();
    assert!(matches!(codes[..], [None, Some("bad-checksum" | "damaged-data"), None]), "{codes:?}");
}

#[test]
fn encrypted_members_links_and_unknown_compressions_are_said() {
    let plain = zip(&[("open", b"read me"), ("shut", b"secret")]);
    let mut bytes = plain.clone();
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[second + 8] |= 1;
    let (contents, log) = walk(&bytes);
    assert_eq!((paths(&contents), codes(&log)), (vec!["open"], vec![("shut", "encrypted")]));

    let mut bytes = plain;
    bytes[second + 10] = 98;
    let (_, log) = walk(&bytes);
    assert_eq!(codes(&log), [("shut", "unsupported-compression")]);
    assert!(log.issues[0].what.contains("PPMd"));

    let inside = zip(&[("x.bz2", b"BZh91AY&SYrest"), ("x.7z", b"7z\xbc\xaf\x27\x1crest")]);
    let (contents, _) = walk(&inside);
    assert_eq!(paths(&contents), ["x.7z", "x.bz2"], "some importer may want them as they are");

    let mut writer = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_ustar();
    header.set_entry_type(::tar::EntryType::Symlink);
    header.set_size(0);
    writer.append_link(&mut header, "link", "/etc/passwd").unwrap();
    let (contents, log) = walk(&writer.into_inner().unwrap());
    assert_eq!((contents.len(), codes(&log)), (0, vec![("link", "symlink")]));
}

#[test]
fn bombs_end_at_their_limits_and_their_neighbours_are_read() {
    let zeros = vec![0; 3 << 20];
    let limits = Limits { ratio_free: 1 << 20, ..Limits::default() };
    let bomb = zip(&[("bomb", &zeros), ("fine", b"kept")]);
    let (contents, log) = read_all(&bomb, &limits).unwrap();
    assert_eq!((paths(&contents), codes(&log)), (vec!["fine"], vec![("bomb", "limit-ratio")]));

    // A compressed stream states no size: it is read up to the limit.
    let (contents, _) = read_all(&zst(&zeros), &limits).unwrap();
    let [(_, bytes, code)] = &contents[..] else { panic!() };
    assert_eq!(bytes.len(), 1 << 20);
    assert_eq!(code.as_deref(), Some("limit-ratio"));

    // A size that lies: more comes out than is stated.
    let mut lying = zip(&[("liar", &zeros[..5000])]);
    let listing = memchr::memmem::rfind(&lying, b"PK\x01\x02").unwrap();
    lying[listing + 24..listing + 28].copy_from_slice(&10_u32.to_le_bytes());
    let (contents, _) = walk(&lying);
    assert_eq!(contents[0].1.len(), 10);
    assert_eq!(contents[0].2.as_deref(), Some("size-mismatch"));

    // Members that share one block of data.
    let mut shared = zip(&[("one", &zeros[..5000]), ("two", &zeros[..5000])]);
    let second = memchr::memmem::rfind(&shared, b"PK\x01\x02").unwrap();
    shared[second + 42..second + 46].copy_from_slice(&5_u32.to_le_bytes());
    let (contents, log) = walk(&shared);
    assert_eq!((paths(&contents), codes(&log)), (vec!["one"], vec![("two", "limit-overlap")]));

    // Zips in zips, each sixteen times: 16^6 files if nobody counted.
    let mut nested = zip(&[("zeros", &zeros)]);
    for _ in 0..6 {
        let copies: Vec<(String, &[u8])> =
            (0..16).map(|n| (format!("{n:02}.zip"), &*nested)).collect();
        let copies: Vec<(&str, &[u8])> = copies.iter().map(|(name, b)| (&**name, *b)).collect();
        nested = zip(&copies);
    }
    let small = Limits { members: 500, total_bytes: 1 << 20, ..limits };
    let (contents, log) = read_all(&nested, &small).unwrap();
    assert!(contents.is_empty());
    assert!(log.issues.iter().all(|issue| issue.code.starts_with("limit-")), "{:?}", codes(&log));
}

#[test]
fn a_tar_that_states_a_huge_member_gives_what_is_there() {
    let mut bytes = tar(&[("big", &noise(2000)), ("next", b"x")]);
    bytes[124..136].copy_from_slice(b"77777777777\0");
    let sum: u32 =
        (0..512).map(|at| if (148..156).contains(&at) { 32 } else { u32::from(bytes[at]) }).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let (contents, _) = walk(&bytes);
    assert_eq!(paths(&contents), ["big"]);
    assert!(contents[0].1.starts_with(&noise(2000)));
    assert_eq!(contents[0].2.as_deref(), Some("truncated"));
}

#[test]
fn too_many_members_are_counted_and_left_out() {
    let files: Vec<(String, Vec<u8>)> = (0..9).map(|n| (format!("f{n}"), b"x".to_vec())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, b)| (&**name, &**b)).collect();
    let limits = Limits { members: 5, ..Limits::default() };
    for bytes in [zip(&files), tar(&files)] {
        let (contents, log) = read_all(&bytes, &limits).unwrap();
        assert_eq!(contents.len(), 5);
        assert_eq!(codes(&log), [("", "limit-members")]);
    }
}

/// Bytes with the marks of all containers in them, cut and joined at random.
fn broken_container() -> impl Strategy<Value = Vec<u8>> {
    let inner = zip(&[("a", b"aaaa"), ("b.gz", &gz(b"bbbb"))]);
    let wholes = vec![
        inner.clone(),
        tar(&[("x", b"xxxx"), ("y.zip", &inner)]),
        gz(&tar(&[("x", b"xxxx")])),
        zst(&noise(300)),
        streamed_zip(&[("s", b"stream"), ("t", &inner)]),
    ];
    let edits = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (proptest::sample::select(wholes), edits, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, edits, cut, cuts)| {
            for (place, value) in edits {
                let place = place.index(bytes.len());
                bytes[place] = value;
            }
            if cuts {
                let cut = cut.index(bytes.len());
                bytes.truncate(cut);
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn broken_containers_end_and_account_for_themselves(bytes in broken_container()) {
        crate::check::containers(&bytes);
    }

    #[test]
    fn random_bytes_behind_each_mark_end(
        mark in proptest::sample::select(vec![
            &b"PK\x03\x04"[..], b"PK\x05\x06", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"",
        ]),
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        crate::check::containers(&[mark, &bytes].concat());
    }
}
