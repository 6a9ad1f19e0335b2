//! The first public appearance, and by how much others had it before.

use serde::Serialize;

use super::carriers::Carried;
use super::span_out;
use super::told::{Traced, before, earliest};
use crate::finding::Cite;
use crate::record::{SECOND, Span};

/// The earliest public item of the record that carries it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::FirstPublic))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FirstPublic {
    /// The item; several if their times leave open which was first.
    pub items: Vec<Cite>,
    /// When, at the earliest.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// Which of the items was first is not known.
    pub order_unknown: bool,
}

/// Time from being told to the first public appearance, as far as both times are known. Negative
/// where the public had it before.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Lead))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Lead {
    /// The smallest that the times allow, in seconds; `null` if unbounded.
    pub at_least_seconds: Option<f64>,
    /// The largest that the times allow, in seconds; `null` if unbounded.
    pub at_most_seconds: Option<f64>,
}

impl Lead {
    fn between(told: Span, public: Span) -> Self {
        let seconds = |lag: Option<i64>| lag.map(|lag| lag as f64 / SECOND as f64);
        let (least, most) = public.lag_after(told);
        Self { at_least_seconds: seconds(least), at_most_seconds: seconds(most) }
    }

    const NONE: Self = Self { at_least_seconds: Some(0.0), at_most_seconds: Some(0.0) };
}

/// Finds the first public appearance and fills in everybody's lead.
pub fn first(carried: &Carried, traced: &mut Traced, skew: i64) -> Option<FirstPublic> {
    let public = || {
        let items = carried.items.iter().enumerate();
        items.filter(|(_, item)| item.public && item.passes_on())
    };
    let when = earliest(public().map(|(_, item)| item.when))?;
    let candidates: Vec<usize> = public()
        .filter(|(_, item)| before(when, item.when, 0) != Some(true))
        .map(|(number, _)| number)
        .collect();
    let cites: Vec<Cite> = candidates.iter().map(|number| carried.items[*number].item).collect();
    for told in &mut traced.parties {
        // Who had it by the first public item itself had it at that time, however wide that is.
        let by_it = candidates.len() == 1
            && traced.first.get(&told.who.party).is_some_and(|first| *first == candidates);
        told.lead = Some(if by_it { Lead::NONE } else { Lead::between(told.earliest, when) });
        told.before_public = if by_it { Some(false) } else { before(told.earliest, when, skew) };
        for label in &mut told.labels {
            let same = candidates.len() == 1 && label.items == cites;
            label.lead = Some(if same { Lead::NONE } else { Lead::between(label.when, when) });
        }
    }
    Some(FirstPublic { order_unknown: cites.len() > 1, items: cites, when })
}
