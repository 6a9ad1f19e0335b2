//! `cahoots-engine sql` over bare files.

use std::fs;
use std::path::Path;

use crate::{printed, run, said};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("posts-2016.csv"),
        "id,author,text,likes\n\
         0042,ann,\"two\nlines\",3\n\
         0043,bob,plain,12\n\
         0044,ann,,1\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("people.jsonl"),
        "{\"name\":\"ann\",\"age\":41}\n{\"name\":\"bob\"}\n",
    )
    .unwrap();
    folder
}

fn sql(folder: &Path, arguments: &[&str]) -> String {
    printed(&run(folder, &[&["sql"], arguments].concat()))
}

#[test]
fn a_table_is_called_after_its_file_and_fits_a_terminal() {
    let folder = folder();
    let query =
        "SELECT author, sum(likes) AS likes FROM posts_2016 GROUP BY author ORDER BY author";
    let table = sql(folder.path(), &[query, "posts-2016.csv"]);
    assert_eq!(table, "author  likes\nann         4\nbob        12\n");
}

#[test]
fn values_come_back_as_they_stand_in_the_file() {
    let folder = folder();
    let csv =
        sql(folder.path(), &["SELECT * FROM posts_2016 ORDER BY id", "posts-2016.csv", "--csv"]);
    assert_eq!(csv, fs::read_to_string(folder.path().join("posts-2016.csv")).unwrap());
}

#[test]
fn json_holds_columns_and_rows() {
    let folder = folder();
    let json = sql(
        folder.path(),
        &[
            "SELECT name, age, age IS NULL AS no_age FROM people ORDER BY name",
            "people.jsonl",
            "--json",
        ],
    );
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "cahoots/sql/1");
    assert_eq!(value["columns"][1]["type"], "Int64");
    assert_eq!(value["rows"], serde_json::json!([["ann", 41, false], ["bob", null, true]]));
    assert_eq!(value["more"], false);
}

#[test]
fn tables_of_several_kinds_are_joined() {
    let folder = folder();
    let query = "SELECT count(*) AS n FROM p JOIN people ON author = name WHERE age > 40";
    let csv = sql(folder.path(), &[query, "p=posts-2016.csv", "people.jsonl", "--csv"]);
    assert_eq!(csv, "n\n2\n");
}

#[test]
fn limits_are_said() {
    let folder = folder();
    let output = run(folder.path(), &["sql", "SELECT id FROM p", "p=posts-2016.csv", "-n", "2"]);
    assert_eq!(printed(&output), "id\n0042\n0043\n");
    assert_eq!(
        said(&output),
        "2 rows shown, there are more (-n N shows more, --csv and --json print all)\n"
    );
    let all = run(folder.path(), &["sql", "SELECT id FROM p", "p=posts-2016.csv", "-n", "3"]);
    assert_eq!(said(&all), "");
}

#[test]
fn nothing_found_is_exit_code_1() {
    let folder = folder();
    let output =
        run(folder.path(), &["sql", "SELECT id FROM p WHERE likes > 99", "p=posts-2016.csv"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn errors_say_what_to_do() {
    let folder = folder();
    fs::write(folder.path().join("cut.csv"), "a,b\n1,2\n3").unwrap();
    fs::write(folder.path().join("Upper.csv"), "AccountID\nx\n").unwrap();
    for (query, file, what) in [
        ("SELECT * FROM nowhere", "people.jsonl", "there is no table nowhere"),
        ("SELECT * FROM nowhere", "people.jsonl", "hint: the tables are people"),
        ("SELECT nam FROM people", "people.jsonl", "there is no column nam"),
        ("SELECT nam FROM people", "people.jsonl", "hint: the columns here are "),
        (
            "SELECT AccountID FROM upper",
            "Upper.csv",
            "hint: write it in double quotes: \"AccountID\"",
        ),
        ("SELEC 1", "people.jsonl", "this is not SQL"),
        ("SELECT 1", "cut.csv", "line 3 has 1 columns, the header 2"),
        ("SELECT 1", "none.csv", "none.csv is not there"),
        ("SELECT 1", ".", ". is a folder"),
    ] {
        let output = run(folder.path(), &["sql", query, file]);
        assert_eq!(output.status.code(), Some(2), "{query}");
        assert!(said(&output).contains(what), "{query} {file}\n{}", said(&output));
    }
}

#[test]
fn no_query_changes_anything() {
    let folder = folder();
    let before = fs::read(folder.path().join("posts-2016.csv")).unwrap();
    for query in [
        "INSERT INTO p VALUES ('0045', 'cyd', 'x', 1)",
        "COPY p TO 'copy.csv'",
        "CREATE TABLE q AS SELECT * FROM p",
        "CREATE EXTERNAL TABLE q STORED AS CSV LOCATION 'posts-2016.csv'",
        "DROP TABLE p",
        "SET datafusion.execution.batch_size = 1",
    ] {
        let output = run(folder.path(), &["sql", query, "p=posts-2016.csv"]);
        assert_eq!(output.status.code(), Some(2), "{query}");
        assert!(
            said(&output).contains("only questions are answered"),
            "{query}\n{}",
            said(&output)
        );
    }
    assert_eq!(fs::read(folder.path().join("posts-2016.csv")).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn without_a_query_the_tables_are_listed() {
    let folder = folder();
    let list = sql(folder.path(), &["", "posts-2016.csv"]);
    assert_eq!(
        list,
        "posts_2016 (3 rows)\n  id text, author text, text text, likes whole number\n"
    );
}

#[test]
fn a_file_whose_name_looks_like_a_pattern_is_that_file() {
    let folder = folder();
    for name in ["a[1].csv", "a*.csv", "b?.csv", "name=x.csv"] {
        fs::write(folder.path().join(name), "v\n7\n").unwrap();
    }
    fs::write(folder.path().join("a1.csv"), "v\n8\n").unwrap();
    for name in ["a[1].csv", "a*.csv", "b?.csv"] {
        assert_eq!(
            sql(folder.path(), &["SELECT v FROM t", &format!("t={name}"), "--csv"]),
            "v\n7\n"
        );
    }
    let equals = sql(folder.path(), &["SELECT v FROM name_x", "name=x.csv", "--csv"]);
    assert_eq!(equals, "v\n7\n");
}

#[test]
fn too_little_memory_is_a_clear_error() {
    let folder = folder();
    let mut rows = String::from("v,pad\n");
    for number in 0..100_000 {
        rows.push_str(&format!("{number},{number:0>300}\n"));
    }
    fs::write(folder.path().join("many.csv"), rows).unwrap();
    let query = "SELECT max(length(a.pad || b.pad)) FROM many a JOIN many b ON a.v = b.v";
    let output = run(folder.path(), &["sql", query, "many.csv", "--memory", "16M", "-n", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("hint: raise --memory"), "{}", said(&output));
}
