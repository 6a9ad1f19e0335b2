//! The catalog's tables.

/// Made when absent. Columns are only ever added; `case.toml` holds the schema's version.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS archives (
    archive    INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    path       TEXT NOT NULL,
    folder     INTEGER NOT NULL,
    members    TEXT,
    size       INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    custodian  TEXT NOT NULL,
    format     TEXT NOT NULL,
    versions   TEXT NOT NULL,
    options    TEXT NOT NULL,
    state      TEXT NOT NULL,
    next_unit  INTEGER NOT NULL DEFAULT 0,
    next_chunk INTEGER NOT NULL DEFAULT 0,
    found      INTEGER NOT NULL DEFAULT 0,
    read       INTEGER NOT NULL DEFAULT 0,
    damaged    INTEGER NOT NULL DEFAULT 0,
    skipped    INTEGER NOT NULL DEFAULT 0,
    added_at   INTEGER NOT NULL,
    UNIQUE (sha256, custodian)
) STRICT;
CREATE TABLE IF NOT EXISTS segments (
    segment    INTEGER PRIMARY KEY,
    archive    INTEGER NOT NULL REFERENCES archives,
    first_item INTEGER NOT NULL,
    n_items    INTEGER NOT NULL,
    next_unit  INTEGER NOT NULL,
    next_chunk INTEGER NOT NULL,
    files      TEXT NOT NULL,
    stats      TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS accounts (
    account INTEGER PRIMARY KEY,
    key     TEXT NOT NULL UNIQUE,
    n_from  INTEGER NOT NULL,
    n_to    INTEGER NOT NULL,
    n_other INTEGER NOT NULL,
    first   INTEGER,
    last    INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS account_names (
    account INTEGER NOT NULL REFERENCES accounts,
    name    TEXT NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS declared (
    account INTEGER NOT NULL REFERENCES accounts,
    same_as INTEGER NOT NULL REFERENCES accounts,
    basis   TEXT NOT NULL,
    archive INTEGER NOT NULL REFERENCES archives,
    PRIMARY KEY (account, same_as, archive)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS human (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    author TEXT NOT NULL,
    action TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS users (
    name     TEXT PRIMARY KEY,
    role     TEXT NOT NULL,
    password TEXT NOT NULL,
    added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS human_is_only_appended_to_update BEFORE UPDATE ON human
    BEGIN SELECT RAISE(ABORT, 'human work is only appended to'); END;
CREATE TRIGGER IF NOT EXISTS human_is_only_appended_to_delete BEFORE DELETE ON human
    BEGIN SELECT RAISE(ABORT, 'human work is only appended to'); END;
";
