"""Has a slow series moved further than it used to? Its last long change against its earlier ones."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import whole_number
from earlywarning.macro.sign_memory import HeldSpan, held

# Ratio from which a move is told and the share of it that holds one: walks and reverting series, Gaussian
# and GARCH, are in one on 3 to 7% of dates (scripts/systems_sizes.py).
ENTER, HOLD = 2.7, 0.75
WALKS = 2000


@dataclass(frozen=True, eq=False)
class LongChange:
    """Changes over a span at every observation, against those before.

    Attributes
    ----------
    change, usual, ratio : numpy.ndarray, shape (n,)
        Change over the span; root mean square of the earlier ones that do not overlap it; the first over the
        second. NaN before there are two spans of earlier ones.
    signs, runs
        Held sign, as in `earlywarning.macro.sign_memory`.
    p_value : float
        Share of random walks of this length whose last ratio is as large.
    """

    change: np.ndarray
    usual: np.ndarray
    ratio: np.ndarray
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
        Of the walks.

    Raises
    ------
    ValueError
        For fewer than four spans of observations.

    Notes
    -----
    A value at t uses observations up to t, so new ones change nothing before them. What moves steadily is
    told only where it moves faster than it used to.
    """
    span = whole_number(span, "span", 2)
    if len(x) < fewest(span):
        raise ValueError(f"x must have four spans, {fewest(span)} observations, got {len(x)}")
    change, usual = _changes(x.to_numpy(float)[None], span)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual[0] > 0, change[0] / usual[0], np.nan)
    signs, runs = held(ratio, ENTER, HOLD * ENTER)
    null = _walk_ratios(len(x), span, seed)
    p_value = float((1 + (null >= abs(ratio[-1])).sum()) / (1 + len(null)))
    return LongChange(change[0], usual[0], ratio, signs, runs, p_value)


def _changes(x: np.ndarray, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Return changes and the usual size of earlier ones at each time, shape (k, n)."""
    change, usual = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    change[:, span:] = x[:, span:] - x[:, :-span]
    squares = np.cumsum(change[:, span:] ** 2, axis=1)
    counts = np.arange(1, squares.shape[1] + 1)
    mean = np.sqrt(squares / counts)[:, 2 * span - 1 : -span]
    usual[:, fewest(span) - 1 :] = mean
    return change, usual


@lru_cache(maxsize=64)
def _walk_ratios(n: int, span: int, seed: int) -> np.ndarray:
    walks = np.cumsum(np.random.default_rng(seed).standard_normal((WALKS, n)), axis=1)
    change, usual = _changes(walks, span)
    return np.abs(change[:, -1] / usual[:, -1])
