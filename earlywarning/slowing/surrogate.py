"""Surrogate series: what the data could have looked like had nothing been approaching."""

from collections.abc import Callable
from typing import Any

import numpy as np

from earlywarning._kernels.walks import garch_walks
from earlywarning.core.garch import FEWEST_SHOCKS, fit_garch
from earlywarning.core.input_checks import values_with_gaps, whole_number
from earlywarning.core.student_noise import standard_t
from earlywarning.slowing.block_length import block_length

# A fitted family: (random generator, number of paths) -> paths, shape (paths, n).
Simulator = Callable[[np.random.Generator, int], np.ndarray]

CHUNK = 50  # paths drawn from one random stream; a constant, so that threads do not change the numbers
_BURN = 250  # steps a recursion runs, at least, before its path begins
_LONGEST_BURN = 20_000
_IAAFT_ROUNDS = 100
_MAX_ORDER = 2


def _filtered(ar: np.ndarray, ma: np.ndarray, sigma: float, mean: float, n: int) -> Simulator:
    """ARMA paths by a linear filter on Gaussian noise."""
    from scipy.signal import lfilter

    # Until the slowest root has forgotten all but a hundredth of where it started.
    slowest = max(np.abs(np.roots(ar)), default=0.0)
    burn = _BURN if slowest < 0.5 else int(np.clip(np.log(0.01) / np.log(slowest), _BURN, _LONGEST_BURN))

    def simulate(rng: np.random.Generator, count: int) -> np.ndarray:
        noise = rng.normal(0.0, sigma, (count, burn + n))
        return mean + lfilter(ma, ar, noise, axis=1)[:, burn:]

    return simulate


def _ar1(x: np.ndarray) -> Simulator:
    deviation = x - x.mean()
    before, now = deviation[:-1], deviation[1:]
    # Burg's estimate, which never leaves the stationary range.
    phi = 2 * (before @ now) / (before @ before + now @ now)
    sigma = np.std(now - phi * before)
    return _filtered(np.array([1.0, -phi]), np.array([1.0]), sigma, x.mean(), x.size)


def _arma(x: np.ndarray) -> Simulator:
    """ARMA(p, q) up to order 2 by Hannan-Rissanen, the order by BIC among stationary, invertible fits."""
    from statsmodels.tsa.arima.estimators.hannan_rissanen import hannan_rissanen

    scale = x.std()
    standard = (x - x.mean()) / scale
    fits = []
    for p in range(_MAX_ORDER + 1):
        for q in range(_MAX_ORDER + 1):
            fit, _ = hannan_rissanen(standard, p, q, demean=False, unbiased=False)
            if not (fit.is_stationary and fit.is_invertible):
                continue
            fits.append((x.size * np.log(fit.sigma2) + (p + q) * np.log(x.size), fit))
    fit = min(fits, key=lambda each: each[0])[1]
    return _filtered(fit.ar_poly.coef, fit.ma_poly.coef, scale * np.sqrt(fit.sigma2), x.mean(), x.size)


def _iaaft(x: np.ndarray) -> Simulator:
    """Reorder the values of x until their spectrum is nearly that of x (IAAFT)."""
    from scipy.fft import irfft, rfft

    ordered = np.sort(x)
    amplitude = np.abs(rfft(x))

    def simulate(rng: np.random.Generator, count: int) -> np.ndarray:
        paths = rng.permuted(np.tile(x, (count, 1)), axis=1)
        for _ in range(_IAAFT_ROUNDS):
            spectrum = rfft(paths, axis=1)
            size = np.abs(spectrum)
            spectrum *= amplitude / np.where(size > 0, size, 1.0)
            rank = np.argsort(irfft(spectrum, x.size, axis=1), axis=1)
            renewed = np.empty_like(paths)
            np.put_along_axis(renewed, rank, np.broadcast_to(ordered, paths.shape), axis=1)
            if np.array_equal(renewed, paths):
                break
            paths = renewed
        return paths

    return simulate


def _random_walk(x: np.ndarray) -> Simulator:
    steps = np.diff(x)
    mean, sigma = steps.mean(), steps.std(ddof=1)

    def simulate(rng: np.random.Generator, count: int) -> np.ndarray:
        paths = np.empty((count, x.size))
        paths[:, 0] = x[0]
        paths[:, 1:] = rng.normal(mean, sigma, (count, x.size - 1))
        return np.cumsum(paths, axis=1, out=paths)

    return simulate


