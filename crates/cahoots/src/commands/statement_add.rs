//! `statements add`: enters a statement, from options, from a file, or by asking.

use std::io::IsTerminal as _;

use anyhow::{Context, Result, bail};
use cahoots_record::{Claim, Template};

use super::Done;
use super::statements::done;
use crate::analysis::work::{Said, Work, decide};
use crate::analysis::{moment, party};
use crate::cli::{Global, StatementAdd};
use crate::names::People;
use crate::output::Output;

/// How a count may be bounded.
const BOUNDS: [&str; 3] = ["at most", "at least", "exactly"];

pub(super) fn run(global: &Global, add: &StatementAdd, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let mut said = match &add.file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))?;
            toml::from_str(&text)
                .map_err(|error| anyhow::anyhow!("{}: {}", file.display(), error.message()))?
        }
        None => Said::default(),
    };
    for (slot, given) in [
        (&mut said.speaker, &add.speaker),
        (&mut said.at, &add.at),
        (&mut said.place, &add.place),
        (&mut said.question, &add.question),
        (&mut said.quoted, &add.quoted),
    ] {
        if let Some(given) = given {
            slot.clone_from(given);
        }
    }
    said.published.extend(add.published.iter().cloned());
    said.claims.extend(claim(add)?);
    if add.file.is_none() && std::io::stdin().is_terminal() && !out.json && !out.quiet {
        ask(&mut said)?;
    }
    if said.speaker.is_empty() && said.quoted.is_empty() && said.claims.is_empty() {
        bail!(
            "a statement needs --speaker, --quoted or --reading (or --file, or a terminal to ask \
             at)"
        );
    }
    check(&said, out)?;
    let people = desk.people()?;
    for note in doubts(&said, &people) {
        crate::report::note(&note);
    }
    drop(desk);
    let work = Work::Statement { statement: said };
    done(&decide(&global.case, add.author.as_deref(), &work)?, out)
}

/// The claim that the options make, if they make one.
fn claim(add: &StatementAdd) -> Result<Option<Claim>> {
    let template = match &add.template {
        Some(name) => Some(Template::from_name(name).with_context(|| templates(name))?),
        None => None,
    };
    if template.is_none() && add.reading.is_none() {
        return Ok(None);
    }
    Ok(Some(Claim {
        reading: add.reading.clone().unwrap_or_default(),
        template,
        actors: add.actor.clone(),
        counterparts: add.counterpart.clone(),
        about: add.about.clone(),
        from: add.from.clone(),
        until: add.until.clone(),
        bound: add.bound.clone(),
        count: add.count,
        quotes: add.quotes.clone(),
        opinion: add.opinion,
        hedge: add.hedge.clone(),
    }))
}

/// What cannot be kept as it is.
fn check(said: &Said, out: &Output) -> Result<()> {
    if !said.at.is_empty() {
        moment(&said.at, out.zone())?;
    }
    for claim in &said.claims {
        let bounds = [&claim.from, &claim.until];
        let read = bounds.map(|text| text.as_ref().map(|text| moment(text, out.zone())));
        let [from, until] = read.map(Option::transpose);
        if let (Some(from), Some(until)) = (from?, until?)
            && until.hi < from.lo
        {
            bail!("the claim ends before it begins: its end is before its start");
        }
        if let Some(bound) = claim.bound.as_ref().filter(|it| !BOUNDS.contains(&it.as_str())) {
            bail!("{bound} is none of {}", BOUNDS.join(", "));
        }
        if claim.template == Some(Template::ContactCount) && claim.count.is_none() {
            bail!("contact_count needs --bound \"at most|at least|exactly\" and --count N");
        }
        if claim.template == Some(Template::Quoted) && claim.quotes.is_none() {
            bail!("quoted needs --quotes WORDS and --about the item quoted");
        }
    }
    Ok(())
}

/// What will keep a claim from being tested, and who in it the record does not know.
fn doubts(said: &Said, people: &People) -> Vec<String> {
    let mut notes = Vec::new();
    if said.at.is_empty() {
        notes.push("no date: kept, and not testable until it has one".to_owned());
    }
    if said.speaker.is_empty() {
        notes.push("no speaker: kept, and not testable until it has one".to_owned());
    }
    if !said.claims.iter().any(|claim| claim.template.is_some() || claim.opinion) {
        notes.push("no template: kept as text, and nothing tests it".to_owned());
    }
    let mut names: Vec<&String> = said
        .claims
        .iter()
        .flat_map(|claim| claim.actors.iter().chain(&claim.counterparts))
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        if let Err(error) = party(people, name) {
            notes.push(format!("{error}; the name is kept as written"));
        }
    }
    notes
}

fn templates(name: &str) -> String {
    let names: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
    format!("{name} is no template; there are {}", names.join(", "))
}

/// Asks for what is missing; an empty answer leaves it out.
fn ask(said: &mut Said) -> Result<()> {
    line("Who said it", &mut said.speaker)?;
    line("When (2016-10-14, or with a time)", &mut said.at)?;
    line("Where", &mut said.place)?;
    line("What was asked", &mut said.question)?;
    line("The words spoken", &mut said.quoted)?;
    if !said.claims.is_empty() {
        return Ok(());
    }
    let (mut reading, mut template) = (String::new(), String::new());
    line("What does it claim, in one sentence", &mut reading)?;
    let names: Vec<&str> = Template::ALL.iter().map(|template| template.name()).collect();
    line(&format!("Template (empty for none): {}", names.join(", ")), &mut template)?;
    let mut claim = Claim { reading, ..Claim::default() };
    if !template.is_empty() {
        let template = Template::from_name(&template).with_context(|| templates(&template))?;
        claim.template = Some(template);
        details(&mut claim, template)?;
    }
    if !claim.reading.is_empty() || claim.template.is_some() {
        said.claims.push(claim);
    }
    Ok(())
}

/// Asks for what a template needs.
fn details(claim: &mut Claim, template: Template) -> Result<()> {
    let list = |question: &str| -> Result<Vec<String>> {
        let mut text = String::new();
        line(question, &mut text)?;
        let names = text.split(';').map(str::trim).filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    };
    let one = |question: &str| -> Result<Option<String>> {
        let mut text = String::new();
        line(question, &mut text)?;
        Ok((!text.is_empty()).then_some(text))
    };
    use Template as T;
    if template == T::Quoted {
        claim.about = one("The item quoted (its id or label)")?;
        claim.quotes = one("The words as quoted")?;
        return Ok(());
    }
    claim.actors = list("Whom it is about (several parted by ;)")?;
    if matches!(
        template,
        T::NoContact
            | T::FirstContact
            | T::LastContact
            | T::ContactCount
            | T::NeverDiscussed
            | T::Told
    ) {
        claim.counterparts = list("The other side (several parted by ;)")?;
    }
    if template == T::ContactCount {
        claim.bound = one("At most, at least or exactly")?.map(|bound| bound.to_lowercase());
        claim.count = match one("How many")? {
            Some(text) => Some(text.parse().with_context(|| format!("{text} is no number"))?),
            None => None,
        };
    } else if !matches!(template, T::NoContact | T::FirstContact | T::LastContact) {
        claim.about = one("About what (an item, url:…, a query)")?;
    }
    claim.from = one("From when (empty: from the beginning)")?;
    claim.until = one("Until when (empty: until it was said)")?;
    Ok(())
}

fn line(question: &str, slot: &mut String) -> Result<()> {
    if slot.is_empty() {
        crate::report::ask(question);
        std::io::stdin().read_line(slot)?;
        *slot = slot.trim().to_owned();
    }
    Ok(())
}
