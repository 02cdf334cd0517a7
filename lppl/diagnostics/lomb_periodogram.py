"""Log-periodicity: the Lomb periodogram of what a fit's power law leaves, judged by refitted null paths."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl.core import notebook
from lppl.core.model import time_to_critical
from lppl.core.series import Prices
from lppl.fitting.fitting import Fit
from lppl.fitting.refits import described_window, fitted_window, null_statistics, p_value
from lppl.fitting.space import SearchSpace, as_space
from lppl.indicators.null_models import null_paths

_STEP = 0.1  # of omega: the line of a window that spans 1000 steps is more than 0.8 wide


@dataclass(frozen=True, eq=False)
class LogPeriodicity:
    """The Lomb spectrum of one fit and the rank of its highest peak.

    Attributes
    ----------
    omega, power : ndarray
        Angular log-frequencies, and the Lomb power in units of the variance.
    peak_omega, peak_power : float
        The highest peak.
    p_value : float
        Share of refitted null paths whose highest peak is no lower.
    null_peaks : ndarray, shape (resamples,)
        Highest peaks of the null paths.
    null : str
        Kind of the null paths.
    fit_omega : float
        Angular log-frequency of the fit, for comparison.
    """

    omega: NDArray[np.float64]
    power: NDArray[np.float64]
    peak_omega: float
    peak_power: float
    p_value: float
    null_peaks: NDArray[np.float64]
    null: str
    fit_omega: float

    def to_dict(self) -> dict[str, Any]:
        """Return spectrum and test as plain values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("omega", "power", "null_peaks"):
            values[name] = values[name].tolist()
        return values

    def plot(self, ax: Any = None) -> Any:
        """Draw the spectrum, the null peaks and the p-value; see :func:`lppl.plot.lomb`."""
        from lppl import plot

        return plot.lomb(self, ax)

    def _repr_html_(self) -> str:
        rows = {
            "highest peak at omega": self.peak_omega,
            "omega of the fit": self.fit_omega,
            "Lomb power of the peak": self.peak_power,
            "p-value": f"{self.p_value:.3g}, from {self.null_peaks.size} refitted paths ({self.null})",
        }
        return notebook.pairs("Log-periodicity", rows)


def log_periodicity(
    fit: Fit,
    prices: Any,
    *,
    space: SearchSpace | None = None,
    min_periods: float = 1.5,
    null: str = "random_walk",
    resamples: int = 199,
    seed: int = 0,
    n_jobs: int = 1,
) -> LogPeriodicity:
    """Return the Lomb periodogram of ``tau^-m (y - A - B tau^m)`` against ``ln tau`` and its p-value.

    Parameters
    ----------
    fit : Fit
        A successful fit.
    prices : pandas.Series or array_like, shape (n,)
        The prices the fit was made of.
    space : SearchSpace, optional
        The box the fit was made in; default that of :func:`lppl.fit`. Its frequencies are scanned.
    min_periods : float
        Frequencies with fewer log-periods in the window are left out: integrated noise peaks there.
    null : {"random_walk", "garch", "block"}
        Kind of null paths, see :func:`lppl.null_paths`.
    resamples : int
        Null paths, each fitted anew.
    seed : int
        Seed of the draws.
    n_jobs : int
        Threads; the result does not depend on it.

    Returns
    -------
    LogPeriodicity

    Raises
    ------
    ValueError
        If an argument breaks a rule, or prices and box are not those of the fit.

    Notes
    -----
    The textbook p-value of the periodogram assumes white noise at frequencies nobody has tuned. Here the
    fit has already looked for the best log-periodic curve, so it is never given. Paths that cannot be
    fitted count against log-periodicity.

    References
    ----------
    .. [1] Lomb (1976), Astrophysics and Space Science 39, 447-462.
    """
    space = as_space(space)
    if min_periods <= 0.0:
        raise ValueError(f"min_periods must be positive, got {min_periods:g}")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    window = fitted_window(fit, prices, space)
    omega, power = _spectrum(window, fit, space, min_periods)

    def highest(series: Prices, fitted: Fit) -> NDArray[np.float64]:
        return _spectrum(series, fitted, space, min_periods)[1].max(keepdims=True)

    plain = np.exp(window.y) if window.scale == "log" else window.y
    paths = null_paths(plain, null, resamples, seed)
    paths = np.log(paths) if window.scale == "log" else paths
    peaks = null_statistics(window, paths, space, highest, n_jobs)[:, 0]
    top = int(np.argmax(power))
    return LogPeriodicity(
        omega=omega,
        power=power,
        peak_omega=float(omega[top]),
        peak_power=float(power[top]),
        p_value=p_value(float(power[top]), peaks, "upper"),
        null_peaks=peaks,
        null=null,
        fit_omega=fit.omega,
    )


def log_periodogram(
    fit: Fit, prices: Any, *, space: SearchSpace | None = None, min_periods: float = 1.5
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the angular log-frequencies and the Lomb power that :func:`log_periodicity` tests.

    Parameters
    ----------
    fit : Fit
        A successful fit.
    prices : pandas.Series or array_like, shape (n,)
        The prices the fit was made of.
    space, min_periods
        As in :func:`log_periodicity`.

    Returns
    -------
    omega, power : ndarray, shape (k,)
        A picture, not a test: a fit has already chosen its frequency.

    Raises
    ------
    ValueError
        If the fit failed, or prices are not those of the fit.
    """
    if min_periods <= 0.0:
        raise ValueError(f"min_periods must be positive, got {min_periods:g}")
    return _spectrum(described_window(fit, prices), fit, as_space(space), min_periods)


def _spectrum(
    series: Prices, fit: Fit, space: SearchSpace, min_periods: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the frequencies of the box that the window can hold, and their power."""
    from lppl._kernels.lomb import lomb

    tau = time_to_critical(series.t, fit.tc)
    scale = tau**fit.m
    logs = np.log(tau)
    lowest = 2.0 * np.pi * min_periods / np.ptp(logs)
    low = min(max(space.omega[0], lowest), space.omega[1])
    omega = np.linspace(low, space.omega[1], int(np.ceil((space.omega[1] - low) / _STEP)) + 1)
    return omega, lomb(logs, (series.y - fit.A - fit.B * scale) / scale, omega)
