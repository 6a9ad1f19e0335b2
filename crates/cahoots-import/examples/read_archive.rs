//! Reads one archive to items and prints what came out: a yardstick for a format's speed.
//!
//! `cargo run --release -p cahoots-import --example read_archive -- mbox FILE…`

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cahoots_import::{Batch, Chunk, ChunkSink, ImportError, Importer, Member, Options, Tree};
use cahoots_record::{Balance, Severity};

/// Plain files on disk as a tree.
struct Files {
    paths: Vec<PathBuf>,
    members: Vec<Member>,
}

impl Tree for Files {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(std::fs::File::open(&self.paths[member])?))
    }
}

/// Parses chunks as they come and adds up.
struct Sum<'a> {
    importer: &'a dyn Importer,
    options: Options,
    parse: Duration,
    chunks: u64,
    bytes: u64,
    items: u64,
    text: u64,
    balance: Balance,
    issues: BTreeMap<(Severity, String), (u64, String)>,
    show: bool,
}

impl ChunkSink for Sum<'_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.chunks += 1;
        self.bytes += chunk.data.len() as u64;
        let start = Instant::now();
        let batch = self.importer.parse(&chunk, &self.options);
        self.parse += start.elapsed();
        self.batch(batch)
    }

    #[expect(clippy::print_stdout, reason = "an example talks to a person")]
    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.balance.add(&batch.balance);
        self.items += batch.items.len() as u64;
        for item in &batch.items {
            self.text += item.text.len() as u64;
            if self.show {
                println!("{}", serde_json::to_string(item).unwrap_or_default());
            }
        }
        for issue in batch.issues {
            let entry = self
                .issues
                .entry((issue.severity, issue.code))
                .or_insert_with(|| (0, format!("{} {}", issue.locator, issue.what)));
            entry.0 += 1;
        }
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "an example talks to a person")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let format = arguments.next().ok_or("which format?")?;
    let importer = cahoots_import::importers()
        .iter()
        .find(|importer| importer.format().name == format)
        .ok_or("no such format")?;
    let mut show = false;
    let mut paths = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--show" => show = true,
            path => paths.push(PathBuf::from(path)),
        }
    }
    let members = paths
        .iter()
        .map(|path| Member { path: path.display().to_string(), size: None, modified: None })
        .collect();
    let tree = Files { paths, members };
    let all: Vec<usize> = (0..tree.members.len()).collect();
    let mut sum = Sum {
        importer: *importer,
        options: Options::default(),
        parse: Duration::ZERO,
        chunks: 0,
        bytes: 0,
        items: 0,
        text: 0,
        balance: Balance::default(),
        issues: BTreeMap::new(),
        show,
    };
    let start = Instant::now();
    importer.split(&tree, &all, &Options::default(), &mut sum)?;
    let wall = start.elapsed();
    if show {
        return Ok(());
    }
    println!("chunks {} bytes {} items {} text {}", sum.chunks, sum.bytes, sum.items, sum.text);
    println!("{:?} holds: {}", sum.balance, sum.balance.holds());
    println!("wall {wall:?}, of it parse {:?}, split {:?}", sum.parse, wall - sum.parse);
    for ((severity, code), (count, first)) in &sum.issues {
        println!("{count:8} {severity} {code}: {first}");
    }
    Ok(())
}
