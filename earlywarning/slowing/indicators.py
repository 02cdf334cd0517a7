"""Rolling indicators of slowing down, by name."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from earlywarning._kernels import rolling as _kernels_rolling
from earlywarning._kernels import rolling_together as _kernels_together
from earlywarning._kernels import slowing as _kernels
from earlywarning.core.input_checks import labels_of, values_with_gaps, whole_number
from earlywarning.slowing import spectral

MIN_SHARE = 0.75  # a window with a smaller share of its values present has no indicator
_GLS_ITERATIONS = 10  # Boers (2021) stops the Cochrane-Orcutt iteration there


@dataclass(frozen=True)
class _Job:
    """A series and the windows to look at it through."""

    x: np.ndarray
    window: int
    share: float
    level: np.ndarray

    def least(self, of: int, floor: int) -> int:
        return max(floor, math.ceil(self.share * of))


@dataclass(frozen=True)
class Indicator:
    """How to compute an indicator and which way it moves when a system slows down (+1 up, -1 down).

    ``of_noise``: noise that grows moves it as slowing down does.
    """

    compute: Callable[[_Job], np.ndarray]
    direction: int = 1
    min_window: int = 5
    of_noise: bool = False


def _lag_relation(job: _Job, lag: int, slope: bool = False) -> np.ndarray:
    out = np.empty_like(job.x)
    _kernels.rolling_lag_relation(job.x, job.window, lag, job.least(job.window - lag, 3), slope, out)
    return out


def _variance(job: _Job) -> np.ndarray:
    out = np.empty_like(job.x)
    _kernels.rolling_variance(job.x, job.window, job.least(job.window, 2), out)
    return out


def _moments(x: np.ndarray, job: _Job, floor: int) -> np.ndarray:
    out = np.empty((x.size, 5))
    _kernels_rolling.rolling_moments(x, job.window, job.least(job.window, floor), out)
    return out.T


def _cv(job: _Job) -> np.ndarray:
    mean = np.abs(_moments(job.level, job, 2)[1])
    return np.sqrt(_variance(job)) / np.where(mean > 0, mean, np.nan)


def _skewness(job: _Job) -> np.ndarray:
    n, _, m2, m3, _ = _moments(job.x, job, 3)
    m2 = np.where(m2 > 0, m2, np.nan)
    return m3 / m2**1.5 * n * np.sqrt(n - 1) / (n - 2)


def _kurtosis(job: _Job) -> np.ndarray:
    n, _, m2, _, m4 = _moments(job.x, job, 4)
    m2 = np.where(m2 > 0, m2, np.nan)
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * n * m4 / m2**2 - 3 * (n - 1))


def _return_rate(job: _Job) -> np.ndarray:
    ar1 = _lag_relation(job, 1)
    return 1 / np.where(ar1 == 0, np.nan, ar1)


def _restoring_rate_gls(job: _Job) -> np.ndarray:
    out = np.empty_like(job.x)
    least = job.least(job.window - 2, 5)
    _kernels_rolling.rolling_restoring_rate_gls(job.x, job.window, least, _GLS_ITERATIONS, out)
    return out


def _density_ratio(job: _Job) -> np.ndarray:
    ar1 = _lag_relation(job, 1)
    ar1 = np.where(np.abs(ar1) < 1, ar1, np.nan)
    return ((1 + ar1) / (1 - ar1)) ** 2


def _arch(job: _Job) -> np.ndarray:
    from earlywarning._kernels.arch import rolling_arch

    out = np.empty_like(job.x)
    slope = _lag_relation(job, 1, slope=True)
    # Residuals do not depend on the origin, rounding does; the first value is one that is always known.
    x = job.x - job.x[~np.isnan(job.x)][:1].sum()
    rolling_arch(x, job.window, slope, job.least(job.window - 2, 5), out)
    return out


INDICATORS: dict[str, Indicator] = {
    "variance": Indicator(_variance, of_noise=True),
    "std": Indicator(lambda job: np.sqrt(_variance(job)), of_noise=True),
    "cv": Indicator(_cv, of_noise=True),
    "skewness": Indicator(_skewness),
    "kurtosis": Indicator(_kurtosis),
    "return_rate": Indicator(_return_rate, direction=-1),
    "restoring_rate": Indicator(lambda job: _lag_relation(job, 1, slope=True) - 1),
    "restoring_rate_gls": Indicator(_restoring_rate_gls, min_window=10),
    "density_ratio": Indicator(_density_ratio),
    "arch": Indicator(_arch, min_window=10),
    "dfa": Indicator(lambda job: spectral.rolling_dfa(job.x, job.window), min_window=spectral.MIN_WINDOW),
    "spectral_exponent": Indicator(
        lambda job: spectral.rolling_spectral_exponent(job.x, job.window), min_window=spectral.MIN_WINDOW
    ),
    "low_frequency_ratio": Indicator(
        lambda job: spectral.rolling_low_frequency_ratio(job.x, job.window), min_window=spectral.MIN_WINDOW
    ),
}
ALL = ("ar1", *INDICATORS)


@lru_cache
def indicator(name: str) -> Indicator:
    """Return the entry behind a name; ``ar1``, ``ar2``, ... exist for every lag."""
    if name in INDICATORS:
        return INDICATORS[name]
    if name.startswith("ar") and name[2:].isdigit() and int(name[2:]) > 0:
        lag = int(name[2:])
        return Indicator(lambda job: _lag_relation(job, lag), min_window=lag + 4)
    raise ValueError(f"names must come from ar1, ar2, ..., {', '.join(INDICATORS)}; got {name!r}")


def check_windows(n: int, window: Any, names: Sequence[str]) -> int:
    """Return ``window`` as an int that fits ``n`` values and is long enough for every indicator."""
    for name in names:
        window = whole_number(window, f"window (for {name})", indicator(name).min_window)
    if window > n:
        raise ValueError(f"window must not exceed the {n} values of x, got {window}")
    return window


def compute(
    x: np.ndarray, window: int, name: str, share: float = MIN_SHARE, level: np.ndarray | None = None
) -> np.ndarray:
    """Return one indicator of a checked series, shape (n,)."""
    return indicator(name).compute(_Job(x, window, share, x if level is None else level))


# Of many paths at once: kernel, values that one sample takes beside its newest, fewest samples, arguments.
_TOGETHER: dict[str, tuple[Callable[..., None], int, int, tuple[int, ...]]] = {
    "variance": (_kernels_together.variances, 0, 2, ()),
    "ar1": (_kernels_together.lag_correlations, 1, 3, (1,)),
    "restoring_rate_gls": (_kernels_together.restoring_rates_gls, 2, 5, (_GLS_ITERATIONS,)),
}


def side_by_side(paths: np.ndarray, window: int, name: str) -> np.ndarray | None:
    """Return one indicator of many paths in their full windows, as `compute` has it of each of them.

    Parameters
    ----------
    paths : numpy.ndarray, shape (paths, n)
        Checked series.
    window : int
    name : str

    Returns
    -------
    numpy.ndarray, shape (paths, n - window + 1), or None
        None where it takes one path at a time: for other indicators, with gaps, or with too few values.
    """
    missing = np.isnan(paths)
    first = int(np.argmin(missing[0]))
    if name not in _TOGETHER or not missing[:, :first].all() or missing[:, first:].any():
        return None
    fill, beside, floor, arguments = _TOGETHER[name]
    job = _Job(paths[0], window, MIN_SHARE, paths[0])
    if window - beside - first < job.least(window - beside, floor):
        return None
    out = np.empty((len(paths), paths.shape[1] - window + 1))
    fill(np.ascontiguousarray(paths), first, window, *arguments, out)
    return out


def rolling_indicators(
    x: Any,
    window: int,
    names: Sequence[str] = ("ar1", "variance"),
    *,
    min_share: float = MIN_SHARE,
    level: Any = None,
) -> pd.DataFrame:
    """Compute indicators over a rolling window that ends at each observation.

    Parameters
    ----------
    x : array_like or pandas.Series, shape (n,)
        Values, usually the residuals of :func:`earlywarning.detrend`; NaN marks what is missing.
    window : int
        Observations a window: at least 5 (10 for ``restoring_rate_gls`` and ``arch``, 64 for the last three
        names below) and at most n.
    names : sequence of str
        ``ar1``, ``ar2``, ...: Pearson correlation of values one, two, ... steps apart inside the window.
        ``variance``, ``std``: with n - 1 degrees of freedom. ``cv``: std over the mean size of ``level``.
        ``skewness``, ``kurtosis``: bias-corrected, kurtosis in excess of 3. ``return_rate``: 1 / ar1.
        ``restoring_rate``: least-squares slope of ``x[t] - x[t-1]`` on ``x[t-1]`` (negative, rising to zero
        as recovery slows, per observation); ``restoring_rate_gls``: the same with AR(1) errors [1]_.
        ``density_ratio``: spectral density at the lowest over that at the highest frequency, of the AR(1)
        process with this ar1 [2]_. ``arch``: squared correlation of successive squared AR(1) residuals [3]_.
        ``dfa``: exponent of detrended fluctuation analysis. ``spectral_exponent``: beta of S(f) ~ f**-beta at
        f <= 0.1. ``low_frequency_ratio``: share of the variance at periods over 20 observations.
    min_share : float
        Smallest share of a window's values (pairs, triples) that must be present, in (0, 1]; what is missing
        is left out. ``dfa`` and the two spectral indicators need every value whatever ``min_share``.
    level : array_like, shape (n,), optional
        The series before detrending, for ``cv``; ``x`` itself by default.

    Returns
    -------
    DataFrame, n rows
        One column a name, on the index of ``x``. NaN before the first full window, where too much is missing,
        and where the window does not vary and the indicator is a ratio; ``attrs["missing"]`` says which.

    Raises
    ------
    ValueError
        For an unknown name, a window out of range or a malformed ``x``.

    References
    ----------
    .. [1] Boers (2021), Nature Climate Change 11, 680-688.
    .. [2] Dakos et al. (2012), PLoS ONE 7(7), e41010.
    .. [3] Seekell et al. (2011), American Naturalist 178, 442-451.
    """
    values = values_with_gaps(x, least=5)
    window = check_windows(values.size, window, names)
    if not 0 < min_share <= 1:
        raise ValueError(f"min_share must lie in (0, 1], got {min_share!r}")
    reference = None if level is None else values_with_gaps(level, "level")
    if reference is not None and reference.size != values.size:
        raise ValueError(f"level must have the {values.size} values of x, got {reference.size}")
    columns = {name: compute(values, window, name, min_share, reference) for name in names}
    frame = pd.DataFrame(columns, index=labels_of(x))
    frame.attrs["missing"] = _why_missing(values, window, min_share, columns)
    return frame


def _why_missing(x: np.ndarray, window: int, share: float, columns: dict[str, np.ndarray]) -> dict[str, str]:
    """Say, for each indicator with NaN in full windows, in how many of them and why."""
    seen = np.cumsum(np.concatenate(([0], ~np.isnan(x))))
    seen = seen[window:] - seen[:-window]
    reasons = {}
    for name, values in columns.items():
        gone = np.isnan(values[window - 1 :])
        if gone.any():
            complete = indicator(name).min_window == spectral.MIN_WINDOW
            short = gone & (seen < (window if complete else share * window))
            reasons[name] = (
                f"{gone.sum()} of {gone.size} windows: {short.sum()} with too many values missing, "
                f"{(gone & ~short).sum()} without the variation the indicator divides by"
            )
    return reasons
