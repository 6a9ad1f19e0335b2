//! The page about the query language has every field of the table, with its example.

use cahoots_search::query::FIELDS;

#[test]
fn every_field_is_in_the_page() {
    let page = include_str!("../../../docs/reference/query.md");
    for row in FIELDS {
        assert!(page.contains(&format!("| `{}:` |", row.name)), "{} is missing", row.name);
        assert!(page.contains(&format!("`{}`", row.example)), "{} lacks its example", row.name);
        for value in row.values {
            assert!(page.contains(&format!("`{value}`")), "{}:{value} is missing", row.name);
        }
    }
}

#[test]
fn every_example_is_a_query() {
    let Ok(now) = "2026-01-01T00:00:00[UTC]".parse() else { unreachable!() };
    for row in FIELDS {
        let query = cahoots_search::Query::parse(row.example, &now);
        assert!(query.is_ok(), "{}: {query:?}", row.example);
    }
}
