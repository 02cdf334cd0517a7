"""JSON documents in the store: sealed, and refused when they hold what looks like a secret."""

import json
import re
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
_SECRET_NAME = re.compile(
    r"(pass|password|passwd|passphrase|secret|token|credential|api_?key|authorization)s?$", re.IGNORECASE
)
_SECRET_IN_URL = re.compile(
    r"://[^/\s@]+:[^/\s@]+@|[?&](api_?key|token|access_key|secret|password|crtfc_key)=", re.IGNORECASE
)


def write_document(document: Mapping[str, Any], *key: int | str) -> tuple[bytes, bytes]:
    """Return a document as canonical JSON, and a seal over it and the key that it is stored under.

    NaN and infinities are kept, in the spelling that Python's ``json`` reads back.

    Raises
    ------
    ValueError
        If a key that names a secret holds text, or an address carries a password or key. The message names
        the place, never the value.
    """
    _refuse_secrets(document, "")
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return body, seal(body, _text(key))


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


def _refuse_secrets(value: Any, place: str) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            inside = f"{place}.{key}" if place else str(key)
            if _SECRET_NAME.search(str(key)) and isinstance(inner, str) and inner:
                raise ValueError(
                    f"document must hold no secret, got text under {inside}: name its place instead"
                )
            _refuse_secrets(inner, inside)
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            _refuse_secrets(inner, f"{place}[{number}]")
    elif isinstance(value, str) and _SECRET_IN_URL.search(value):
        raise ValueError(f"document must hold no secret, got an address with one under {place}")
