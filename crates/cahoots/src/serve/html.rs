//! A mail's markup made harmless: what is left is looks.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cahoots_import::{Markup, Picture};

/// Bytes of markup that are shown.
const MOST: usize = 4 << 20;
/// Bytes of pictures that are carried along.
const PICTURES: usize = 8 << 20;

/// The page for a frame.
pub fn page(markup: &Markup) -> String {
    let mut end = markup.html.len().min(MOST);
    while !markup.html.is_char_boundary(end) {
        end -= 1;
    }
    let body = harmless(&markup.html[..end], pictures(&markup.pictures));
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><style>\
         body{{font:14px/1.5 system-ui,sans-serif;margin:12px;background:#fff;color:#111;\
         overflow-wrap:anywhere}}img{{max-width:100%}}a{{color:#00488a;text-decoration:underline}}\
         </style></head><body>{body}</body></html>"
    )
}

/// The markup without anything that runs, loads or leads anywhere.
fn harmless(html: &str, pictures: HashMap<String, String>) -> String {
    Builder::default()
        .add_generic_attributes(["align", "bgcolor", "style", "dir"])
        .add_tags(["font"])
        .add_tag_attributes("font", ["color", "face", "size"])
        .add_tag_attributes("table", ["width", "cellpadding", "cellspacing", "border"])
        .add_tag_attributes("td", ["width", "height", "valign"])
        .url_schemes(HashSet::from(["cid", "data"]))
        .link_rel(None)
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            // A picture is shown if the mail carries it; nothing is fetched.
            ("img", "src") => match value.strip_prefix("cid:") {
                Some(id) => pictures.get(id).map(|data| data.clone().into()),
                None => SAFE.iter().any(|start| value.starts_with(start)).then(|| value.into()),
            },
            // Where a link leads is listed beside the mail; here it leads nowhere.
            (_, "href" | "cite") => None,
            (_, "style") => {
                let lower = value.to_lowercase();
                let calm = !["url", "expression", "\\", "@", "position"]
                    .iter()
                    .any(|word| lower.contains(word));
                calm.then(|| value.into())
            }
            _ => Some(value.into()),
        })
        .clean(html)
        .to_string()
}

/// Pictures inside an address that cannot run anything.
const SAFE: [&str; 4] =
    ["data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"];

fn pictures(carried: &[Picture]) -> HashMap<String, String> {
    let mut left = PICTURES;
    let mut pictures = HashMap::new();
    for picture in carried {
        let Some(rest) = left.checked_sub(picture.bytes.len()) else { continue };
        left = rest;
        let data = format!(
            "data:image/{};base64,{}",
            picture.kind,
            BASE64_STANDARD.encode(&picture.bytes)
        );
        pictures.insert(picture.id.clone(), data);
    }
    pictures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(html: &str) -> String {
        let one = HashMap::from([("one".to_owned(), "data:image/png;base64,aGk=".to_owned())]);
        harmless(html, one)
    }

    #[test]
    fn nothing_runs_loads_or_leads_anywhere() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<img src=\"https://t.example/p.gif\">",
            "<img src=\"//t.example/p.gif\" srcset=\"https://t.example/q.gif 2x\">",
            "<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"https://t.example\">x</a>",
            "<iframe src=\"https://t.example\"></iframe><object data=x></object><embed src=x>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
            "<style>@import url(https://t.example)</style>",
            "<p style=\"background:url(https://t.example)\">x</p>",
            "<p style=\"background:\\75rl(https://t.example)\">x</p>",
            "<form action=\"https://t.example\"><input name=a></form>",
            "<meta http-equiv=refresh content=\"0;url=https://t.example\">",
            "<link rel=stylesheet href=\"https://t.example\"><base href=\"https://t.example\">",
            "<body onload=alert(1)><noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "<blockquote cite=\"https://t.example\">x</blockquote>",
            "<video poster=\"https://t.example\" src=x></video><audio src=\"https://t.example\">",
        ] {
            let out = clean(hostile).to_lowercase();
            for bad in [
                "<script",
                "onerror=",
                "onload=",
                "t.example",
                "javascript:",
                "svg",
                "<iframe",
                "<object",
                "<embed",
                "<form",
                "<meta",
                "<link",
                "<base",
                "<style",
            ] {
                // As text in an attribute it would be harmless; none is needed.
                assert!(!out.contains(bad), "{hostile}\n{out}");
            }
        }
    }

    #[test]
    fn looks_and_carried_pictures_stay() {
        let out = clean("<p style=\"color:red\">a <b>b</b> <img src=\"cid:one\" alt=x></p>");
        assert!(out.contains("style=\"color:red\"") && out.contains("<b>b</b>"), "{out}");
        assert!(out.contains("src=\"data:image/png;base64,aGk=\""), "{out}");
        assert!(!clean("<img src=\"cid:two\">").contains("src"));
    }
}
