"""Steps of episodes on an open database: they are added in order, without a gap, and never changed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from scanners.store.database import Database
from scanners.store.documents import read_document, verify_table, write_document
from scanners.store.episodes import OPEN, Standing, Step
from scanners.store.times import from_moment, to_moment


class StepStore:
    """Steps, which are all verified together with the runs when the first is read.

    One whose key was damaged would otherwise be passed over: an alert that was open, a day that was scanned.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._verified = False

    @contextmanager
    def _sound(self) -> Iterator[None]:
        with self._database.snapshot():
            if not self._verified:
                verify_table(self._database, "run")
                verify_table(self._database, "episode")
                self._verified = True
            yield

    def add_steps(self, episodes: Iterable[Step], run_id: int | None = None) -> None:
        """Add steps to episodes, of a run or of a person who acknowledges.

        Raises
        ------
        ValueError
            If a step is not the one after the last of its fingerprint.
        """
        with self._database.transaction():
            for step in episodes:
                self._refuse_gap(step)
                key = (step.fingerprint, step.occurrence, step.sequence)
                moment = to_moment(step.at)
                standing = step.body.to_dict()
                body, seal = write_document(standing, "episode", *key, step.state, step.event, moment)
                self._database.connection.execute(
                    "INSERT INTO episode VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*key, run_id, step.state, step.event, moment, body, seal),
                )

    def episode(self, fingerprint: str) -> Step | None:
        """Return the newest step of the newest episode of a fingerprint, None when there is none."""
        steps = self._steps(_NEWEST_STEP, (fingerprint,))
        return steps[0] if steps else None

    def open_episodes(self) -> list[Step]:
        """Return the newest step of every episode that is pending or firing."""
        return self._steps(_OPEN_STEPS, OPEN)

    def steps(self, fingerprint: str) -> list[Step]:
        """Return every step of a fingerprint, oldest first."""
        return self._steps(_ALL_STEPS, (fingerprint,))

    def all_steps(self) -> list[Step]:
        """Return every step of every episode, in the order in which they were taken."""
        return self._steps(_EVERY_STEP, ())

    def lists_of(self, step: Step) -> set[str]:
        """Return the watchlists whose runs took the steps of an episode."""
        with self._sound():
            rows = self._database.connection.execute(_LISTS, (step.fingerprint, step.occurrence)).fetchall()
        return {name for (name,) in rows}

    def _steps(self, statement: str, parameters: tuple) -> list[Step]:
        with self._sound():
            rows = self._database.connection.execute(statement, parameters).fetchall()
        return [self._step(row) for row in rows]

    def _refuse_gap(self, step: Step) -> None:
        last = self.episode(step.fingerprint)
        if last is None:
            allowed = [(1, 1)]
        else:
            allowed = [(last.occurrence, last.sequence + 1), (last.occurrence + 1, 1)]
        if (step.occurrence, step.sequence) not in allowed:
            raise ValueError(
                f"episode {step.fingerprint} must go on with occurrence and sequence in {allowed}, "
                f"got {(step.occurrence, step.sequence)}"
            )

    def _step(self, row: tuple) -> Step:
        key, occurrence, sequence, state, event, at, body, seal = row
        place = key, occurrence, sequence, state, event, at
        document = read_document(body, seal, self._database.path, "episode", *place)
        standing = msgspec.convert(document, Standing)
        return Step(key, occurrence, sequence, state, event, from_moment(at), standing)


_NEWEST_STEP = (
    "SELECT fingerprint, occurrence, sequence, state, event, at, body, seal FROM episode "
    "WHERE fingerprint = ? ORDER BY occurrence DESC, sequence DESC LIMIT 1"
)
_ALL_STEPS = (
    "SELECT fingerprint, occurrence, sequence, state, event, at, body, seal FROM episode "
    "WHERE fingerprint = ? ORDER BY occurrence, sequence"
)
_EVERY_STEP = (
    "SELECT fingerprint, occurrence, sequence, state, event, at, body, seal FROM episode "
    "ORDER BY at, fingerprint, occurrence, sequence"
)
_LISTS = (
    "SELECT DISTINCT watchlist FROM episode JOIN run ON run.id = episode.run_id "
    "WHERE fingerprint = ? AND occurrence = ?"
)
_OPEN_STEPS = (
    "SELECT fingerprint, occurrence, sequence, state, event, at, body, seal FROM episode AS step "
    "WHERE state IN (?, ?) AND NOT EXISTS ("
    "SELECT 1 FROM episode AS later WHERE later.fingerprint = step.fingerprint "
    "AND (later.occurrence, later.sequence) > (step.occurrence, step.sequence)) ORDER BY fingerprint"
)
