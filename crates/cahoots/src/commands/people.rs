//! `people`: who is in the record, who may be one person, and who says so.

use anyhow::{Result, bail};
use cahoots_record::{AccountKey, UtcMicros};
use cahoots_store::Case;
use cahoots_store::people::{Action, nearest};
use serde_json::{Value, json};

use super::Done;
use crate::answers::people as answers;
use crate::cli::{Global, People as Args, PeopleAction};
use crate::names::{People, stamp};
use crate::output::{Output, Style, counted, number, one_line};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    match &args.action {
        None => list(global, args, out),
        Some(PeopleAction::Suggest { name, bits }) => {
            suggestions(global, name.as_deref(), *bits, args.limit, out)
        }
        Some(PeopleAction::Log) => log(global, out),
        Some(PeopleAction::Merge { accounts, name, reason, author }) => {
            decide(global, author.as_deref(), out, |people| {
                let accounts: Result<Vec<AccountKey>> =
                    accounts.iter().map(|text| account(people, text)).collect();
                Ok(Action::Merge {
                    accounts: accounts?,
                    name: name.clone(),
                    reason: reason.clone(),
                })
            })
        }
        Some(PeopleAction::Split { account: text, reason, author }) => {
            decide(global, author.as_deref(), out, |people| {
                Ok(Action::Split { account: account(people, text)?, reason: reason.clone() })
            })
        }
        Some(PeopleAction::Refuse { a, b, reason, author }) => {
            decide(global, author.as_deref(), out, |people| {
                let (a, b) = (account(people, a)?, account(people, b)?);
                Ok(Action::Refuse { a, b, reason: reason.clone() })
            })
        }
        Some(PeopleAction::Undo { seq, reason, author }) => {
            decide(global, author.as_deref(), out, |people| {
                if !people.decisions.iter().any(|decision| decision.seq == *seq) {
                    bail!("there is no decision {seq}; `cahoots people log` lists them");
                }
                Ok(Action::Undo { seq: *seq, reason: reason.clone() })
            })
        }
    }
}

fn list(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answers::list(&desk, args.name.as_deref(), 0, args.limit)?);
    }
    let people = desk.people()?;
    let (parties, total) = answers::parties(&people, args.name.as_deref(), 0, args.limit);
    if total == 0 {
        let name = args.name.as_deref().unwrap_or_default();
        crate::report::note(&nobody(&people, name));
    } else {
        let rows: Vec<_> = parties.iter().map(|party| people.row(*party, out)).collect();
        out.table(&["wrote", "received", "first", "last", "name", "accounts"], &rows, &[0, 1])?;
        if total > rows.len() {
            let more = number((total - rows.len()) as u64);
            out.line(format!("… {more} more (-n {total} shows all)"))?;
        }
        let (_, withheld) = people.n_named();
        if args.name.is_none() && withheld > 0 {
            let values = counted(withheld as u64, "value is", "values are");
            out.line(format!(
                "{values} withheld: somebody took part whom the documents do not name"
            ))?;
        }
    }
    Ok(if total == 0 { Done::Nothing } else { Done::Found })
}

fn nobody(people: &People, name: &str) -> String {
    let near = nearest(&people.parties, name, 3);
    match near.is_empty() {
        true => format!("nobody called {name} in the record"),
        false => format!("nobody called {name} in the record; nearest: {}", near.join(", ")),
    }
}

/// The one account that a text means.
fn account(people: &People, text: &str) -> Result<AccountKey> {
    let exact = people.people.iter().find(|person| {
        let lower = text.to_lowercase();
        person.key.as_str() == lower || person.key.native() == lower
    });
    if let Some(person) = exact {
        return Ok(person.key.clone());
    }
    let found = people.matcher().accounts(text);
    match found.as_slice() {
        [] => bail!("{}", nobody(people, text)),
        [one] => Ok(people.people[*one as usize].key.clone()),
        several => {
            let keys: Vec<&str> = several
                .iter()
                .take(6)
                .map(|account| people.people[*account as usize].key.as_str())
                .collect();
            bail!("{text} may be several accounts: {}; name one of them", keys.join(", "))
        }
    }
}

