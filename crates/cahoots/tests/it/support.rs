//! Archives made on the spot, and a way to run the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A temporary folder with a case in it.
pub struct Bench {
    pub dir: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The program, in this folder.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cahoots"));
        command.current_dir(self.dir.path()).env("NO_COLOR", "1").env("COLUMNS", "100");
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    /// Runs, expects an exit code, gives stdout.
    pub fn expect(&self, code: i32, args: &[&str]) -> String {
        let output = self.run(args);
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{stdout}\n{stderr}");
        stdout
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let text = self.expect(0, &args);
        serde_json::from_str(&text).unwrap()
    }
}

/// The example case of the repository.
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/campaign-2016")
}

/// A mailbox of `n` messages among invented people; every fifth answers the one before.
pub fn mailbox(n: usize) -> String {
    const PEOPLE: [(&str, &str); 4] = [
        ("Ada Quill", "ada@quill.example"),
        ("Ben Harrow", "ben@harrow.example"),
        ("Cleo Marsh", "cleo@marsh.example"),
        ("Dov Lindt", "dov@lindt.example"),
    ];
    const WORDS: [&str; 12] = [
        "harbour", "permit", "draft", "meeting", "schedule", "invoice", "bridge", "survey",
        "council", "reply", "figures", "tender",
    ];
    let mut text = String::new();
    for i in 0..n {
        let (name, address) = PEOPLE[i % 4];
        let (to_name, to) = PEOPLE[(i * 7 + 1) % 4];
        let (day, hour, minute) = (1 + i / 24 % 28, i % 24, i * 13 % 60);
        let _ = write!(
            text,
            "From {address} Thu Mar {day:2} {hour:02}:{minute:02}:00 2018\n\
             From: {name} <{address}>\nTo: {to_name} <{to}>\n\
             Date: Thu, {day} Mar 2018 {hour:02}:{minute:02}:00 +0000\n\
             Subject: About the {} {i}\nMessage-ID: <m{i}@quill.example>\n",
            WORDS[i % 12]
        );
        if i % 5 == 4 {
            let _ = writeln!(text, "In-Reply-To: <m{}@quill.example>", i - 1);
        }
        text.push('\n');
        for k in 0..30 {
            let _ = write!(text, "{} {} ", WORDS[(i * 31 + k * 7) % 12], (i * 17 + k * k) % 997);
            if k % 8 == 7 {
                text.push('\n');
            }
        }
        let _ = writeln!(text, "\nSee https://www.example.org/page/{}?utm_source=x\n", i % 50);
    }
    text
}
