//! Records and claims that nobody would write.

use cahoots_record::{ItemKind, ItemOrd, ObjectKind, Role, Template};
use proptest::prelude::*;

use super::super::*;
use super::tests::Case;
use crate::record::build::Entry;
use crate::record::{DAY, Party, Place, Span, Tie};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any spans, roles and claims, the widest and the inverted ones included.
    #[test]
    fn nothing_panics_and_the_same_input_gives_the_same_bytes(
        items in proptest::collection::vec(
            (any::<i64>(), any::<i64>(), 0_u32..4, 0_u32..4, 0_u8..8, 0_u8..6, 0_usize..9),
            0..12,
        ),
        edges in proptest::collection::vec((any::<i64>(), any::<i64>()), 3),
        days in (0_usize..4, 0_usize..4),
    ) {
        let mut case = Case::new();
        let thing = case.builder.thing(ObjectKind::Url, "https://quay.example/");
        let ends = [i64::MIN, i64::MAX, 0, DAY];
        for (lo, hi, from, to, role, kind, tie) in items {
            let wild = Span { lo: ends.get(tie).copied().unwrap_or(lo), hi };
            let role = Role::from_code(role).unwrap_or(Role::To);
            let post = if kind % 2 == 0 { Entry::post(0, wild) } else { Entry::new(0, wild) };
            case.add(Entry {
                kind: ItemKind::from_code(kind).unwrap_or(ItemKind::Message),
                takers: vec![(from, Role::From), (to, role)],
                things: vec![thing],
                ties: vec![(Tie::Forwards, ItemOrd(tie as u64)), (Tie::Answers, ItemOrd(1))],
                ..post
            });
        }
        let record = case.builder.finish();
        let bound = |at: usize, which: usize| match which {
            0 => None,
            1 => Some(Bound::period(edges[at].0, edges[at].1, "then")),
            2 => Some(Bound::moment_in(Span::UNKNOWN, "some time")),
            _ => Some(Bound::moment_in(Span { lo: edges[at].1, hi: i64::MAX }, "later")),
        };
        let mut claims = Vec::new();
        for template in Template::ALL {
            for about in [
                About::None,
                About::Thing(thing),
                About::Items(vec![Place(0), Place(77)]),
                About::Unresolved("x".to_owned()),
            ] {
                let mut claim = Claim::new("r", Some(*template));
                claim.actors = vec![Named::confirmed(Party(0), "Ada Quay")];
                claim.counterparts =
                    vec![Named::confirmed(Party(1), "Bo"), Named::confirmed(Party(99), "gone")];
                claim.about = about;
                claim.bound = Some(CountBound::Exactly);
                claim.count = Some(u64::MAX);
                claim.from = bound(0, days.0);
                claim.until = bound(1, days.1);
                claims.push(claim);
            }
        }
        let statement = Statement {
            place: Some(Place(500)),
            id: "S".to_owned(),
            speaker: Some(Party(70)),
            speaker_name: "Ada Quay".to_owned(),
            made: Span { lo: edges[2].0, hi: edges[2].1 },
            question: None,
            words: None,
            place_made: None,
            where_published: Vec::new(),
            hedge: None,
            claims,
        };
        let all = Ledger { statements: vec![statement] };
        let row = CoverageRow {
            custodian: "Ada Quay".to_owned(),
            channel: "*".to_owned(),
            completeness: Completeness::Full,
            ..CoverageRow::default()
        };
        let table = Coverage { zone: Some("nowhere".to_owned()), rows: vec![row] };
        let run = || serde_json::to_string(&ledger(&record, &all, &table, &Options::default()));
        prop_assert_eq!(run().unwrap(), run().unwrap());
    }
}
