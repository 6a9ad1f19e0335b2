//! Addresses that are one, texts that refer to things, and texts that only look so.

use cahoots_record::ObjectKind;
use proptest::prelude::*;

use super::*;

fn key(address: &str) -> String {
    canonical_url(address).unwrap_or_else(|| panic!("no address: {address}"))
}

#[test]
fn ways_of_writing_one_address() {
    for (written, expected) in [
        ("HTTP://WWW.Example.ORG:80/a/?utm_source=x&b=1#top", "https://example.org/a?b=1"),
        ("https://example.org:443/", "https://example.org"),
        ("http://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "https://example.org:8080/a"),
        ("http://user:secret@example.org/", "https://example.org"),
        ("http://m.example.org/x", "https://example.org/x"),
        ("https://www.mobile.example.co.uk/x", "https://example.co.uk/x"),
        ("https://www.com/x", "https://www.com/x"),
        ("https://m.me/someone", "https://m.me/someone"),
        ("https://amp.twimg.com/v/1-2", "https://amp.twimg.com/v/1-2"),
        ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A"),
        ("https://www.google.com/amp/s/www.example.org/a", "https://example.org/a"),
        (
            "https://example-org.cdn.ampproject.org/c/s/www.example.org/a?x=1",
            "https://example.org/a?x=1",
        ),
        ("https://example.org/some-long-title/amp/", "https://example.org/some-long-title"),
        ("https://example.org/ampere/amp", "https://example.org/ampere/amp"),
        ("https://example.org/a.amp.html", "https://example.org/a.html"),
        (
            "https://www.google.com/url?sa=t&url=http%3A%2F%2Fexample.org%2Fa&usg=1",
            "https://example.org/a",
        ),
        ("https://www.google.de/url?q=https://example.org/", "https://example.org"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F%3Ffbclid%3D1&h=2",
            "https://example.org",
        ),
        ("https://t.umblr.com/redirect?z=https%3A%2F%2Fexample.org&t=1", "https://example.org"),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=1",
            "https://example.org/a",
        ),
        (
            "https://urldefense.proofpoint.com/v2/url?u=http-3A__www.example.org_a-2Db&d=D",
            "https://example.org/a-b",
        ),
        ("https://urldefense.com/v3/__https://example.org/a__;!!x$", "https://example.org/a"),
        (
            "https://example.com/r?url=https://example.org",
            "https://example.com/r?url=https://example.org",
        ),
        ("https://twitter.com/Ann/status/123?s=20&t=x", "https://x.com/i/status/123"),
        ("https://mobile.twitter.com/i/web/status/123/", "https://x.com/i/status/123"),
        ("http://twitter.com/#!/Ann/status/123", "https://x.com/i/status/123"),
        ("https://x.com/Ann/status/123/photo/1", "https://x.com/i/status/123"),
        ("https://twitter.com/Ann", "https://x.com/ann"),
        ("https://twitter.com/search?q=a&s=1", "https://x.com/search?q=a"),
        ("https://youtu.be/dQw4w9WgXcQ?si=1", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
        ("https://t.co/AbC", "https://t.co/AbC"),
        ("t.co/AbC", "https://t.co/AbC"),
        ("example.org", "https://example.org"),
        ("hxxps://example.org/a", "https://example.org/a"),
        ("http://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://abcdefghij234567.onion/a/", "https://abcdefghij234567.onion/a"),
        ("http://192.0.2.1/a", "https://192.0.2.1/a"),
        ("http://[2001:DB8::1]/", "https://[2001:db8::1]"),
        ("https://example.org/%7eann/%2f?q=%41", "https://example.org/~ann/%2F?q=A"),
        ("https://example.org/a/../b/./c", "https://example.org/b/c"),
        ("https://example.org/#!/page", "https://example.org#!/page"),
        ("ftp://FTP.Example.org:21/Pub/", "ftp://ftp.example.org/Pub"),
        ("https://example.org./a", "https://example.org/a"),
    ] {
        assert_eq!(key(written), expected, "{written}");
        assert_eq!(key(expected), expected, "its own key");
    }
}

#[test]
fn what_is_no_address() {
    for text in [
        "",
        "http://",
        "https:///",
        "mailto:a@example.org",
        "javascript://x",
        "file.xyzzy",
        "a b.org",
        "1.5",
        "http://a b",
        "hello",
        "c:\\x",
        "ann@example.org",
        "https://.",
        "file:///etc",
    ] {
        assert_eq!(canonical_url(text), None, "{text}");
    }
}

#[test]
fn domains_are_registrable() {
    for (address, expected) in [
        ("https://news.example.co.uk/a", Some("example.co.uk")),
        ("Mail.Example.org", Some("example.org")),
        ("https://someone.github.io", Some("someone.github.io")),
        ("https://github.io/x", Some("github.io")),
        ("http://192.0.2.1/", None),
        ("http://localhost/", None),
    ] {
        assert_eq!(domain_of(address).as_deref(), expected, "{address}");
    }
}

/// Objects as `kind:key`, without domains.
fn found(text: &str) -> Vec<String> {
    let objects = objects(text);
    let mut sorted = objects.clone();
    sorted.sort();
    sorted.dedup_by(|a, b| (a.kind, &a.key) == (b.kind, &b.key));
    assert_eq!(objects.len(), sorted.len());
    let kept = objects.iter().filter(|object| object.kind != ObjectKind::Domain);
    kept.map(|object| format!("{}:{}", object.kind, object.key)).collect()
}

#[test]
fn addresses_in_sentences() {
    for (text, expected) in [
        ("See http://example.org/a.", "https://example.org/a"),
        ("(see http://example.org/a_(b))", "https://example.org/a_(b)"),
        ("[link](https://example.org/a) next", "https://example.org/a"),
        ("<URL:http://example.org/a>", "https://example.org/a"),
        ("<http://example.org/long\n  er/path>", "https://example.org/longer/path"),
        ("Www.example.org, yes", "https://example.org"),
        ("at www.example.org/a?b=c!", "https://example.org/a?b=c"),
        ("“https://example.org/a”", "https://example.org/a"),
        ("*https://example.org/a*", "https://example.org/a"),
        ("_https://example.org/a_", "https://example.org/a"),
        ("seehttps://example.org/a", "https://example.org/a"),
        ("t.co/AbC", "https://t.co/AbC"),
        ("ftp.example.org/pub/x", "https://ftp.example.org/pub/x"),
        ("https://example.org/?a=1&amp;b=2 x", "https://example.org?a=1&b=2"),
        ("&lt;https://example.org/a&gt;", "https://example.org/a"),
        ("见https://example.org/a。", "https://example.org/a"),
    ] {
        assert_eq!(found(text), [format!("url:{expected}")], "{text}");
    }
    let original = &objects("HTTP://Example.org/a/")[0];
    assert_eq!(original.raw.as_deref(), Some("HTTP://Example.org/a/"));
}

#[test]
fn not_addresses_in_sentences() {
    for text in [
        "and/or",
        "12/31/1999",
        "://",
        "a://b",
        "www.",
        "www.x",
        "src/main.rs/x",
        "ann@www.example.org",
        "http://",
        "/start/example.com/x",
        "bob@example.com/home",
    ] {
        assert_eq!(found(text), [] as [String; 0], "{text}");
    }
    // What was cut off leads nowhere; its site is still known.
    let cut = objects("RT https://example.org/m5I…");
    assert_eq!(cut.len(), 1);
    assert_eq!((cut[0].kind, cut[0].key.as_str()), (ObjectKind::Domain, "example.org"));
}

#[test]
fn tags_and_handles() {
    assert_eq!(
        found("#One #Öffentlich! (#two_2)"),
        ["hashtag:one", "hashtag:two_2", "hashtag:öffentlich"]
    );
    assert_eq!(
        found("#include <a>\n#define B\n> #endif\n#1 C# &#39; a#b #fff000 ##"),
        [] as [String; 0]
    );
    assert_eq!(found("@Ann, .@bea: \"@c_3\""), ["mention:ann", "mention:bea", "mention:c_3"]);
    assert_eq!(found("ann@example.org @example.org @ 5 @5 a@b @@x"), [] as [String; 0]);
    assert_eq!(found("@ann@social.example.org."), ["mention:ann@social.example.org"]);
    let raw: Vec<_> = objects("#One @Ann").into_iter().map(|object| object.raw).collect();
    assert_eq!(raw, [Some("#One".to_owned()), Some("@Ann".to_owned())]);
}

#[test]
fn a_post_is_named_by_its_id() {
    let text = "https://twitter.com/ann/status/123 https://x.com/Ann/status/123?s=20";
    assert_eq!(found(text), ["url:https://x.com/i/status/123", "status:123"]);
}

#[test]
fn languages() {
    for (code, text) in [
        ("eng", "The letter that you wrote to the office was not answered, but they have read it."),
        (
            "deu",
            "Der Brief, den Sie an das Amt geschrieben haben, ist nicht beantwortet worden, aber er liegt dort auf einem Tisch.",
        ),
        (
            "fra",
            "La lettre que vous avez écrite au bureau n'est pas encore arrivée dans les mains de la personne qui la cherche.",
        ),
        (
            "rus",
            "Письмо, которое вы написали в контору, осталось без ответа, но его там прочитали и сказали об этом всем, кто ещё помнит, когда оно было отправлено.",
        ),
        ("jpn", "あなたが事務所に書いた手紙には、まだ返事がありません。"),
        ("ell", "Το γράμμα που γράψατε στο γραφείο δεν απαντήθηκε ακόμη."),
    ] {
        assert_eq!(language(text).as_deref(), Some(code), "{text}");
    }
    for text in [
        "",
        "ok",
        "Thanks!",
        "https://example.org/the/of/and/to",
        "1234 5678 90",
        "> the words of the other are not the words of mine\nok",
    ] {
        let expected = text.starts_with('>').then_some("eng");
        assert_eq!(language(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn texts_that_say_the_same() {
    let one = text_hash("Please call the office tomorrow at nine.");
    assert_eq!(one, text_hash("> Please  call the office\n> tomorrow, at NINE"));
    assert!(one.is_some() && text_hash("Thanks!").is_none());
    assert_eq!(
        text_hash("ﬁne words about the café table"),
        text_hash("Fine words about the cafe\u{301} table")
    );
}

#[test]
fn clocks_in_ids() {
    // A round number: half a second past the epoch of the clock, a year on.
    let id = ((31_536_000_500u64) << 22).to_string();
    assert_eq!(snowflake_time(&id).unwrap().to_string(), "2011-11-04T01:42:55.157Z");
    for id in ["", "123", "29700859247", "99999999999999999999", "12x", "-5", "+132271692080128000"]
    {
        assert_eq!(snowflake_time(id), None, "{id}");
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "http://",
        "https://",
        "hxxp://",
        "www.",
        "m.",
        "example.org",
        "t.co/",
        "google.com/url?q=",
        "google.com/amp/s/",
        "l.facebook.com/l.php?u=",
        "https%3A%2F%2F",
        "twitter.com/",
        "ann/status/1",
        "/amp",
        ".amp",
        "?",
        "&",
        "#",
        "#!",
        "%",
        "%41",
        "%25",
        "%2e%2e",
        "/",
        "//",
        "..",
        "@",
        ":80",
        "é",
        "。",
        "xn--",
        "[::1]",
        "<",
        ">",
        "<URL:",
        "\n",
        " ",
        "…",
        "utm_a=1",
        "youtu.be/",
        "dQw4w9WgXcQ",
        "urldefense.com/v3/__",
        "__;",
        "href.li/?",
        ".",
        "(",
        ")",
        "=",
        "+",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn a_key_is_its_own_key(parts in prop::collection::vec(fragment(), 0..9)) {
        let text = parts.concat();
        if let Some(key) = canonical_url(&text) {
            prop_assert_eq!(canonical_url(&key), Some(key));
        }
        domain_of(&text);
    }

    #[test]
    fn any_text_is_read(parts in prop::collection::vec(fragment(), 0..20)) {
        let text = parts.concat();
        for object in objects(&text) {
            prop_assert!(!object.key.is_empty());
            prop_assert!(object.raw.as_ref() != Some(&object.key));
        }
        language(&text);
        text_hash(&text);
        snowflake_time(&text);
    }
}
