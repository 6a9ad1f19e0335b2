//! Prints what exposure says of the example in `docs/methods/exposure.md`.

#![expect(clippy::print_stdout, reason = "it is a program")]

use cahoots_analyze::exposure::{Question, edge_in_words, exposure};
use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::words::Clock;
use cahoots_analyze::record::{Builder, DAY, HOUR, MINUTE, Span, Tie};
use cahoots_analyze::{Party, Place};
use cahoots_record::{AccountKey, ItemOrd, Role};

fn main() {
    let mut builder = Builder::new("UTC");
    let names = ["Ada Quay", "Bo Mooring", "Cy Tanner", "Di Okoro", "Ed Lund", "Flo Marsh"];
    let parties = names.map(|name| builder.party(&name[..2].to_lowercase(), name));
    let [ada, bo, cy, di, ed, _] =
        [0, 1, 2, 3, 4, 5].map(|n| builder.account(AccountKey::name(names[n]), parties[n]));
    let cy_archive = builder.custodian("Cy Tanner", Some(parties[2]));
    let day = 18_688 * DAY; // 2 March 2021
    let (from, to, cc) = (Role::From, Role::To, Role::Cc);
    // Ada writes to Bo in the morning.
    builder.push(Entry {
        takers: vec![(ada, from), (bo, to)],
        ..Entry::new(1, Span::at(day + 9 * HOUR))
    });
    // On that day, hour unknown, Bo tells Cy and, in copy, Di; the list may be longer.
    builder.push(Entry {
        takers: vec![(bo, from), (cy, to), (di, cc)],
        ties: vec![(Tie::TellsOf, ItemOrd(1))],
        held_by: vec![cy_archive],
        detail: serde_json::json!({ "recipients_open": true }).into(),
        ..Entry::new(2, Span { lo: day, hi: day + DAY - 1 })
    });
    // Di forwards that to Ed; when is not known.
    builder.push(Entry {
        takers: vec![(di, from), (ed, to)],
        ties: vec![(Tie::Forwards, ItemOrd(2))],
        ..Entry::new(3, Span::UNKNOWN)
    });
    // Three days later Ada posts it.
    builder.push(Entry {
        takers: vec![(ada, from)],
        ..Entry::post(4, Span::at(day + 3 * DAY + 9 * HOUR + 30 * MINUTE))
    });
    let record = builder.finish();
    let place = |n: u64| record.places().find(|place| record.row(*place).ord == ItemOrd(n));
    let about: Vec<Place> = [1, 4].into_iter().filter_map(place).collect();
    let asked = vec![Party(5)];
    let finding = exposure(&record, &Question { about, asked, ..Question::default() });
    for sentence in &finding.result.sentences {
        println!("{}", sentence.words);
    }
    println!();
    let clock = Clock::of(&record);
    for edge in &finding.result.edges {
        println!("{}", edge_in_words(edge, &clock));
    }
    println!();
    for caveat in &finding.caveats {
        println!("{caveat}");
    }
}
