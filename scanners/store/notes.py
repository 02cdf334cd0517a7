"""What else is known of a series (where its bars are from, what is wrong with them), and since when."""

from collections.abc import Mapping
from typing import Any, Literal

from scanners.store.database import Database
from scanners.store.documents import read_document, write_document
from scanners.store.series_index import Entry
from scanners.store.times import LATEST_MOMENT

NoteKind = Literal["provenance", "findings", "agreement"]


def put_note(
    database: Database, entry: Entry, kind: NoteKind, document: Mapping[str, Any], moment: int
) -> bool:
    """Keep a document of a series when it differs from the newest one; tell whether it did."""
    body, sealed = write_document(document, kind, entry.id, moment)
    newest = database.connection.execute(_NEWEST, (entry.id, kind, LATEST_MOMENT)).fetchone()
    if newest is not None and newest[0] == body:
        return False
    database.connection.execute(
        "INSERT INTO note (series_id, kind, known_at, body, seal) VALUES (?, ?, ?, ?, ?)",
        (entry.id, kind, moment, body, sealed),
    )
    return True


def get_note(database: Database, entry: Entry, kind: NoteKind, moment: int) -> dict[str, Any] | None:
    """Return the document of a series as it was known at a moment, None when there was none."""
    row = database.connection.execute(_NEWEST, (entry.id, kind, moment)).fetchone()
    if row is None:
        return None
    body, sealed, known_at = row
    return read_document(body, sealed, database.path, kind, entry.id, known_at)


_NEWEST = (
    "SELECT body, seal, known_at FROM note WHERE series_id = ? AND kind = ? AND known_at <= ? "
    "ORDER BY known_at DESC LIMIT 1"
)
