//! The ledger: every reading of every statement with its verdict.

use std::collections::BTreeSet;

use serde_json::json;

use super::carry::{Carriers, told};
use super::claim::{About, Claim, Ledger, Statement, after};
use super::coverage::{Coverage, Covered};
use super::judge::Ground;
use super::logic::Tri;
use super::templates::judge;
use super::times;
use super::verdict::{Judged, Judgement, Reading, ToldBefore};
use crate::finding::{Cite, Finding, Searched};
use crate::record::{Party, Place, Record, Span, Taker};

/// Evidence that a party had something: its grade (METHODS §4.1), the item, and when. The span
/// asks for the time until which it matters; what is returned may be later and is compared.
pub type Told<'a> = &'a dyn Fn(Party, &About, Span) -> Vec<(u8, Cite, Span)>;

/// The words of an item.
pub type Words<'a> = &'a dyn Fn(Place) -> Option<String>;

/// How statements are held against a record.
#[derive(Clone)]
pub struct Options<'a> {
    /// Who was told, from the analysis of exposure; without it, what items and their ties show
    /// directly is taken (grades 1 to 6).
    pub told: Option<Told<'a>>,
    /// The words of an item, for quotations; `None` when the record does not hold them.
    pub words: Option<Words<'a>>,
    /// Count mail by programs as contact.
    pub count_automated: bool,
    /// Further channels that claims need, beside mail, direct messages, chat, and those that the
    /// record or the coverage table names.
    pub channels: Vec<String>,
    /// Accounts (by number) that are probably, not certainly, those of their party.
    pub probable_accounts: BTreeSet<u32>,
    /// How many witnesses to cite.
    pub witnesses: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            told: None,
            words: None,
            count_automated: false,
            channels: Vec::new(),
            probable_accounts: BTreeSet::new(),
            witnesses: 5,
        }
    }
}

impl Ground<'_> {
    /// Evidence that a party had something, asked of the analysis of exposure or found here.
    pub(crate) fn told(
        &self,
        party: Party,
        about: &About,
        until: Span,
        carriers: Option<&Carriers>,
    ) -> Vec<(u8, Cite, Span)> {
        match (self.options.told, carriers) {
            (Some(ask), _) => ask(party, about, until),
            (None, Some(carriers)) => told(self.record, &self.back, carriers, party),
            (None, None) => told(self.record, &self.back, &self.carriers(about), party),
        }
    }
}

/// Holds every statement of a ledger against the record: one verdict for each reading.
///
/// Never fails: what cannot be tested is kept and says why. `coverage` decides how far absence
/// counts; an empty table makes no record complete.
pub fn ledger(
    record: &Record,
    ledger: &Ledger,
    coverage: &Coverage,
    options: &Options<'_>,
) -> Finding<Vec<Judged>> {
    let mut caveats = vec![
        "Voice and meetings in person leave no message; accounts that nobody connected with a \
         party are not searched for it."
            .to_owned(),
    ];
    let covered = Covered::of(record, coverage, &options.channels, &mut caveats);
    if coverage.rows.is_empty() {
        caveats.push(
            "No coverage table was given: nothing is known to be complete, and the absence of \
             items shows nothing."
                .to_owned(),
        );
    }
    let ground = Ground::new(record, options, covered);
    let result: Vec<Judged> =
        ledger.statements.iter().map(|statement| judged(&ground, statement)).collect();
    let wanted = |place: &Place| {
        let row = record.row(*place);
        row.is_private_message() || row.is_public()
    };
    Finding {
        method: "statements",
        version: 1,
        parameters: json!({
            "statements": ledger.statements.len(),
            "coverage_rows": coverage.rows.len(),
            "count_automated": options.count_automated,
            "channels": ground.covered.private(),
            "probable_accounts": options.probable_accounts.len(),
            "witnesses": options.witnesses,
            "exposure": if options.told.is_some() { "asked" } else { "direct evidence only" },
        }),
        searched: Searched::over(
            record,
            "private messages and public items",
            record.places().filter(wanted),
        ),
        caveats,
        result,
    }
}

