//! Conversations of direct messages: stepping through a file of them, and who was in one when.

use std::collections::BTreeSet;
use std::io::Read;

use cahoots_record::UtcMicros;
use serde_json::Value;

use super::{list, parse_date, text};
use crate::importer::ImportError;
use crate::json::{Fault, Scanner};

/// What [`walk`] comes across.
pub(crate) enum Step<'a> {
    /// The id of the conversation `.0`.
    Id(u64, String),
    /// Entry `message` of conversation `conversation`, at `offset` in the file; no bytes when it
    /// is too large to be one. A pointer names it unless its list stands in an object that has a
    /// list of the same name before it: pointers mean the first.
    Entry { conversation: u64, message: u64, offset: u64, bytes: &'a [u8], named: bool },
    /// Element `.0` is no conversation.
    Other(u64),
}

/// Steps through `[{"dmConversation": {"conversationId": …, "messages": [ … ]}}, …]`, one message
/// in memory at a time. The outer error is the visitor's, the inner one the file's.
pub(crate) fn walk<R: Read>(
    scanner: &mut Scanner<R>,
    visit: &mut dyn FnMut(Step<'_>) -> Result<(), ImportError>,
) -> Result<Result<(), Fault>, ImportError> {
    macro_rules! fault {
        ($step:expr) => {
            match $step {
                Ok(value) => value,
                Err(fault) => return Ok(Err(fault)),
            }
        };
    }
    fault!(scanner.enter_list_file());
    fault!(scanner.expect(b'['));
    let (mut first, mut conversation) = (true, 0);
    while fault!(scanner.next_element(&mut first)) {
        let mut known = false;
        if fault!(scanner.peek()) == Some(b'{') {
            fault!(scanner.expect(b'{'));
            let (mut outer, mut wrapped) = (true, 0_u32);
            while let Some(key) = fault!(scanner.next_key(&mut outer)) {
                wrapped += u32::from(key == "dmConversation");
                if key != "dmConversation" || fault!(scanner.peek()) != Some(b'{') {
                    fault!(scanner.skip_value());
                    continue;
                }
                known = true;
                fault!(scanner.expect(b'{'));
                let (mut inner, mut lists) = (true, 0_u32);
                while let Some(key) = fault!(scanner.next_key(&mut inner)) {
                    lists += u32::from(key == "messages");
                    let named = wrapped == 1 && lists == 1;
                    match (key.as_str(), fault!(scanner.peek())) {
                        ("messages", Some(b'[')) => {
                            fault!(scanner.expect(b'['));
                            let (mut start, mut message) = (true, 0);
                            while fault!(scanner.next_element(&mut start)) {
                                let offset = scanner.keep();
                                fault!(scanner.skip_value());
                                let bytes = scanner.kept();
                                visit(Step::Entry { conversation, message, offset, bytes, named })?;
                                scanner.release();
                                message += 1;
                            }
                        }
                        ("conversationId", _) => {
                            scanner.keep();
                            fault!(scanner.skip_value());
                            if let Ok(id) = serde_json::from_slice::<String>(scanner.kept()) {
                                visit(Step::Id(conversation, id))?;
                            }
                            scanner.release();
                        }
                        _ => fault!(scanner.skip_value()),
                    }
                }
            }
        } else {
            fault!(scanner.skip_value());
        }
        if !known {
            visit(Step::Other(conversation))?;
        }
        conversation += 1;
    }
    Ok(Ok(()))
}

/// A change of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// These are in it now.
    Snapshot(Vec<String>),
    Join(Vec<String>),
    Leave(Vec<String>),
    Name(String),
}

/// One conversation, as far as the file tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) id: Option<String>,
    changes: Vec<(UtcMicros, Change)>,
}

impl Conversation {
    /// Takes note of an event. `kind` is its name in the file (`participantsJoin`).
    pub(crate) fn note(&mut self, kind: &str, event: &Value) {
        let at = text(event, "createdAt").and_then(|text| parse_date(&text));
        let Some((at, _)) = at else { return };
        let ids = |name: &str| -> Vec<String> {
            let found = list(event, name).iter().filter_map(|id| match id {
                Value::String(id) => Some(id.clone()),
                Value::Number(id) => Some(id.to_string()),
                _ => text(id, "userId"),
            });
            found.collect()
        };
        let change = match kind {
            "joinConversation" => Change::Snapshot(ids("participantsSnapshot")),
            "participantsJoin" => Change::Join(ids("userIds")),
            "participantsLeave" => Change::Leave(ids("userIds")),
            "conversationNameUpdate" => match text(event, "name") {
                Some(name) => Change::Name(name),
                None => return,
            },
            _ => return,
        };
        self.changes.push((at, change));
    }

    /// Brings the changes into the order of time; files have the newest first.
    pub(crate) fn settle(&mut self) {
        self.changes.reverse();
        self.changes.sort_by_key(|(at, _)| *at);
    }

    /// Who was in it at a time, as far as the file tells, and its name then. Nobody is known
    /// before the archive's owner joined.
    pub(crate) fn at(&self, time: Option<UtcMicros>) -> (BTreeSet<String>, Option<&str>) {
        let mut members = BTreeSet::new();
        let mut name = None;
        let Some(time) = time else { return (members, name) };
        for (_, change) in self.changes.iter().take_while(|(at, _)| *at <= time) {
            match change {
                Change::Snapshot(ids) => members = ids.iter().cloned().collect(),
                Change::Join(ids) => members.extend(ids.iter().cloned()),
                Change::Leave(ids) => members.retain(|id| !ids.contains(id)),
                Change::Name(new) => name = Some(new.as_str()),
            }
        }
        (members, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership_follows_the_clock_and_not_the_file() {
        let event = |time: &str, ids: &[&str]| {
            serde_json::json!({
                "createdAt": format!("2020-01-01T{time}:00.000Z"),
                "userIds": ids, "participantsSnapshot": ids, "name": "Team",
            })
        };
        let mut conversation = Conversation::default();
        conversation.note("participantsLeave", &event("12:00", &["2"]));
        conversation.note("conversationNameUpdate", &event("11:30", &[]));
        conversation.note("participantsJoin", &event("11:00", &["3"]));
        conversation.note("joinConversation", &event("10:00", &["1", "2"]));
        conversation.settle();
        let at = |time: &str| {
            let (at, _) = parse_date(&format!("2020-01-01T{time}:00Z")).unwrap();
            let (members, name) = conversation.at(Some(at));
            (members.into_iter().collect::<Vec<_>>().join(" "), name.unwrap_or_default())
        };
        assert_eq!(at("09:00"), (String::new(), ""));
        assert_eq!(at("10:00"), ("1 2".to_owned(), ""));
        assert_eq!(at("11:31"), ("1 2 3".to_owned(), "Team"));
        assert_eq!(at("12:01"), ("1 3".to_owned(), "Team"));
    }
}
