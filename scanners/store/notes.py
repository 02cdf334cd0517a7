"""What else is known of a series (where its bars are from, what is wrong with them), and since when."""

import json
from collections.abc import Mapping
from typing import Any, Literal, get_args

from scanners.store.database import Database
from scanners.store.documents import verify_document, write_document
from scanners.store.series_index import Entry
from scanners.store.times import LATEST_MOMENT

NoteKind = Literal["provenance", "findings", "agreement"]


def put_note(
    database: Database, entry: Entry, kind: NoteKind, document: Mapping[str, Any], moment: int
) -> bool:
    """Keep a document of a series when it differs from the newest one; tell whether it did."""
    body, sealed = write_document(document, kind, entry.id, moment)
    if _newest(database, entry, kind) == body:
        return False
    database.connection.execute(
        "INSERT INTO note (series_id, kind, known_at, body, seal) VALUES (?, ?, ?, ?, ?)",
        (entry.id, kind, moment, body, sealed),
    )
    database.newest_notes[entry.id, kind] = body
    return True


def get_note(database: Database, entry: Entry, kind: NoteKind, moment: int) -> dict[str, Any] | None:
    """Return the document of a series as it was known at a moment, None when there was none."""
    body = _newest(database, entry, kind) if moment == LATEST_MOMENT else _read(database, entry, kind, moment)
    return None if body is None else json.loads(body)


def _newest(database: Database, entry: Entry, kind: NoteKind) -> bytes | None:
    """Return the newest document, verified; a writer, beside whom nobody writes, reads it once."""
    known = database.newest_notes
    if (entry.id, kind) in known:
        return known[entry.id, kind]
    if not database.write:
        return _read(database, entry, kind, LATEST_MOMENT)
    known.update(dict.fromkeys((entry.id, each) for each in get_args(NoteKind)))
    for each, body, sealed, known_at in database.connection.execute(_ALL_NEWEST, (entry.id,)):
        verify_document(body, sealed, database.path, each, entry.id, known_at)
        known[entry.id, each] = body
    return known[entry.id, kind]


def _read(database: Database, entry: Entry, kind: NoteKind, moment: int) -> bytes | None:
    row = database.connection.execute(_NEWEST, (entry.id, kind, moment)).fetchone()
    if row is None:
        return None
    body, sealed, known_at = row
    verify_document(body, sealed, database.path, kind, entry.id, known_at)
    return body


# Of each kind the row with the latest moment: SQLite takes the other columns from the row of the maximum.
_ALL_NEWEST = "SELECT kind, body, seal, max(known_at) FROM note WHERE series_id = ? GROUP BY kind"
_NEWEST = (
    "SELECT body, seal, known_at FROM note WHERE series_id = ? AND kind = ? AND known_at <= ? "
    "ORDER BY known_at DESC LIMIT 1"
)
