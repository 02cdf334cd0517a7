"""Runs: their results, the episodes they change and the messages they cause, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scanners.store.database import DamagedStore
from scanners.store.documents import read_document, write_document
from scanners.store.episodes import Step
from scanners.store.outbox import Message, enqueue
from scanners.store.steps import StepStore
from scanners.store.times import from_day, from_moment, to_day, to_moment


@dataclass(frozen=True)
class RunKey:
    """What makes a run the same run.

    Attributes
    ----------
    watchlist : str
        Name of the watchlist.
    as_of : date
        Last session that it saw.
    configuration : str
        Hash of the configuration.
    """

    watchlist: str
    as_of: date
    configuration: str

    @property
    def columns(self) -> tuple[str, int, str]:
        """The key as it is stored."""
        return self.watchlist, to_day(self.as_of), self.configuration


@dataclass(frozen=True)
class Run:
    """A finished run: ``manifest`` holds versions, data hashes, configuration and timings."""

    id: int
    key: RunKey
    finished_at: datetime
    manifest: dict[str, Any]


class RunStore(StepStore):
    """Runs and episodes on an open database, which are all verified together when the first is read.

    One whose key was damaged would otherwise be passed over: an alert that was open, a day that was scanned.
    """

    def find(self, key: RunKey) -> Run | None:
        """Return the finished run of a key, None when there is none."""
        return self._first(_RUN_OF_KEY, *key.columns)

    def latest(self, watchlist: str) -> Run | None:
        """Return the run of a watchlist that finished last."""
        return self._first(_LAST_OF_LIST, watchlist)

    def runs(self, *, watchlist: str | None = None, as_of: date | None = None) -> list[Run]:
        """Return the finished runs, oldest first: all, of a watchlist, of a day."""
        day = None if as_of is None else to_day(as_of)
        with self._sound():
            rows = self._database.connection.execute(_RUNS, (watchlist, watchlist, day, day)).fetchall()
        return [self._run(row) for row in rows]

    def before(self, watchlist: str, day: date, count: int) -> list[Run]:
        """Return the last runs of a watchlist as of days before one, the newest first."""
        with self._database.snapshot():
            rows = self._database.connection.execute(_BEFORE, (watchlist, to_day(day), count)).fetchall()
        return [self._run(row) for row in rows]

    def last_day(self, watchlist: str, until: date) -> date | None:
        """Return the last day up to one that a watchlist was scanned as of, None when there is none."""
        with self._sound():
            (day,) = self._database.connection.execute(_LAST_DAY, (watchlist, to_day(until))).fetchone()
        return None if day is None else from_day(day)

    def judged_by(self, configuration: str) -> Run | None:
        """Return the run of a configuration that finished last, of any watchlist."""
        return self._first(_LAST_OF_CONFIGURATION, configuration)

    def newest_of_each(self) -> list[Run]:
        """Return the run of each watchlist that looked at the latest day."""
        with self._sound():
            rows = self._database.connection.execute(_NEWEST_OF_EACH).fetchall()
        return [self._run(row) for row in rows]

    def _first(self, statement: str, *parameters: str | int) -> Run | None:
        with self._sound():
            row = self._database.connection.execute(statement, parameters).fetchone()
        return None if row is None else self._run(row)

    def results(self, run: Run) -> dict[str, dict[str, Any]]:
        """Return the results of a run by series."""
        with self._sound():
            rows = self._database.connection.execute(
                "SELECT series, body, seal FROM result WHERE run_id = ? ORDER BY series", (run.id,)
            ).fetchall()
        path = self._database.path
        lost = set(run.manifest.get("series", ())) - {name for name, _, _ in rows}
        if lost:
            raise DamagedStore(path, f"the result of {min(lost)!r} in the run of {run.key.as_of} is lost")
        return {name: read_document(body, seal, path, "result", run.id, name) for name, body, seal in rows}

    def checkpoint(self, key: RunKey, results: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep results of a run that is still going, for :meth:`checkpoints` alone to see."""
        rows = [
            (*key.columns, name, *write_document(body, "checkpoint", *key.columns, name))
            for name, body in results.items()
        ]
        with self._database.transaction():
            self._database.connection.executemany(
                "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?)", rows
            )

    def checkpoints(self, key: RunKey) -> dict[str, dict[str, Any]]:
        """Return the results that an interrupted run of this key had, by series."""
        with self._sound():
            rows = self._database.connection.execute(
                "SELECT series, body, seal FROM checkpoint "
                "WHERE watchlist = ? AND as_of = ? AND configuration = ? ORDER BY series",
                key.columns,
            ).fetchall()
        path = self._database.path
        return {
            name: read_document(body, seal, path, "checkpoint", *key.columns, name)
            for name, body, seal in rows
        }

    def finish(
        self,
        key: RunKey,
        *,
        finished_at: datetime,
        manifest: Mapping[str, Any],
        results: Mapping[str, Mapping[str, Any]],
        episodes: Iterable[Step] = (),
        messages: Iterable[Message] = (),
        replace: bool = False,
    ) -> Run:
        """Commit a run with everything that follows from it; all or nothing.

        A key that is finished already is left alone and its run returned. Checkpoints of the list up to this
        day are removed.

        Parameters
        ----------
        key : RunKey
        finished_at : datetime
            When.
        manifest : mapping
            Versions, hashes and timings of the run.
        results : mapping of str to mapping
            By series.
        episodes, messages : iterable
            What follows from the results.
        replace : bool
            Put these results in the place of those of a finished run: its prices have changed since.

        Raises
        ------
        ValueError
            If an episode step is not the one after the last; then nothing is stored.
        """
        with self._database.transaction():
            done = self.find(key)
            if done is not None and not replace:
                return done
            run = Run(self._put(key, finished_at, manifest), key, finished_at, dict(manifest))
            connection = self._database.connection
            connection.execute("DELETE FROM result WHERE run_id = ?", (run.id,))
            rows = [
                (run.id, name, *write_document(one, "result", run.id, name)) for name, one in results.items()
            ]
            connection.executemany("INSERT INTO result VALUES (?, ?, ?, ?)", rows)
            self.add_steps(episodes, run.id)
            for message in messages:
                enqueue(connection, message, run.id)
            connection.execute("DELETE FROM checkpoint WHERE watchlist = ? AND as_of <= ?", key.columns[:2])
            return run

    def amend(self, run: Run, manifest: Mapping[str, Any]) -> None:
        """Put another manifest in the place of a finished run's; results, episodes and messages stay."""
        with self._database.transaction():
            self._put(run.key, run.finished_at, manifest)

    def _put(self, key: RunKey, finished_at: datetime, manifest: Mapping[str, Any]) -> int:
        moment = to_moment(finished_at)
        body, seal = write_document(manifest, "run", *key.columns, moment)
        connection = self._database.connection
        connection.execute(
            "INSERT INTO run (watchlist, as_of, configuration, finished_at, body, seal) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (watchlist, as_of, configuration) DO UPDATE SET "
            "finished_at = excluded.finished_at, body = excluded.body, seal = excluded.seal",
            (*key.columns, moment, body, seal),
        )
        (number,) = connection.execute(
            "SELECT id FROM run WHERE watchlist = ? AND as_of = ? AND configuration = ?", key.columns
        ).fetchone()
        return number

    def _run(self, row: tuple) -> Run:
        key, *columns, finished_at, body, seal = row
        manifest = read_document(body, seal, self._database.path, "run", *columns, finished_at)
        return Run(
            key, RunKey(columns[0], from_day(columns[1]), columns[2]), from_moment(finished_at), manifest
        )


