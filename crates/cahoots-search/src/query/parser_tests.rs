//! The language by example.

use super::super::Query;
use super::*;

fn now() -> Zoned {
    "2026-11-23T12:00:00[UTC]".parse().unwrap()
}

/// A tree in short: `(& a b)`, `(| a b)`, `!a`, `field:value`.
fn show(node: &Node) -> String {
    let list = |mark: &str, nodes: &[Node]| {
        let inner: Vec<String> = nodes.iter().map(show).collect();
        format!("({mark} {})", inner.join(" "))
    };
    match node {
        Node::All => "*".to_owned(),
        Node::And(nodes) => list("&", nodes),
        Node::Or(nodes) => list("|", nodes),
        Node::Not(node) => format!("!{}", show(node)),
        Node::Text(field, words) => {
            let words = match words {
                Words::Stem(word) => word.clone(),
                Words::Phrase { words, slop: 0 } => format!("'{}'", words.join(" ")),
                Words::Phrase { words, slop } => format!("'{}'~{slop}", words.join(" ")),
                Words::Prefix(word) => format!("{word}*"),
                Words::Fuzzy(word, n) => format!("{word}~{n}"),
            };
            field.map_or(words.clone(), |field| format!("{field:?}:{words}"))
        }
        Node::Is(field, value) => format!("{field:?}:{value}"),
        Node::Time { from, until } => {
            let side = |time: &Option<_>| {
                time.map_or(String::new(), |t: cahoots_record::UtcMicros| {
                    t.to_string()[..10].to_owned()
                })
            };
            format!("[{}..{}]", side(from), side(until))
        }
    }
}

fn parsed(text: &str) -> String {
    match Query::parse(text, &now()) {
        Ok(query) => show(&query.root),
        Err(error) => panic!("{}", error.render(text)),
    }
}

#[test]
fn words_and_operators() {
    for (text, tree) in [
        ("", "*"),
        ("*", "*"),
        ("* -b", "(& * !b)"),
        ("Encryption", "encryption"),
        ("a b", "(& a b)"),
        ("a AND b OR c", "(| (& a b) c)"),
        ("a AND (b OR c) AND NOT d", "(& a (| b c) !d)"),
        ("a -b", "(& a !b)"),
        ("a AND -\"b c\"", "(& a !'b c')"),
        ("e-mail", "'e mail'"),
        ("\"key escrow\"", "'key escrow'"),
        ("“key escrow”", "'key escrow'"),
        ("\"near words\"~5", "'near words'~5"),
        ("\"word\"", "'word'"),
        ("=word", "'word'"),
        ("crypto*", "crypto*"),
        ("fuzzy~1 fuzzy~2 fuzzy~", "(& fuzzy~1 fuzzy~2 fuzzy~1)"),
        ("and or not", "(& and or not)"),
        ("ORACLE ANDROID", "(& oracle android)"),
    ] {
        assert_eq!(parsed(text), tree, "{text}");
    }
}

#[test]
fn fields() {
    for (text, tree) in [
        ("from:ann.lark@x.example", "From:ann.lark@x.example"),
        ("from:\"ann lark\" in:private", "(& From:ann lark In:private)"),
        ("from:(ann OR ben)", "(| From:ann From:ben)"),
        ("kind:post,statement", "(| Kind:post Kind:statement)"),
        ("kind:messages", "Kind:message"),
        ("is:private", "In:private"),
        ("subject:remailer", "Subject:remailer"),
        ("subject:\"a b\"", "Subject:'a b'"),
        ("on:2016-10-12", "[2016-10-12..2016-10-13]"),
        ("after:2016-10-12", "[2016-10-13..]"),
        ("before:\"12 Oct 2016\"", "[..2016-10-12]"),
        ("since:2016 until:2016", "(& [2016-01-01..] [..2017-01-01])"),
        ("on:2016-09..2016-10", "[2016-09-01..2016-11-01]"),
        ("url:https://example.org/a,b", "(| Url:https://example.org/a Url:b)"),
        ("http://example.org", "(| 'http example org' Url:http://example.org)"),
        ("example.org", "(| 'example org' Url:example.org)"),
        ("FROM:ann", "From:ann"),
    ] {
        assert_eq!(parsed(text), tree, "{text}");
    }
}

#[test]
fn errors_point_at_the_spot() {
    let shown: Vec<String> = [
        "a AND",
        "(a b",
        "a) b",
        "form:ann",
        "kind:spost",
        "on:soon",
        "\"open",
        "from:",
        "NOT",
        "word~7",
        "a OR",
        "zz:1",
        "subject:*",
    ]
    .into_iter()
    .map(|text| Query::parse(text, &now()).unwrap_err().render(text))
    .collect();
    let first = "the query cannot be read: AND needs something after it\n  a AND\n       ^\n  \
                 write words, a \"phrase\" or field:value";
    assert_eq!(shown[0], first);
    assert!(shown[3].contains("did you mean from: ?"), "{}", shown[3]);
    assert!(shown[4].contains("it takes message, post"), "{}", shown[4]);
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "[a-z:\"() ~*\\-,ORANDT=«“é]{0,40}") {
        if let Err(error) = Query::parse(&text, &now()) {
            error.render(&text);
        }
    }

    #[test]
    fn no_bytes_break_the_parser(text in ".{0,60}") {
        if let Err(error) = Query::parse(&text, &now()) {
            error.render(&text);
        }
    }
}
