"""What a piece of evidence adds to a stated chance: falls observed over expected, and the gain in scores."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from scanners.past.panel.half_years import (
    DRAWS,
    FEWEST_HALF_YEARS,
    drawn_ratios,
    half_year,
    interval,
    ratio,
)

YEARS = 5  # calendar years of a tested block
_LEAST = 3000  # looks known before the first tested block
_EDGE = 1e-4  # chances are kept this far from 0 and 1
_PRIOR = 0.5  # log odds: standard deviation, before looking, of what the strongest evidence does
_RIDGE = 1e-6


@dataclass(frozen=True)
class Lift:
    """Falls at some looks against what was stated for them without the evidence.

    Parameters
    ----------
    looks, half_years : int
        Looks with the evidence, and the calendar half-years they lie in.
    observed, expected, usual : float
        Share followed by the fall, mean stated chance, and the mean over the same mix of series of each
        series' share on any look.
    ratio, ratio_to_usual : float
        Observed over expected, and over usual.
    interval, interval_to_usual : tuple of float or None
        95%, half-years drawn.
    relative, relative_interval : float, tuple or None
        Observed over expected at these looks, over the same at all looks: free of a chance that is too high
        or too low on the whole panel.
    """

    looks: int
    half_years: int
    observed: float
    expected: float
    usual: float
    ratio: float
    interval: tuple[float, float] | None
    ratio_to_usual: float
    interval_to_usual: tuple[float, float] | None
    relative: float
    relative_interval: tuple[float, float] | None

    def to_dict(self) -> dict:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Gain:
    """Change of the scores when one coefficient for the evidence joins the stated chance, walking forward.

    Parameters
    ----------
    looks : int
        Tested looks.
    brier, log : float
        Score without the evidence less score with it, over the former: positive is better.
    brier_interval, log_interval : tuple of float or None
    coefficient : float
        Log odds per unit in the last fit.
    """

    looks: int
    brier: float
    brier_interval: tuple[float, float] | None
    log: float
    log_interval: tuple[float, float] | None
    coefficient: float

    def to_dict(self) -> dict:
        """Return plain values."""
        return asdict(self)


def lift(
    dates: ArrayLike,
    fell: NDArray[np.float64],
    chance: NDArray[np.float64],
    usual: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    draws: int = DRAWS,
) -> Lift | None:
    """Compare what followed the chosen looks with what was stated; None without a look whose end is known.

    Parameters
    ----------
    dates : array of datetime64, shape (n,)
    fell, chance, usual : arrays, shape (n,)
        1 or 0, NaN where not known; stated chance; share of the series' looks that were followed.
    chosen : array of bool, shape (n,)
    draws : int
    """
    rows = np.flatnonzero(chosen & np.isfinite(fell) & np.isfinite(chance) & np.isfinite(usual))
    if not len(rows):
        return None
    days, hits = np.asarray(dates)[rows], fell[rows]
    known = np.isfinite(fell) & np.isfinite(chance) & np.isfinite(usual)
    overall = float(fell[known].sum() / chance[known].sum())
    there = chosen[known].astype(float)
    drawn = drawn_ratios(
        np.asarray(dates)[known],
        [fell[known] * there, fell[known]],
        [chance[known] * there, chance[known]],
        draws,
    )
    fell_at_all = drawn[:, 1] > 0
    enough = len(np.unique(half_year(days))) >= FEWEST_HALF_YEARS
    against, span = ratio(days, hits, chance[rows], draws)
    common, common_span = ratio(days, hits, usual[rows], draws)
    return Lift(
        looks=len(rows),
        half_years=len(np.unique(half_year(days))),
        observed=float(hits.mean()),
        expected=float(chance[rows].mean()),
        usual=float(usual[rows].mean()),
        ratio=against,
        interval=span,
        ratio_to_usual=common,
        interval_to_usual=common_span,
        relative=against / overall if overall > 0 else float("nan"),
        relative_interval=interval(drawn[fell_at_all, 0] / drawn[fell_at_all, 1]) if enough else None,
    )


def gain(
    dates: ArrayLike,
    fell: NDArray[np.float64],
    chance: NDArray[np.float64],
    evidence: NDArray[np.float64],
    sessions: int,
    draws: int = DRAWS,
) -> Gain | None:
    """Score stated chances with and without the evidence in blocks of five years, each fitted before it.

    The chance enters as ``a + b logit(chance)``, refitted before every block with and without ``c evidence``;
    a look is known to a block when its horizon ended before it. The coefficient is drawn to zero as by a
    normal prior whose standard deviation is half a log odd for the strongest evidence seen so far.

    Parameters
    ----------
    dates : array of datetime64, shape (n,)
    fell, chance, evidence : arrays, shape (n,)
        NaN where not known; such looks are left out.
    sessions : int
        Horizon of the fall.
    draws : int

    Returns
    -------
    Gain or None
        None when no block has enough looks before it.
    """
    good = np.isfinite(fell) & np.isfinite(chance) & np.isfinite(evidence)
    days = pd.DatetimeIndex(np.asarray(dates)[good])
    y, x = fell[good], evidence[good].astype(float)
    held = np.clip(chance[good], _EDGE, 1 - _EDGE)
    base = np.column_stack([np.ones(len(y)), np.log(held / (1 - held))])
    both = np.column_stack([base, x])
    block = days.year.to_numpy() // YEARS * YEARS
    known = days + pd.Timedelta(days=int(sessions * 1.5))
    plain, added, last = np.full(len(y), np.nan), np.full(len(y), np.nan), np.nan
    for start in np.unique(block):
        before = np.asarray(known < pd.Timestamp(year=int(start), month=1, day=1))
        if before.sum() < _LEAST or np.ptp(x[before]) == 0 or np.ptp(y[before]) == 0:
            continue
        rows = block == start
        plain[rows] = _stated(base[rows] @ logit_fit(base[before], y[before]))
        penalty = np.array([0.0, 0.0, (np.abs(x[before]).max() / _PRIOR) ** 2])
        weights = logit_fit(both[before], y[before], penalty)
        added[rows], last = _stated(both[rows] @ weights), float(weights[-1])
    told = np.isfinite(plain)
    if not told.any():
        return None
    y, plain, added, days = y[told], plain[told], added[told], days[told]
    brier = (plain - y) ** 2, (added - y) ** 2
    log = tuple(-np.where(y > 0, np.log(p), np.log1p(-p)) for p in (plain, added))
    drawn = drawn_ratios(days, [brier[0] - brier[1], log[0] - log[1]], [brier[0], log[0]], draws)
    return Gain(
        looks=int(told.sum()),
        brier=float(1 - brier[1].sum() / brier[0].sum()),
        brier_interval=interval(drawn[:, 0]),
        log=float(1 - log[1].sum() / log[0].sum()),
        log_interval=interval(drawn[:, 1]),
        coefficient=last,
    )


def logit_fit(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    penalty: NDArray[np.float64] | None = None,
    steps: int = 30,
) -> NDArray[np.float64]:
    """Return logit coefficients by Newton steps, with a ridge too small to show but where data are separable.

    Parameters
    ----------
    x : array, shape (n, k)
        Columns, the constant among them.
    y : array, shape (n,)
        0 or 1.
    penalty : array, shape (k,), optional
        Inverse variance of a normal prior around zero, by coefficient.
    steps : int
    """
    ridge = _RIDGE * len(y) + (np.zeros(x.shape[1]) if penalty is None else penalty)
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        p = _stated(x @ weights)
        slope = x.T @ (y - p) - ridge * weights
        curve = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights + np.clip(step, -3.0, 3.0)
        if np.abs(step).max() < 1e-9:
            break
    return weights


def _stated(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0))), _EDGE, 1 - _EDGE)
