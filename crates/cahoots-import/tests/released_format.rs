//! Released documents: every fixture read as it is, with CRLF, cut at every eighth, and changed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod cases;

use cahoots_import::{Batch, Confidence, Importer, Options, Probe, check, tree::MemoryTree};
use cahoots_record::{ItemKind, Selector, Severity};
use cases::{crlf, fixtures, load};
use proptest::prelude::*;

fn importer() -> &'static dyn Importer {
    *cahoots_import::importers().iter().find(|i| i.format().name == "released").unwrap()
}

/// Reads a text and checks what must hold of anything read; `check::run` goes back from each
/// item to its bytes.
fn read(bytes: &[u8]) -> Batch {
    let mut total = Batch::default();
    for batch in check::run(importer(), &MemoryTree::new([(String::new(), bytes.to_vec())])) {
        total.balance.add(&batch.balance);
        total.items.extend(batch.items);
        total.issues.extend(batch.issues);
    }
    for item in &total.items {
        assert!(!item.text.contains(['\r', '\0']), "{}", item.locator);
        assert_eq!(item.kind == ItemKind::Message, item.native_id.is_some());
        let epoch = item.when.sort_key().is_some_and(|at| at.seconds().abs() < 86_400);
        assert!(!epoch, "nothing lands in 1970: {}", item.locator);
    }
    let damaged = total.issues.iter().filter(|issue| issue.severity == Severity::Damaged).count();
    assert!(total.balance.damaged <= damaged as u64);
    // Every document gives something: nothing is dropped.
    assert!(bytes.is_empty() || !total.items.is_empty());
    total
}

/// Lines of a text that no item's locator covers and that have letters.
fn uncovered(bytes: &[u8], batch: &Batch) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let covered = |line: u64| {
        batch.items.iter().any(|item| match item.locator.selector {
            Selector::Lines { first, last } => (first..=last).contains(&line),
            _ => true,
        })
    };
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(number, line)| !covered(*number) && line.chars().any(char::is_alphabetic))
        .map(|(_, line)| line.trim().to_owned())
        .collect()
}

#[test]
fn fixtures_are_read() {
    for (case, path) in fixtures("released") {
        let files = load(&path);
        let bytes = &files[0].1;
        let batch = read(bytes);
        let shown = serde_json::json!({
            "items": batch.items,
            "issues": batch.issues,
            "balance": batch.balance,
            "outside": uncovered(bytes, &batch),
        });
        insta::assert_json_snapshot!(format!("released__{case}"), shown);
        let other = read(&crlf(bytes));
        let said = |batch: &Batch| {
            let items = batch.items.iter();
            items.map(|i| (i.id, i.text.clone(), i.when.clone())).collect::<Vec<_>>()
        };
        assert_eq!(said(&batch), said(&other), "{case}");
        for eighth in 0..8 {
            read(&bytes[..bytes.len() * eighth / 8]);
        }
    }
}

#[test]
fn control_characters_inside_a_line_reach_no_text() {
    let text = b"From:          Ann Lind\r\nSent:          Monday, March 2, 2009 9:04 AM\r\n\
        To:            Bo\rQuist\r\nSubject:       Har\rbour\0\r\n\r\nYes,\rof\0course.\r\n";
    let batch = read(text);
    assert_eq!(batch.items[0].text, "Yes, of\u{fffd}course.\n");
    assert_eq!(batch.items[0].subject.as_deref(), Some("Har bour\u{fffd}"));
    assert_eq!(batch.items[0].participants[1].account.as_str(), "name:bo quist");
}

#[test]
fn a_time_after_the_release_is_a_misreading() {
    let text = b"Case No. H-1 Doc No. D1 Date: 01/02/2013\n\nFrom:          Ann Lind\n\
        Sent:          Monday, March 2, 2049 9:04 AM\nTo:            Bo Quist\n\
        Subject:       Quay\n\nYes.\n";
    let batch = read(text);
    assert_eq!(batch.items[0].when.earliest, None);
    assert_eq!(batch.items[0].when.raw.as_deref(), Some("Monday, March 2, 2049 9:04 AM"));
    assert_eq!(batch.issues[0].code, "date-after-release");
}

#[test]
fn printed_documents_are_recognised_and_other_texts_are_not() {
    let ask =
        |head: &[u8]| importer().recognize(Probe::File { path: "x.txt", head, complete: true });
    for (case, path) in fixtures("released") {
        let head = &load(&path)[0].1;
        let want = match case.as_str() {
            "empty" => None,
            "several" | "attributions" => Some(Confidence::Likely),
            _ => Some(Confidence::Certain),
        };
        assert_eq!(ask(head), want, "{case}");
    }
    for other in [
        &b"Dear diary,\nit rained.\n"[..],
        b"From: a@b.example\nTo: c@d.example\nSubject: x\nMessage-ID: <1@b>\n\nhello\n",
        b"name,text\nfrom,to\n",
        b"\x00\x01\x02From:       x",
        b"# Notes\n\nFrom here to there.\nTo: do\n",
    ] {
        assert_eq!(ask(other), None, "{:?}", String::from_utf8_lossy(other));
    }
}

