//! Verdicts in the form that fact checkers exchange: schema.org `ClaimReview` as JSON-LD.

use serde_json::{Map, Value, json};

use super::times;
use super::verdict::{Judged, Reading};
use crate::record::Record;

/// Where and by whom reviews will be published, as far as it is known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Publication {
    /// Address of the page.
    pub page: Option<String>,
    /// Name of the publisher.
    pub reviewer: Option<String>,
}

/// One `ClaimReview` for each reading of a statement. Ratings are words (`alternateName`) and
/// never numbers: a verdict is about a record, and is no degree of truth.
pub fn claim_reviews(record: &Record, judged: &Judged, by: &Publication) -> Vec<Value> {
    judged.readings.iter().map(|reading| claim_review(record, judged, reading, by)).collect()
}

fn claim_review(record: &Record, judged: &Judged, reading: &Reading, by: &Publication) -> Value {
    let claimed = [Some(reading.reading.as_str()), judged.words.as_deref()];
    let claimed = claimed.into_iter().flatten().find(|text| !text.trim().is_empty());
    let mut claim = Map::new();
    claim.insert("@type".to_owned(), "Claim".into());
    if !judged.speaker.is_empty() {
        // A speaker may be a person or a body; the record does not say which.
        claim.insert("author".to_owned(), json!({ "name": judged.speaker }));
    }
    if let Some(date) = times::iso_day(judged.made, times::zone(&record.zone).as_ref()) {
        claim.insert("datePublished".to_owned(), date.into());
    }
    if let Some(words) = &judged.words {
        claim.insert("text".to_owned(), words.clone().into());
    }
    let appearances: Vec<Value> = judged.published.iter().map(work).collect();
    if let Some(first) = first_appearance(judged) {
        claim.insert("firstAppearance".to_owned(), first);
    }
    if !appearances.is_empty() {
        claim.insert("appearance".to_owned(), appearances.into());
    }
    let mut review = Map::new();
    let mut put = |name: &str, value: Value| review.insert(name.to_owned(), value);
    put("@context", "https://schema.org".into());
    put("@type", "ClaimReview".into());
    if let Some(page) = &by.page {
        put("url", page.clone().into());
    }
    if let Some(name) = &by.reviewer {
        put("author", json!({ "@type": "Organization", "name": name }));
    }
    put("claimReviewed", claimed.unwrap_or_default().into());
    put("itemReviewed", claim.into());
    let rating = json!({ "@type": "Rating", "alternateName": reading.verdict.words() });
    put("reviewRating", rating);
    put("reviewBody", reading.sentence.clone().into());
    review.into()
}

fn work(published: &Value) -> Value {
    let mut work = Map::new();
    work.insert("@type".to_owned(), "CreativeWork".into());
    for (from, to) in
        [("title", "name"), ("url", "url"), ("date", "datePublished"), ("id", "identifier")]
    {
        if let Some(value) = published.get(from).and_then(Value::as_str) {
            work.insert(to.to_owned(), value.into());
        }
    }
    work.into()
}

/// Where it was made, else the publication with the earliest date.
fn first_appearance(judged: &Judged) -> Option<Value> {
    if let Some(place) = &judged.place_made {
        return Some(json!({ "@type": "CreativeWork", "name": place }));
    }
    let date = |value: &&Value| value.get("date").and_then(Value::as_str).map(str::to_owned);
    let dated = judged.published.iter().filter(|value| date(value).is_some());
    dated.min_by_key(|value| date(value)).map(work)
}
