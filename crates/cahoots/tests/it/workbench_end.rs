//! The workbench's server is told to stop, and does.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Bench, mailbox};
use crate::workbench::Served;

#[test]
fn an_open_page_does_not_keep_the_server_from_ending() {
    for signal in ["INT", "TERM"] {
        let bench = Bench::new();
        let all = bench.write("all.mbox", mailbox(40));
        bench.json(&["open", all.to_str().unwrap()]);
        let mut served = Served::start(bench, &[]);
        let cookie = served.enter();
        let mut page = TcpStream::connect(&served.host).unwrap();
        page.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head =
            format!("GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}", served.host);
        page.write_all(format!("{head}\r\n\r\n").as_bytes()).unwrap();
        let mut page = BufReader::new(page);
        let mut line = String::new();
        page.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        let pid = served.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(60);
        let ended = loop {
            if let Some(status) = served.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it goes on after SIG{signal}");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(ended.success(), "{ended}");
        // The page is told, too: its stream has an end.
        let mut rest = Vec::new();
        page.read_to_end(&mut rest).unwrap();
    }
}
