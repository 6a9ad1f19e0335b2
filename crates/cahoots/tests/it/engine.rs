//! Handing over to `cahoots-engine`. The engine's own tests are with it, in `engine/`.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

/// A folder in which the program lies alone.
fn folder() -> tempfile::TempDir {
    // On the disk of the program, so that it can be linked.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fs::create_dir(folder.path().join("beside")).unwrap();
    fs::create_dir(folder.path().join("path")).unwrap();
    fs::hard_link(env!("CARGO_BIN_EXE_cahoots"), folder.path().join("beside/cahoots")).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    // The shell of the script needs `basename`.
    let path = format!("{}:/usr/bin:/bin", folder.join("path").display());
    Command::new(folder.join("beside/cahoots")).env("PATH", path).args(arguments).output().unwrap()
}

#[test]
fn without_the_engine_the_message_says_where_it_comes_from() {
    let folder = folder();
    let output = run(folder.path(), &["sql", "SELECT 1"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cahoots-engine, which is not installed"), "{said}");
    assert!(said.contains("hint: `make engine`"), "{said}");
}

#[test]
fn without_the_engine_no_cluster_is_asked() {
    let folder = folder();
    let shares = folder.path().join("shares.csv");
    fs::write(&shares, "account_id,object_id,content_id,timestamp_share\n").unwrap();
    let shares = shares.display().to_string();
    let output = run(folder.path(), &["coordination", &shares, "--cluster", "df://x:1"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("make engine"), "{said}");
}

#[test]
fn the_engine_gets_the_arguments_and_its_exit_code_is_ours() {
    let folder = folder();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/show-arguments.sh");
    // The one beside the program comes before the one on the PATH.
    for place in ["path", "beside"] {
        symlink(&script, folder.path().join(place).join("cahoots-engine")).unwrap();
        let arguments = ["--case", "a b", "sql", "SELECT '*'", "x.csv", "--json", "--case", "c"];
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let got = String::from_utf8(output.stdout).unwrap();
        let expected = "[sql]\n[--case]\n[a b]\n[SELECT '*']\n[x.csv]\n[--json]\n[--case]\n[c]\n";
        assert_eq!(got, format!("{expected}{place}\n"));
    }
    let help = run(folder.path(), &["sql", "--help"]);
    assert_eq!(String::from_utf8(help.stdout).unwrap(), "[sql]\n[--help]\nbeside\n");
}
