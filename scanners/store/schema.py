"""The tables, as a list of migrations: the schema version is the number of migrations applied."""

import sqlite3
from functools import lru_cache

APPLICATION_ID = 0x4C50504C  # "LPPL", in every file: another program's database is never taken for ours

_BARS = """
PRAGMA application_id = 1280331852;
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first_session INTEGER NOT NULL,
    last_session INTEGER NOT NULL,
    segments INTEGER NOT NULL,
    digest BLOB NOT NULL,
    known_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    provenance BLOB NOT NULL,
    payload TEXT NOT NULL,
    seal BLOB NOT NULL
);
CREATE TABLE segment (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (id),
    track INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    first_session INTEGER NOT NULL,
    last_session INTEGER NOT NULL,
    seal BLOB NOT NULL,
    rest_seal BLOB NOT NULL,
    head BLOB NOT NULL,
    rest BLOB NOT NULL
);
CREATE INDEX segment_of_series ON segment (series_id, last_session);
CREATE TRIGGER segment_is_never_changed BEFORE UPDATE ON segment
    BEGIN SELECT RAISE(ABORT, 'segments are written once'); END;
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    series_id INTEGER NOT NULL REFERENCES series (id),
    kind TEXT NOT NULL,
    known_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL
);
CREATE UNIQUE INDEX note_of_series ON note (series_id, kind, known_at);
CREATE TRIGGER note_is_never_changed BEFORE UPDATE ON note
    BEGIN SELECT RAISE(ABORT, 'notes are written once'); END;
PRAGMA user_version = 1;
"""

_RUNS = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    watchlist TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    configuration TEXT NOT NULL,
    finished_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    UNIQUE (watchlist, as_of, configuration)
);
CREATE TABLE result (
    run_id INTEGER NOT NULL REFERENCES run (id),
    series TEXT NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (run_id, series)
) WITHOUT ROWID;
CREATE TABLE checkpoint (
    watchlist TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    configuration TEXT NOT NULL,
    series TEXT NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (watchlist, as_of, configuration, series)
) WITHOUT ROWID;
CREATE TABLE episode (
    fingerprint TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    run_id INTEGER REFERENCES run (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'resolved', 'inactive')),
    event TEXT NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (fingerprint, occurrence, sequence)
) WITHOUT ROWID;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    run_id INTEGER REFERENCES run (id),
    state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'sent', 'dead')),
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    last_error TEXT NOT NULL,
    state_seal BLOB NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    UNIQUE (message_id, recipient)
);
PRAGMA user_version = 2;
"""

_STATEMENTS = """
CREATE TABLE statement (
    series TEXT NOT NULL,
    session INTEGER NOT NULL,
    stated_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (series, session)
) WITHOUT ROWID;
CREATE TRIGGER statement_is_never_changed BEFORE UPDATE ON statement
    BEGIN SELECT RAISE(ABORT, 'statements are written once'); END;
CREATE TRIGGER statement_is_never_deleted BEFORE DELETE ON statement
    BEGIN SELECT RAISE(ABORT, 'statements are kept'); END;
PRAGMA user_version = 3;
"""

# The identifier is kept twice: SQL draws it, and knows no seal.
_AUDIENCES = """
CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    identifier TEXT NOT NULL,
    copy TEXT NOT NULL
);
INSERT INTO installation VALUES (1, lower(hex(randomblob(6))), '');
UPDATE installation SET copy = identifier;
CREATE TRIGGER installation_is_never_changed BEFORE UPDATE ON installation
    BEGIN SELECT RAISE(ABORT, 'an installation keeps its identifier'); END;
CREATE TABLE telling (
    fingerprint TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    route TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body BLOB NOT NULL,
    seal BLOB NOT NULL,
    PRIMARY KEY (fingerprint, occurrence, sequence, route)
) WITHOUT ROWID;
CREATE TRIGGER telling_is_never_changed BEFORE UPDATE ON telling
    BEGIN SELECT RAISE(ABORT, 'tellings are written once'); END;
CREATE TRIGGER telling_is_never_deleted BEFORE DELETE ON telling
    BEGIN SELECT RAISE(ABORT, 'tellings are kept'); END;
ALTER TABLE outbox ADD COLUMN waited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN tried_at INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 4;
"""

MIGRATIONS: tuple[str, ...] = (_BARS, _RUNS, _STATEMENTS, _AUDIENCES)
VERSION = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema version, each step in a transaction of its own."""
    for script in MIGRATIONS[version(connection) :]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def version(connection: sqlite3.Connection) -> int:
    """Return the schema version of a database, 0 for an empty one."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def layout(connection: sqlite3.Connection) -> list[tuple[str, str, str, str]]:
    """Return every table, index and trigger with its SQL text."""
    return connection.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    ).fetchall()


@lru_cache(maxsize=1)
def expected_layout() -> list[tuple[str, str, str, str]]:
    """Return the layout that a sound database of the newest version has."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(connection)
        return layout(connection)
    finally:
        connection.close()


def _statements(script: str) -> list[str]:
    """Split a script at the semicolons that end a statement (a trigger holds one inside)."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    return statements
