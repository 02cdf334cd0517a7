"""Trends of the early-warning indicators at one date: described here, not yet tested for significance."""

from dataclasses import dataclass

import numpy as np

WINDOW = 250
BANDWIDTH = 50
WARM_UP = 100  # sessions until the causal Gaussian kernel (4 sigma = 74 sessions back) is full
SESSIONS = WARM_UP + 2 * WINDOW


@dataclass(frozen=True)
class Slowing:
    """Rolling AR(1) and variance of detrended log prices, and their trends.

    Parameters
    ----------
    ar1, variance : float
        Over the last ``window`` sessions.
    ar1_tau, variance_tau : float
        Kendall tau of the rolling indicator over the last ``window + 1`` sessions.
    window, bandwidth : int
        Sessions of the rolling window and of the causal Gaussian detrending.
    """

    ar1: float
    variance: float
    ar1_tau: float
    variance_tau: float
    window: int = WINDOW
    bandwidth: int = BANDWIDTH


def slowing(closes: np.ndarray) -> Slowing | None:
    """Return the indicators at the last close, or None with fewer than 600 closes.

    Parameters
    ----------
    closes : array, shape (n,)
        Positive closes, oldest first; the last 600 are used.
    """
    import earlywarning

    if len(closes) < SESSIONS:
        return None
    residuals = earlywarning.detrend(np.log(closes[-SESSIONS:]), "gaussian", BANDWIDTH)[WARM_UP:]
    rolling = earlywarning.rolling_indicators(residuals, WINDOW, ["ar1", "variance"])
    return Slowing(
        ar1=float(rolling["ar1"].iloc[-1]),
        variance=float(rolling["variance"].iloc[-1]),
        ar1_tau=earlywarning.kendall_tau(rolling["ar1"]),
        variance_tau=earlywarning.kendall_tau(rolling["variance"]),
    )