#[test]
fn a_zone_that_is_given_takes_the_doubt_away() {
    let (_, path) = fixtures("released").into_iter().find(|(case, _)| case == "chain").unwrap();
    let bytes = load(&path).remove(0).1;
    let chunk = cahoots_import::Chunk {
        member: "".into(),
        offset: 0,
        rows_before: 0,
        data: bytes,
        modified: None,
        shared: None,
    };
    let span = |options: &Options| {
        let when = importer().parse(&chunk, options).items[0].when.clone();
        when.latest.unwrap().0 - when.earliest.unwrap().0
    };
    let open = span(&Options::default());
    let zone = Some(jiff::tz::TimeZone::get("America/New_York").unwrap());
    let closed = span(&Options { zone, ..Options::default() });
    assert_eq!((open, closed), ((28 * 3600 + 59) * 1_000_000, 59 * 1_000_000));
}

/// A PDF of one page per text, each line of it set in its own place.
fn pdf(pages: &[&str], encrypted: bool) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", 4 + at * 2)).collect();
    objects.push(format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len()));
    objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned());
    for (at, page) in pages.iter().enumerate() {
        let mut drawn = String::new();
        for (line, text) in page.lines().enumerate() {
            let y = 760 - line * 14;
            drawn.push_str(&format!("BT /F1 10 Tf 60 {y} Td ({text}) Tj ET\n"));
        }
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + at * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{drawn}\nendstream", drawn.len()));
    }
    let mut out = String::from("%PDF-1.4\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let start = out.len();
    let password = format!(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O <{0}> /U <{0}> /P -4 >> /ID [<00> <00>]",
        "ab".repeat(32)
    );
    let locked = if encrypted { password.as_str() } else { "" };
    out.push_str(&format!(
        "{table}trailer\n<< /Size {} /Root 1 0 R {locked} >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}

#[test]
fn a_pdf_is_read_and_what_is_wrong_with_one_is_said() {
    let mail = "From:          Ann Lind\nSent:          Monday, March 2, 2009 9:04 AM\n\
        To:            Bo Quist\nSubject:       Quay\n\nIt is mended.";
    let codes = |batch: &Batch| batch.issues.iter().map(|i| i.code.clone()).collect::<Vec<_>>();
    let whole = pdf(&[mail, ""], false);
    let batch = read(&whole);
    assert_eq!((batch.items.len(), batch.issues.len()), (1, 0), "{:?}", batch.issues);
    assert_eq!(batch.items[0].text, "It is mended.\n");
    assert_eq!(batch.items[0].subject.as_deref(), Some("Quay"));

    let end = whole.windows(4).rposition(|window| window == b"xref").unwrap();
    let cut = &whole[..whole[..end].windows(4).rposition(|window| window == b"xref").unwrap()];
    let batch = read(cut);
    assert_eq!((batch.items.len(), codes(&batch)), (1, vec!["incomplete-pdf".to_owned()]));
    assert_eq!(batch.balance.damaged, 1);

    let importer = importer();
    let lost = |data: Vec<u8>| {
        let chunk = cahoots_import::Chunk {
            member: "a.pdf".into(),
            offset: 0,
            rows_before: 0,
            data,
            modified: None,
            shared: None,
        };
        let batch = importer.parse(&chunk, &Options::default());
        assert_eq!((batch.items.len(), batch.balance.skipped, batch.issues.len()), (0, 1, 1));
        assert_eq!(batch.issues[0].locator.to_string(), "a.pdf#whole");
        batch.issues[0].what.clone()
    };
    assert_eq!(lost(pdf(&[mail], true)), "the PDF is encrypted with a password");
    assert_eq!(lost(b"%PDF-1.4\nno more".to_vec()), "the PDF is damaged beyond reading");
}

#[test]
fn a_pdf_of_empty_pages_is_one_document() {
    let batch = read(&pdf(&vec![""; 1_000], false));
    assert_eq!((batch.items.len(), batch.issues.len()), (1, 0));
    assert_eq!(batch.items[0].kind, ItemKind::File);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_texts_keep_the_contract(
        which in 0usize..8,
        changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..40),
        cut in any::<u16>(),
    ) {
        let cases = fixtures("released");
        let mut bytes = load(&cases[which % cases.len()].1).remove(0).1;
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at as usize % bytes.len();
                bytes[at] = byte;
            }
        }
        bytes.truncate(bytes.len() - bytes.len() * cut as usize / 3 / 65_536);
        read(&bytes);
    }

    #[test]
    fn pieces_in_any_order_keep_the_contract(
        pieces in proptest::collection::vec(0usize..22, 0..40),
    ) {
        const PIECES: [&str; 22] = [
            "From: ", "To: ", "Sent: ", "Subject: ", "Cc:\n", "Bo Quist", "\n", "\n\n", "> ", "»",
            "Original Message\n", "Monday, March 2, 2009 9:04 AM", "On Mar 2, 2009, Bo wrote:\n",
            "\x0c", "RELEASE IN PART B6", "                              ", "B5", ";", ",",
            "Case No. H-1 Doc No. D1 Date: 1/2/2003\n", "______________\n", "é",
        ];
        let text: String = pieces.into_iter().map(|piece| PIECES[piece]).collect();
        read(text.as_bytes());
    }
}
