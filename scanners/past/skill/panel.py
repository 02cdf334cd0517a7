"""A panel: the series whose past is scored, and which of their years."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import pandas as pd

import lppl
from scanners.config import watchlist as watchlists
from scanners.config.policy import Policy
from scanners.config.read_options import ReadOptions
from scanners.config.schema import refuse_unknown
from scanners.config.watchlist import Entry
from scanners.core import toml
from scanners.core.errors import CommandError
from scanners.evidence.series_fits import CONSENSUS, DAYS
from scanners.past.evidence_history import of_days, positions
from scanners.prices.files.csv_file import read_table
from scanners.prices.files.folder import locate
from scanners.prices.local import local_closes
from scanners.prices.providers import csv_folder
from scanners.prices.selection import read_as

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dates that count; the history before ``since`` is still read."""

    since: Day | None = None
    to: Day | None = None


class Panel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A watchlist with the years to score: ``to`` for all series, ``spans`` for some."""

    series: Annotated[tuple[Entry, ...], msgspec.Meta(min_length=1)]
    name: str = ""
    to: Day | None = None
    spans: dict[str, Span] = {}


@dataclass(frozen=True, eq=False)
class Member:
    """One series of a panel: its closes and the positions at which it is judged.

    Parameters
    ----------
    name, title, asset_class : str
        As in the panel.
    prices : pandas.Series
        Positive closes up to the panel's last date.
    at : array of int
        Every ``step`` sessions, from the first that the history allows to judge.
    step : int
        Sessions between them.
    """

    name: str
    title: str
    asset_class: str
    prices: pd.Series
    at: np.ndarray
    step: int

    @property
    def years(self) -> float:
        """Years in which the series is judged."""
        return len(self.at) * self.step / self.sessions_a_year

    @property
    def sessions_a_year(self) -> float:
        """Sessions a year of this market, from its dates."""
        index = self.prices.index
        return (len(index) - 1) / ((index[-1] - index[0]).days / 365.25)


def load(name_or_path: str) -> Panel:
    """Load a panel: a TOML file with the keys of a watchlist, ``to`` and ``spans``; or any watchlist.

    Raises
    ------
    CommandError
        If there is no such file, or it breaks a rule.
    """
    path = Path(name_or_path)
    if not path.is_file():
        found = watchlists.load(name_or_path)
        return Panel(found.series, found.name)
    content = toml.read(path)
    refuse_unknown(str(path), content, Panel)
    try:
        panel = msgspec.convert(content, Panel)
    except msgspec.ValidationError as error:
        raise CommandError(f"{path}: {error}") from None
    names = [entry.name for entry in panel.series]
    unknown = sorted(set(panel.spans) - set(names))
    if unknown or len(set(names)) < len(names):
        what = f"spans names {unknown[0]!r}, which is no series" if unknown else "a name stands twice"
        raise CommandError(f"{path}: {what}")
    return panel if panel.name else msgspec.structs.replace(panel, name=path.stem)


def members(
    panel: Panel, folder: Path | None, step: int, policy: Policy, reading: ReadOptions | None = None
) -> list[Member]:
    """Read the series of a panel.

    Parameters
    ----------
    panel : Panel
    folder : Path, optional
        Of the CSV files behind the ``csv`` symbols.
    step : int
        Sessions between judgements.
    policy : Policy
        Its ``minimum_windows`` decide where a series begins to be judged.
    reading : ReadOptions, optional
        How the files are to be read; what it leaves empty is as the panel says.

    Raises
    ------
    CommandError
        If a series cannot be read, or no series is long enough.
    """
    first = shortest_history(policy)
    found = []
    for entry in read_as(panel.series, reading):
        span = panel.spans.get(entry.name, Span())
        prices = read(entry, folder, panel.to)
        last = min(filter(None, (panel.to, span.to)), default=None)
        try:
            at = positions(prices, span.since, last, step)
        except ValueError:
            continue
        at = at[at >= first - 1]
        if len(at):
            found.append(Member(entry.name, entry.title, entry.asset_class, prices, at, step))
    if not found:
        raise CommandError(f"panel {panel.name}: no series has the {first} sessions that a verdict needs")
    return found


def shortest_history(policy: Policy) -> int:
    """Return the sessions that a verdict needs."""
    lengths = sorted(lppl.PRESETS[CONSENSUS].lengths)
    return lengths[policy.minimum_windows - 1] + DAYS - 1


def read(entry: Entry, folder: Path | None, to: str | None) -> pd.Series:
    """Read an entry's closes up to a date; what lies after it need not be sound."""
    if folder is None or csv_folder.NAME not in entry.symbols:
        return of_days(local_closes(entry, folder)[:to], entry.name)
    path, symbol = locate(folder, entry.symbols[csv_folder.NAME])
    prices = closes(path, entry.reading, symbol, to)[:to].rename(entry.name)
    sound = usable(prices)
    if sound < len(prices):
        day = f"{prices.index[sound]:%Y-%m-%d}"
        raise CommandError(f"{folder}: {entry.name}: the close of {day} is not positive, or stands twice")
    return of_days(prices, entry.name)


def closes(
    path: Path, reading: ReadOptions, symbol: str | None = None, as_of: str | None = None
) -> pd.Series:
    """Read the closes of a file in the order of their dates, sound or not."""
    table = read_table(path, symbol=symbol, options=reading, as_of=as_of)
    index = pd.DatetimeIndex(table.sessions.astype("datetime64[ns]"), name="date")
    return pd.Series(table.values["close"], index=index).sort_index()


def usable(prices: pd.Series) -> int:
    """Return how many closes from the first on are positive and the only one of their date."""
    sound = (prices > 0) & np.isfinite(prices) & ~prices.index.duplicated()
    return len(prices) if sound.all() else int(np.argmin(sound))
