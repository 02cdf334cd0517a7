"""Chance that a price falls through a barrier: closed form of a drifting walk with uncertain volatility."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scanners.risk._kernels import barrier as kernels

DISCRETE = 0.5826  # closes are read once a day: the barrier lies that many daily deviations deeper
POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def first_passage(
    loss: ArrayLike,
    horizons: ArrayLike,
    log_sigma: ArrayLike,
    drift: ArrayLike,
    spread: ArrayLike,
) -> NDArray[np.float64]:
    """Return the chance that the lowest of the next closes lies at least ``loss`` below today's.

    Parameters
    ----------
    loss : array_like, shape (n, H, S) or broadcastable to it
        Log losses, positive.
    horizons : array_like, shape (H,)
        Sessions.
    log_sigma : array_like, shape (n, H)
        Log of the expected daily volatility over each horizon.
    drift : array_like, shape (n,)
        Sharpe ratio a year (250 sessions).
    spread : array_like, shape (n, H)
        Volatility to come is ``exp(log_sigma + spread xi)`` with xi standard normal.

    Returns
    -------
    array, shape (n, H, S)

    Notes
    -----
    For each volatility sigma, with ``z = loss / (sigma sqrt H) + .5826 / sqrt H`` and ``delta`` the drift
    over the horizon in deviations, ``P = Phi(-z - delta) + exp(-2 delta z) Phi(delta - z)``: the reflection
    principle with the continuity correction of [1]_. The mixture over xi is a 7-point Gauss-Hermite sum.

    References
    ----------
    .. [1] Broadie, Glasserman & Kou (1997), Mathematical Finance 7, 325-349.
    """
    horizons = np.asarray(horizons, dtype=np.float64)
    log_sigma = np.ascontiguousarray(log_sigma, dtype=np.float64)
    delta = np.asarray(drift, dtype=np.float64)[:, None] * np.sqrt(horizons / 250.0)
    sizes = np.shape(loss)[-1]
    shape = (*log_sigma.shape, sizes)
    loss = np.ascontiguousarray(np.broadcast_to(np.asarray(loss, dtype=np.float64), shape))
    out = np.empty(shape)
    scales = np.exp(-np.asarray(spread)[:, :, None] * POINTS)
    kernels.passage(loss, np.sqrt(horizons), log_sigma, delta, scales, WEIGHTS, out)
    return out
