//! `coordination`, as a person runs it: tables in, findings and files out.

use crate::support::Bench;

/// Three accounts that share fourteen links within seconds of each other, and others that share them
/// minutes later.
fn table() -> String {
    let mut text = String::from("object_id,account_id,content_id,timestamp_share\n");
    let mut post = 0;
    let mut add = |object: &str, account: &str, seconds: i64| {
        post += 1;
        text.push_str(&format!("{object},{account},p{post},{seconds}\n"));
    };
    for link in 0..14_i64 {
        let object = format!("https://harbour.example/{link}");
        let start = 1_600_000_000 + link * 86_400;
        for (at, account) in ["ann", "ben", "cy"].into_iter().enumerate() {
            add(&object, account, start + 3 * at as i64);
        }
        for other in 0..12 {
            add(&object, &format!("other{}", (link * 5 + other) % 40), start + 150 * (other + 1));
        }
    }
    for other in 0..40 {
        for more in 0..6 {
            let object = format!("https://town.example/{}", (other * 7 + more * 11) % 60);
            add(&object, &format!("other{other}"), 1_600_000_000 + (other * 13 + more * 977) * 611);
        }
    }
    text
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("shares.csv", table());
    bench
}

#[test]
fn those_in_step_are_found_with_what_they_share() {
    let bench = bench();
    let found = bench.json(&["coordination", "shares.csv"]);
    assert_eq!(found["schema"], "cahoots/coordination/1");
    let groups = found["result"]["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1, "{groups:?}");
    assert_eq!(groups[0]["accounts"], "ann | ben | cy");
    assert_eq!(groups[0]["n_object_id"], 14);
    let first = &found["result"]["most_surprising"][0];
    assert_eq!((&first["account_id"], &first["account_id_y"]), (&"ann".into(), &"ben".into()));
    assert_eq!((&first["weight"], &first["kept"]), (&14.into(), &1.into()));
    let text = bench.expect(0, &["coordination", "shares.csv", "--within", "10s,60s"]);
    for words in ["Accounts that act in step", "within 60s", "1: ann, ben, cy"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    bench.expect(1, &["coordination", "shares.csv", "--min-weight", "99"]);
}

#[test]
fn an_edge_is_explained_share_by_share() {
    let bench = bench();
    let args = ["coordination", "shares.csv", "--explain", "ann", "cy"];
    let found = bench.json(&args);
    assert_eq!(found["n_pairs"], 14);
    let pair = &found["pairs"][0];
    assert_eq!((&pair["time_delta"], &pair["content_id"]), (&6.0.into(), &"p1".into()));
    assert_eq!((&pair["row"], &pair["row_y"]), (&1.into(), &3.into()));
    assert!(pair["chance"].as_f64().unwrap() < 1.0);
    assert!(bench.expect(0, &args).contains("https://harbour.example/0"));
    bench.expect(1, &["coordination", "shares.csv", "--explain", "ann", "other1"]);
    let output = bench.run(&["coordination", "shares.csv", "--explain", "ann", "other"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("not clear"));
}

#[test]
fn files_hold_what_was_found() {
    let bench = bench();
    let args = [
        "coordination",
        "shares.csv",
        "-q",
        "--edges",
        "edges.csv",
        "--tables",
        "tables",
        "--gexf",
        "net.gexf",
        "--graphml",
        "net.graphml",
        "--html",
        "net.html",
    ];
    bench.expect(0, &args);
    let read = |name: &str| std::fs::read_to_string(bench.path(name)).unwrap();
    let edges = read("edges.csv");
    let head = "account_id,account_id_y,weight,avg_time_delta,n_content_id,n_content_id_y,\
        edge_symmetry_score,n_object_id,median_time_delta";
    assert!(edges.starts_with(head), "{edges}");
    assert!(edges.contains("\nann,ben,14,3,14,14,1,14,3,14,0,"), "{edges}");
    assert_eq!(read("tables/edges.csv"), edges);
    for name in ["pairs", "accounts", "groups", "objects"] {
        assert!(read(&format!("tables/{name}.csv")).lines().count() > 1, "{name}");
    }
    assert!(read("net.gexf").contains("label=\"ann\""));
    assert!(read("net.graphml").contains("<data key=\"label\">cy</data>"));
    let page = read("net.html");
    assert!(page.contains("\"n\":\"ben\"") && !page.contains("src=") && !page.contains("@import"));
    // A second run writes the same bytes, whatever the number of threads.
    let again: Vec<&str> = args.iter().copied().chain(["--threads", "3"]).collect();
    bench.expect(0, &again);
    assert_eq!((read("edges.csv"), read("net.html")), (edges, page));
}

#[test]
fn the_peers_columns_are_theirs() {
    let bench = bench();
    let rows = |compat: &str| {
        let args = ["coordination", "shares.csv", "-q", "--compat", compat, "--edges", "edges.csv"];
        bench.expect(0, &args);
        std::fs::read_to_string(bench.path("edges.csv")).unwrap()
    };
    let coortweet = rows("coortweet");
    assert!(coortweet.starts_with("account_id,account_id_y,weight,avg_time_delta,n_content_id"));
    assert!(coortweet.contains("\nann,cy,14,6,14,14,1,0\n"), "{coortweet}");
    let cnt = rows("cnt");
    assert!(cnt.starts_with("source,target,weight\nann,ben,14\nann,cy,14\nben,ann,14\n"), "{cnt}");
}

#[test]
fn what_cannot_be_asked_is_said_before_any_work() {
    let bench = bench();
    for (args, words) in [
        (&["--within", "60"][..], "write 60s"),
        (&["--memory", "1MB"], "too few"),
        (&["--memory", "lots"], "no size"),
        (&["--object", "colour"], "no kind of object"),
        (&["--object", "hashtag"], "has no hashtag"),
        (&["--percentile", "50"], "from 0 to 1"),
        (&["--zone", "Mars/Base"], "no time zone"),
        (&["--map", "who"], "OURS=THEIRS"),
        (&["--temp", "/no/such/folder", "--memory", "1GB"], "/no/such/folder"),
    ] {
        let args = [&["coordination", "shares.csv"], args].concat();
        let output = bench.run(&args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}\n{said}");
        assert!(said.contains(words), "{args:?}\n{said}");
    }
}

#[test]
fn a_case_gives_its_posts() {
    let bench = bench();
    bench.expect(0, &["open", "shares.csv", "-q"]);
    let found = bench.json(&["coordination", "--object", "url"]);
    assert_eq!(found["result"]["groups"][0]["n_accounts"], 3);
    let pair = bench.json(&["coordination", "--object", "url", "--explain", "ann", "ben"]);
    let id = pair["pairs"][0]["content_id"].as_str().unwrap();
    let item = bench.json(&["show", id]);
    assert_eq!(item["id"].as_str().map(|whole| whole.starts_with(id)), Some(true));
}
