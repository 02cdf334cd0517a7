"""The restoring rate: how fast a disturbance dies out."""

from typing import Any

import pandas as pd

from earlywarning.slowing.indicators import MIN_SHARE, rolling_indicators


def restoring_rate(
    x: Any, window: int, *, method: str = "gls", dt: float = 1.0, min_share: float = MIN_SHARE
) -> pd.Series:
    """Estimate ``lambda`` of ``dx = lambda x dt + noise`` over a rolling window.

    Parameters
    ----------
    x : array_like or pandas.Series, shape (n,)
        Residuals about a trend; NaN marks what is missing.
    window : int
        Observations, at least 10.
    method : {"gls", "ols"}
        Least squares of ``x[t] - x[t-1]`` on ``x[t-1]``, with AR(1) errors (Cochrane-Orcutt, ten rounds) or
        white ones. Noise that is itself correlated biases only the second.
    dt : float
        Time between observations; the rate is per unit of it.
    min_share : float
        As in :func:`earlywarning.rolling_indicators`.

    Returns
    -------
    Series, shape (n,)
        Negative for a stable state, rising to zero as it loses stability.

    Raises
    ------
    ValueError
        For an unknown method, a non-positive ``dt`` or what :func:`earlywarning.rolling_indicators` refuses.

    References
    ----------
    .. [1] Boers (2021), Nature Climate Change 11, 680-688.
    """
    names = {"gls": "restoring_rate_gls", "ols": "restoring_rate"}
    if method not in names:
        raise ValueError(f"method must be 'gls' or 'ols', got {method!r}")
    if not dt > 0:
        raise ValueError(f"dt must be positive, got {dt!r}")
    rate = rolling_indicators(x, window, [names[method]], min_share=min_share)[names[method]]
    return (rate / dt).rename("restoring_rate")
