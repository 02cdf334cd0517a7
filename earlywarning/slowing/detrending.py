"""Detrending: what is left of a series once a slow movement is taken out, without a look at the future."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from earlywarning._kernels import slowing as _kernels
from earlywarning.core.input_checks import values_with_gaps

METHODS = ("none", "difference", "linear", "gaussian", "lowess")

# As in R's ksmooth, the quartiles of the kernel lie at +- bandwidth / 4.
_SIGMA_PER_BANDWIDTH = 0.25 / 0.675
_TRUNCATE = 4.0  # the kernel ends this many sigma away


@dataclass(frozen=True)
class Detrending:
    """A method with its settings, ready to run on many paths of one length."""

    method: str
    bandwidth: float | None
    causal: bool

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, got {self.method!r}")
        if self.method in ("gaussian", "lowess") and not (np.isfinite(self.width) and self.width >= 3):
            raise ValueError(f"bandwidth must be at least 3 observations, got {self.bandwidth!r}")

    @property
    def width(self) -> float:
        """The bandwidth of a method that needs one."""
        if self.bandwidth is None:
            raise ValueError(f"bandwidth is required by method {self.method!r} (observations), got None")
        return self.bandwidth

    @cached_property
    def lag_weights(self) -> np.ndarray:
        """Kernel weights by lag, the present value first."""
        if self.method == "gaussian":
            sigma = _SIGMA_PER_BANDWIDTH * self.width
            return np.exp(-0.5 * (np.arange(int(_TRUNCATE * sigma + 0.5) + 1) / sigma) ** 2)
        lag = np.arange(int(np.ceil(self.width)))
        return (1 - (lag / self.width) ** 3) ** 3

    @cached_property
    def line_sums(self) -> np.ndarray:
        """Sums of ``weight * lag**j``, j = 0, 1, 2, up to each lag, shape (3, lags)."""
        lag = np.arange(self.lag_weights.size)
        return np.cumsum([self.lag_weights, self.lag_weights * lag, self.lag_weights * lag**2], axis=1)

    @cached_property
    def oldest_first(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weights as kernels take them: plain, times the lag, and those of a whole line at its newest."""
        weight, lag = self.lag_weights, np.arange(self.lag_weights.size)
        s0, s1, s2 = self.line_sums[:, -1]
        line = weight * (s2 - s1 * lag) / (s0 * s2 - s1 * s1)
        return weight[::-1].copy(), (weight * lag)[::-1].copy(), line[::-1].copy()

    def residuals_of(self, paths: np.ndarray) -> np.ndarray:
        """Residuals of many paths, shape (paths, n), each as `residuals` has them."""
        if self.method in ("gaussian", "lowess") and self.causal and not np.isnan(paths).any():
            return _complete_local_residuals(paths, self)
        return np.stack([self.residuals(path) for path in paths])

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Residuals of one path, shape (n,)."""
        if self.method == "none":
            return x.copy()
        if self.method == "difference":
            return np.concatenate(([np.nan], np.diff(x)))
        if not self.causal:
            return _two_sided(x, self)
        if self.method != "linear" and not np.isnan(x).any():
            return _complete_local_residuals(x[np.newaxis], self)[0]
        out = np.empty_like(x)
        if self.method == "linear":
            _kernels.expanding_line_residual(x, out)
        else:
            _kernels.local_line_residual(x, self.lag_weights, out)
        return out


def _complete_local_residuals(paths: np.ndarray, how: Detrending) -> np.ndarray:
    """Causal local lines where nothing is missing: fixed weights once all lags are in reach."""
    plain, by_lag, line = how.oldest_first
    paths = np.ascontiguousarray(paths)
    early = min(paths.shape[1], line.size - 1)
    out = np.empty_like(paths)
    level, slope = np.empty((2, len(paths), early))
    _kernels.lag_contrasts(paths, plain, 0, level)
    _kernels.lag_contrasts(paths, by_lag, 0, slope)
    s0, s1, s2 = how.line_sums[:, 2:early]
    _kernels.lag_contrasts(paths, line, early, out)
    out[:, :2] = np.nan
    out[:, 2:early] = (s2 * level[:, 2:] - s1 * slope[:, 2:]) / (s0 * s2 - s1 * s1)
    return out


def _two_sided(x: np.ndarray, how: Detrending) -> np.ndarray:
    """Residuals about a smooth that looks both ways; missing values stay missing."""
    out = np.full(x.size, np.nan)
    present = np.flatnonzero(~np.isnan(x))
    if present.size < 3:
        return out
    y = x[present]
    if how.method == "linear":
        slope, level = np.polyfit(present - present.mean(), y, 1)
        smooth = level + slope * (present - present.mean())
    elif how.method == "lowess":
        from statsmodels.nonparametric.smoothers_lowess import lowess

        smooth = lowess(y, present, frac=min(1.0, how.width / present.size), return_sorted=False)
    else:
        return _two_sided_gaussian(x, how.oldest_first[0])
    out[present] = y - smooth
    return out


def _two_sided_gaussian(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Residuals about a kernel mean over a series reflected at its ends."""
    total = 2 * weight.sum() - weight[-1]

    def contrast(y: np.ndarray) -> np.ndarray:
        padded = np.pad(y, weight.size, mode="symmetric")
        sides = np.empty((2, padded.size))
        _kernels.lag_contrast(padded, weight, 0, sides[0])
        _kernels.lag_contrast(padded[::-1].copy(), weight, 0, sides[1])
        return (sides[0] + sides[1][::-1])[weight.size : -weight.size]

    missing = np.isnan(x)
    if not missing.any():
        return contrast(x) / total
    filled = np.where(missing, 0.0, x - x[~missing][0])
    present = 1.0 - missing
    smooth = (total * filled - contrast(filled)) / (total * present - contrast(present))
    return np.where(missing, np.nan, filled - smooth)


