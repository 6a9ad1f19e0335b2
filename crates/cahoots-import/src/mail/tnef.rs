//! `winmail.dat`: the names, sizes and digests of the files in it.
//!
//! Transport Neutral Encapsulation Format wraps what Outlook attached. Only the list of files is
//! read; the properties of the message are the mail's own headers again.

use cahoots_record::{Attachment, Sha256};

use crate::mail::charset;

const SIGNATURE: u32 = 0x223e_9f78;
const ATTACH_RENDER_DATA: u32 = 0x0006_9002;
const ATTACH_TITLE: u32 = 0x0001_8010;
const ATTACH_DATA: u32 = 0x0006_800f;

/// Files listed of one wrapper.
const MAX_FILES: usize = 1_000;

/// Whether these bytes are TNEF.
pub(crate) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.first_chunk().is_some_and(|head| u32::from_le_bytes(*head) == SIGNATURE)
}

/// The files inside, and whether the stream was whole.
pub(crate) fn list(bytes: &[u8]) -> (Vec<Attachment>, bool) {
    let mut files: Vec<Attachment> = Vec::new();
    let mut rest = bytes.get(6..).unwrap_or_default();
    while !rest.is_empty() {
        let Some((id, data, tail)) = attribute(rest) else { return (files, false) };
        rest = tail;
        match id {
            ATTACH_RENDER_DATA if files.len() < MAX_FILES => files.push(Attachment {
                name: String::new(),
                media_type: "application/octet-stream".to_owned(),
                size: None,
                sha256: None,
            }),
            ATTACH_TITLE => {
                if let Some(file) = files.last_mut() {
                    let name = data.split(|byte| *byte == 0).next().unwrap_or_default();
                    file.name = charset::decode(name, None).text.into_owned();
                }
            }
            ATTACH_DATA => {
                if let Some(file) = files.last_mut() {
                    file.size = Some(data.len() as u64);
                    file.sha256 = Some(Sha256::of(data));
                }
            }
            _ => {}
        }
    }
    (files, true)
}

/// One attribute: level, id, length, data, checksum.
fn attribute(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let id = u32::from_le_bytes(*bytes.get(1..)?.first_chunk()?);
    let length = u32::from_le_bytes(*bytes.get(5..)?.first_chunk()?) as usize;
    let data = bytes.get(9..)?.get(..length)?;
    let tail = bytes.get(9 + length + 2..)?;
    Some((id, data, tail))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A wrapper around one file, for tests.
    pub(crate) fn wrap(name: &str, data: &[u8]) -> Vec<u8> {
        let mut out = SIGNATURE.to_le_bytes().to_vec();
        out.extend_from_slice(&[1, 0]);
        let title = [name.as_bytes(), &[0]].concat();
        for (id, data) in
            [(ATTACH_RENDER_DATA, &[0; 14][..]), (ATTACH_TITLE, &title), (ATTACH_DATA, data)]
        {
            out.push(2);
            out.extend_from_slice(&id.to_le_bytes());
            out.extend_from_slice(&(data.len() as u32).to_le_bytes());
            out.extend_from_slice(data);
            let sum = data.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
            out.extend_from_slice(&sum.to_le_bytes());
        }
        out
    }

    #[test]
    fn files_are_listed_and_a_cut_is_seen() {
        let bytes = wrap("plan.txt", b"hello");
        assert!(is_tnef(&bytes));
        let (files, whole) = list(&bytes);
        assert!(whole);
        assert_eq!((files[0].name.as_str(), files[0].size), ("plan.txt", Some(5)));
        assert_eq!(files[0].sha256, Some(Sha256::of(b"hello")));
        for cut in 0..bytes.len() {
            let _ = list(&bytes[..cut]);
        }
        assert!(!list(&bytes[..bytes.len() - 4]).1);
    }
}
