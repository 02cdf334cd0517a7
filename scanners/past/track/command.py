"""From a database or a watchlist to a track record."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from scanners.config.read_options import ReadOptions
from scanners.config.workspace import DATABASE
from scanners.core.errors import CommandError, Unjudged
from scanners.past.track.scored import TrackRecord, score
from scanners.past.track.statements import recorded, restated, with_outcomes
from scanners.prices.selection import choose, select
from scanners.store.statements import Statement
from scanners.store.store import Store


def from_runs(database: Path | None) -> tuple[TrackRecord, pd.DataFrame]:
    """Return the track record of the runs that a database recorded, and its table.

    Raises
    ------
    CommandError
        If there is no database.
    """
    with Store.open(database or DATABASE) as store:
        statements = store.statements.all()
        prices = {name: _stored(store, name) for name in {each.series for each in statements}}
    return of_statements(statements, {name: each for name, each in prices.items() if each is not None})


def of_statements(
    statements: Iterable[Statement], prices: dict[str, pd.Series]
) -> tuple[TrackRecord, pd.DataFrame]:
    """Return the track record of statements against closes as known now, and its table."""
    stated, late = recorded(statements)
    table = with_outcomes(stated, prices)
    return score(table, "recorded", late), table


def from_the_past(
    watchlist: str | None,
    folder: Path | None,
    database: Path | None,
    reading: ReadOptions | None = None,
    *,
    step: int,
    jobs: int,
    progress: Callable[[int, int], None],
    tell: Callable[[str], None],
) -> tuple[TrackRecord, pd.DataFrame]:
    """Return what would have been stated of a list through its history, scored, and its table.

    Parameters
    ----------
    watchlist, folder, reading
        As for `scanners.prices.selection.choose`.
    database : Path or None
        Whose prices come first, if it is there.
    step : int
        Sessions between statements.
    jobs : int
        Worker processes.
    progress : callable
        Called with (series done, series in all).
    tell : callable
        Called with a line on each series that cannot be used.

    Raises
    ------
    CommandError
        If no series can be used.
    """
    place = database or DATABASE
    tables, prices = [], {}
    with ExitStack() as resources:
        store = resources.enter_context(Store.open(place)) if place.is_file() else None
        chosen = select(choose(watchlist, folder, reading), folder, store=store)
        for number, item in enumerate(chosen):
            progress(number, len(chosen))
            try:
                prices[item.name] = item.read()
                tables.append(restated(item.name, prices[item.name], item.asset_class, step=step, jobs=jobs))
            except (CommandError, Unjudged, ValueError) as error:
                tell(f"{item.name} is left out: {error}")
        progress(len(chosen), len(chosen))
    if not tables:
        raise CommandError("no series can be scored")
    table = with_outcomes(pd.concat(tables, ignore_index=True), prices)
    return score(table, "history"), table


def _stored(store: Store, name: str) -> pd.Series | None:
    if name not in store.bars.names():
        return None
    prices = store.bars.read(name, as_of=None).to_series()
    sound = prices[(prices > 0) & prices.notna()]
    return sound if len(sound) else None
