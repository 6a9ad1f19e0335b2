//! Fixtures of a format, for the tests that read them from outside.

use std::path::{Path, PathBuf};

/// The cases of a format: folder name and path, sorted.
pub fn fixtures(format: &str) -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(format);
    let mut cases: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

/// The files of a fixture, by path below its folder or below `in/`.
pub fn load(case: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![case.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(case).unwrap();
                let below = below.strip_prefix("in").unwrap_or(below);
                let below = below.to_str().unwrap().replace('\\', "/");
                files.push((below, std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The bytes with every line end as CRLF.
pub fn crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        if *byte == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}
