"""Fits of one series: the windows that decide, those of a preset shown beside them, C of three sessions."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import lppl
from lppl.core.series import Prices, check
from lppl.fitting.lowest_cells import lowest_cells
from lppl.fitting.windows import fit_together
from lppl.indicators.presets import find

CONSENSUS = "daily"  # the preset whose filters are averaged into C
DAYS = 3  # sessions averaged into C3
THREADS = min(4, os.cpu_count() or 1)  # of what raised series alone cost: the other cores are mostly free


Ready = Callable[[], Mapping[int, lppl.WindowFits]]  # of one series: position -> windows of ``daily``


@dataclass(frozen=True, eq=False)
class Fits:
    """The fits behind the numbers, for pictures.

    Parameters
    ----------
    preset : lppl.Preset
        ``daily``, whose filters decide.
    windows : lppl.WindowFits
        Its windows at the last session.
    passed : dict of str to array of bool, shape (windows,)
        Filter of the preset -> windows that pass it.
    qualified : array of bool, shape (windows,)
        Windows that pass a filter, in the direction that has the larger C.
    consensus : array, shape (3, 2)
        Upward and downward C on the last three sessions, oldest first.
    published : Fits or None
        Of the preset that was asked for beside it, which decides nothing.
    """

    preset: lppl.Preset
    windows: lppl.WindowFits
    passed: dict[str, np.ndarray]
    qualified: np.ndarray
    consensus: np.ndarray
    published: "Fits | None" = None

    @property
    def shown(self) -> int | None:
        """Row of the longest window that qualifies, else of the longest that was fitted."""
        rows = np.flatnonzero(self.qualified if self.qualified.any() else self.windows.success)
        return int(rows[self.windows.length[rows].argmax()]) if len(rows) else None


def fit_series(prices: pd.Series, preset: str | lppl.Preset) -> Fits | None:
    """Fit the windows that decide on the last three sessions, and those of another preset at the last.

    Parameters
    ----------
    prices : pandas.Series
        Positive closes on increasing dates; all fits end at the last one or before.
    preset : str or lppl.Preset
        A name in ``lppl.PRESETS``, or one of the user's own, to be shown beside; ``daily`` is what decides.

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
    ready: Mapping[int, lppl.WindowFits] | None = None,
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
    ready : mapping, optional
        Position -> the windows of ``daily`` there, where `fit_alike` has fitted them.
    """
    published, daily = find(preset), lppl.PRESETS[CONSENSUS]
    fewest = min(daily.lengths) + DAYS - 1
    judged = {place: range(place - DAYS + 1, place + 1) for place in places if place + 1 >= fewest}
    if not judged:
        return {}
    shown = {place: set(published.available(place + 1)) for place in judged}
    beside = {} if published.name == CONSENSUS else {place: asked for place, asked in shown.items() if asked}
    shares = {end: np.array(share) for end, share in (known or {}).items()}
    ends = sorted({end for around in judged.values() for end in around} - set(shares))
    asked = {end: set(daily.available(end + 1)) for end in ends}
    if (published.space, published.time) == (daily.space, daily.time):
        wanted = {end: asked[end] | beside.get(end, set()) for end in ends}
        fitted = extra = _fit(prices, daily, wanted, ready or {})
    else:
        fitted, extra = _fit(prices, daily, asked, ready or {}), _fit(prices, published, beside, {})
    decide = {end: found.select(daily.available(end + 1)) for end, found in fitted.items()}
    shares |= {end: consensus_of(windows) for end, windows in decide.items()}
    found = {}
    for place, around in judged.items():
        three = np.array([shares[end] for end in around])
        found[place] = arrange(daily, decide[place], three)
        if place in beside:
            others = arrange(published, extra[place].select(published.available(place + 1)), three)
            found[place] = replace(found[place], published=others)
    return found


def fit_alike(
    asked: Sequence[tuple[pd.Series, Mapping[int, tuple[float, float]]]],
) -> list[dict[int, lppl.WindowFits]]:
    """Fit the windows of ``daily`` that `fit_sessions` will ask for, of many series in shared passes.

    Parameters
    ----------
    asked : sequence of (pandas.Series, mapping)
        Positive closes, of which the last is the place, and what is known of the sessions before it.

    Returns
    -------
    list of dict
        Position -> windows, for each series; nothing where its closes allow no fits.
    """
    daily = lppl.PRESETS[CONSENSUS]
    found: list[dict[int, lppl.WindowFits]] = [{} for _ in asked]
    sessions: list[tuple[int, int, Prices]] = []
    for k, (prices, known) in enumerate(asked):
        ends = [end for end in range(len(prices) - DAYS, len(prices)) if end not in known]
        if len(prices) < min(daily.lengths) + DAYS - 1:
            continue
        try:
            checked = check(prices, daily.time)
        except ValueError:
            continue  # it is said where that series is looked at
        sessions += [(k, end, checked.until(end)) for end in ends]
    lengths = [sorted(daily.available(end + 1)) for _, end, _ in sessions]
    fits = fit_together([one for *_, one in sessions], lengths, daily.space)
    for (k, end, _), windows in zip(sessions, fits, strict=True):
        found[k][end] = windows
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
        qualified=_of_larger_share(np.array(list(passed.values())), windows.direction),
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


def grid_consensus(series: Sequence[Prices]) -> np.ndarray:
    """Return what `consensus` would if fits were the lowest cells of their grids, for a fifth of the time.

    Parameters
    ----------
    series : sequence of Prices
        As for `consensus`, all of the same length.
    """
    daily = lppl.PRESETS[CONSENSUS]
    cells = lowest_cells(series, daily.available(series[0].t.size), daily.space)
    return np.array([consensus_of(windows) for windows in cells])


def with_consensus(history: pd.DataFrame, preset: lppl.Preset) -> pd.DataFrame:
    """Return what `lppl.confidence_history` found, with C of each date before the shares of the filters."""
    found = history.copy()
    for place, side in enumerate(("positive", "negative")):
        shares = history[[f"{name}_{side}" for name in preset.filters]]
        found.insert(place, f"C_{side}", shares.mean(axis=1))
    return found


def consensus_of(windows: lppl.WindowFits) -> np.ndarray:
    """Return C upward and downward of the windows of the ``daily`` preset at one session, shape (2,)."""
    found = [lppl.confidence(windows, rule) for rule in lppl.PRESETS[CONSENSUS].filters.values()]
    return np.mean([(item.positive, item.negative) for item in found], axis=0)


def _fit(
    prices: pd.Series,
    preset: lppl.Preset,
    asked: dict[int, set[int]],
    ready: Mapping[int, lppl.WindowFits],
) -> dict[int, lppl.WindowFits]:
    found = {end: ready[end] for end in asked if end in ready and asked[end] <= {*ready[end].length}}
    missing = {end: sorted(lengths) for end, lengths in asked.items() if end not in found}
    if missing:
        checked = check(prices, preset.time)
        series = [checked.until(end) for end in missing]
        found |= zip(missing, fit_together(series, list(missing.values()), preset.space), strict=True)
    return found


def _of_larger_share(passed: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the windows that pass a filter, on the side whose mean share over the filters is larger."""
    up, down = passed & (direction > 0), passed & (direction < 0)
    return np.logical_or.reduce(up if up.sum() >= down.sum() else down)