def _garch(x: np.ndarray) -> Simulator:
    """Random walk with GARCH(1,1) steps and Student-t shocks, fitted once by maximum likelihood."""
    if x.size <= FEWEST_SHOCKS:
        raise ValueError(f"surrogates='garch' needs at least {FEWEST_SHOCKS + 1} values, got {x.size}")
    steps = np.diff(x)
    # The mean of the t-likelihood leans away from the longer tail: the series' own mean is its drift.
    fit = fit_garch(steps - steps.mean())
    long_run = fit.omega / (1 - fit.alpha - fit.beta) if fit.alpha + fit.beta < 0.999 else 1.0
    variance = long_run if long_run < 10.0 else 1.0
    scale = fit.scale

    def simulate(rng: np.random.Generator, count: int) -> np.ndarray:
        noise = standard_t(rng, fit.nu, (count, _BURN + x.size - 1))
        unit, paths = np.sqrt((fit.nu - 2) / fit.nu), np.empty((count, x.size))
        omega, start = fit.omega * scale**2, variance * scale**2
        garch_walks(noise, unit, steps.mean(), omega, fit.alpha, fit.beta, start, x[0], _BURN, paths)
        return paths

    return simulate


def _block(x: np.ndarray) -> Simulator:
    """Cumulated steps drawn by the stationary bootstrap, blocks long enough for clustered volatility."""
    steps = np.diff(x)
    lengths = [block_length(y) for y in (steps, np.abs(steps - steps.mean()))]
    length = min(max(1.0, np.nanmax(lengths)), steps.size / 4)

    def simulate(rng: np.random.Generator, count: int) -> np.ndarray:
        shape = (count, steps.size)
        fresh = rng.random(shape) < 1 / length
        fresh[:, 0] = True
        position = np.arange(steps.size)
        since = position - np.maximum.accumulate(np.where(fresh, position, 0), axis=1)
        source = rng.integers(steps.size, size=shape)
        origin = np.take_along_axis(source, position - since, axis=1)
        paths = np.empty((count, x.size))
        paths[:, 0] = x[0]
        paths[:, 1:] = steps[(origin + since) % steps.size]
        return np.cumsum(paths, axis=1, out=paths)

    return simulate


FAMILIES: dict[str, Callable[[np.ndarray], Simulator]] = {
    "ar1": _ar1,
    "arma": _arma,
    "iaaft": _iaaft,
    "random_walk": _random_walk,
    "garch": _garch,
    "block": _block,
}


def fit_family(x: np.ndarray, kind: str) -> Simulator:
    """Fit a surrogate family to a complete series and return its simulator.

    Raises
    ------
    ValueError
        For an unknown family, missing values, fewer than 20 values or a series whose steps do not vary.
    """
    if kind not in FAMILIES:
        raise ValueError(f"surrogates must be one of {', '.join(FAMILIES)}, got {kind!r}")
    if np.isnan(x).any():
        raise ValueError(f"surrogates need a series without gaps, got {np.isnan(x).sum()} missing values")
    if x.size < 20:
        raise ValueError(f"surrogates need at least 20 values, got {x.size}")
    steps = np.diff(x)
    if not np.ptp(steps) > 1e-12 * np.abs(x).max():
        raise ValueError(f"surrogates need a series whose steps vary, got steps of {steps[0]:g} throughout")
    return FAMILIES[kind](x)


def chunks(n: int, seed: int) -> list[tuple[np.random.SeedSequence, int]]:
    """Split ``n`` paths into (seed, count) chunks that do not depend on how many threads share them."""
    counts = [CHUNK] * (n // CHUNK) + ([n % CHUNK] if n % CHUNK else [])
    return list(zip(np.random.SeedSequence(seed).spawn(len(counts)), counts, strict=True))


def surrogates(x: Any, kind: str = "garch", n: int = 1000, seed: int = 0) -> np.ndarray:
    """Draw series that share the ordinary features of ``x`` and none of its approach to anything.

    Parameters
    ----------
    x : array_like, shape (m,)
        A complete series of levels: log prices, yields, deviations.
    kind : {"garch", "random_walk", "block", "ar1", "arma", "iaaft"}
        The first three cumulate steps like those of ``x`` from its first value: Student-t GARCH(1,1) steps
        fitted by maximum likelihood, Gaussian steps, and the steps themselves in random blocks (stationary
        bootstrap, Politis-White length). The others are stationary about the mean of ``x``: a Gaussian AR(1),
        the ARMA(p, q) of lowest BIC with p, q <= 2, and the values of ``x`` reordered to keep their spectrum.
    n : int
        Number of series.
    seed : int
        Seed; every full block of 50 series is the same for every n.

    Returns
    -------
    ndarray, shape (n, m)

    Raises
    ------
    ValueError
        For an unknown family or a series it cannot be fitted to.

    References
    ----------
    .. [1] Schreiber & Schmitz (1996), Physical Review Letters 77, 635-638 (IAAFT).
    .. [2] Politis & Romano (1994), JASA 89, 1303-1313 (stationary bootstrap).
    """
    simulate = fit_family(values_with_gaps(x), kind)
    n = whole_number(n, "n", 1)
    return np.vstack([simulate(np.random.default_rng(s), count) for s, count in chunks(n, seed)])
