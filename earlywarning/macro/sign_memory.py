"""The sign of a rolling coefficient with memory: what is said of a day never changes when days are added."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarning._kernels.feedback import rolling_fit
from earlywarning.core.input_checks import whole_number

# Absolute t from which a sign is taken up, by window, so that unrelated series (Gaussian and GARCH with t
# shocks) have a sign on 5% of days when it is held down to half of it; scripts/systems_memory.py.
_WINDOWS = (8, 12, 20, 26, 40, 52, 104, 260)
_SLOPE = (5.1, 4.0, 3.35, 3.1, 3.0, 2.9, 2.7, 2.5)
_MEAN = (3.7, 3.4, 2.9, 2.8, 2.75, 2.7, 2.6, 2.5)
_LONG = 2.45  # the same for a mean over at most half as many observations as its error comes from
HOLD = 0.5
FEWEST = 8


@dataclass(frozen=True)
class HeldSpan:
    """A span in which one sign was held.

    Attributes
    ----------
    sign : int
    start, end : int
        Positions of its first and last observation; the last run may still be held.
    """

    sign: int
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class SignMemory:
    """The sign of a rolling coefficient at every observation.

    Attributes
    ----------
    coefficient, error, t : numpy.ndarray, shape (n,)
        Of the window that ends there; NaN before the first.
    signs : numpy.ndarray of int, shape (n,)
        Held sign: taken up when ``|t|`` reaches ``enter``, dropped when it falls below ``leave``.
    runs : tuple of HeldSpan
    enter, leave : float
    window : int
    index : pandas.Index
    """

    coefficient: np.ndarray
    error: np.ndarray
    t: np.ndarray
    signs: np.ndarray
    runs: tuple[HeldSpan, ...]
    enter: float
    leave: float
    window: int
    index: pd.Index

    @property
    def sign(self) -> int:
        """Sign held now."""
        return int(self.signs[-1])

    @property
    def since(self) -> int:
        """Position from which on it is held; -1 without a sign."""
        return self.runs[-1].start if self.sign else -1

    @property
    def fading(self) -> HeldSpan | None:
        """The last run, when it ended less than a window ago and none follows."""
        if self.sign or not self.runs or len(self.signs) - 1 - self.runs[-1].end >= self.window:
            return None
        return self.runs[-1]


def entry_level(window: int, intercept: bool) -> float:
    """Return the absolute t from which a window of this length gives a sign."""
    levels = _SLOPE if intercept else _MEAN
    return float(np.interp(np.log(window), np.log(_WINDOWS), levels))


def sign_memory(y: pd.Series, x: pd.Series | None = None, *, window: int, spread: int = 0) -> SignMemory:
    """Return the held sign of the coefficient of y on x, or of the mean of y, through time.

    Parameters
    ----------
    y, x : pandas.Series
        Changes on the same dates, finite.
    window : int
        Observations of the rolling fit, at least 8.
    spread : int
        Observations that the error of a mean comes from, where they are at least two windows: a short window
        cannot tell its own. Otherwise it comes from the window.

    Raises
    ------
    ValueError
        For a short window, or fewer observations than a window.

    Notes
    -----
    Every value at t uses observations up to t and constants, so new observations change nothing before
    them. Errors are Newey-West's, with ``floor(4 (window / 100)^(2/9))`` lags.
    """
    window = whole_number(window, "window", FEWEST)
    if len(y) < window:
        raise ValueError(f"y must have at least a window of {window}, got {len(y)}")
    first = np.array(y, dtype=float, order="C")
    second = np.ones(len(y)) if x is None else np.array(x, dtype=float, order="C")
    coefficient, error = rolling_fit(first, second, window, x is not None, _lags(window)).T
    enter = entry_level(window, x is not None)
    if x is None and spread >= 2 * window:
        error = rolling_fit(first, second, spread, False, _lags(spread))[:, 1] * np.sqrt(spread / window)
        enter = _LONG
    t = coefficient / error
    signs, runs = held(t, enter, HOLD * enter)
    return SignMemory(coefficient, error, t, signs, runs, enter, HOLD * enter, window, y.index)


def _lags(window: int) -> int:
    return int(4 * (window / 100) ** (2 / 9))


def held(t: np.ndarray, enter: float, leave: float) -> tuple[np.ndarray, tuple[HeldSpan, ...]]:
    """Return the sign held at each t-ratio and its runs; a missing ratio holds what was."""
    signs = np.zeros(len(t), int)
    sign = 0
    for place, value in enumerate(t):
        if np.isfinite(value):
            if abs(value) >= enter:
                sign = 1 if value > 0 else -1
            elif sign * value < leave:
                sign = 0
        signs[place] = sign
    return signs, runs_of(signs)


def runs_of(signs: np.ndarray) -> tuple[HeldSpan, ...]:
    """Return the spans in which one sign other than nought was held, in order."""
    edges = np.flatnonzero(np.diff(signs)) + 1
    starts, ends = np.append(0, edges), np.append(edges, len(signs)) - 1
    return tuple(
        HeldSpan(int(signs[start]), int(start), int(end))
        for start, end in zip(starts, ends, strict=True)
        if len(signs) and signs[start]
    )
