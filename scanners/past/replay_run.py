"""From what the user names, an event, a series or a file, to replays of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scanners.config.policy import Policy
from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.evidence.series_fits import CONSENSUS
from scanners.past.catalogue.turning_points import TurningPoint, place
from scanners.past.evidence_cache import KnownRows
from scanners.past.evidence_history import evidence_history, of_days, positions
from scanners.past.replay import Replay, bounds, found_turns, replay, with_tests
from scanners.past.skill.panel import closes, usable
from scanners.prices.by_name import refuse_stale, single
from scanners.prices.files.folder import find_file
from scanners.prices.selection import class_of

_PLAIN = ReadOptions()  # how files are read: as they tell themselves
TESTED_EVERY = 5  # sessions between dates of the early-warning tests, which raise no level


@dataclass(frozen=True)
class Depth:
    """How much is computed for each date.

    Parameters
    ----------
    step : int
        Sessions between dates.
    tested_every : int
        Sessions between dates of the early-warning tests; 0 runs none.
    jobs : int
        Worker processes.
    folder : Path or None
        Where passes are kept between runs.
    """

    step: int = 1
    tested_every: int = TESTED_EVERY
    jobs: int = 1
    folder: Path | None = None


@dataclass(frozen=True, eq=False)
class Sources:
    """Where prices are looked for, in this order: a folder of CSV files, the store, the package."""

    folder: Path | None = None
    database: Path | None = None
    reading: ReadOptions = _PLAIN

    def read(
        self, name: str, tell: Callable[[str], None] = lambda note: None, wanted: str | None = None
    ) -> pd.Series:
        """Return the closes of a series or CSV file.

        Parameters
        ----------
        name : str
        tell : callable
            Called with a line when the folder's file has a close that is not positive: what lies before it
            is returned.
        wanted : str, optional
            ISO date up to which closes are needed.

        Raises
        ------
        CommandError
            If there are none, or they end long before the date.
        """
        path = None if self.folder is None else _file(self.folder, name)
        if path is None:
            return single(name, database=self.database, reading=self.reading, wanted=wanted)
        prices = closes(path, self.reading).rename(name)
        sound = usable(prices)
        if sound < len(prices):
            day = f"{prices.index[sound]:%Y-%m-%d}"
            tell(f"{path}: read up to {day}, whose close is not positive or stands twice")
        if wanted is not None:
            refuse_stale(name, prices.iloc[:sound], wanted)
        return prices.iloc[:sound]


def asset_class(name: str) -> str:
    """Return the asset class of a series by the known watchlists, ``unclassified`` elsewhere."""
    return class_of(name) or "unclassified"


def one(
    target: str,
    catalogue: Sequence[TurningPoint],
    sources: Sources,
    *,
    start: str | None,
    end: str | None,
    depth: Depth,
    policy: Policy,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], None] = lambda note: None,
) -> tuple[Replay, pd.Series]:
    """Replay an event of the catalogue, or a series or file with the turning points in its stretch.

    Parameters
    ----------
    target : str
        Id of an event, name of a series, or a CSV file.
    catalogue : sequence of TurningPoint
    sources : Sources
    start, end : str, optional
        ISO dates; an event is shown from 250 sessions before to 120 after.
    depth, policy, progress
        As elsewhere.
    tell : callable
        Called with a line when a kept pass had to be left aside.

    Returns
    -------
    Replay, pandas.Series
        And the closes, with what happened after the last date.

    Raises
    ------
    CommandError
        If there is no such event or series, or no session in the stretch.
    """
    event = next((event for event in catalogue if event.id == target), None)
    name = event.series if event else target
    prices = of_days(sources.read(name, tell, None if event else end), name)
    if event is not None:
        turn = place(event, prices)
        if turn is None:
            span = f"{prices.index[0]:%Y-%m-%d} to {prices.index[-1]:%Y-%m-%d}"
            raise CommandError(f"{target}: {name} has no session there, its data are {span}")
        first, last = bounds(prices, turn)
        start, end = start or first, end or last
    try:
        at = positions(prices, start, end, depth.step)
    except ValueError as error:
        raise CommandError(f"{target}: {error}") from None
    checks = with_tests(at, depth.tested_every)
    if depth.folder is None:
        rows = evidence_history(prices, at, tested=checks, jobs=depth.jobs, progress=progress)
    else:
        kept = KnownRows(depth.folder, name, prices, CONSENSUS)
        if kept.discarded:
            tell(kept.discarded)
        rows = kept.run(at, tested=checks, jobs=depth.jobs, progress=progress)
    first, last = (f"{prices.index[i]:%Y-%m-%d}" for i in (at[0], at[-1]))
    return replay(
        name,
        prices,
        rows,
        (event,) if event else _turns(name, prices, catalogue, first, last),
        policy=policy.for_class(asset_class(name)),
        asset_class=asset_class(name),
        preset=CONSENSUS,
        step=depth.step,
        tested_every=depth.tested_every,
    ), prices


def every(
    catalogue: Sequence[TurningPoint], sources: Sources, depth: Depth, policy: Policy, **options: Callable
) -> Iterator[tuple[TurningPoint, Replay | None, pd.Series | None, str]]:
    """Yield each event with its replay and prices, or without them and why."""
    for event in catalogue:
        try:
            found, prices = one(
                event.id, catalogue, sources, start=None, end=None, depth=depth, policy=policy, **options
            )
            yield event, found, prices, ""
        except CommandError as error:
            yield event, None, None, str(error)


def _file(folder: Path, name: str) -> Path | None:
    try:
        return find_file(folder, name)
    except CommandError:
        return None


def _turns(
    name: str, prices: pd.Series, catalogue: Sequence[TurningPoint], first: str, last: str
) -> tuple[TurningPoint, ...]:
    """Return the catalogue's events of a series, then those the rule finds at other dates."""
    own = tuple(event for event in catalogue if event.series == name)
    taken = {place(event, prices) for event in own}
    ruled = (event for event in found_turns(name, prices, first, last) if place(event, prices) not in taken)
    return tuple(sorted((*own, *ruled), key=lambda event: event.date))
