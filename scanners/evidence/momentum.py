"""Momentum of a series: the context in which every bubble reading stands."""

from dataclasses import dataclass

import numpy as np

YEAR = 250
RECENT = 60


@dataclass(frozen=True)
class Momentum:
    """How stretched the last 250 sessions are.

    Parameters
    ----------
    new_high, new_low : bool
        The last close is the highest, or the lowest, of the last 250.
    z250 : float
        250-day log return over ``sigma sqrt(250)``.
    acceleration : float
        Mean daily return of the last 60 sessions less that of the 190 before, times ``sqrt(60) / sigma``.
    return_250 : float
        Simple return over 250 sessions.
    volatility : float
        A year's, ``sigma sqrt(250)`` for daily closes; ``sigma``: standard deviation of the 250 log returns.
    return_500 : float or None
        Simple return over 500 sessions; None where the history is shorter.
    """

    new_high: bool
    new_low: bool
    z250: float
    acceleration: float
    return_250: float
    volatility: float
    return_500: float | None = None


def momentum(closes: np.ndarray, a_year: float = YEAR) -> Momentum | None:
    """Return the momentum at the last close, or None with fewer than 251 closes.

    Parameters
    ----------
    closes : array, shape (n,)
        Positive closes, oldest first.
    a_year : float
        Closes a year, for the volatility alone.

    Raises
    ------
    ValueError
        If the last 251 closes are all equal: nothing can be measured in units of their volatility.
    """
    if len(closes) <= YEAR:
        return None
    returns = np.diff(np.log(closes[-YEAR - 1 :]))
    sigma = returns.std(ddof=1)
    if sigma == 0:
        raise ValueError(f"closes must vary, got {YEAR + 1} times {closes[-1]:g}")
    before, recent = returns[:-RECENT], returns[-RECENT:]
    return Momentum(
        new_high=bool(closes[-1] == closes[-YEAR:].max()),
        new_low=bool(closes[-1] == closes[-YEAR:].min()),
        z250=float(returns.sum() / (sigma * np.sqrt(YEAR))),
        acceleration=float((recent.mean() - before.mean()) / sigma * np.sqrt(RECENT)),
        return_250=float(np.expm1(returns.sum())),
        volatility=float(sigma * np.sqrt(a_year)),
        return_500=float(closes[-1] / closes[-2 * YEAR - 1] - 1.0) if len(closes) > 2 * YEAR else None,
    )
