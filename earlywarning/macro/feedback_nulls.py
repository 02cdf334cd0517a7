"""Paths of a relation that never changed: what sign changes look like when there are none."""

import numpy as np
from joblib import Parallel, delayed

from earlywarning._kernels.feedback import refit_constant

# Paths of one random stream; fixed, so that the number of workers changes nothing.
CHUNK = 25


def stationary_order(rng: np.random.Generator, n: int, paths: int, block: float) -> np.ndarray:
    """Return positions drawn by the stationary bootstrap (Politis & Romano 1994), shape (paths, n).

    Parameters
    ----------
    rng : numpy.random.Generator
    n, paths : int
        Observations and rows.
    block : float
        Mean block length, at least 1.
    """
    fresh = rng.random((paths, n)) < 1.0 / block
    fresh[:, 0] = True
    position = np.arange(n)
    since = position - np.maximum.accumulate(np.where(fresh, position, 0), axis=1)
    source = rng.integers(n, size=(paths, n))
    return (np.take_along_axis(source, position - since, axis=1) + since) % n


def constant_paths(
    x: np.ndarray,
    residual: np.ndarray,
    slope: float,
    *,
    window: int,
    intercept: bool,
    lags: int,
    every: int,
    block: float,
    replications: int,
    seed: int,
    n_jobs: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Rerun the rolling fit on resampled pairs of a constant relation.

    Parameters
    ----------
    x, residual : numpy.ndarray, shape (n,)
        Regressor and residual of the constant relation, resampled together.
    slope : float
        The constant coefficient.
    window, intercept, lags, every
        Of the rolling fit.
    block, replications, seed, n_jobs
        Mean block length, paths, seed, threads.

    Returns
    -------
    tuple of numpy.ndarray
        The weaker sign of each path, shape (replications,), and t-ratios about the true coefficient, 1-D.
    """
    sizes = [min(CHUNK, replications - done) for done in range(0, replications, CHUNK)]
    streams = np.random.SeedSequence(seed).spawn(len(sizes))

    def chunk(size: int, stream: np.random.SeedSequence) -> tuple[np.ndarray, np.ndarray]:
        chosen = stationary_order(np.random.default_rng(stream), len(x), size, block)
        return refit_constant(x, residual, slope, chosen, window, intercept, lags, every)

    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(chunk)(size, stream) for size, stream in zip(sizes, streams, strict=True)
    )
    weaker = np.concatenate([part[0] for part in parts])
    centred = np.concatenate([part[1].ravel() for part in parts])
    return weaker, centred[np.isfinite(centred)]
