"""Slowing down of many series at once: the direction in which they move together, and how much they do."""

from typing import Any

import numpy as np
import pandas as pd

from earlywarning.core.frames import dates_of
from earlywarning.core.input_checks import whole_number
from earlywarning.slowing.indicators import MIN_SHARE

COLUMNS = (
    "largest_eigenvalue",
    "absorption_ratio",
    "pc1_ar1",
    "maf_ar1",
    "mean_ar1",
    "mean_variance",
    "mean_correlation",
)


def rolling_multivariate(
    x: Any, window: int, *, components: int = 1, min_share: float = MIN_SHARE
) -> pd.DataFrame:
    """Compute indicators of joint slowing down over a rolling window that ends at each observation.

    Each series is divided by its standard deviation over the first full window, a fixed and causal unit.

    Parameters
    ----------
    x : array_like or DataFrame, shape (n, k)
        k >= 2 series, usually residuals of :func:`earlywarning.detrend`; a row with a NaN is left out.
    window : int
        Observations, at least k + 5 and at most n.
    components : int
        Principal components counted by the absorption ratio, from 1 to k - 1.
    min_share : float
        Smallest share of complete rows (and of successive complete pairs) a window needs, in (0, 1].

    Returns
    -------
    DataFrame, n rows
        ``largest_eigenvalue`` of the covariance matrix (the variance of the first principal component);
        ``absorption_ratio``: share of the total variance in the first ``components`` components;
        ``pc1_ar1``: AR(1) of the window projected on its first component; ``maf_ar1``: AR(1) along the
        min/max autocorrelation factor, the slowest direction there is; ``mean_ar1``, ``mean_variance``:
        averages over the series; ``mean_correlation``: average absolute correlation of the pairs of series.
        NaN before the first full window, where too much is missing, and where a series does not vary.

    Raises
    ------
    ValueError
        For anything but a table of at least two series, or settings out of range.

    References
    ----------
    .. [1] Weinans et al. (2021), Scientific Reports 11, 9148.
    .. [2] Kritzman et al. (2011), Journal of Portfolio Management 37(4), 112-126 (absorption ratio).
    """
    table = np.ascontiguousarray(x, dtype=float)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"x must be a table of at least two series, got shape {table.shape}")
    if np.isinf(table).any():
        raise ValueError(f"x must be finite or NaN, got {np.isinf(table).sum()} infinite values")
    n, k = table.shape
    window = whole_number(window, "window", k + 5)
    if window > n:
        raise ValueError(f"window must not exceed the {n} rows of x, got {window}")
    if not 1 <= whole_number(components, "components", 1) < k:
        raise ValueError(f"components must lie in [1, {k - 1}], got {components}")
    if not 0 < min_share <= 1:
        raise ValueError(f"min_share must lie in (0, 1], got {min_share!r}")
    least = max(k + 3, int(np.ceil(min_share * (window - 1))))
    out = np.full((n, len(COLUMNS)), np.nan)
    unit = None
    for t in range(window - 1, n):
        rows = table[t - window + 1 : t + 1]
        complete = ~np.isnan(rows).any(axis=1)
        if (complete[1:] & complete[:-1]).sum() < least:
            continue
        if unit is None:
            unit = _unit(rows[complete])
        out[t] = _window_indicators(rows / unit, complete, components)
    return pd.DataFrame(
        out, columns=list(COLUMNS), index=dates_of(x.index, "x") if isinstance(x, pd.DataFrame) else None
    )


def _unit(rows: np.ndarray) -> np.ndarray:
    """Return the standard deviation of each series; one where it does not vary."""
    varies = np.ptp(rows, axis=0) > 0
    return np.where(varies, rows.std(axis=0, ddof=1), 1.0)


def _window_indicators(rows: np.ndarray, complete: np.ndarray, components: int) -> np.ndarray:
    """All columns for one window, shape (columns,); NaN if a series does not vary in it."""
    seen = rows[complete]
    if not (np.ptp(seen, axis=0) > 0).all():
        return np.full(len(COLUMNS), np.nan)
    k = rows.shape[1]
    deviation = seen - seen.mean(axis=0)
    covariance = deviation.T @ deviation / (len(seen) - 1)
    values, vectors = np.linalg.eigh(covariance)
    spread = np.sqrt(np.diag(covariance))
    correlation = np.abs(covariance) / np.outer(spread, spread)
    pairs = complete[1:] & complete[:-1]
    both = np.hstack([rows[:-1][pairs], rows[1:][pairs]])
    both -= both.mean(axis=0)
    products = both.T @ both
    before, now, across = products[:k, :k], products[k:, k:], products[:k, k:]
    each = np.diag(across) / np.sqrt(np.diag(before) * np.diag(now))
    slowest = _slowest_direction(before + now - across - across.T, values, vectors)
    return np.array(
        [
            values[-1],
            values[-components:].sum() / values.sum(),
            _along(vectors[:, -1], before, now, across),
            np.nan if slowest is None else _along(slowest, before, now, across),
            each.mean(),
            values.sum() / k,
            (correlation.sum() - k) / (k * (k - 1)),
        ]
    )


def _along(direction: np.ndarray, before: np.ndarray, now: np.ndarray, across: np.ndarray) -> float:
    """AR(1) of the series projected on a direction."""
    size = (direction @ before @ direction) * (direction @ now @ direction)
    return float(direction @ across @ direction / np.sqrt(size))


def _slowest_direction(steps: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> np.ndarray | None:
    """Return the direction with the smallest steps for its variance; None if the series are collinear."""
    if values[0] <= 1e-10 * values[-1]:
        return None
    whiten = vectors / np.sqrt(values)
    _, directions = np.linalg.eigh(whiten.T @ steps @ whiten)
    return whiten @ directions[:, 0]
