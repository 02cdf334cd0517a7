"""How far the volatility of a series came out above what the models expected of it so far."""

import numpy as np
from numpy.typing import NDArray

from scanners.risk.surface import Surface
from scanners.risk.volatility import Features

FIRST, EVERY = 604, 21  # close from which, and sessions between which, the models are held to what came
HORIZON = 60  # sessions of volatility
DRAWN = 60.0  # errors that none weighs
MOST_UNCHANGED = 0.5  # share of zero returns above which a close tells nothing
_FLOOR = 1e-5  # smallest daily volatility, as in the features


def held_to(last: int) -> NDArray[np.int64]:
    """Return the places whose horizon has passed at the last one."""
    return np.arange(FIRST, last - HORIZON + 1, EVERY)


def came(y: NDArray[np.float64], place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the log of the daily volatility of the 60 sessions after each place; NaN: not all known."""
    squares = np.append(0.0, np.cumsum(np.diff(y) ** 2))
    out = np.full(place.size, np.nan)
    known = place + HORIZON < y.size
    ahead = squares[place[known] + HORIZON] - squares[place[known]]
    out[known] = 0.5 * np.log(np.maximum(ahead / HORIZON, _FLOOR**2))
    return out


def expected(past: Features, surface: Surface) -> NDArray[np.float64]:
    """Return the log volatility that the models of their dates expected, without what errors tell."""
    terms = surface.volatility(past)
    terms[:, -1] = 0.0
    return surface.log_sigma(terms, np.array([float(HORIZON)]))[:, 0]


def mean_so_far(
    error: NDArray[np.float64], place: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the mean at some places of the errors whose horizon had passed, drawn to zero.

    Parameters
    ----------
    error : array, shape (m,)
        What came less what was expected; NaN counts as no error.
    place : array of int, shape (m,)
        Rising.
    at : array of int, shape (n,)
    """
    told = ~np.isnan(error)
    sums = np.append(0.0, np.cumsum(np.where(told, error, 0.0)))
    count = np.append(0.0, np.cumsum(told))
    passed = np.searchsorted(place + HORIZON, at, side="right")
    return sums[passed] / (count[passed] + DRAWN)


def mean_errors(
    y: NDArray[np.float64], past: Features, surface: Surface, at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the term of the surface: `mean_so_far` at some places of a series.

    Parameters
    ----------
    y : array, shape (n,)
        Log closes.
    past : Features
        At the places of `held_to`.
    surface : Surface
        With the model of the date of each.
    at : array of int
    """
    error = came(y, past.place) - expected(past, surface)
    error[past.unchanged > MOST_UNCHANGED] = np.nan
    return mean_so_far(error, past.place, at)
