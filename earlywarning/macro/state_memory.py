"""Feedback states with memory: new figures change nothing that was said of a date, only revisions do."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import Series, finite_values
from earlywarning.core.null_refits import drift_statistics
from earlywarning.macro.sign_memory import HeldSpan, runs_of

# Slope over error from which a portrait is convergent, by lags + 1 over the length of its window, so that
# random walks (Gaussian and GARCH with t shocks) have a state on 5% of dates; scripts/systems_states.py.
_WIDTHS = (0.010, 0.021, 0.042, 0.077, 0.108, 0.250)
_CONVERGENT = (3.60, 3.80, 4.25, 4.65, 5.00, 6.20)
DIVERGENT = 1.96  # random walks rarely show it; below, the interval of the slope holds zero
FEWEST = 52
# Figures in a row that take a state up and that drop it, and the share of the level that holds it: fewest
# flickers and most dates in a true state for the same false alarms; scripts/systems_states.py.
TAKE, DROP, HOLD = 2, 4, 0.25


@dataclass(frozen=True, eq=False)
class StateMemory:
    """A feedback state through time.

    Attributes
    ----------
    t : numpy.ndarray, shape (n,)
        Slope at each date over its error, from figures up to that date; NaN before the first.
    ratio : numpy.ndarray, shape (n,)
        The same over the level of its side: a state is taken up when two dates in a row reach 1, and dropped
        when four in a row lie below a quarter.
    states : numpy.ndarray of int, shape (n,)
        -1 convergent, 1 divergent, 0 neither.
    runs : tuple of HeldSpan
        Spans in which one state was held.
    convergent, divergent : float
        Levels of t at the last date.
    index : pandas.Index
    """

    t: np.ndarray
    ratio: np.ndarray
    states: np.ndarray
    runs: tuple[HeldSpan, ...]
    convergent: float
    divergent: float
    index: pd.Index

    @property
    def state(self) -> int:
        """State held now."""
        return int(self.states[-1])

    def ended(self, within: int) -> HeldSpan | None:
        """Return the last run when it ended at most so many dates ago and none is held."""
        if self.state or not self.runs or len(self.states) - 1 - self.runs[-1].end > within:
            return None
        return self.runs[-1]

    @property
    def since(self) -> int:
        """Position from which on it is held; -1 without a state."""
        return self.runs[-1].start if self.state else -1


def state_memory(
    t: np.ndarray, convergent: np.ndarray, divergent: float | np.ndarray, index: pd.Index
) -> StateMemory:
    """Return the states that slopes over their errors take up and hold.

    Parameters
    ----------
    t : numpy.ndarray, shape (n,)
        NaN where there is no estimate: what was held is held.
    convergent : numpy.ndarray, shape (n,)
        Size of a negative t from which a date is convergent.
    divergent : float or numpy.ndarray, shape (n,)
        t from which it is divergent.
    index : pandas.Index
    """
    ratio = t / np.where(t < 0, convergent, divergent)
    states, up = remembered(ratio), np.broadcast_to(divergent, t.shape)
    return StateMemory(t, ratio, states, runs_of(states), float(convergent[-1]), float(up[-1]), index)


def remembered(ratio: np.ndarray, state: int = 0) -> np.ndarray:
    """Return the state at each ratio: taken up by ``TAKE`` in a row at 1, dropped by ``DROP`` below ``HOLD``.

    Parameters
    ----------
    ratio : numpy.ndarray, shape (n,)
        NaN holds what was.
    state : int
        Held before the first.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        -1, 0 or 1.
    """
    known = np.flatnonzero(np.isfinite(ratio))
    values = pd.Series(ratio[known])
    up, down = values.rolling(TAKE).min().to_numpy(), values.rolling(TAKE).max().to_numpy()
    high, low = values.rolling(DROP).max().to_numpy(), values.rolling(DROP).min().to_numpy()
    states = np.zeros(len(ratio), int)
    before = 0
    for row, place in enumerate(known.tolist()):
        states[before:place] = state
        if up[row] >= 1.0:
            state = 1
        elif down[row] <= -1.0:
            state = -1
        elif (state > 0 and high[row] < HOLD) or (state < 0 and low[row] > -HOLD):
            state = 0
        before = place
    states[before:] = state
    return states


def portrait_memory(x: Series, *, length: int = 480, lags: int | None = None) -> StateMemory:
    """Return the feedback state of a level through time, by the slope of its cubic drift where it then was.

    Parameters
    ----------
    x : pandas.Series or array of shape (n,)
        Finite levels at equal time steps, at least 52.
    length : int
        Most figures of a window; a window ends at each date.
    lags : int, optional
        Lags of the long-run covariance; ``floor(4 (m / 100)^(2/9))`` of the window's m steps by default.

    Raises
    ------
    ValueError
        For missing values or too few.

    Notes
    -----
    Levels of t are constants, so that the state of a date follows from the figures up to it.
    """
    levels, index = finite_values(x, "x", least=FEWEST)
    t, enter = np.full(len(levels), np.nan), np.full(len(levels), np.nan)
    for last in range(FEWEST - 1, len(levels)):
        t[last], enter[last] = _slope_ratio(levels[max(last + 1 - length, 0) : last + 1], lags)
    return state_memory(t, enter, DIVERGENT, index)


def state_after(
    memory: StateMemory,
    levels: np.ndarray,
    further: list[float],
    *,
    length: int = 480,
    lags: int | None = None,
) -> int:
    """Return the state that a level would have after further figures.

    Parameters
    ----------
    memory : StateMemory
        Of ``levels``, by `portrait_memory`.
    levels : numpy.ndarray, shape (n,)
    further : list of float
    length, lags
        As there.
    """
    longer, ratio = np.append(levels, further), list(memory.ratio[-DROP:])
    for last in range(len(levels), len(longer)):
        t, enter = _slope_ratio(longer[max(last + 1 - length, 0) : last + 1], lags)
        ratio.append(t / (enter if t < 0 else DIVERGENT))
    return int(remembered(np.array(ratio), memory.state)[-1])


def _slope_ratio(window: np.ndarray, lags: int | None) -> tuple[float, float]:
    """Return the slope over its error at the end of a window, and the level at which it is convergent."""
    steps = len(window) - 1
    width = int(4 * (steps / 100) ** (2 / 9)) if lags is None else lags
    ratio = drift_statistics(np.array(window, dtype=float, order="C")[np.newaxis], 3, width, np.empty(0))[
        0, 2
    ]
    return float(ratio), convergent_level(steps, width)


def convergent_level(steps: int, lags: int) -> float:
    """Return the size of a negative t from which a portrait of so many steps is convergent."""
    return float(np.interp((lags + 1) / steps, _WIDTHS, _CONVERGENT))
