"""Tellings: which route was told of which step of an episode, under which Message-ID. They are only added."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from scanners.store.database import DamagedStore, Database
from scanners.store.documents import read_document, verify_table, write_document


@dataclass(frozen=True)
class Telling:
    """A route was told of a step.

    Attributes
    ----------
    fingerprint, occurrence, sequence
        The step, as of `scanners.store.episodes.Step`.
    route : str
        Name of the route.
    message_id : str
        Of the message in the outbox, one a recipient.
    recipients : tuple of str
        Whom the route reached then.
    watchlist, as_of : str
        Of the run by which it was told, which need not be the one that took the step.
    """

    fingerprint: str
    occurrence: int
    sequence: int
    route: str
    message_id: str
    recipients: tuple[str, ...]
    watchlist: str
    as_of: str


class TellingStore:
    """Tellings on an open database, verified together when the first is read: a lost one is told again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._verified = False

    def add(self, tellings: Iterable[Telling]) -> None:
        """Keep tellings in the caller's transaction; a route is told of a step once."""
        with self._database.transaction():
            for each in tellings:
                key = (each.fingerprint, each.occurrence, each.sequence, each.route, each.message_id)
                said = {"recipients": each.recipients, "watchlist": each.watchlist, "as_of": each.as_of}
                self._database.connection.execute(
                    "INSERT INTO telling VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*key, *write_document(said, "telling", *key)),
                )

    def of(self, fingerprint: str) -> list[Telling]:
        """Return who was told of the episodes of a fingerprint, by step and route."""
        return self._read(_OF_FINGERPRINT, fingerprint)

    def all(self) -> list[Telling]:
        """Return every telling, by fingerprint, step and route."""
        return self._read(_ALL)

    def _read(self, statement: str, *parameters: str) -> list[Telling]:
        with self._database.snapshot():
            if not self._verified:
                verify_table(self._database, "telling")
                self._verified = True
            rows = self._database.connection.execute(statement, parameters).fetchall()
        return [self._telling(*row) for row in rows]

    def _telling(self, *row: Any) -> Telling:
        fingerprint, occurrence, sequence, route, message_id, body, sealed = row
        key = (fingerprint, occurrence, sequence, route, message_id)
        said = read_document(body, sealed, self._database.path, "telling", *key)
        return Telling(*key, tuple(said["recipients"]), said["watchlist"], said["as_of"])


def installation(database: Database) -> str:
    """Return the identifier that was drawn when the database was made, or brought up to this schema.

    It tells messages of one database from those of another, and says nothing about a machine or a person.

    Raises
    ------
    DamagedStore
        If it is not the one that was drawn.
    """
    with database.snapshot():
        rows = database.connection.execute("SELECT identifier, copy FROM installation").fetchall()
    if len(rows) != 1 or rows[0][0] != rows[0][1]:
        raise DamagedStore(database.path, "the identifier of the installation is not the one that was drawn")
    return rows[0][0]


_ALL = "SELECT fingerprint, occurrence, sequence, route, message_id, body, seal FROM telling"
_OF_FINGERPRINT = f"{_ALL} WHERE fingerprint = ?"
