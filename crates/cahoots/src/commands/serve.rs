//! `serve`: the case in the browser.

use anyhow::Result;
use serde_json::json;

use super::Done;
use crate::cli::{Global, Serve};
use crate::output::{Output, Style};
use crate::serve::{self, Started};

pub(super) fn run(global: &Global, args: &Serve, out: &mut Output) -> Result<Done> {
    let root = args.folder.as_ref().unwrap_or(&global.case);
    serve::run(root, args, |started| {
        if out.json {
            out.value(&json!({
                "schema": "cahoots/serve/1", "url": started.url, "case": started.case,
                "listening": started.address.to_string(),
            }))?;
        } else {
            say(started, args, out)?;
        }
        out.flush()?;
        if args.open {
            open_browser(&started.url);
        }
        Ok(())
    })?;
    Ok(Done::Found)
}

fn say(started: &Started, args: &Serve, out: &mut Output) -> Result<()> {
    let url = out.styled(Style::Bold, &started.url);
    out.line(format!("{} is open at", started.case))?;
    out.line(format!("  {url}"))?;
    if started.accounts {
        out.line("People sign in with the names of `cahoots user`.")?;
        if args.origin.as_deref().is_none_or(|origin| !origin.starts_with("https://")) {
            out.line(
                "Everything, passwords included, goes over the network unencrypted. Put a program \
                 that speaks TLS before it: docs/workbench.md shows how.",
            )?;
        }
    } else {
        out.line("The link lets one browser in, once. Nobody else can reach it. Ctrl-C ends it.")?;
    }
    Ok(())
}

/// Starts the browser; whoever has none opens the link by hand.
fn open_browser(url: &str) {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let started = std::process::Command::new(program)
        .args(before)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    if started.is_err() {
        crate::report::note("no browser could be started; open the link by hand");
    }
}

/// The description of the server's interface.
pub(super) fn document(out: &mut Output) -> Result<Done> {
    out.value(&serve::document()?)?;
    Ok(Done::Found)
}
