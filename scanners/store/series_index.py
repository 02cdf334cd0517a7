"""The series that the store knows, and for each the sum over its segments that shows when one is missing."""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from scanners.core.errors import CommandError
from scanners.store.database import DamagedStore, Database
from scanners.store.packing import SEAL_BYTES, seal

_LONGEST_NAME = 200
_NO_SEGMENTS = bytes(SEAL_BYTES)


class UnknownSeries(CommandError):
    """No series of that name is stored."""


def mixed(seals: Iterable[bytes]) -> bytes:
    """Return the exclusive-or of seals; the order does not matter, and a second time takes one away."""
    total = 0
    for each in seals:
        total ^= int.from_bytes(each, "little")
    return total.to_bytes(SEAL_BYTES, "little")


class Entry(NamedTuple):
    """What is known of one series without reading its bars.

    Attributes
    ----------
    id, name : int, str
        Key and symbol.
    first_session, last_session : int
        Range of its bars, days since 1970; equal to 0 and -1 while there is none.
    segments, digest : int, bytes
        Number of its segments and the exclusive-or of their seals.
    known_at, checked_at : int
        When it last changed and when it was last refreshed, microseconds since 1970, UTC.
    source, provenance : str, bytes
        Source of its bars and digest of all that is said of their provenance.
    payload : str
        Hash of the last accepted download.
    """

    id: int
    name: str
    first_session: int = 0
    last_session: int = -1
    segments: int = 0
    digest: bytes = _NO_SEGMENTS
    known_at: int = 0
    checked_at: int = 0
    source: str = ""
    provenance: bytes = b""
    payload: str = ""

    def with_segment(self, segment_seal: bytes, count: int = 1) -> "Entry":
        """Return the entry after a segment was added, or taken away with ``count=-1``."""
        return self._replace(segments=self.segments + count, digest=mixed((self.digest, segment_seal)))

    def seal(self) -> bytes:
        """Return the seal over all fields."""
        span = (self.first_session, self.last_session)
        numbers = (self.id, *span, self.segments, self.known_at, self.checked_at)
        texts = (self.name.encode(), self.source.encode(), self.payload.encode())
        return seal(struct.pack("<6q", *numbers), *texts, self.digest, self.provenance)


class Catalogue:
    """Finds, adds and saves entries, each verified against its seal when it is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries: dict[str, Entry] | None = None
        self._rollbacks = database.rollbacks

    def names(self) -> list[str]:
        """Return the names of all series, sorted."""
        return sorted(self._known() if self._database.write else self._scan())

    def get(self, name: str) -> Entry:
        """Return the entry of a series, as it is in the present transaction.

        Raises
        ------
        UnknownSeries
            When there is none.
        """
        # Nobody else writes while this process does; a reader's copy may be old.
        if name not in self._known() and not self._database.write:
            self._scan()
        if name not in self._known():
            raise UnknownSeries(f"{self._database.path} has no series {name!r}")
        known = self._known()[name]
        return known if self._database.write else self._load(known)

    def get_or_add(self, name: str) -> Entry:
        """Return the entry of a series; a new one is added to the present transaction."""
        if name in self._known():
            return self._known()[name]
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ValueError(f"series must be 1 to {_LONGEST_NAME} printable characters, got {name!r}")
        # Ids run from 1 without a hole, so that a lost row shows.
        entry = Entry(len(self._known()) + 1, name)
        self._database.connection.execute(_INSERT, (*entry, entry.seal()))
        self._known()[name] = entry
        return entry

    def save(self, entry: Entry) -> None:
        """Write an entry's new state."""
        self._database.connection.execute(_UPDATE, (*entry[2:], entry.seal(), entry.id))
        self._known()[entry.name] = entry

    def _known(self) -> dict[str, Entry]:
        if self._entries is None or self._rollbacks != self._database.rollbacks:
            return self._scan()
        return self._entries

    def _load(self, known: Entry) -> Entry:
        row = self._database.connection.execute("SELECT * FROM series WHERE id = ?", (known.id,)).fetchone()
        entry = self._verified(row)
        if entry.name != known.name:
            raise DamagedStore(self._database.path, f"series {known.name!r} has lost its entry")
        return entry

    def _scan(self) -> dict[str, Entry]:
        connection = self._database.connection
        entries = [self._verified(row) for row in connection.execute("SELECT * FROM series ORDER BY id")]
        used = connection.execute("SELECT max(series_id) FROM segment").fetchone()[0] or 0
        if [entry.id for entry in entries] != list(range(1, len(entries) + 1)) or used > len(entries):
            raise DamagedStore(self._database.path, "a series has lost its entry")
        self._rollbacks = self._database.rollbacks
        self._entries = {entry.name: entry for entry in entries}
        return self._entries

    def _verified(self, row: tuple | None) -> Entry:
        if row is not None:
            entry = Entry(*row[:-1])
            if _typed(entry) and entry.seal() == row[-1]:
                return entry
        raise DamagedStore(self._database.path, "the entry of a series does not match its seal")


_INSERT = "INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = (
    "UPDATE series SET first_session = ?, last_session = ?, segments = ?, digest = ?, known_at = ?, "
    "checked_at = ?, source = ?, provenance = ?, payload = ?, seal = ? WHERE id = ?"
)


def _typed(entry: Entry) -> bool:
    """Tell whether the fields have the types that were written; a damaged record may decode to others."""
    return all(type(found) is type(wanted) for found, wanted in zip(entry, Entry(0, ""), strict=True))
