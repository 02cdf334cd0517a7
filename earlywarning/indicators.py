"""Rolling indicators of slowing down."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from earlywarning import _kernels
from earlywarning._series import values_of, whole_number

MIN_SHARE = 0.75  # a window with a smaller share of its values present has no indicator


def _autocorrelation(lag: int) -> Callable[[np.ndarray, int, float], np.ndarray]:
    def compute(x: np.ndarray, window: int, share: float) -> np.ndarray:
        if window < lag + 3:
            raise ValueError(f"window must be at least lag + 3 = {lag + 3} for ar{lag}, got {window}")
        out = np.empty_like(x)
        _kernels.rolling_autocorrelation(x, window, lag, max(3, math.ceil(share * (window - lag))), out)
        return out

    return compute


def _variance(x: np.ndarray, window: int, share: float) -> np.ndarray:
    out = np.empty_like(x)
    _kernels.rolling_variance(x, window, max(2, math.ceil(share * window)), out)
    return out


def _std(x: np.ndarray, window: int, share: float) -> np.ndarray:
    return np.sqrt(_variance(x, window, share))


INDICATORS: dict[str, Callable[[np.ndarray, int, float], np.ndarray]] = {
    "variance": _variance,
    "std": _std,
}


def indicator(name: str) -> Callable[[np.ndarray, int, float], np.ndarray]:
    """Return the function ``(x, window, share) -> values`` behind an indicator's name."""
    if name in INDICATORS:
        return INDICATORS[name]
    if name.startswith("ar") and name[2:].isdigit() and int(name[2:]) > 0:
        return _autocorrelation(int(name[2:]))
    raise ValueError(f"names must come from ar1, ar2, ..., {', '.join(INDICATORS)}, got {name!r}")


def rolling_indicators(
    x: Any, window: int, names: Sequence[str] = ("ar1", "variance"), *, min_share: float = MIN_SHARE
) -> pd.DataFrame:
    """Compute indicators over a rolling window that ends at each observation.

    Parameters
    ----------
    x : array_like or pandas.Series, shape (n,)
        Values, usually the residuals of :func:`earlywarning.detrend`; NaN marks what is missing.
    window : int
        Observations a window, at least 5 and at most n.
    names : sequence of str
        ``ar1``, ``ar2``, ...: Pearson correlation of the values one, two, ... steps apart inside the window.
        ``variance``, ``std``: with n - 1 degrees of freedom.
    min_share : float
        Smallest share of a window's values (for autocorrelations: pairs) that must be present, in (0, 1].

    Returns
    -------
    DataFrame, n rows
        One column a name, on the index of ``x``. NaN before the first full window, where too much is missing,
        and where the window does not vary and the indicator is a ratio.

    Raises
    ------
    ValueError
        For an unknown name, a window outside [5, n] or a malformed ``x``.
    """
    values = values_of(x, least=5)
    window = whole_number(window, "window", 5)
    if window > values.size:
        raise ValueError(f"window must not exceed the {values.size} values of x, got {window}")
    if not 0 < min_share <= 1:
        raise ValueError(f"min_share must lie in (0, 1], got {min_share!r}")
    index = x.index if isinstance(x, pd.Series) else None
    columns = {name: indicator(name)(values, window, min_share) for name in names}
    return pd.DataFrame(columns, index=index)
