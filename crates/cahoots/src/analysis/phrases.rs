//! Words that a private message and a public item share: runs of eight words and more, as objects.
//!
//! Only the sender's own words count on the private side: quotes, signatures and footers are
//! everybody's. Summaries are somebody else's words and are left out on both sides.

use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, Thing};
use cahoots_analyze::requests::{Zone, zones};
use cahoots_analyze::words::{Index, Stream};
use cahoots_record::{ItemKind, ObjectKind, Visibility};
use cahoots_store::{Segment, StoreError};

/// A run of this many words is as good as a link (METHODS §2.6); a shorter one is not.
const LONG: usize = 12;
/// A run that more messages than this have is a formula and ties nobody to anybody.
const FORMULA: u32 = 20;
/// Words of a run that its key quotes.
const QUOTED: usize = 16;

/// Adds an object for every run of words that a private message and a public item share.
///
/// # Errors
/// When the texts cannot be read.
pub fn add(
    builder: &mut Builder,
    entries: &mut [Entry],
    segments: &[&Segment],
) -> Result<(), StoreError> {
    let is_public =
        |entry: &Entry| entry.visibility == Visibility::Public && entry.kind != ItemKind::Event;
    let is_private =
        |entry: &Entry| entry.visibility == Visibility::Private && entry.kind == ItemKind::Message;
    let own_words = |entry: &Entry| !entry.flags.summary && !entry.flags.automated;
    // Without both sides there is nothing to share, and no text is read.
    if !entries.iter().any(|entry| is_public(entry) && own_words(entry))
        || !entries.iter().any(|entry| is_private(entry) && own_words(entry))
    {
        return Ok(());
    }
    let (mut messages, mut streams) = (Vec::new(), Vec::new());
    let mut public: Vec<(usize, Stream)> = Vec::new();
    for segment in segments {
        segment.each_text(|words| {
            let at = words.ord.0 as usize;
            let Some(entry) = entries.get(at).filter(|entry| own_words(entry)) else { return };
            if is_private(entry) {
                let own: String = zones(words.text)
                    .into_iter()
                    .filter(|zoned| zoned.zone == Zone::Own)
                    .filter_map(|zoned| words.text.get(zoned.range))
                    .collect();
                messages.push(at);
                streams.push(Stream::of(&own));
            } else if is_public(entry) {
                public.push((at, Stream::of(words.text)));
            }
        })?;
    }
    let index = Index::new(streams, FORMULA);
    for (at, stream) in &public {
        for found in index.matches(stream) {
            let Some(message) = messages.get(found.there as usize) else { continue };
            for run in &found.runs {
                let thing = thing(builder, stream, run.range_here());
                entries[*message].things.push(thing);
                entries[*at].things.push(thing);
            }
        }
    }
    Ok(())
}

/// The object of a run: as good as a link if it is long, as good as a near copy if not.
fn thing(builder: &mut Builder, stream: &Stream, run: std::ops::Range<usize>) -> Thing {
    let long = run.len() >= LONG;
    let words: Vec<&str> = run.clone().take(QUOTED).map(|n| stream.word(n)).collect();
    let more = if run.len() > QUOTED { " …" } else { "" };
    let key = format!("words: {}{more}", words.join(" "));
    builder.thing(if long { ObjectKind::Other } else { ObjectKind::Text }, &key)
}
