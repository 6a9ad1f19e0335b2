//! Which lines of a message its sender wrote, and which are quotation, forward or furniture.
//!
//! Taking these apart first is the largest gain that is published for finding requests in mail
//! (Lampert, Dale & Paris 2010, "Detecting emails containing requests for action"). The rules are
//! our own and careful: a line is the sender's unless something says otherwise.

use std::ops::Range;

use serde::Serialize;

use super::marks::{self, Mark};

/// Whose words a line is, or what it is there for.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Zone))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The sender's words.
    Own,
    /// What is being answered.
    Quoted,
    /// What is being passed on.
    Forwarded,
    /// Name, address, telephone; PGP signatures.
    Signature,
    /// Notices on confidentiality and their like.
    Disclaimer,
    /// What a list or a mail service adds.
    Footer,
}

/// Lines in a row that are in one zone.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Zoned))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Zoned {
    /// Bytes of the text, line ends included.
    #[cfg_attr(feature = "schema", schema(value_type = super::ByteRange))]
    pub range: Range<usize>,
    /// The zone.
    pub zone: Zone,
}

/// A line of a message: bytes without the line end, and its zone.
#[derive(Clone, Copy, Debug)]
struct Line {
    start: usize,
    end: usize,
    zone: Zone,
    blank: bool,
}

impl Line {
    fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }
}

/// Finds zones; holds its buffer from one message to the next.
#[derive(Debug, Default)]
pub struct Zoner {
    lines: Vec<Line>,
}

impl Zoner {
    /// The zones of a text into `zones`, which is emptied first: in order, without gaps.
    pub fn read(&mut self, text: &str, zones: &mut Vec<Zoned>) {
        zones.clear();
        self.lines.clear();
        self.mark(text);
        self.sign_off(text);
        for (number, line) in self.lines.iter().enumerate() {
            let end = self.lines.get(number + 1).map_or(text.len(), |next| next.start);
            match zones.last_mut() {
                Some(last) if last.zone == line.zone => last.range.end = end,
                _ => zones.push(Zoned { range: line.start..end, zone: line.zone }),
            }
        }
    }

    /// The first pass: every line by its own shape and by what was begun above it.
    fn mark(&mut self, text: &str) {
        // What holds until the end of the message, and what holds until the next empty line.
        let (mut rest, mut paragraph) = (None, None);
        let (mut in_pgp, mut in_signature) = (false, false);
        let mut start = 0;
        while start < text.len() {
            let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
            let line = text[start..end].trim_ascii();
            let blank = line.is_empty();
            let zone = if blank {
                // An empty line belongs to what stands above it.
                paragraph = None;
                self.lines.last().map_or(Zone::Own, |above| above.zone)
            } else if in_pgp {
                in_pgp = marks::armour(line, "END").is_none();
                Zone::Signature
            } else if marks::is_quoted(line) {
                Zone::Quoted
            } else if let Some(zone) = rest {
                zone
            } else {
                match marks::of(text, start, line, paragraph.is_none() && self.after_blank()) {
                    Some(Mark::RestIs(zone)) => {
                        rest = Some(zone);
                        zone
                    }
                    Some(Mark::LotusHeader) => {
                        rest = Some(Zone::Quoted);
                        self.take_sender_line(text);
                        Zone::Quoted
                    }
                    Some(Mark::ParagraphIs(zone)) => {
                        paragraph = Some(zone);
                        zone
                    }
                    Some(Mark::Line(zone)) => zone,
                    Some(Mark::Attribution(lines)) => {
                        // "On ... wrote:" may be two lines long.
                        let over = lines == 1 || marks::ends_attribution(line);
                        if over && !marks::quotes_follow(text, end) {
                            rest = Some(Zone::Quoted);
                        }
                        Zone::Quoted
                    }
                    Some(Mark::PgpArmour) => {
                        in_pgp = true;
                        Zone::Signature
                    }
                    Some(Mark::SignatureLine) => {
                        in_signature = true;
                        Zone::Signature
                    }
                    None => {
                        paragraph.or(in_signature.then_some(Zone::Signature)).unwrap_or(Zone::Own)
                    }
                }
            };
            self.lines.push(Line { start, end, zone, blank });
            start = end + 1;
        }
    }

    fn after_blank(&self) -> bool {
        self.lines.last().is_none_or(|line| line.blank || line.zone != Zone::Own)
    }

    /// Lotus Notes puts the quoted sender's name and time on a line above `To:`.
    fn take_sender_line(&mut self, text: &str) {
        let mut taken = 0;
        for line in self.lines.iter_mut().rev() {
            if line.blank {
                if taken > 0 {
                    break;
                }
                continue;
            }
            if taken == 2
                || line.end - line.start > 100
                || !marks::has_time_or_address(line.of(text))
            {
                break;
            }
            line.zone = Zone::Quoted;
            taken += 1;
        }
    }

    /// The second pass: a sign-off ("Regards,") near the end of the sender's words makes the
    /// short lines below it a signature.
    fn sign_off(&mut self, text: &str) {
        let own: Vec<usize> = self
            .lines
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, line)| line.zone == Zone::Own && !line.blank)
            .map(|(number, _)| number)
            .take(8)
            .collect();
        let mut found = None;
        for (below, number) in own.iter().enumerate() {
            let line = self.lines[*number].of(text).trim_ascii();
            if below > 0 && marks::is_sign_off(line) {
                found = Some(*number);
            }
            if found != Some(*number) && marks::says_something(line) {
                break;
            }
        }
        let Some(found) = found else { return };
        let last = own.first().copied().unwrap_or(found);
        for line in &mut self.lines[found + 1..=last] {
            if line.zone == Zone::Own {
                line.zone = Zone::Signature;
            }
        }
    }
}

