"""The store as the application uses it: one file, its subjects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from scanners.store.bars import BarStore
from scanners.store.database import Database
from scanners.store.outbox import Outbox
from scanners.store.runs import RunStore
from scanners.store.statements import StatementStore
from scanners.store.tellings import TellingStore, installation


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Store:
    """An open store; use it in a ``with`` block.

    Attributes
    ----------
    bars : BarStore
        Prices as they were known.
    runs : RunStore
        Runs, results and episodes.
    statements : StatementStore
        Chances as they were stated.
    tellings : TellingStore
        Which route was told of what.
    outbox : Outbox
        Messages that wait to be sent.

    Examples
    --------
    >>> with Store.open("data/lppl.db") as store:          # doctest: +SKIP
    ...     history = store.bars.read("^IXIC", as_of=date(2000, 3, 10))
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = _now) -> None:
        self.database = database
        self.bars = BarStore(database, clock)
        self.runs = RunStore(database)
        self.statements = StatementStore(database)
        self.tellings = TellingStore(database)
        self.outbox = Outbox(database)

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        write: bool = False,
        wait: float = 0.0,
        wal: bool = False,
        clock: Callable[[], datetime] = _now,
    ) -> "Store":
        """Open a store; see :meth:`scanners.store.database.Database.open`.

        Parameters
        ----------
        path : Path or str
            The file.
        write : bool
            Take the writer lock; the file is made when it is not there.
        wait : float
            Seconds to wait for another writer.
        wal : bool
            Write-ahead log in place of the rollback journal.
        clock : callable
            Returns the present as a datetime with a time zone.
        """
        return cls(Database.open(path, write=write, wait=wait, wal=wal), clock)

    @property
    def installation(self) -> str:
        """What tells this database from every other; see `scanners.store.tellings.installation`."""
        return installation(self.database)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and free the lock."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything written in the block or nothing."""
        with self.database.transaction():
            yield
