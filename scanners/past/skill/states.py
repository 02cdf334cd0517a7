"""State, not onset: what the sessions after a day of each confidence brought, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanners.past.skill.alarms import onsets
from scanners.past.skill.judged import JudgedPast
from scanners.past.skill.score import matches

AHEAD = 60  # sessions
FALL = "fall of 10% in 60"
_THIN = 100  # days of a series and band that are matched


@dataclass(frozen=True)
class Mean:
    """A mean over days, its 95% interval over stretches, and the same on other dates of the same series.

    Parameters
    ----------
    value : float or None
    interval : tuple of float or None
        None with fewer than five stretches.
    usual, stretched : float or None
        On any date, in the same mix of series, and on dates as stretched, far from any such day.
    """

    value: float | None
    interval: tuple[float, float] | None
    usual: float | None
    stretched: float | None


@dataclass(frozen=True)
class State:
    """Days with C3 in one band.

    Parameters
    ----------
    low, high : float
        C3 at least ``low`` (above it, where it is zero) and below ``high``.
    days, stretches : int
        Judged days, and how many stretches they make: days at most 40 sessions apart belong to one.
    growth : Mean
        Log return of the next 60 sessions.
    falls : Mean
        Share of days that a fall of 10% within 60 sessions followed.
    """

    low: float
    high: float
    days: int
    stretches: int
    growth: Mean
    falls: Mean


def states(
    panel: Sequence[JudgedPast], edges: Sequence[float], *, draws: int = 999, seed: int = 0
) -> tuple[State, ...]:
    """Say what followed days of each confidence.

    Neighbouring days share their future: the interval resamples whole stretches of days.

    Parameters
    ----------
    panel : sequence of JudgedPast
    edges : sequence of float
        Increasing; the bands lie below, between and above them. Days with no window that qualifies belong to
        none.
    draws : int
        Of the bootstrap.
    seed : int
    """
    known = [(one.consensus(), _growth(one), one.tops.followed[FALL]) for one in panel]
    alarms = [
        one.member.at[values >= edges[0]] for one, (values, _, _) in zip(panel, known, strict=True)
    ]  # no date of a bubble is the usual future of another
    found = []
    for low, high in zip((0.0, *edges), (*edges, np.inf), strict=True):
        inside = [np.flatnonzero((v >= low) & (v < high) & (v > 0)) for v, _, _ in known]
        rows = [
            matches(one, values, places, chosen[:: max(1, len(chosen) // _THIN)])
            for one, (values, _, _), places, chosen in zip(panel, known, alarms, inside, strict=True)
        ]
        ids, count = _stretches(panel, inside)
        growth, falls = (
            _mean([each[k] for each in known], inside, ids, count, rows, draws, seed) for k in (1, 2)
        )
        found.append(State(low, float(high), sum(map(len, inside)), count, growth, falls))
    return tuple(found)


def _growth(one: JudgedPast) -> np.ndarray:
    y = np.log(one.member.prices.to_numpy(dtype=np.float64))
    after = np.append(y, np.full(AHEAD, np.nan))[one.member.at + AHEAD]
    return after - y[one.member.at]


def _stretches(panel: Sequence[JudgedPast], inside: Sequence[np.ndarray]) -> tuple[list[np.ndarray], int]:
    """Return a number for the stretch of each day, different for each series, and how many there are."""
    ids, count = [], 0
    for one, chosen in zip(panel, inside, strict=True):
        places = one.member.at[chosen]
        begins = onsets(places)
        ids.append(count + np.searchsorted(begins, places, side="right") - 1)
        count += len(begins)
    return ids, count


def _mean(
    values: Sequence[np.ndarray],
    inside: Sequence[np.ndarray],
    ids: Sequence[np.ndarray],
    count: int,
    rows: Sequence[np.ndarray],
    draws: int,
    seed: int,
) -> Mean:
    mine = np.concatenate([v[chosen] for v, chosen in zip(values, inside, strict=True)])
    finite, stretch = np.isfinite(mine), np.concatenate(ids)
    if not finite.any():
        return Mean(None, None, None, None)
    sums = np.bincount(stretch[finite], weights=mine[finite], minlength=count)
    sizes = np.bincount(stretch[finite], minlength=count)
    drawn = np.random.default_rng(seed).integers(count, size=(draws, count))
    totals = sizes[drawn].sum(axis=1)
    means = sums[drawn].sum(axis=1)[totals > 0] / totals[totals > 0]
    interval = None
    if count >= 5 and len(means):
        low, high = np.quantile(means, (0.025, 0.975))
        interval = float(low), float(high)
    usual = [np.full(len(chosen), np.nanmean(v)) for v, chosen in zip(values, inside, strict=True)]
    like = np.concatenate([v[each].ravel() for v, each in zip(values, rows, strict=True)])
    return Mean(
        value=float(mine[finite].mean()),
        interval=interval,
        usual=float(np.concatenate(usual).mean()),
        stretched=float(np.nanmean(like)) if np.isfinite(like).any() else None,
    )