fn judged(ground: &Ground<'_>, statement: &Statement) -> Judged {
    let record = ground.record;
    let held = statement.place.filter(|place| (place.0 as usize) < record.rows.len());
    let mut readings: Vec<Reading> =
        statement.claims.iter().map(|claim| reading(ground, statement, claim)).collect();
    if readings.is_empty() {
        let none = Judgement::not_testable("no claim was read in it");
        readings.push(finish(ground, statement, &Claim::new("", None), none));
    }
    Judged {
        statement: held.map(|place| Cite::of(record, place)),
        id: statement.id.clone(),
        speaker: statement.speaker_name.clone(),
        made: statement.made,
        made_on: times::days(statement.made, times::zone(&record.zone).as_ref()),
        question: statement.question.clone(),
        words: statement.words.clone(),
        place_made: statement.place_made.clone(),
        published: statement.where_published.clone(),
        readings,
    }
}

fn reading(ground: &Ground<'_>, statement: &Statement, claim: &Claim) -> Reading {
    let nobody = statement.speaker.is_none() && statement.speaker_name.trim().is_empty();
    let judgement = if claim.opinion {
        Judgement::opinion()
    } else if claim.template.is_none() {
        Judgement::not_testable("no template was chosen")
    } else if nobody {
        Judgement::not_testable("who said it is not known")
    } else if !statement.made.is_dated() {
        Judgement::not_testable("when it was said is not known")
    } else if statement.made.lo > statement.made.hi {
        Judgement::not_testable("the time at which it was said ends before it starts")
    } else {
        judge(ground, statement.made, claim)
    };
    finish(ground, statement, claim, judgement)
}

fn finish(
    ground: &Ground<'_>,
    statement: &Statement,
    claim: &Claim,
    judgement: Judgement,
) -> Reading {
    let sentence = judgement.sentence(&claim.reading);
    let told_before = told_before(ground, statement, claim, &judgement);
    let mut witnesses = judgement.witnesses;
    let witness_count = witnesses.len() as u64;
    witnesses.truncate(ground.options.witnesses);
    Reading {
        reading: claim.reading.clone(),
        template: claim.template,
        sentence,
        witnesses,
        witness_count,
        counts: judgement.counts,
        quotations: judgement.quotations,
        reasons: judgement.reasons,
        alternatives: judgement.alternatives,
        coverage_line: judgement.share.as_ref().map(|share| share.line()),
        coverage: judgement.share,
        excluded: judgement.excluded,
        hedge: claim.hedge.clone().or_else(|| statement.hedge.clone()),
        told_before,
        verdict: judgement.verdict,
    }
}

/// Whether the speaker had been told before speaking: of what the claim is about, else of the
/// items that bear on it.
fn told_before(
    ground: &Ground<'_>,
    statement: &Statement,
    claim: &Claim,
    judgement: &Judgement,
) -> Option<Vec<ToldBefore>> {
    let speaker =
        statement.speaker.filter(|party| (party.0 as usize) < ground.record.parties.len())?;
    let about = match &claim.about {
        About::None | About::Unresolved(_) => {
            let cites = judgement.witnesses.iter().map(|witness| witness.item);
            let places: Vec<Place> = cites.filter_map(|cite| ground.record.by_id(cite.0)).collect();
            About::Items(places)
        }
        about => about.clone(),
    };
    if matches!(&about, About::Items(places) if places.is_empty()) {
        return None;
    }
    let all = ground.told(speaker, &about, statement.made, None);
    let one = |(grade, item, when): (u8, Cite, Span)| {
        let certainly_before = match after(when, statement.made) {
            Tri::True => return None,
            later => later == Tri::False,
        };
        let place = ground.record.by_id(item.0)?;
        let accounts = &ground.options.probable_accounts;
        let sure = |taker: &Taker| taker.party == speaker && !accounts.contains(&taker.account);
        let confirmed = ground.record.takers(place).iter().any(sure);
        Some(ToldBefore { grade, item, when, certainly_before, confirmed })
    };
    Some(all.into_iter().filter_map(one).collect())
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "hostile_tests.rs"]
mod hostile;

#[cfg(test)]
#[path = "contact_tests.rs"]
mod contact_tests;
