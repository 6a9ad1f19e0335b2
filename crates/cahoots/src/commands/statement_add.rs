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
            of_file(&text).with_context(|| format!("{} is no statement", file.display()))?
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
    let work = Work::Statement { edits: None, statement: said };
    done(&decide(&global.case, add.author.as_deref(), &work)?, out)
}

/// Keys of a statement's file.
const KEYS: [&str; 7] = ["speaker", "at", "where", "question", "quoted", "published", "claims"];
/// Keys of each of its claims.
const CLAIM_KEYS: [&str; 12] = [
    "reading",
    "template",
    "actors",
    "counterparts",
    "about",
    "from",
    "until",
    "bound",
    "count",
    "quotes",
    "opinion",
    "hedge",
];

/// A statement from TOML. Dates may stand with or without quotation marks; a key that means nothing is
/// refused, because what it says would be lost.
fn of_file(text: &str) -> Result<Said> {
    let mut table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
        let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        anyhow::anyhow!("{line}{}", error.message())
    })?;
    plain(&mut table, &KEYS, "a statement")?;
    if let Some(claims) = table.get_mut("claims") {
        let claims = claims.as_array_mut().context("claims is no list; write [[claims]]")?;
        for claim in claims {
            let claim = claim.as_table_mut().context("a claim is no table; write [[claims]]")?;
            plain(claim, &CLAIM_KEYS, "a claim")?;
            if let Some(name) = claim.get("template").and_then(toml::Value::as_str)
                && Template::from_name(name).is_none()
            {
                bail!(templates(name));
            }
        }
    }
    let mut said = Said::default();
    for (key, value) in table {
        let one: toml::Table = [(key.clone(), value)].into_iter().collect();
        let part: Said =
            one.try_into().map_err(|error| anyhow::anyhow!("{key}: {}", error.message()))?;
        match key.as_str() {
            "speaker" => said.speaker = part.speaker,
            "at" => said.at = part.at,
            "where" => said.place = part.place,
            "question" => said.question = part.question,
            "quoted" => said.quoted = part.quoted,
            "published" => said.published = part.published,
            _ => said.claims = part.claims,
        }
    }
    Ok(said)
}

/// Refuses keys that mean nothing and writes dates as texts.
fn plain(table: &mut toml::Table, keys: &[&str], what: &str) -> Result<()> {
    for (key, value) in table.iter_mut() {
        if !keys.contains(&key.as_str()) {
            bail!("{key} is no key of {what}; these are: {}", keys.join(", "));
        }
        if let toml::Value::Datetime(at) = value {
            *value = toml::Value::String(at.to_string());
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_loses_nothing_it_says() {
        let text = "speaker = \"Di Jetty\"\nat = 2021-03-20\n[[claims]]\nreading = \"none\"\n\
            template = \"no_contact\"\nuntil = 2021-03-10T09:00:00Z\n";
        let said = of_file(text).unwrap();
        assert_eq!((said.speaker.as_str(), said.at.as_str()), ("Di Jetty", "2021-03-20"));
        assert_eq!(said.claims[0].until.as_deref(), Some("2021-03-10T09:00:00Z"));
        for (wrong, says) in [
            ("speaker = \"Di\"\n[[claim]]\ntemplate = \"no_contact\"", "claim is no key"),
            ("[[claims]]\nactor = [\"Ann\"]", "actor is no key of a claim"),
            ("[[claims]]\ntemplate = \"nonsense\"", "nonsense is no template"),
            ("claims = 3", "[[claims]]"),
            ("claims = [3]", "[[claims]]"),
            ("speaker = 3", "speaker: "),
            ("speaker = \"Di\"\nnot toml [", "line 2"),
            ("at = 2021-13-45", "line 1"),
        ] {
            let error = of_file(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }
}