fn suggestions(
    global: &Global,
    name: Option<&str>,
    bits: f64,
    limit: usize,
    out: &mut Output,
) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answers::suggestions(&desk, name, bits, limit)?);
    }
    let people = desk.people()?;
    let (found, total) = answers::suggested(&people, name, bits, limit);
    let show = |account: u32| {
        let person = &people.people[account as usize];
        match person.names.first() {
            Some((name, _)) => format!("{} ({name})", person.key.native()),
            None => person.key.native().to_owned(),
        }
    };
    if total == 0 {
        out.line("No suggestions.")?;
    } else {
        for s in &found {
            let head = format!("{} = {} ?", one_line(&show(s.a)), one_line(&show(s.b)));
            let head = out.styled(Style::Bold, &head);
            out.line(format!("{:5.1}  {head}", s.bits))?;
            for e in &s.evidence {
                let line =
                    out.styled(Style::Dim, &format!("{:+5.1}  {}", e.bits, one_line(&e.what)));
                out.line(format!("       {line}"))?;
            }
        }
        let shown = found.len();
        out.line(format!(
            "{shown} of {total}. Accept one with `cahoots people merge A B`, turn it down with `cahoots people refuse A B`."
        ))?;
    }
    Ok(if total == 0 { Done::Nothing } else { Done::Found })
}

fn log(global: &Global, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answers::log(&desk)?);
    }
    let people = desk.people()?;
    let holds = answers::holding(&people);
    {
        let rows: Vec<Vec<String>> = people
            .log
            .iter()
            .map(|row| {
                let action = &row.action;
                let undo = action["kind"] == "undo";
                let state = if undo || holds.contains(&row.seq) { "" } else { "undone" };
                vec![
                    row.seq.to_string(),
                    stamp(row.at, out),
                    row.author.clone(),
                    state.to_owned(),
                    describe(action),
                ]
            })
            .collect();
        out.table(&["#", "when", "who", "", "decision"], &rows, &[0])?;
    }
    Ok(if people.log.is_empty() { Done::Nothing } else { Done::Found })
}

fn describe(action: &Value) -> String {
    let text = |key: &str| action[key].as_str().unwrap_or_default().to_owned();
    let mut line = match action["kind"].as_str() {
        Some("merge") => {
            let accounts: Vec<&str> = action["accounts"]
                .as_array()
                .map(|list| list.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            format!("merge {}", accounts.join(" = "))
        }
        Some("split") => format!("split {}", text("account")),
        Some("refuse") => format!("refuse {} = {}", text("a"), text("b")),
        Some("undo") => format!("undo {}", action["seq"]),
        _ => action.to_string(),
    };
    let reason = text("reason");
    if !reason.is_empty() {
        line.push_str(&format!(" ({reason})"));
    }
    line
}

fn decide(
    global: &Global,
    author: Option<&str>,
    out: &mut Output,
    action: impl Fn(&People) -> Result<Action>,
) -> Result<Done> {
    drop(Case::open(&global.case)?);
    let case = Case::open_for_writing(&global.case, "")?;
    let action = action(&People::load(&case)?)?;
    let author = author.map(str::to_owned).unwrap_or_else(crate::names::user);
    let now = UtcMicros::from(jiff::Timestamp::now());
    let value = serde_json::to_value(&action)?;
    let seq = case.catalog().append_human(now, &author, &value)?;
    if out.json {
        out.value(&json!({ "schema": "cahoots/decision/1", "seq": seq, "decision": value }))?;
    } else {
        let line = format!("{}; `cahoots people undo {seq}` takes it back", describe(&value));
        out.line(line)?;
    }
    Ok(Done::Found)
}
