//! Page images to text through Tesseract, when it is installed.
//!
//! The program is called as a process of its own, with a limit on its time and on what it may
//! say. Nothing is looked for but a program called `tesseract`; `CAHOOTS_TESSERACT` names another
//! path.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::layout::{self, Piece};

/// Time for one page.
const LONGEST: Duration = Duration::from_secs(180);
/// Bytes that are read of what it says.
const MOST: u64 = 16 << 20;

/// Why an image was not recognised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unread {
    /// Tesseract is not installed.
    NotInstalled,
    /// Tesseract gave no answer in time.
    TooLong,
    /// Tesseract could not read the image.
    Failed,
    /// The image itself could not be decoded.
    NotDecoded,
}

impl Unread {
    /// In words, with a way out.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::NotInstalled => {
                "it is an image, and Tesseract, which reads images, is not installed (Debian: \
                 apt install tesseract-ocr); install it and add the archive again"
            }
            Self::TooLong => "Tesseract gave no answer within three minutes",
            Self::Failed => "Tesseract could not read the image",
            Self::NotDecoded => "the image is damaged or in a form that is not read",
        }
    }
}

/// The program, if it answers.
fn program() -> Option<&'static str> {
    static FOUND: OnceLock<Option<String>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let name =
                std::env::var("CAHOOTS_TESSERACT").unwrap_or_else(|_| "tesseract".to_owned());
            let answers = Command::new(&name)
                .arg("--version")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            answers.is_ok_and(|status| status.success()).then_some(name)
        })
        .as_deref()
}

/// Recognises an image in any form that Tesseract reads (PNM, PNG, JPEG, TIFF).
pub(crate) fn image(bytes: &[u8]) -> Result<String, Unread> {
    let program = program().ok_or(Unread::NotInstalled)?;
    // As one block of text: columns are put together again from the places of the words.
    let mut child = Command::new(program)
        .args(["stdin", "stdout", "--psm", "6", "tsv"])
        // Pages are read side by side already.
        .env("OMP_THREAD_LIMIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Unread::NotInstalled)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let said = std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // It may end before it has read everything; what it says then tells.
                let _ = stdin.write_all(bytes);
            }
        });
        let reader = scope.spawn(move || {
            let mut said = Vec::new();
            if let Some(stdout) = stdout {
                let _ = stdout.take(MOST).read_to_end(&mut said);
            }
            said
        });
        let start = Instant::now();
        let ended = loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    break if status.success() { Ok(()) } else { Err(Unread::Failed) };
                }
                Ok(None)
                    if start.elapsed() > LONGEST
                        || reader.is_finished() && start.elapsed() > LONGEST =>
                {
                    break Err(Unread::TooLong);
                }
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(_) => break Err(Unread::Failed),
            }
        };
        if ended.is_err() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let said = reader.join().unwrap_or_default();
        ended.map(|()| said)
    })?;
    Ok(layout::page(words(&String::from_utf8_lossy(&said))))
}

/// Words of Tesseract's table: level, page, block, paragraph, line, word, left, top, width,
/// height, confidence, text.
fn words(table: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // Middle and height of the line that words belong to.
    let mut line = (0.0, 0.0);
    for row in table.lines().skip(1) {
        let fields: Vec<&str> = row.splitn(12, '\t').collect();
        let [level, _, _, _, _, _, left, top, width, height, confidence, ..] = fields.as_slice()
        else {
            continue;
        };
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        let (left, top) = (number(left), number(top));
        let (width, height) = (number(width), number(height));
        match *level {
            "4" => line = (top + height / 2.0, height),
            "5" => {
                let Some(text) = fields.get(11).map(|text| text.trim()) else { continue };
                // What it does not believe itself is dirt.
                if text.is_empty() || number(confidence) < 0.0 {
                    continue;
                }
                pieces.push(Piece {
                    text: text.to_owned(),
                    left,
                    right: left + width,
                    y: line.0,
                    height: line.1.clamp(1.0, 400.0),
                });
            }
            _ => {}
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_words_becomes_lines() {
        let table = "level\tpage_num\t…\n\
            4\t1\t1\t1\t1\t0\t10\t100\t500\t20\t-1\t\n\
            5\t1\t1\t1\t1\t1\t10\t100\t60\t20\t96\tFrom:\n\
            5\t1\t1\t1\t1\t2\t210\t102\t36\t18\t95\tAnn\n\
            4\t1\t1\t1\t2\t0\t10\t130\t500\t20\t-1\t\n\
            5\t1\t1\t1\t2\t1\t10\t130\t36\t20\t96\tTo:\n\
            5\t1\t1\t1\t2\t2\t210\t130\t24\t20\t91\tBo\n";
        assert_eq!(layout::page(words(table)), "From:            Ann\nTo:              Bo\n");
        assert_eq!(words("nothing"), []);
    }
}
