//! A scheduler and executors on loopback: the same answers as on one machine, or a clear error.

use std::fs;

use crate::processes::{Cluster, free_port};
use crate::{printed, run, said};

#[test]
fn a_query_gives_the_same_on_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("account,object,time\n");
    for number in 0..3_000_u64 {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        rows.push_str(&format!("a{},o{},{}\n", mixed % 50, mixed % 37, mixed % 100_000));
    }
    fs::write(folder.path().join("shares.csv"), rows).unwrap();
    let cluster = Cluster::start(2);
    let url = cluster.url();
    for query in [
        "SELECT count(*) AS n, min(time) AS t FROM shares",
        "SELECT account, count(DISTINCT object) AS n FROM shares GROUP BY account ORDER BY account",
        "SELECT x.account AS a, y.account AS b, count(*) AS n, sum(y.time - x.time) AS lag \
         FROM shares x JOIN shares y ON x.object = y.object \
         AND time_bucket(x.time, 600) = time_bucket(y.time, 600) AND x.account < y.account \
         GROUP BY a, b ORDER BY n DESC, a, b LIMIT 100",
    ] {
        let here = printed(&run(folder.path(), &["sql", query, "shares.csv", "--csv"]));
        let there = run(folder.path(), &["sql", query, "shares.csv", "--csv", "--cluster", &url]);
        assert!(there.status.success(), "{}\n{}", said(&there), cluster.logs());
        assert_eq!(printed(&there), here, "{query}");
    }
}

#[test]
fn nobody_at_the_address_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), "a\n1\n").unwrap();
    let url = format!("df://127.0.0.1:{}", free_port());
    let output = run(folder.path(), &["sql", "SELECT a FROM t", "t.csv", "--cluster", &url]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("no scheduler answers at"), "{}", said(&output));
    assert!(said(&output).contains("hint: start one with"), "{}", said(&output));
    let output = run(folder.path(), &["sql", "SELECT a FROM t", "t.csv", "--cluster", "localhost"]);
    assert!(said(&output).contains("df://HOST:PORT"), "{}", said(&output));
}
