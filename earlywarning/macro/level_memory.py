"""On which side of nought a level is held to be, figure by figure, against the scatter of its figures."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from earlywarning.core.input_checks import whole_number
from earlywarning.macro.sign_memory import HeldSpan, runs_of

# Three figures in a row beyond one scatter take a side up: held on 3 to 7% of dates where the level is nought
# and figures scatter around it (Gaussian and Student's t(3)); scripts/systems_prices.py.
TAKE, ENTER, DROP = 3, 1.0, 2
SPREAD, FEWEST = 120, 36
_NORMAL = 1.4826 * np.sqrt(2.0 / 3.0)  # of a median distance from the neighbours' mean, to a deviation


@dataclass(frozen=True, eq=False)
class LevelMemory:
    """The held side of a level at every figure.

    Attributes
    ----------
    figures : numpy.ndarray, shape (n,)
    scatter : numpy.ndarray, shape (n,)
        Standard deviation of a figure around its own path, from the figures up to it; NaN before the first.
    signs : numpy.ndarray of int, shape (n,)
        1 above nought, -1 below, 0 neither.
    runs : tuple of HeldSpan
    index : pandas.Index
    """

    figures: np.ndarray
    scatter: np.ndarray
    signs: np.ndarray
    runs: tuple[HeldSpan, ...]
    index: pd.Index

    @property
    def sign(self) -> int:
        """Side held now."""
        return int(self.signs[-1])

    @property
    def value(self) -> float:
        """Mean of the last figures that decide together."""
        return float(self.figures[-TAKE:].mean())

    @property
    def error(self) -> float:
        """Standard error of `value`, from the scatter."""
        return float(self.scatter[-1] / np.sqrt(TAKE))

    @property
    def interval(self) -> tuple[float, float]:
        """95% interval of the level behind the last figures."""
        reach = NormalDist().inv_cdf(0.975) * self.error
        return self.value - reach, self.value + reach

    @property
    def p_value(self) -> float:
        """How often figures scattered around nought would lie as far from it on either side."""
        if not self.error > 0:
            return float("nan")
        return float(2.0 * NormalDist().cdf(-abs(self.value) / self.error))

    def figures_to(self, side: int) -> int:
        """Return how many more figures it takes at least until a side is taken up; 0: until the held ends."""
        figures, scatter = self.figures, self.scatter[-1]
        fits = -self.sign * figures >= 0 if side == 0 else side * figures >= ENTER * scatter
        needed = DROP if side == 0 else TAKE
        return max(needed - _in_a_row(fits), 1)


def level_memory(x: pd.Series, *, spread: int = SPREAD) -> LevelMemory:
    """Return on which side of nought a level is held to be through time.

    Parameters
    ----------
    x : pandas.Series
        Figures of a level that moves slowly, such as the change of prices on the year, finite.
    spread : int
        Figures that the scatter comes from, at least 36.

    Raises
    ------
    ValueError
        For fewer than 36 figures, or one that is not finite.

    Notes
    -----
    The scatter is that of a figure around the mean of its neighbours (median distance, so that a few jumps do
    not make it), which counts the bends of the path itself as scatter. A side is taken up by three figures in
    a row beyond one scatter and held until two in a row lie on the other side of nought. Every value at a
    figure uses figures up to it and constants, so new figures change nothing before them.

    The cycles of the level are taken for what it is, not for noise around another level: the side is where
    the level lies now, and no statement that it stays.
    """
    spread = whole_number(spread, "spread", FEWEST)
    figures = np.array(x, dtype=float)
    if len(figures) < FEWEST:
        raise ValueError(f"x must have at least {FEWEST} figures, got {len(figures)}")
    if not np.isfinite(figures).all():
        raise ValueError(f"x must be finite, got {figures[~np.isfinite(figures)][0]}")
    away = pd.Series(np.abs(figures[1:-1] - 0.5 * (figures[:-2] + figures[2:])))
    scatter = np.append([np.nan, np.nan], _NORMAL * away.rolling(spread, min_periods=FEWEST - 2).median())
    signs = _sides(figures, scatter)
    return LevelMemory(figures, scatter, signs, runs_of(signs), x.index)


def _sides(figures: np.ndarray, scatter: np.ndarray) -> np.ndarray:
    signs, side = np.zeros(len(figures), int), 0
    for place in range(len(figures)):
        if np.isfinite(scatter[place]):
            last, reach = figures[max(place + 1 - TAKE, 0) : place + 1], ENTER * scatter[place]
            if (last >= reach).all() and (last > 0).all():
                side = 1
            elif (last <= -reach).all() and (last < 0).all():
                side = -1
            elif side and (side * figures[place + 1 - DROP : place + 1] <= 0).all():
                side = 0
        signs[place] = side
    return signs


def _in_a_row(fits: np.ndarray) -> int:
    other = np.flatnonzero(~fits)
    return len(fits) - 1 - int(other[-1]) if len(other) else len(fits)
