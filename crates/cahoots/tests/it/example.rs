//! The bundled example, as `make demo` opens it.

use crate::support::{Bench, example};

#[test]
fn the_example_opens_whole_and_without_problems_of_its_own() {
    let bench = Bench::new();
    let folder = example();
    let overview = bench.json(&["open", folder.to_str().unwrap()]);
    for archive in overview["archives"].as_array().unwrap() {
        assert_eq!(archive["skipped"], 0, "{archive}");
    }
    let messages = bench.json(&["search", "kind:message", "-n", "50"]);
    assert!(messages["total"].as_u64().unwrap() >= 14);
    let statements = bench.json(&["search", "kind:statement"]);
    assert_eq!(statements["total"], 14);
    let link = bench.json(&["search", "url:wlsearch.tk"]);
    assert!(link["total"].as_u64().unwrap() >= 2);
}
