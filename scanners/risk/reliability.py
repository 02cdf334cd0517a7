"""Reliability of stated chances by the CORP method: isotonic recalibration, decomposition, bands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import ndtr


@dataclass(frozen=True, eq=False)
class Reliability:
    """Chances as stated and as they came true.

    Parameters
    ----------
    stated, followed : array, shape (n,)
        Sorted chances, and the share that followed by the best rising function of them.
    low, high : array, shape (n,)
        90% band in which ``followed`` lies at each chance when all chances are right.
    miscalibration, discrimination, uncertainty : float
        ``Brier score = miscalibration - discrimination + uncertainty``.

    References
    ----------
    .. [1] Dimitriadis, Gneiting & Jordan (2021), PNAS 118, e2016191118.
    """

    stated: NDArray[np.float64]
    followed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    miscalibration: float
    discrimination: float
    uncertainty: float


def reliability(
    chance: NDArray[np.float64],
    followed: NDArray[np.float64],
    clusters: NDArray[np.int64],
    together: float = 0.3,
    draws: int = 100,
    seed: int = 0,
) -> Reliability:
    """Return the CORP reliability of chances.

    Parameters
    ----------
    chance, followed : array, shape (n,)
        Chances chances; 1 where it followed, else 0.
    clusters : array of int, shape (n,)
        Outcomes of one cluster move together in the bands.
    together : float
        Correlation of the normals behind two outcomes of one cluster.
    draws, seed : int
        Of the bands.
    """
    order = np.argsort(chance, kind="stable")
    p, y = chance[order], followed[order].astype(np.float64)
    fitted = isotonic_regression(y).x
    base = y.mean()
    raw, calibrated, none = (float(np.mean((value - y) ** 2)) for value in (p, fitted, np.full(p.size, base)))
    rng = np.random.default_rng(seed)
    _, place = np.unique(clusters[order], return_inverse=True)
    bands = np.empty((draws, p.size))
    for k in range(draws):
        common = rng.standard_normal(place.max() + 1)[place]
        own = rng.standard_normal(p.size)
        uniform = ndtr(np.sqrt(together) * common + np.sqrt(1.0 - together) * own)
        bands[k] = isotonic_regression((uniform < p).astype(np.float64)).x
    low, high = np.quantile(bands, [0.05, 0.95], axis=0)
    return Reliability(p, fitted, low, high, raw - calibrated, none - calibrated, none)