_RUN = "SELECT id, watchlist, as_of, configuration, finished_at, body, seal FROM run"
_RUN_OF_KEY = f"{_RUN} WHERE watchlist = ? AND as_of = ? AND configuration = ?"
_LAST_DAY = "SELECT max(as_of) FROM run WHERE watchlist = ? AND as_of <= ?"
_BEFORE = f"{_RUN} WHERE watchlist = ? AND as_of < ? ORDER BY as_of DESC, id DESC LIMIT ?"
_LAST_OF_LIST = f"{_RUN} WHERE watchlist = ? ORDER BY finished_at DESC, id DESC LIMIT 1"
_LAST_OF_CONFIGURATION = f"{_RUN} WHERE configuration = ? ORDER BY finished_at DESC, id DESC LIMIT 1"
_NEWEST_OF_EACH = (
    "SELECT id, watchlist, as_of, configuration, finished_at, body, seal FROM run AS one WHERE id = ("
    "SELECT id FROM run WHERE watchlist = one.watchlist "
    "ORDER BY as_of DESC, finished_at DESC, id DESC LIMIT 1) ORDER BY id"
)
_RUNS = f"{_RUN} WHERE (? IS NULL OR watchlist = ?) AND (? IS NULL OR as_of = ?) ORDER BY as_of, id"
