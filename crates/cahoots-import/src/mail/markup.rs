//! The markup of a mail, as its sender wrote it: for whoever shows it made harmless.

use mail_parser::{MessageParser, MimeHeaders, PartType};

/// A mail's markup, and the pictures that it carries for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Markup {
    /// The first HTML body, decoded. It is hostile until somebody cleaned it.
    pub html: String,
    /// Pictures by their `Content-ID`.
    pub pictures: Vec<Picture>,
}

/// A picture that a mail carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Its `Content-ID` without brackets.
    pub id: String,
    /// `png`, `jpeg`, `gif` or `webp`.
    pub kind: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Kinds of pictures that browsers show and that cannot run anything.
const KINDS: [&str; 4] = ["png", "jpeg", "gif", "webp"];

/// The markup of a mail, if it has any.
pub fn markup(mail: &[u8]) -> Option<Markup> {
    let message = MessageParser::default().parse(mail)?;
    let html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    })?;
    let pictures = message
        .attachments()
        .filter_map(|part| {
            let id = part.content_id()?.trim_matches(['<', '>']).to_owned();
            let kind = part.content_type().filter(|kind| kind.ctype() == "image")?.subtype()?;
            let kind = KINDS.into_iter().find(|known| known.eq_ignore_ascii_case(kind))?;
            Some(Picture { id, kind, bytes: part.contents().to_vec() })
        })
        .collect();
    Some(Markup { html, pictures })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_its_pictures_are_found() {
        let mail = b"From: ann@a.example\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/related; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n\
            <p>caf\xe9 <img src=\"cid:one\"></p>\r\n\
            --b\r\nContent-Type: image/PNG\r\nContent-ID: <one>\r\n\
            Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n\
            --b\r\nContent-Type: image/svg+xml\r\nContent-ID: <two>\r\n\r\n<svg/>\r\n--b--\r\n";
        let found = markup(mail).unwrap();
        assert!(found.html.contains("café"), "{}", found.html);
        let picture = Picture { id: "one".into(), kind: "png", bytes: b"hi".to_vec() };
        assert_eq!(found.pictures, vec![picture], "a drawing may run and is left out");
        assert_eq!(markup(b"From: a\r\n\r\nplain\r\n"), None);
    }
}
