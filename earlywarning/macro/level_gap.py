"""How far a level is from a line of another that was drawn before: a relation out of its sample."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import whole_number
from earlywarning.macro.sign_memory import HeldSpan, held

# Quantile of unrelated walks from which a gap is told, and the share of it that holds one.
ENTRY, HOLD = 0.975, 0.75
FEWEST = 40
_AT_ONCE = 1000  # walks drawn together


@dataclass(frozen=True, eq=False)
class LevelGap:
    """A level against the line of another.

    Attributes
    ----------
    gap, predicted : numpy.ndarray, shape (n,)
        y less the line, and the line, by a line drawn ``ahead`` observations before; NaN at first.
    ratio : numpy.ndarray
        The gap over the spread of y about the line where it was drawn.
    slope : float
        Of the last line.
    signs, runs
        Held sign of the gap, as in `earlywarning.macro.sign_memory`.
    enter : float
        Ratio from which a sign is taken up.
    p_value : float
        Share of unrelated random walks whose last gap is as large.
    spread : float
        About the last line.
    """

    gap: np.ndarray
    predicted: np.ndarray
    ratio: np.ndarray
    slope: float
    signs: np.ndarray
    runs: tuple[HeldSpan, ...]
    enter: float
    p_value: float
    spread: float


def level_gap(
    y: pd.Series, x: pd.Series | None = None, *, window: int, ahead: int, walks: int = 20_000, seed: int = 0
) -> LevelGap:
    """Return the gap of y to lines of y on x, each drawn over a window that ended ``ahead`` before.

    Parameters
    ----------
    y, x : pandas.Series
        Levels on the same dates, finite; without x the line is the mean of y, and the slope is nought.
    window, ahead : int
        Observations that a line is fitted to; observations since.
    walks, seed : int
        Pairs of independent random walks that the ratio is compared with; it is free of their scales, and of
        any relation between the changes.

    Raises
    ------
    ValueError
        For short windows or series.

    Notes
    -----
    Two trending levels always fit some line; what counts is where the next ones fall. Against walks a gap is
    told only where a pair that hangs together in changes, and not in levels, would seldom show it.
    """
    window = whole_number(window, "window", FEWEST)
    ahead = whole_number(ahead, "ahead", 1)
    need = window + ahead
    if len(y) < need:
        raise ValueError(f"y must have window and ahead, {need} observations, got {len(y)}")
    level = y.to_numpy(float)
    other = np.zeros(len(level)) if x is None else x.to_numpy(float)
    predicted, spread, slope = _lines(level, other, window, ahead)
    gap = level - predicted
    ratio = gap / spread
    null = _walk_ratios(window, ahead, walks, seed, x is not None)
    enter = float(np.quantile(null, ENTRY))
    signs, runs = held(ratio, enter, HOLD * enter)
    p_value = float((1 + (null >= abs(ratio[-1])).sum()) / (1 + walks))
    return LevelGap(gap, predicted, ratio, float(slope[-1]), signs, runs, enter, p_value, float(spread[-1]))


@lru_cache(maxsize=8)
def _walk_ratios(window: int, ahead: int, walks: int, seed: int, paired: bool) -> np.ndarray:
    """Return the absolute ratios of independent walks, pairs or alone, at the first time that has a line."""
    rng, found = np.random.default_rng([seed, window, ahead]), []
    for first in range(0, walks, _AT_ONCE):
        shape = (min(_AT_ONCE, walks - first), window + ahead)
        y = np.cumsum(rng.standard_normal(shape), axis=1)
        v = y[:, :window] - y[:, :window].mean(axis=1, keepdims=True)
        gap, rest = y[:, -1] - y[:, :window].mean(axis=1), np.einsum("kt,kt->k", v, v)
        if paired:
            x = np.cumsum(rng.standard_normal(shape), axis=1)
            u = x[:, :window] - x[:, :window].mean(axis=1, keepdims=True)
            both = np.einsum("kt,kt->k", u, v)
            slope = both / np.einsum("kt,kt->k", u, u)
            gap, rest = gap - slope * (x[:, -1] - x[:, :window].mean(axis=1)), rest - slope * both
        found.append(np.abs(gap) / np.sqrt(rest / (window - 2)))
    return np.concatenate(found)


def _lines(
    y: np.ndarray, x: np.ndarray, window: int, ahead: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return line, spread about it and slope at each time, from rolling sums."""
    v, u = y - y[0], x - x[0]  # sums of large levels lose digits
    parts = np.stack([u, v, u * u, u * v, v * v])
    total = np.concatenate([np.zeros((len(parts), 1)), np.cumsum(parts, axis=1)], axis=1)
    su, sv, uu, uv, vv = total[:, window:] - total[:, :-window]
    uu, uv, vv = uu - su * su / window, uv - su * sv / window, vv - sv * sv / window
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(uu > 0, uv / uu, np.nan if (u != 0).any() else 0.0)
        rest = np.sqrt(np.maximum(vv - slope * uv, 0.0) / (window - 2))
    rest[rest <= 0] = np.nan
    lines, spreads, slopes = np.full((3, len(y)), np.nan)
    first = window - 1 + ahead
    kept = slice(0, len(y) - first)
    slope, rest = slope[kept], rest[kept]
    lines[first:] = y[0] + sv[kept] / window + slope * (u[first:] - su[kept] / window)
    spreads[first:], slopes[first:] = rest, slope
    return lines, spreads, slopes
