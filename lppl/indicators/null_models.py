"""Price paths without a bubble: what a statistic must be compared with before it means anything."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lppl._kernels.garch import fit_garch_t
from lppl.core.series import check

KINDS = ("random_walk", "garch", "block")
_GARCH_MIN = 100  # returns below which five GARCH parameters mean nothing


def null_paths(
    prices: Any,
    kind: str = "random_walk",
    n: int = 100,
    seed: int = 0,
    *,
    length: int | None = None,
    block: float = 20.0,
) -> NDArray[np.float64]:
    """Draw price paths that share a series' drift and volatility but hold no bubble by construction.

    Parameters
    ----------
    prices : pandas.Series or array_like, shape (n_prices,)
        Positive prices; their log-returns set drift and volatility.
    kind : {"random_walk", "garch", "block"}
        Independent Gaussian log-returns; GARCH(1,1) with Student-t errors, fitted once to the returns;
        stationary bootstrap of the returns, which keeps fat tails and what memory fits in a block.
    n : int
        Number of paths.
    seed : int
        Seed of the draws.
    length : int, optional
        Prices in each path; default as many as ``prices`` holds.
    block : float
        Mean block length of the stationary bootstrap, observations.

    Returns
    -------
    ndarray, shape (n, length)
        Positive prices; every path starts at the first price.

    Raises
    ------
    ValueError
        If an argument breaks a rule, or the GARCH likelihood has no maximum that can be found.

    References
    ----------
    .. [1] Politis & Romano (1994), J. American Statistical Association 89, 1303-1313.
    """
    checked = check(prices)
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    size = checked.t.size if length is None else length
    if size < 2:
        raise ValueError(f"length must be at least 2, got {size}")
    if block < 1.0:
        raise ValueError(f"block must be at least 1 observation, got {block:g}")
    returns = np.diff(checked.y)
    rng = np.random.default_rng(seed)
    if kind == "random_walk":
        steps = rng.normal(returns.mean(), returns.std(), (n, size - 1))
    elif kind == "garch":
        steps = _garch(returns, n, size - 1, rng)
    else:
        steps = returns[_block_positions(returns.size, n, size - 1, block, rng)]
    walk = np.concatenate([np.zeros((n, 1)), np.cumsum(steps, axis=1)], axis=1)
    return np.exp(checked.y[0] + walk)


def _garch(returns: NDArray[np.float64], n: int, steps: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Simulate a GARCH(1,1)-t fitted to ``returns``; each path starts at a variance the series has known.

    earlywarning fits its own (`fit_garch`): neither library imports the other.
    """
    if returns.size < _GARCH_MIN:
        raise ValueError(
            f"prices must hold more than {_GARCH_MIN} values for kind='garch', got {returns.size + 1}"
        )
    scale = returns.std()
    if scale == 0.0:
        raise ValueError("prices must change for kind='garch', got a constant growth rate")
    # The mean of the t-likelihood leans away from the longer tail: the series' own mean is its drift.
    centred = (returns - returns.mean()) / scale
    (_, omega, alpha, beta, nu), _, ended, variances = fit_garch_t(centred, False)
    if not ended:
        raise ValueError("prices must admit a GARCH(1,1)-t fit, got a likelihood without a maximum")
    shocks = rng.standard_t(nu, (steps, n)) * np.sqrt((nu - 2.0) / nu)
    variance = rng.choice(variances, n)
    path = np.empty((steps, n))
    for i in range(steps):
        path[i] = np.sqrt(variance) * shocks[i]
        variance = omega + alpha * path[i] ** 2 + beta * variance
    return returns.mean() + scale * path.T


def _block_positions(
    available: int, n: int, steps: int, block: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return (n, steps) positions that run on in blocks of geometric length around a circle."""
    starts = rng.integers(available, size=(n, steps))
    fresh = rng.random((n, steps)) < 1.0 / block
    fresh[:, 0] = True
    column = np.arange(steps)
    since = np.maximum.accumulate(np.where(fresh, column, 0), axis=1)
    return (np.take_along_axis(starts, since, axis=1) + column - since) % available
