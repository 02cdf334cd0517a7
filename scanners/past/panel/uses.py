"""What simple uses of a signal were worth: exposure cut while it lasts, protection bought when it begins."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

YEAR = 252  # sessions
COST = 0.001  # of the value traded


@dataclass(frozen=True)
class Worth:
    """Yearly figures of one way to hold one series.

    Parameters
    ----------
    growth : float
        Compound growth a year, costs included.
    volatility : float
        Standard deviation of daily returns, times the square root of 252.
    drawdown : float
        Deepest fall from an earlier high.
    exposure : float
        Mean share held.
    turnover : float
        Value traded a year, over the value held.
    years : float
    """

    growth: float
    volatility: float
    drawdown: float
    exposure: float
    turnover: float
    years: float

    def to_dict(self) -> dict:
        """Return plain values."""
        return asdict(self)


def held(
    places: NDArray[np.int64], signal: NDArray[np.bool_], n: int, cut: float = 0.5
) -> NDArray[np.float64]:
    """Return the share held on each session: ``cut`` from the session after a look with the signal.

    Parameters
    ----------
    places : array of int, shape (k,)
        Increasing positions of the looks.
    signal : array of bool, shape (k,)
        Known at the close of each look; decides the sessions up to the next look, and of the next itself.
    n : int
        Sessions.
    cut : float
        Share held while the signal lasts.

    Returns
    -------
    array, shape (n,)
        1 up to the first look.
    """
    last = np.searchsorted(places, np.arange(n), side="left") - 1
    return np.where((last >= 0) & signal[np.maximum(last, 0)], cut, 1.0)


def daily(closes: NDArray[np.float64], share: NDArray[np.float64], cost: float = COST) -> NDArray[np.float64]:
    """Return the daily simple returns of holding a share of a series, shape (n - 1,), costs taken off.

    Parameters
    ----------
    closes, share : arrays, shape (n,)
        ``share[i]`` is held from the close of session i - 1 to that of session i.
    cost : float
        Of the value traded.
    """
    traded = np.abs(np.diff(share))
    return share[1:] * (closes[1:] / closes[:-1] - 1.0) - cost * traded


def worth(returns: NDArray[np.float64], share: NDArray[np.float64]) -> Worth:
    """Return yearly figures of daily returns and the shares behind them.

    Parameters
    ----------
    returns : array, shape (n - 1,)
    share : array, shape (n,)
    """
    value = np.concatenate([[1.0], np.cumprod(1.0 + returns)])
    years = len(returns) / YEAR
    return Worth(
        growth=float(value[-1] ** (1.0 / years) - 1.0),
        volatility=float(returns.std() * np.sqrt(YEAR)),
        drawdown=float((1.0 - value / np.maximum.accumulate(value)).max()),
        exposure=float(share[1:].mean()),
        turnover=float(np.abs(np.diff(share)).sum() / years),
        years=years,
    )
