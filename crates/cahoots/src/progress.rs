//! Progress on the terminal: what is being read, how fast, how long still.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shows progress on stderr when a person watches, and nothing otherwise.
pub struct Progress {
    bar: ProgressBar,
    shown: bool,
}

impl Progress {
    /// Progress on the terminal if stderr is one and `quiet` is not set.
    pub fn new(quiet: bool) -> Self {
        let shown = !quiet && std::io::IsTerminal::is_terminal(&std::io::stderr());
        let bar = ProgressBar::with_draw_target(
            None,
            if shown {
                ProgressDrawTarget::stderr_with_hz(8)
            } else {
                ProgressDrawTarget::hidden()
            },
        );
        Self { bar, shown }
    }

    /// A new stage of the work, with its size in bytes when that is known.
    pub fn stage(&self, name: &str, what: &str, bytes: Option<u64>) {
        if !self.shown {
            return;
        }
        self.bar.reset();
        let template = match bytes {
            Some(total) => {
                self.bar.set_length(total);
                "{prefix} {msg} {bar:24} {bytes}/{total_bytes} {binary_bytes_per_sec}, {eta} left"
            }
            None => {
                self.bar.unset_length();
                "{prefix} {msg} {spinner} {bytes} {binary_bytes_per_sec}"
            }
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_prefix(name.to_owned());
        self.bar.set_message(what.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(250));
    }

    /// The current stage is about so many items instead of bytes.
    pub fn expect_items(&self, total: u64) {
        if !self.shown {
            return;
        }
        self.bar.set_length(total);
        let template = "{prefix} {msg} {bar:24} {pos}/{len} items, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    /// So many bytes are done.
    pub fn bytes(&self, bytes: u64) {
        if self.shown {
            self.bar.set_position(bytes);
        }
    }

    /// So many more bytes and items are done.
    pub fn chunk(&self, bytes: u64, items: u64) {
        if self.shown {
            self.bar.inc(if bytes > 0 { bytes } else { items });
        }
    }

    /// Takes the bar off the screen.
    pub fn done(&self) {
        self.bar.finish_and_clear();
    }
}
