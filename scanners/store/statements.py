"""Chances as they were stated: the first of each series and session, kept as it was for good."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scanners.store.database import Database
from scanners.store.documents import read_document, write_document
from scanners.store.times import from_day, from_moment, to_day, to_moment


@dataclass(frozen=True)
class Statement:
    """What was stated of one series after one session.

    Attributes
    ----------
    series : str
    session : date
        Last bar that the statement saw.
    stated_at : datetime
        When it was made.
    body : mapping
        Chances, the model's version, and what else was said.
    """

    series: str
    session: date
    stated_at: datetime
    body: Mapping[str, Any]


class StatementStore:
    """Statements on an open database: they are added, and never changed or taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, statements: Iterable[Statement]) -> None:
        """Keep statements; one of a series and session that has one already is left out."""
        rows = []
        for each in statements:
            key = (each.series, to_day(each.session), to_moment(each.stated_at))
            rows.append((*key, *write_document(each.body, "statement", *key)))
        with self._database.transaction():
            self._database.connection.executemany(
                "INSERT OR IGNORE INTO statement VALUES (?, ?, ?, ?, ?)", rows
            )

    def all(self) -> list[Statement]:
        """Return every statement, by series and session."""
        with self._database.snapshot():
            rows = self._database.connection.execute(
                "SELECT series, session, stated_at, body, seal FROM statement ORDER BY series, session"
            ).fetchall()
        return [
            Statement(
                series,
                from_day(session),
                from_moment(stated_at),
                read_document(body, seal, self._database.path, "statement", series, session, stated_at),
            )
            for series, session, stated_at, body, seal in rows
        ]
