"""Simulated LPPLS paths: the model's curve plus white, AR(1) or GARCH noise."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lppl.core.model import log_price

NOISES = ("white", "ar1", "garch")
_SETTLE = 500  # GARCH steps before the first one returned


def simulate(
    n: int,
    *,
    tc: float,
    m: float,
    omega: float,
    A: float,
    B: float,
    C1: float,
    C2: float,
    sigma: float,
    noise: str = "white",
    phi: float | None = None,
    alpha: float | None = None,
    beta: float | None = None,
    paths: int | None = None,
    seed: int = 0,
    dates: pd.DatetimeIndex | None = None,
    time: str = "trading",
) -> Any:
    """Simulate prices whose logarithm is an LPPLS curve plus stationary noise.

    Parameters
    ----------
    n : int
        Observations of a path, at least 2.
    tc, m, omega : float
        Critical time (time units from the first observation), exponent (positive), angular
        log-frequency.
    A, B, C1, C2 : float
        Linear parameters, log-price units.
    sigma : float
        Standard deviation of the noise, log-price units; the stationary one for every kind of noise, 0
        for the bare curve.
    noise : {"white", "ar1", "garch"}
        Independent normal noise; a stationary normal AR(1); or normal GARCH(1,1) noise, uncorrelated
        with changing variance.
    phi : float, optional
        AR(1) coefficient, below 1 in size; default 0.9. With ``noise="ar1"`` only.
    alpha, beta : float, optional
        GARCH weights of the last squared noise and of the last variance, non-negative with a sum below
        1; default 0.1 and 0.85. With ``noise="garch"`` only.
    paths : int, optional
        Number of independent paths; default one path without an axis of its own.
    seed : int
        Seed of the noise.
    dates : DatetimeIndex, optional
        Dates of the observations, length ``n``, strictly increasing.
    time : {"trading", "calendar"}
        Unit of ``tc``: observations, or days (needs ``dates``).

    Returns
    -------
    ndarray, shape (n,) or (paths, n); with dates a Series, or a DataFrame of one column a path
        Prices.

    References
    ----------
    .. [1] Filimonov & Sornette (2013), Physica A 392, 3698-3707.

    Examples
    --------
    >>> bubble = dict(tc=1194, m=0.44, omega=6.5, A=1.8259, B=-0.0094, C1=-0.0001, C2=0.0005)
    >>> simulate(1100, **bubble, sigma=0.03).shape
    (1100,)
    """
    t = _times(n, dates, time)
    for name, value in {"tc": tc, "m": m, "omega": omega, "A": A, "B": B, "C1": C1, "C2": C2}.items():
        if not np.isfinite(value):
            raise ValueError(f"{name} must be finite, got {value}")
    for name, value in (("m", m), ("omega", omega)):
        if value <= 0.0:
            raise ValueError(f"{name} must be positive, got {value:g}")
    if not 0.0 <= sigma < np.inf:
        raise ValueError(f"sigma must be finite and not negative, got {sigma}")
    if paths is not None and paths < 1:
        raise ValueError(f"paths must be at least 1, got {paths}")
    unit = _unit_noise(1 if paths is None else paths, n, noise, phi, alpha, beta, seed)
    prices = np.exp(log_price(t, tc, m, omega, A, B, C1, C2) + sigma * unit)
    if paths is None:
        return prices[0] if dates is None else pd.Series(prices[0], index=dates)
    return prices if dates is None else pd.DataFrame(prices.T, index=dates)


def _times(n: int, dates: pd.DatetimeIndex | None, time: str) -> NDArray[np.float64]:
    if n < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    if time not in ("trading", "calendar"):
        raise ValueError(f"time must be 'trading' or 'calendar', got {time!r}")
    if dates is None:
        if time == "calendar":
            raise ValueError("time='calendar' needs dates, got none")
        return np.arange(n, dtype=float)
    if len(dates) != n:
        raise ValueError(f"dates must number n={n}, got {len(dates)}")
    if not (dates.is_monotonic_increasing and dates.is_unique):
        raise ValueError("dates must be strictly increasing, got repeated or unsorted ones")
    if time == "trading":
        return np.arange(n, dtype=float)
    return ((dates - dates[0]) / np.timedelta64(1, "D")).to_numpy(dtype=float)


def _unit_noise(
    paths: int, n: int, noise: str, phi: float | None, alpha: float | None, beta: float | None, seed: int
) -> NDArray[np.float64]:
    """Return noise of stationary variance 1, shape (paths, n)."""
    if noise not in NOISES:
        raise ValueError(f"noise must be one of {', '.join(NOISES)}, got {noise!r}")
    for name, value, kind in (("phi", phi, "ar1"), ("alpha", alpha, "garch"), ("beta", beta, "garch")):
        if value is not None and noise != kind:
            raise ValueError(f"{name} must be left out unless noise={kind!r}, got {value} with {noise!r}")
    rng = np.random.default_rng(seed)
    if noise == "garch":
        return _garch(rng, paths, n, 0.1 if alpha is None else alpha, 0.85 if beta is None else beta)
    z = rng.standard_normal((paths, n))
    return z if noise == "white" else _ar1(z, 0.9 if phi is None else phi)


def _ar1(z: NDArray[np.float64], phi: float) -> NDArray[np.float64]:
    if not abs(phi) < 1.0:
        raise ValueError(f"phi must be below 1 in size, got {phi}")
    innovation = np.sqrt(1.0 - phi * phi)
    for i in range(1, z.shape[1]):
        z[:, i] = phi * z[:, i - 1] + innovation * z[:, i]
    return z


def _garch(rng: np.random.Generator, paths: int, n: int, alpha: float, beta: float) -> NDArray[np.float64]:
    if not (alpha >= 0.0 and beta >= 0.0 and alpha + beta < 1.0):
        raise ValueError(
            f"alpha and beta must be non-negative with a sum below 1, got alpha={alpha}, beta={beta}"
        )
    z = rng.standard_normal((paths, _SETTLE + n))
    variance = np.ones(paths)
    for i in range(z.shape[1]):
        z[:, i] *= np.sqrt(variance)
        variance = 1.0 - alpha - beta + alpha * z[:, i] ** 2 + beta * variance
    return z[:, _SETTLE:]
