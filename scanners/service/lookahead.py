"""Whether anything sees the future: random past dates with and without what came later, bit for bit."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from lppl.indicators.presets import Preset
from scanners.evidence.series_fits import CONSENSUS
from scanners.past.evidence_history import AsOf, as_of, evidence_history
from scanners.past.skill.signals import Signal, values
from scanners.prices.interface import Failure, Provider, Request

FIRST = 252  # sessions before the first date: with fewer there is little to compare
_PATIENCE = 120.0  # seconds for one download
Rows = Callable[[pd.Series, Sequence[int]], Iterator[tuple[int, AsOf]]]


@dataclass(frozen=True)
class Difference:
    """One number that changes with what came later.

    Parameters
    ----------
    what, date : str
        Which number, and as of which session.
    seen, unseen : str
        Its value with the later prices at hand, and without them.
    """

    what: str
    date: str
    seen: str
    unseen: str

    def __str__(self) -> str:
        return (
            f"{self.what} as of {self.date} is {self.seen} with later prices and {self.unseen} without them"
        )


def draw(prices: pd.Series, count: int, seed: int = 0) -> np.ndarray:
    """Draw past positions at random, each with prices before and after it, in order.

    Raises
    ------
    ValueError
        If the series is too short.
    """
    possible = np.arange(FIRST, len(prices) - 1)
    if not len(possible):
        raise ValueError(f"prices must have more than {FIRST + 1} sessions, got {len(prices)}")
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(possible, min(count, len(possible)), replace=False))


def check_evidence(
    prices: pd.Series,
    at: Sequence[int] | np.ndarray,
    preset: str | Preset = CONSENSUS,
    rows: Rows | None = None,
) -> list[Difference]:
    """Compare the evidence of a pass over the whole series with that of prices cut off at each date.

    Parameters
    ----------
    prices : pandas.Series
        Closes on increasing dates.
    at : sequence of int
        Positions.
    preset : str or lppl.Preset
        Windows and filters.
    rows : callable, optional
        Makes the rows of the whole series; by default the pass that a replay and a skill table use.
    """
    places = [int(i) for i in at]
    if rows is None:
        found = evidence_history(prices, places, preset=preset, tested=places)
    else:
        found = rows(prices, places)
    different = []
    for i, row in found:
        alone = as_of(prices.iloc[: i + 1], i, preset, True)
        seen, unseen = (dict(_flat(msgspec.to_builtins(one))) for one in (row, alone))
        different += [
            Difference(key, row.date, repr(seen.get(key)), repr(unseen.get(key)))
            for key in {**seen, **unseen}
            if not _same(seen.get(key), unseen.get(key))
        ]
    return different


def check_signal(
    prices: pd.Series, at: Sequence[int] | np.ndarray, name: str, signal: Signal
) -> list[Difference]:
    """Compare a signal on the whole series with the same on prices cut off at each date."""
    places = np.asarray(at, dtype=np.int64)
    different = []
    for i, seen in zip(places, values(signal, prices, places).tolist(), strict=True):
        alone = float(values(signal, prices.iloc[: i + 1], np.array([i]))[0])
        if not _same(seen, alone):
            different.append(Difference(name, f"{prices.index[i]:%Y-%m-%d}", repr(seen), repr(alone)))
    return different


def check_provider(
    provider: Provider, symbol: str, count: int, seed: int = 0
) -> tuple[int, list[Difference]]:
    """Compare the closes of a download of everything with those of downloads that end at random dates.

    Returns
    -------
    int, list of Difference
        Dates compared; each differing download counts once, by its first differing close.

    Raises
    ------
    ValueError
        If a download fails, or there is too little to compare.
    """
    whole = _download(provider, symbol, None)
    if len(whole) < 3:
        raise ValueError(f"{provider.name} must have at least 3 sessions of {symbol}, got {len(whole)}")
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.choice(np.arange(1, len(whole) - 1), min(count, len(whole) - 2), replace=False))
    different = []
    for end in ends:
        last = whole.index[end]
        seen, cut = whole[:last], _download(provider, symbol, last.date())
        late = cut[cut.index > last]
        if len(late):
            day = f"{late.index[0]:%Y-%m-%d}"
            different.append(Difference(f"close of {day}", f"{last:%Y-%m-%d}", "there", "there as well"))
            continue
        both = pd.concat([seen, cut], axis=1).to_numpy()
        apart = np.flatnonzero(~((both[:, 0] == both[:, 1]) | np.isnan(both).all(axis=1)))
        if len(apart):
            day = f"{seen.index.union(cut.index)[apart[0]]:%Y-%m-%d}"
            one, other = (repr(float(value)) for value in both[apart[0]])
            different.append(Difference(f"close of {day}", f"{last:%Y-%m-%d}", one, other))
    return len(ends), different


def _download(provider: Provider, symbol: str, end: date | None) -> pd.Series:
    request = Request(symbol, symbol, None, end)
    outcome = next(iter(provider.fetch([request], time.monotonic() + _PATIENCE)), None)
    if outcome is None or isinstance(outcome, Failure):
        why = outcome.message if outcome else "no answer"
        raise ValueError(f"{provider.name} has no {symbol}: {why}")
    return pd.Series(outcome.close, pd.DatetimeIndex(outcome.sessions.astype("datetime64[ns]"))).sort_index()


def _flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf of nested values with its dotted name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{place}[{number}]")
    else:
        yield place, value


def _same(one: Any, other: Any) -> bool:
    both_nan = isinstance(one, float) and isinstance(other, float) and math.isnan(one) and math.isnan(other)
    return both_nan or (type(one) is type(other) and one == other)
