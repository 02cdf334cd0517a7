"""What the chance of a fall is made of: volatility on several scales, and the place in the trend."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanners.risk._kernels import path as kernels

FEWEST = 60  # returns from which a chance is stated
LOGS = ("e94", "a97", "a99", "vl", "vlr")  # logs of a daily volatility, shortest memory first
SHRINK = 20.0  # returns that the class mean weighs in a short history


@dataclass(frozen=True, eq=False)
class Features:
    """Features of one series at many places; row i knows the closes up to ``place[i]`` only.

    Parameters
    ----------
    place : array of int, shape (n,)
        Positions in the series.
    logs : array, shape (n, 5)
        Half the log of the EWMA(.94) of squared returns, logs of the EWMA(.97) and EWMA(.99) of absolute
        returns, half the log of the expanding mean of squared returns, expanding mean of the 60-day log
        volatility.
    sd : array, shape (n,)
        Standard deviation of the last 250 daily log returns (of all, where there are fewer).
    high, mean : array, shape (n,)
        Log close less the highest of the last 250, and less the mean of the last 200.
    returns, unchanged : array, shape (n,)
        Returns so far; share of the last 250 that are zero.
    ratio : array, shape (n,)
        Half the log of the expanding variance ratio: squared 20-day returns a day over squared daily ones.
    move_20, move_500 : array, shape (n,)
        Log returns over 20 and over 500 sessions (over all, where there are fewer).
    peak : array, shape (n,)
        Largest 60-day log volatility so far less the mean of all.
    error : array, shape (n,)
        Mean error of the models' past forecasts of volatility, see `scanners.risk.past_errors`; zero until
        it is filled in.
    """

    place: NDArray[np.int64]
    logs: NDArray[np.float64]
    sd: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    returns: NDArray[np.float64]
    unchanged: NDArray[np.float64]
    ratio: NDArray[np.float64]
    move_20: NDArray[np.float64]
    move_500: NDArray[np.float64]
    peak: NDArray[np.float64]
    error: NDArray[np.float64]

    def select(self, rows: NDArray) -> "Features":
        """Return some of the rows."""
        return Features(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def features(y: NDArray[np.float64]) -> Features:
    """Return the features at every close with at least 60 returns before it, in one pass.

    Parameters
    ----------
    y : array, shape (n,)
        Log daily closes, oldest first.

    Returns
    -------
    Features
        ``max(n - 60, 0)`` rows.
    """
    return features_at(y, np.arange(FEWEST, y.size))[0]


def features_at(y: NDArray[np.float64], place: NDArray[np.int64]) -> tuple[Features, NDArray[np.float64]]:
    """Return the features at some places of `features`, rising, and ``sd`` at all of them."""
    found, sd = kernels.describe(y, FEWEST, place)
    columns = [*found[:, 5:].T, np.zeros(place.size)]
    return Features(place, found[:, :5], *columns), sd
