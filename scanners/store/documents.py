"""JSON documents in the store, sealed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanners.store.database import DamagedStore, Database
from scanners.store.packing import seal

# Table -> its documents with their seals and all of the key that is sealed, whatever order they are kept in.
DOCUMENTS = {
    "note": "SELECT body, seal, kind, series_id, known_at FROM note ORDER BY id",
    "run": "SELECT body, seal, 'run', watchlist, as_of, configuration, finished_at FROM run ORDER BY id",
    "result": "SELECT body, seal, 'result', run_id, series FROM result ORDER BY run_id, series",
    "checkpoint": (
        "SELECT body, seal, 'checkpoint', watchlist, as_of, configuration, series FROM checkpoint "
        "ORDER BY watchlist, as_of, configuration, series"
    ),
    "episode": (
        "SELECT body, seal, 'episode', fingerprint, occurrence, sequence, state, event, at FROM episode "
        "ORDER BY fingerprint, occurrence, sequence"
    ),
    "statement": (
        "SELECT body, seal, 'statement', series, session, stated_at FROM statement ORDER BY series, session"
    ),
    "telling": (
        "SELECT body, seal, 'telling', fingerprint, occurrence, sequence, route, message_id FROM telling "
        "ORDER BY fingerprint, occurrence, sequence, route"
    ),
    "outbox": "SELECT body, seal, 'message', message_id, recipient FROM outbox ORDER BY id",
}


def write_document(document: Mapping[str, Any], *key: int | str) -> tuple[bytes, bytes]:
    """Return a document as canonical JSON, and a seal over it and the key that it is stored under.

    NaN and infinities are kept, in the spelling that Python's ``json`` reads back; half of a surrogate pair,
    which no UTF-8 holds, becomes a question mark. No text is refused: secrets are kept out where they are
    read (`scanners.config.secrets`), and a title that looks like one stops no run.
    """
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    sealed = body.encode("utf-8", "replace")
    return sealed, seal(sealed, _text(key))


def read_document(body: bytes, sealed: bytes, path: Path, *key: int | str) -> dict[str, Any]:
    """Return the document stored under a key after comparing both with the seal.

    Raises
    ------
    DamagedStore
        When they do not match.
    """
    verify_document(body, sealed, path, *key)
    return json.loads(body)


def verify_document(body: bytes, sealed: bytes, path: Path, *key: int | str) -> None:
    """Compare a document and its key with the seal, without reading it.

    Raises
    ------
    DamagedStore
        When they do not match.
    """
    if not isinstance(body, bytes) or seal(body, _text(key)) != sealed:
        raise DamagedStore(path, f"{' '.join(map(str, key))} does not match its seal")


def verify_table(database: Database, table: str) -> None:
    """Compare every document of a table with its seal; a damaged key would hide a row from a search.

    Raises
    ------
    DamagedStore
        When one does not match.
    """
    for body, sealed, *key in database.connection.execute(DOCUMENTS[table]):
        verify_document(body, sealed, database.path, *key)


def seal_values(*values: int | str) -> bytes:
    """Return a seal over plain values."""
    return seal(_text(values))


def _text(key: tuple) -> bytes:
    # A damaged key may be of a type that JSON does not have.
    return json.dumps(key, default=repr).encode()
