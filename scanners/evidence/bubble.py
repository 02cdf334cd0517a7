"""Bubble evidence of one series: nested fits, confidence by filter, the consensus and the critical time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import lppl
from lppl.core.series import Prices, check
from lppl.fitting.windows import fit_together
from lppl.indicators.presets import find
from scanners.evidence.sessions import iso_dates

CONSENSUS = "daily"  # the preset whose filters are averaged into C
DAYS = 3  # sessions averaged into C3
QUANTILES = (0.1, 0.5, 0.9)
AMBIGUOUS = 1.05  # a second minimum with a sum of squares up to this many times the first


@dataclass(frozen=True)
class CriticalTime:
    """Where the windows that qualify put the critical time.

    Parameters
    ----------
    low, median, high : str
        ISO dates of the 10%, 50% and 90% quantiles over the windows that pass a filter.
    windows, attempted : int
        Windows that qualify, and all windows.
    at_bound, ambiguous : float
        Shares of the windows that qualify with m, omega or tc on a bound of the search box, and with a second
        minimum elsewhere whose sum of squares is at most 5% higher.
    """

    low: str
    median: str
    high: str
    windows: int
    attempted: int
    at_bound: float
    ambiguous: float

    @property
    def span(self) -> str:
        """The interval in words."""
        return self.low if self.low == self.high else f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Bubble:
    """Numbers of the nested fits that end at one session.

    Parameters
    ----------
    preset : str
        Published windows and filters behind ``confidence``, ``critical_time`` and ``fit``.
    confidence : dict of str to dict
        Filter -> share of all attempted windows that qualify as ``positive`` and as ``negative`` bubble.
    attempted, failed, at_bound : int
        Windows of the preset: all, without a fit, with m, omega or tc on its bound.
    consensus, consensus_negative : float
        C: mean over the filters of the ``daily`` preset of the share of windows that qualify.
    consensus_3day, consensus_3day_negative : float
        C3: mean of C over the last three sessions.
    windows_available, windows_total : int
        Windows of the ``daily`` preset that the history allows on each of the three sessions, and all.
    critical_time : CriticalTime or None
        None when no window qualifies.
    fit : dict or None
        The longest window that qualifies, else the longest that was fitted; its dates and parameters.
    """

    preset: str
    confidence: dict[str, dict[str, float]]
    attempted: int
    failed: int
    at_bound: int
    consensus: float
    consensus_negative: float
    consensus_3day: float
    consensus_3day_negative: float
    windows_available: int
    windows_total: int
    critical_time: CriticalTime | None
    fit: dict[str, Any] | None


@dataclass(frozen=True, eq=False)
class Fits:
    """The fits behind the numbers, for pictures.

    Parameters
    ----------
    preset : lppl.Preset
        The published preset, or the user's own.
    windows : lppl.WindowFits
        Its windows at the last session.
    passed : dict of str to array of bool, shape (windows,)
        Filter of the preset -> windows that pass it.
    qualified : array of bool, shape (windows,)
        Windows that pass a filter, in the direction that most of those share.
    consensus : array, shape (3, 2)
        Upward and downward C on the last three sessions, oldest first.
    """

    preset: lppl.Preset
    windows: lppl.WindowFits
    passed: dict[str, np.ndarray]
    qualified: np.ndarray
    consensus: np.ndarray

    @property
    def shown(self) -> int | None:
        """Row of the longest window that qualifies, else of the longest that was fitted."""
        rows = np.flatnonzero(self.qualified if self.qualified.any() else self.windows.success)
        return int(rows[self.windows.length[rows].argmax()]) if len(rows) else None


def fit_series(prices: pd.Series, preset: str | lppl.Preset) -> Fits | None:
    """Fit every window of a published preset at the last session, and the consensus on the last three.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates; all fits end at the last one or before.
    preset : str or lppl.Preset
        A name in ``lppl.PRESETS``, or one of the user's own.

    Returns
    -------
    Fits or None
        None when the history is too short for the shortest window on each of the last three sessions.

    Raises
    ------
    ValueError
        If the prices break a rule of `lppl.fit_windows`.
    """
    last = len(prices) - 1
    return fit_sessions(prices, preset, [last]).get(last)


def fit_sessions(
    prices: pd.Series,
    preset: str | lppl.Preset,
    places: Sequence[int],
    known: Mapping[int, tuple[float, float]] | None = None,
) -> dict[int, Fits]:
    """Return what `fit_series` returns for prices cut off at each place; neighbouring sessions share fits.

    Parameters
    ----------
    prices, preset
        As for `fit_series`.
    places : sequence of int
        Positions in ``prices``. One that the history does not allow is left out.
    known : mapping, optional
        Position -> `consensus_of` the session there, which then is not fitted; for none of the places.
    """
    published, daily = find(preset), lppl.PRESETS[CONSENSUS]
    fewest = max(min(published.lengths), min(daily.lengths) + DAYS - 1)
    judged = {place: range(place - DAYS + 1, place + 1) for place in places if place + 1 >= fewest}
    if not judged:
        return {}
    shown = {place: set(published.available(place + 1)) for place in judged}
    shares = {end: np.array(share) for end, share in (known or {}).items()}
    ends = sorted({end for around in judged.values() for end in around} - set(shares))
    asked = {end: set(daily.available(end + 1)) for end in ends}
    if (published.space, published.time) == (daily.space, daily.time):
        windows = fits = _fit(prices, daily, {end: asked[end] | shown.get(end, set()) for end in ends})
    else:
        windows, fits = _fit(prices, published, shown), _fit(prices, daily, asked)
    shares |= {end: consensus_of(found.select(daily.available(end + 1))) for end, found in fits.items()}
    found = {}
    for place, around in judged.items():
        beside = windows[place].select(published.available(place + 1))
        found[place] = arrange(published, beside, np.array([shares[end] for end in around]))
    return found


def arrange(preset: lppl.Preset, windows: lppl.WindowFits, consensus: np.ndarray) -> Fits:
    """Return the fits of one session with what passes the preset's filters.

    Parameters
    ----------
    preset : lppl.Preset
    windows : lppl.WindowFits
        Its windows at that session.
    consensus : array, shape (3, 2)
        `consensus_of` the last three sessions, oldest first.
    """
    passed = {name: rule.passes(windows) for name, rule in preset.filters.items()}
    return Fits(
        preset=preset,
        windows=windows,
        passed=passed,
        qualified=_shared_direction(np.logical_or.reduce(list(passed.values())), windows.direction),
        consensus=consensus,
    )


def consensus(series: Sequence[Prices]) -> np.ndarray:
    """Return C upward and downward at the end of each series: the mean over the filters of ``daily``.

    Parameters
    ----------
    series : sequence of Prices
        Checked closes in the time of the ``daily`` preset, cut off at the session asked for. Sessions and
        paths that are asked for together share passes over the grid.

    Returns
    -------
    array, shape (len(series), 2)
        Shares of the windows that the history up to then allows.
    """
    daily = lppl.PRESETS[CONSENSUS]
    lengths = [daily.available(one.t.size) for one in series]
    fits = fit_together(series, lengths, daily.space, second=False)
    return np.array([consensus_of(windows) for windows in fits])


def consensus_of(windows: lppl.WindowFits) -> np.ndarray:
    """Return C upward and downward of the windows of the ``daily`` preset at one session, shape (2,)."""
    found = [lppl.confidence(windows, rule) for rule in lppl.PRESETS[CONSENSUS].filters.values()]
    return np.mean([(item.positive, item.negative) for item in found], axis=0)


def bubble(fits: Fits) -> Bubble:
    """Condense fits to the numbers a verdict may rest on."""
    windows, daily = fits.windows, lppl.PRESETS[CONSENSUS]
    found = {name: lppl.confidence(windows, rule) for name, rule in fits.preset.filters.items()}
    counts = next(iter(found.values()))
    three_days = fits.consensus.mean(axis=0)
    return Bubble(
        preset=fits.preset.name,
        confidence={
            name: {"negative": item.negative, "positive": item.positive}
            for name, item in sorted(found.items())  # sorted, so that it reads the same from the store
        },
        attempted=counts.attempted,
        failed=counts.failed,
        at_bound=counts.at_bound,
        consensus=float(fits.consensus[-1, 0]),
        consensus_negative=float(fits.consensus[-1, 1]),
        consensus_3day=float(three_days[0]),
        consensus_3day_negative=float(three_days[1]),
        windows_available=len(daily.available(len(windows.prices.t) - DAYS + 1)),
        windows_total=len(daily.lengths),
        critical_time=_critical_time(fits),
        fit=None if fits.shown is None else _described(windows, fits.shown),
    )


def _fit(prices: pd.Series, preset: lppl.Preset, asked: dict[int, set[int]]) -> dict[int, lppl.WindowFits]:
    checked = check(prices, preset.time)
    series = [checked.until(end) for end in asked]
    found = fit_together(series, [sorted(lengths) for lengths in asked.values()], preset.space)
    return dict(zip(asked, found, strict=True))


def _shared_direction(passed: np.ndarray, direction: np.ndarray) -> np.ndarray:
    up, down = passed & (direction > 0), passed & (direction < 0)
    return up if up.sum() >= down.sum() else down


def _critical_time(fits: Fits) -> CriticalTime | None:
    windows, chosen = fits.windows, fits.qualified
    if not chosen.any():
        return None
    low, median, high = iso_dates(windows.prices, np.quantile(windows.tc[chosen], QUANTILES))
    return CriticalTime(
        low=low,
        median=median,
        high=high,
        windows=int(chosen.sum()),
        attempted=len(windows),
        at_bound=float(_on_bound(windows)[chosen].mean()),
        ambiguous=float((windows.second_sse <= AMBIGUOUS * windows.sse)[chosen].mean()),
    )


def _on_bound(windows: lppl.WindowFits) -> np.ndarray:
    return (windows.at_tc != 0) | (windows.at_m != 0) | (windows.at_omega != 0)


_DESCRIBED = ("m", "omega", "A", "B", "C1", "C2", "damping", "rms", "horizon", "max_relative_error")


def _described(windows: lppl.WindowFits, row: int) -> dict[str, Any]:
    start, end, critical = iso_dates(windows.prices, (windows.t1[row], windows.t2[row], windows.tc[row]))
    described = {
        "length": int(windows.length[row]),
        "start": start,
        "end": end,
        "tc": critical,
        **{name: float(getattr(windows, name)[row]) for name in _DESCRIBED},
        "oscillations": float(windows.oscillations()[row]),
    }
    return dict(sorted(described.items()))
