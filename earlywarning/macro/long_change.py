"""Has a slow series moved further than it used to? Its last long change against its earlier ones."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import whole_number
from earlywarning.macro.sign_memory import HeldSpan, held

# Quantile of simulated series from which a move is told, and the share of it that holds one: walks and
# reverting series, Gaussian and GARCH, are in one on 3 to 7% of dates (scripts/systems_sizes.py).
ENTRY, HOLD = 0.965, 0.75
PATHS, WARM = 1000, 100
PERSISTENCE = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, eq=False)
class LongChange:
    """Changes over a span at every observation, against those before.

    Attributes
    ----------
    change, usual, ratio : numpy.ndarray, shape (n,)
        Change over the span; root mean square of the earlier ones that do not overlap it; the first over the
        second. NaN before there are two spans of earlier ones.
    enter : numpy.ndarray, shape (n,)
        Ratio from which a sign is taken up: series of that length and persistence have a larger one in 3.5%.
    signs, runs
        Held sign, as in `earlywarning.macro.sign_memory`.
    p_value : float
        Share of such series whose last ratio is as large.
    """

    change: np.ndarray
    usual: np.ndarray
    ratio: np.ndarray
    enter: np.ndarray
    signs: np.ndarray
    runs: tuple[HeldSpan, ...]
    p_value: float


def fewest(span: int) -> int:
    """Return how many observations the first ratio needs."""
    return 4 * span


def long_change(x: pd.Series, *, span: int, seed: int = 0) -> LongChange:
    """Return the changes of a series over a span against its own earlier changes over as long.

    Parameters
    ----------
    x : pandas.Series
        Finite.
    span : int
        Observations from the beginning to the end of a change.
    seed : int
        Of the simulated series.

    Raises
    ------
    ValueError
        For fewer than four spans of observations.

    Notes
    -----
    A value at t uses observations up to t, so new ones change nothing before them. What moves steadily is
    told only where it moves faster than it used to.

    Earlier changes of few spans tell their usual size badly, so the ratio that chance reaches falls with
    every date; and a level that reverts reaches less than a walk. Each date is therefore set against
    simulated series of its length, half of normal shocks and half of GARCH with Student's t (twenty figures
    do not tell them apart), with the autocorrelation of the level up to then, raised by its bias [1]_.

    References
    ----------
    .. [1] Kendall (1954), Biometrika 41, 403-404.
    """
    span = whole_number(span, "span", 2)
    if len(x) < fewest(span):
        raise ValueError(f"x must have four spans, {fewest(span)} observations, got {len(x)}")
    values = x.to_numpy(float)
    change, usual = _changes(values[None], span)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual[0] > 0, change[0] / usual[0], np.nan)
    levels, last = _chance(len(x), span, seed)
    persistence = _persistence(values)
    enter = np.array(
        [np.interp(rho, PERSISTENCE, row) for rho, row in zip(persistence, levels.T, strict=True)]
    )
    signs, runs = held(ratio / enter, 1.0, HOLD)
    beyond = (last >= abs(ratio[-1])).sum(axis=1)
    p_value = np.interp(persistence[-1], PERSISTENCE, (1 + beyond) / (1 + last.shape[1]))
    return LongChange(change[0], usual[0], ratio, enter, signs, runs, float(p_value))


def _changes(x: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Return changes and the usual size of earlier ones at each time, shape (k, n)."""
    change, usual = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    change[:, span:] = x[:, span:] - x[:, :-span]
    squares = np.cumsum(change[:, span:] ** 2, axis=1)
    counts = np.arange(1, squares.shape[1] + 1)
    mean = np.sqrt(squares / counts)[:, 2 * span - 1 : -span]
    usual[:, fewest(span) - 1 :] = mean
    return change, usual


def _persistence(x: np.ndarray) -> np.ndarray:
    """Return the autocorrelation of the level up to each date, raised by its bias, within `PERSISTENCE`."""
    x = x - x[0]
    before, after = x[:-1], x[1:]
    n = np.arange(1, len(x))
    parts = np.cumsum([before, after, before * after, before * before], axis=1)
    covariance, variance = parts[2] - parts[0] * parts[1] / n, parts[3] - parts[0] ** 2 / n
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = np.where(variance > 0, covariance / variance, 1.0)
    return np.append(1.0, np.clip(rho + (1 + 3 * rho) / n, PERSISTENCE[0], PERSISTENCE[-1]))


@lru_cache(maxsize=16)
def _chance(n: int, span: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return by persistence the ratio of entry at each date, shape (6, n), and the last ratios of paths.

    Shocks are drawn date by date, so that a longer series has the same ones at first.
    """
    normal, student = np.random.SeedSequence(seed).spawn(2)
    shocks = np.hstack(
        [
            np.random.default_rng(normal).standard_normal((n, PATHS)),
            _bursts(n, np.random.default_rng(student)),
        ]
    )
    levels, last = np.full((len(PERSISTENCE), n), np.nan), np.empty((len(PERSISTENCE), 2 * PATHS))
    path = np.empty((n, 2 * PATHS))
    for row, rho in enumerate(PERSISTENCE):
        path[0] = shocks[0] / np.sqrt(1 - rho**2) if rho < 1 else shocks[0]
        for t in range(1, n):
            path[t] = rho * path[t - 1] + shocks[t]
        change, usual = _changes(path.T, span)
        ratios = np.abs(change / usual)[:, fewest(span) - 1 :]
        levels[row, fewest(span) - 1 :] = np.quantile(ratios, ENTRY, axis=0)
        last[row] = ratios[:, -1]
    return levels, last


def _bursts(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return GARCH(1, 1) shocks with Student's t, shape (n, PATHS)."""
    shocks, variance = rng.standard_t(5, (n + WARM, PATHS)) / np.sqrt(5 / 3), np.ones(PATHS)
    for t in range(n + WARM):
        shocks[t] *= np.sqrt(variance)
        variance = 0.05 + 0.12 * shocks[t] ** 2 + 0.83 * variance
    return shocks[WARM:]
