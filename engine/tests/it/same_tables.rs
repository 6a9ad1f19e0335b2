//! `cahoots coordination` with and without a cluster: the same tables, byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::processes::Cluster;
use crate::said;

/// The program itself, which is built beside the engine.
fn cahoots(folder: &Path) -> Command {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_cahoots-engine")).with_file_name("cahoots");
    assert!(
        program.exists(),
        "these tests compare with {}: build it first, with `cargo build -p cahoots --bin cahoots`",
        program.display()
    );
    let mut command = Command::new(program);
    command.current_dir(folder).env("COLUMNS", "100").env("NO_COLOR", "1");
    command
}

/// Shares of links and of hashtags: a group in step, busy accounts, repeats, ties, an original, ids
/// that are no text to be proud of, and rows that cannot be read.
fn write_tables(folder: &Path) {
    let mut state = 5_u64;
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut shares = String::from("object_id,account_id,content_id,timestamp_share\n");
    let mut posts = String::from("id,author,created_at,urls,hashtags\n");
    for number in 0..2_500_u64 {
        let object = next(60).min(next(60));
        let account = next(80).min(next(80));
        let second = 1_500_000_000 + next(86_400);
        let object_id = if object == 7 { format!("p{}", number / 2) } else { format!("o{object}") };
        shares.push_str(&format!("{object_id},\"a, {account}\",p{number},{second}\n"));
        if next(25) == 0 {
            shares.push_str(&format!("{object_id},\"a, {account}\",p{number},{second}\n"));
        }
        let url = format!("https://harbour.example/{object}");
        let tag = format!("tag{}", next(12));
        posts.push_str(&format!("q{number},@acc{account},{second},{url},{tag}\n"));
    }
    for push in 0..25_u64 {
        let start = 1_500_000_000 + next(86_400);
        for member in 0..5 {
            let (post, second) = (90_000 + push * 5 + member, start + next(8));
            shares.push_str(&format!("o{},step{member},p{post},{second}\n", push % 9));
            let url = format!("https://harbour.example/{}", 100 + push % 9);
            posts.push_str(&format!("q{post},@step{member},{second},{url},tag{}\n", push % 3));
        }
    }
    shares.push_str("o1,a,p1,yesterday\n,a,p2,1500000000\no1,,p3,1500000000\n");
    fs::write(folder.join("shares.csv"), shares).unwrap();
    fs::write(folder.join("posts.csv"), posts).unwrap();
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            found.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Runs the question; what it writes goes into a folder of its own.
fn ask(folder: &Path, place: &str, arguments: &[&str]) -> (Output, BTreeMap<PathBuf, Vec<u8>>) {
    let out = folder.join(place);
    fs::create_dir(&out).unwrap();
    let mut command = cahoots(&out);
    command.arg("coordination").args(arguments);
    let output = command.output().unwrap();
    let written = files(&out);
    fs::remove_dir_all(&out).unwrap();
    (output, written)
}

#[test]
fn every_table_is_the_same_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let cluster = Cluster::start(2);
    let url = cluster.url();
    let mut edges = 0;
    for question in [
        "../shares.csv --within 60s",
        "../shares.csv --within 10s,60s,1h --min-weight 2 --min-participation 3",
        "../posts.csv --object url,hashtag --within 10min",
        "../posts.csv --object url --within 0s",
        "../shares.csv --within 1h --pairs-per-object 4000 --untested",
        "../shares.csv --within 1h --compat coortweet",
        "../shares.csv --within 10min --compat coortweet --min-participation 6",
        "../shares.csv --within 60s --compat cnt --min-weight 2",
        "../shares.csv --within 60s --min-participation 99999",
    ] {
        let mut arguments: Vec<&str> = question.split(' ').collect();
        arguments.extend(["--edges", "edges.csv"]);
        if !question.contains("compat") {
            arguments.extend(["--tables", "tables", "--gexf", "net.gexf", "--html", "page.html"]);
        }
        for json in [false, true] {
            let mut here: Vec<&str> = arguments.clone();
            if json {
                here.push("--json");
            }
            let there = [&here[..], &["--cluster", &url]].concat();
            let (here, written_here) = ask(folder.path(), "out", &here);
            let (there, written_there) = ask(folder.path(), "out", &there);
            assert!(here.status.code().is_some_and(|code| code < 2), "{question}\n{}", said(&here));
            assert_eq!(there.status.code(), here.status.code(), "{question}\n{}", said(&there));
            let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(text(&there), text(&here), "{question}");
            assert_eq!(said(&there), said(&here), "{question}");
            assert!(written_there.keys().eq(written_here.keys()), "{question}");
            for (name, bytes) in &written_here {
                assert!(written_there[name] == *bytes, "{question}: {}", name.display());
            }
            let table = &written_here[Path::new("edges.csv")];
            edges += table.iter().filter(|byte| **byte == b'\n').count();
        }
    }
    assert!(edges > 5_000, "{edges} edges were compared");
}

#[test]
fn a_cluster_elsewhere_needs_a_folder_that_all_see() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let arguments = ["../shares.csv", "--cluster", "df://cluster.example:50050"];
    let (output, _) = ask(folder.path(), "out", &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--exchange DIR"), "{}", said(&output));
}

#[test]
fn nothing_is_left_behind_when_nobody_answers() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let exchange = folder.path().join("exchange");
    fs::create_dir(&exchange).unwrap();
    let url = format!("df://127.0.0.1:{}", crate::processes::free_port());
    let arguments = ["../shares.csv", "--cluster", &url, "--exchange", "../exchange"];
    let (output, _) = ask(folder.path(), "out", &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no scheduler answers at"), "{}", said(&output));
    assert_eq!(fs::read_dir(&exchange).unwrap().count(), 0);
}