def detrend(
    x: Any, method: str = "gaussian", bandwidth: float | None = None, causal: bool = True
) -> np.ndarray:
    """Return the residuals of ``x`` about a trend.

    Causal (the default) means that the residual at t is a function of the values up to t: cutting the future
    off changes nothing. Two-sided smoothing lets the future into every value: it describes the past, no more.

    Parameters
    ----------
    x : array_like, shape (n,)
        Equally spaced values; NaN marks what is missing.
    method : {"gaussian", "lowess", "linear", "difference", "none"}
        ``gaussian``: weights with ``sigma = 0.25 / 0.675 * bandwidth``, cut at 4 sigma; two-sided, their mean
        over a series reflected at its ends. ``lowess``: tricube weights over the last ``bandwidth``
        observations; two-sided, the robust LOWESS of statsmodels (three reweightings). Causal, both fit a
        weighted line and take its newest point, because a one-sided mean lags behind every trend.
        ``linear``: least-squares line through everything up to t (two-sided: through everything).
        ``difference``: ``x[t] - x[t-1]``.
    bandwidth : float, optional
        Observations; required by ``gaussian`` and ``lowess``.
    causal : bool
        Whether the trend at t may use values up to t only.

    Returns
    -------
    ndarray, shape (n,)
        Residuals. NaN where ``x`` is missing, in the first value of ``difference`` and in the first two of
        the causal lines, which fit those exactly. Missing values are left out of the trend; a difference next
        to one is missing.

    Raises
    ------
    ValueError
        For an unknown method, a missing or too small bandwidth, or a malformed ``x``.

    References
    ----------
    .. [1] Dakos et al. (2012), PLoS ONE 7(7), e41010 (Gaussian detrending before rolling indicators).
    .. [2] Cleveland (1979), JASA 74, 829-836 (LOWESS).
    .. [3] Fan & Gijbels (1996), Local Polynomial Modelling and Its Applications, section 3.2.5 (boundaries).
    """
    how = Detrending(method, bandwidth, causal)
    return how.residuals(values_with_gaps(x))
