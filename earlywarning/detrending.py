"""Detrending: what is left of a series once a slow movement is taken out, without a look at the future."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from earlywarning import _kernels
from earlywarning._series import values_of

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
        if self.method in ("gaussian", "lowess"):
            if self.bandwidth is None:
                raise ValueError(f"bandwidth is required by method {self.method!r} (observations), got None")
            if not (np.isfinite(self.bandwidth) and self.bandwidth >= 3):
                raise ValueError(f"bandwidth must be at least 3 observations, got {self.bandwidth!r}")

    @property
    def order(self) -> int:
        """Degree of the local polynomial."""
        return 1 if self.method == "lowess" else 0

    def lag_weights(self) -> np.ndarray:
        """Return kernel weights by lag, the present value first."""
        if self.method == "gaussian":
            sigma = _SIGMA_PER_BANDWIDTH * self.bandwidth
            return np.exp(-0.5 * (np.arange(int(_TRUNCATE * sigma + 0.5) + 1) / sigma) ** 2)
        lag = np.arange(int(np.ceil(self.bandwidth)))
        return (1 - (lag / self.bandwidth) ** 3) ** 3

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Residuals of one clean or NaN-marked path, shape (n,)."""
        if self.method == "none":
            return x.copy()
        if self.method == "difference":
            return np.concatenate(([np.nan], np.diff(x)))
        if not self.causal:
            return _two_sided(x, self)
        out = np.empty_like(x)
        if self.method == "linear":
            _kernels.expanding_line_residual(x, out)
        elif np.isnan(x).any():
            _kernels.local_residual(x, self.lag_weights(), self.order, out)
        else:
            _clean_local_residual(x, self, out)
        return out


def _clean_local_residual(x: np.ndarray, how: Detrending, out: np.ndarray) -> None:
    """Causal local fit where nothing is missing: the sums of weights depend on t only near the start."""
    weight = how.lag_weights()
    lag = np.arange(weight.size)
    reach = np.minimum(np.arange(x.size), weight.size - 1)
    s0 = np.cumsum(weight)[reach]
    _kernels.lag_contrast(x, weight[::-1].copy(), out)
    if how.order == 0:
        out /= s0
        out[0] = np.nan
        return
    first = np.empty_like(x)
    _kernels.lag_contrast(x, (weight * lag)[::-1].copy(), first)
    s1 = np.cumsum(weight * lag)[reach]
    s2 = np.cumsum(weight * lag**2)[reach]
    with np.errstate(invalid="ignore", divide="ignore"):
        out *= s2
        out -= s1 * first
        out /= s0 * s2 - s1 * s1
    out[:2] = np.nan


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

        smooth = lowess(y, present, frac=min(1.0, how.bandwidth / present.size), return_sorted=False)
    else:
        from scipy.ndimage import gaussian_filter1d

        sigma = _SIGMA_PER_BANDWIDTH * how.bandwidth
        weight = gaussian_filter1d((~np.isnan(x)).astype(float), sigma, mode="reflect", truncate=_TRUNCATE)
        shift = np.nan_to_num(x - y[0])
        smoothed = gaussian_filter1d(shift, sigma, mode="reflect", truncate=_TRUNCATE)
        smooth = y[0] + smoothed[present] / weight[present]
    out[present] = y - smooth
    return out


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
        ``gaussian``: kernel mean; ``sigma = 0.25 / 0.675 * bandwidth``, cut at 4 sigma. ``lowess``: causal, a
        local line with tricube weights over the last ``bandwidth`` observations, evaluated at the newest;
        two-sided, the robust LOWESS of statsmodels (three reweightings). ``linear``: least-squares line
        through everything up to t (two-sided: through everything). ``difference``: ``x[t] - x[t-1]``.
    bandwidth : float, optional
        Observations; required by ``gaussian`` and ``lowess``.
    causal : bool
        Whether the trend at t may use values up to t only.

    Returns
    -------
    ndarray, shape (n,)
        Residuals. NaN where ``x`` is missing and where the fit is exact because it has no more points than
        parameters (``difference``, ``gaussian``: the first value; ``linear``, ``lowess``: the first two).
        Otherwise missing values are left out of the trend; a difference next to one is missing.

    Raises
    ------
    ValueError
        For an unknown method, a missing or too small bandwidth, or a malformed ``x``.

    References
    ----------
    .. [1] Dakos et al. (2012), PLoS ONE 7(7), e41010 (Gaussian detrending before rolling indicators).
    .. [2] Cleveland (1979), JASA 74, 829-836 (LOWESS).
    """
    how = Detrending(method, bandwidth, causal)
    return how.residuals(values_of(x))
