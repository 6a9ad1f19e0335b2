//! `user`: who may sign in to a workbench that others can reach.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, bail};
use cahoots_record::UtcMicros;
use cahoots_store::{Case, UserRow};
use serde_json::json;

use super::Done;
use crate::cli::{Global, User, UserAction, UserRole};
use crate::names::stamp;
use crate::output::Output;

pub(super) fn run(global: &Global, args: &User, out: &mut Output) -> Result<Done> {
    match &args.action {
        None => list(global, out),
        Some(UserAction::Add { name, role, password_stdin }) => {
            add(global, name, *role, *password_stdin, out)
        }
        Some(UserAction::Remove { name }) => {
            drop(Case::open(&global.case)?);
            let case = Case::open_for_writing(&global.case, "")?;
            if !case.catalog().remove_user(name)? {
                crate::report::note(&format!("nobody called {name} may sign in"));
                return Ok(Done::Nothing);
            }
            if out.json {
                out.value(&json!({ "schema": "cahoots/user/1", "removed": name }))?;
            } else {
                out.line(format!("{name} may no longer sign in; what they decided stays"))?;
            }
            Ok(Done::Found)
        }
    }
}

fn list(global: &Global, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let users = desk.case().catalog().users()?;
    if out.json {
        let rows: Vec<_> = users
            .iter()
            .map(|user| {
                json!({ "name": user.name, "role": user.role, "at": user.added_at.to_string() })
            })
            .collect();
        out.value(&json!({ "schema": "cahoots/users/1", "users": rows }))?;
    } else if users.is_empty() {
        out.line("nobody; `cahoots user add NAME` adds somebody")?;
    } else {
        let rows: Vec<Vec<String>> = users
            .iter()
            .map(|user| vec![user.name.clone(), user.role.clone(), stamp(user.added_at, out)])
            .collect();
        out.table(&["name", "role", "since"], &rows, &[])?;
    }
    Ok(if users.is_empty() { Done::Nothing } else { Done::Found })
}

fn add(
    global: &Global,
    name: &str,
    role: UserRole,
    password_stdin: bool,
    out: &mut Output,
) -> Result<Done> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        bail!("a name has 1 to 100 characters");
    }
    drop(Case::open(&global.case)?);
    let password = if password_stdin { from_stdin()? } else { asked(name)? };
    let row = UserRow {
        name: name.to_owned(),
        role: match role {
            UserRole::Reader => "reader",
            UserRole::Editor => "editor",
        }
        .to_owned(),
        password: crate::serve::hash(&password)?,
        added_at: UtcMicros::from(jiff::Timestamp::now()),
    };
    Case::open_for_writing(&global.case, "")?.catalog().put_user(&row)?;
    if out.json {
        out.value(&json!({ "schema": "cahoots/user/1", "name": row.name, "role": row.role }))?;
    } else {
        out.line(format!("{} may sign in as {}", row.name, row.role))?;
    }
    Ok(Done::Found)
}

fn from_stdin() -> Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .context("the password cannot be read from standard input")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn asked(name: &str) -> Result<String> {
    if !std::io::stdin().is_terminal() {
        bail!("there is no terminal to ask for a password; use --password-stdin");
    }
    let terminal = console::Term::stderr();
    let ask = |question: &str| -> Result<String> {
        crate::report::ask(question);
        terminal.read_secure_line().context("the password cannot be read")
    };
    let first = ask(&format!("password for {name}"))?;
    if ask("the same again")? != first {
        bail!("the two are not the same");
    }
    Ok(first)
}