/// The zones of a text.
pub fn zones(text: &str) -> Vec<Zoned> {
    let mut found = Vec::new();
    Zoner::default().read(text, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The sender's own lines, trimmed.
    fn own(text: &str) -> Vec<&str> {
        zones(text)
            .iter()
            .filter(|zoned| zoned.zone == Zone::Own)
            .flat_map(|zoned| text[zoned.range.clone()].lines())
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect()
    }

    fn zone_of(text: &str, needle: &str) -> Zone {
        let at = text.find(needle).unwrap();
        zones(text).iter().find(|zoned| zoned.range.contains(&at)).unwrap().zone
    }

    #[test]
    fn answers_between_quotations_are_own() {
        let text = "On Mon, 3 May 2021 at 10:00, Ada Quay <ada@example.org>\nwrote:\n\
            > Can you send it?\nYes, tomorrow.\n>> And the chart?\nAsk Bob.\n";
        assert_eq!(own(text), ["Yes, tomorrow.", "Ask Bob."]);
    }

    #[test]
    fn what_follows_an_answer_on_top_is_quoted_to_the_end() {
        for head in [
            "-----Original Message-----\nFrom: Bob\n",
            "On 3 May 2021 Bob Hale wrote:\n\n",
            "From: Bob Hale\nSent: Monday\nTo: Ada Quay\nSubject: the plan\n\n",
            "Bob Hale@QUAY\n05/03/2021 10:11 AM\nTo: Ada Quay/QUAY@QUAY\ncc:\nSubject: plan\n\n",
            "________________________________\nFrom: Bob Hale\nDate: Monday\nTo: Ada\n\n",
        ] {
            let text = format!("I agree.\n\n{head}Please send the plan.\n\nBob\n");
            assert_eq!(own(&text), ["I agree."], "{head}");
            assert_eq!(zone_of(&text, "Please"), Zone::Quoted, "{head}");
        }
    }

    #[test]
    fn what_is_passed_on_is_forwarded() {
        for head in [
            "---------- Forwarded message ----------\nFrom: Bob\n",
            "Begin forwarded message:\n\n",
            "---------------------- Forwarded by Bob Hale on 05/03/2021 ---\n",
        ] {
            let text = format!("Please read this.\n\n{head}Can you come?\n");
            assert_eq!(own(&text), ["Please read this."]);
            assert_eq!(zone_of(&text, "Can you"), Zone::Forwarded);
        }
    }

    #[test]
    fn signatures_footers_and_disclaimers_are_furniture() {
        let text = "Please call me.\n\nBest regards,\n\nAda Quay\nHarbour Board\nTel. 555 0100\n\n\
            This e-mail is confidential and is for the intended\nrecipient. Please delete it.\n\n\
            _______________________________________________\nQuay mailing list\n\
            https://lists.example/listinfo/quay\n";
        assert_eq!(own(text), ["Please call me.", "Best regards,"]);
        assert_eq!(zone_of(text, "Harbour"), Zone::Signature);
        assert_eq!(zone_of(text, "Please delete"), Zone::Disclaimer);
        assert_eq!(zone_of(text, "Quay mailing"), Zone::Footer);
        let dashes = "See you.\n-- \nAda\nPlease consider the trees\n";
        assert_eq!(own(dashes), ["See you."]);
        assert_eq!(own("Ok.\n\nSent from my iPhone\n"), ["Ok."]);
    }

    #[test]
    fn signatures_below_a_drawn_line_and_armour_are_furniture() {
        for line in ["---", "~~~~~~~~~~~~~~~", "---------:---------:---------", ". . . . . . ."] {
            let text = format!(
                "It is.\n\n{line}\n\n<a href=\"mailto:ada@example.org\">Ada Quay, Harbour Board</a>\n\
                 The Old Boardwalk, Pier Hills: +1-555-010-0013, 14.4Kbps\n"
            );
            assert_eq!(own(&text), ["It is."], "{line}");
        }
        let divided =
            "The first part.\n---\nThe second part: write to ada@example.org.\nWill you?\n";
        assert_eq!(own(divided).len(), 4);
        let long = format!("One.\n---\n{}", "Two, by ada@example.org.\n".repeat(9));
        assert_eq!(own(&long).len(), 11);
        for dash in ["", "- "] {
            let text = format!(
                "Here it is.\n{dash}-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: 2.6\n\nmQCNAjH9\n\
                 {dash}-----END PGP PUBLIC KEY BLOCK-----\nCan you read it?\n"
            );
            assert_eq!(own(&text), ["Here it is.", "Can you read it?"]);
        }
        let signed = "-----BEGIN PGP SIGNED MESSAGE-----\n\nYes.\n-----BEGIN PGP SIGNATURE-----\nx\n\
            -----END PGP SIGNATURE-----\n";
        assert_eq!(own(signed), ["Yes."]);
        assert_eq!(own("From:\tIN%\"bob@example.org\" 3-MAY-1996\n\nYes.\n"), ["Yes."]);
    }

    #[test]
    fn words_that_only_look_like_furniture_are_own() {
        let text = "From: what I hear, all is well.\nThis message matters to me.\nThanks,\n\
            could you send me the plan?\nOn Monday she wrote to us.\n";
        assert_eq!(own(text).len(), 5);
    }

    proptest! {
        #[test]
        fn zones_cover_every_byte_once(
            text in "(\\PC|\n|> |On |wrote:\n|From: |To: |Subject: |-- \n|Regards,\n){0,60}"
        ) {
            let mut at = 0;
            for zoned in zones(&text) {
                prop_assert_eq!(zoned.range.start, at);
                prop_assert!(text.get(zoned.range.clone()).is_some());
                at = zoned.range.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
