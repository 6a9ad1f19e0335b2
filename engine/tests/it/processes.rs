//! A scheduler and executors as processes on loopback, ended with the test.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::engine;

/// How long to wait for anything before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A cluster on this machine.
pub struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
    scheduler: Child,
    executors: Vec<Child>,
}

impl Cluster {
    /// Starts a scheduler and `n` executors of two cores, and waits until all have found each
    /// other.
    pub fn start(n: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let scheduler = engine()
            .args(["scheduler", "--verbose", "--executor-timeout", "6"])
            .args(["--port", &port.to_string()])
            .stderr(File::create(folder.path().join("scheduler.log")).unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut cluster = Self { folder, port, scheduler, executors: Vec::new() };
        for number in 0..n {
            cluster.start_executor(number);
        }
        cluster.wait_for("the executors to register", || {
            let log = std::fs::read_to_string(cluster.folder.path().join("scheduler.log")).unwrap();
            (log.matches("register executor").count() >= n).then_some(())
        });
        cluster
    }

    fn start_executor(&mut self, number: usize) {
        let work = self.work_dir(number);
        std::fs::create_dir_all(&work).unwrap();
        let log = self.folder.path().join(format!("executor-{number}.log"));
        let executor = engine()
            .args(["executor", "--verbose", "--heartbeat", "1", "--vcores", "2"])
            .args(["--memory", "1G", "--scheduler-port", &self.port.to_string()])
            .args(["--port", &free_port().to_string(), "--grpc-port", &free_port().to_string()])
            .arg("--work-dir")
            .arg(&work)
            .stderr(File::create(log).unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.executors.push(executor);
    }

    /// The address of the scheduler.
    pub fn url(&self) -> String {
        format!("df://127.0.0.1:{}", self.port)
    }

    /// The folder named to an executor as its `--work-dir`.
    pub fn work_dir(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("work-{number}"))
    }

    /// Ends an executor as a power cut would.
    pub fn kill(&mut self, number: usize) {
        let executor = &mut self.executors[number];
        executor.kill().unwrap();
        executor.wait().unwrap();
    }

    /// Waits until an executor has written much of an intermediate result: it is in the middle of
    /// the job and not in the count before it.
    pub fn wait_for_work(&self, number: usize, asked: &mut Child) {
        let work = self.work_dir(number);
        self.wait_for("an executor to begin", || {
            if let Some(status) = asked.try_wait().unwrap() {
                panic!("the job ended ({status}) before it could be disturbed\n{}", self.logs());
            }
            (bytes_in(&work) > 100_000).then_some(())
        });
    }

    fn wait_for<T>(&self, what: &str, mut done: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(done) = done() {
                return done;
            }
            if start.elapsed() > PATIENCE {
                panic!("waited in vain for {what}\n{}", self.logs());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the processes said.
    pub fn logs(&self) -> String {
        let mut text = String::new();
        let entries = std::fs::read_dir(self.folder.path()).unwrap().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| path.is_file()) {
            let log = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(40)..].join("\n");
            text.push_str(&format!("== {}\n{last}\n", path.display()));
        }
        text
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in self.executors.iter_mut().chain([&mut self.scheduler]) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Bytes in the files anywhere below a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(of_file) if of_file.is_dir() => bytes_in(&entry.path()),
        Ok(of_file) => of_file.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

/// A port that nobody uses at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
