"""Resampled pairs behind the p-values and the interval of a coupling."""

from collections.abc import Callable

import numpy as np
from joblib import Parallel, delayed

from earlywarning._kernels.pairs import (
    fisher_range,
    fit_pair,
    flipped_correlations,
    flipped_ranges,
    refit_pairs,
    rolling_correlation,
)
from earlywarning.core.null_refits import raised_persistence, upper_share

# Samples of one random stream; fixed, so that the number of workers changes nothing.
CHUNK = 25
# Standard deviations of the smoothing of squares that lie in a window: local volatility.
LOCAL = 4


def _sizes(replications: int) -> list[int]:
    return [min(CHUNK, replications - done) for done in range(0, replications, CHUNK)]


def resampled_pairs(
    x: np.ndarray, y: np.ndarray, coupled: bool, replications: int, seed: np.random.SeedSequence, n_jobs: int
) -> np.ndarray:
    """Refit resampled versions of a pair.

    Parameters
    ----------
    x, y : numpy.ndarray, shape (m,)
        The pair in one window.
    coupled : bool
        Simulate the fitted pair, or two separate autoregressions with the same joint shocks, whose
        persistence is raised by its bias: cross effects look the stronger the closer to unit roots.
    replications, seed, n_jobs
        Samples, seed sequence, threads.

    Returns
    -------
    numpy.ndarray, shape (replications, 3)
        Leading eigenvalue, its standard error, and the loop statistic.
    """
    before, after = np.column_stack([x[:-1], y[:-1]]), np.column_stack([x[1:], y[1:]])
    matrix = np.zeros((2, 2))
    if coupled:
        fit_pair(x, y, matrix, np.empty((2, 2)), np.empty((2, 2)))
    else:
        for i, series in enumerate((x, y)):
            matrix[i, i] = raised_persistence(series)
    constant = after.mean(axis=0) - matrix @ before.mean(axis=0)
    shocks = after - constant - before @ matrix.T

    def chunk(size: int, stream: np.random.SeedSequence) -> np.ndarray:
        chosen = np.random.default_rng(stream).integers(len(shocks), size=(size, len(shocks)))
        return refit_pairs(x[0], y[0], constant, matrix, shocks, chosen)

    return np.vstack(_each_chunk(chunk, replications, seed, n_jobs))


def relation(
    x: np.ndarray, y: np.ndarray, window: int, replications: int, seed: np.random.SeedSequence, n_jobs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rolling correlation of the increments and its p-values, both of shape (n,).

    The null gives blocks of one series' demeaned increments random signs, which keeps both volatilities.
    """
    a, b = _increments(x), _increments(y)
    correlation = np.empty(len(a))
    rolling_correlation(a, b, window - 1, correlation)
    length = _block_length(window)
    blocks = -(-len(a) // length)

    def chunk(size: int, stream: np.random.SeedSequence) -> np.ndarray:
        flipped = flipped_correlations(a, b, _signs(stream, (size, blocks), length, len(a)), window - 1)
        return np.count_nonzero(~(np.abs(flipped) < np.abs(correlation)), axis=0)

    extreme = np.sum(_each_chunk(chunk, replications, seed, n_jobs), axis=0)
    p_values = np.where(np.isnan(correlation), np.nan, (1 + extreme) / (1 + replications))
    return np.concatenate([[np.nan], correlation]), np.concatenate([[np.nan], p_values])


def _signs(stream: np.random.SeedSequence, shape: tuple[int, int], length: int, n: int) -> np.ndarray:
    """Return n random signs a row, equal within blocks of a length."""
    signs = np.random.default_rng(stream).choice([-1.0, 1.0], shape)
    return np.ascontiguousarray(np.repeat(signs, length, axis=1)[:, :n])


def change(
    x: np.ndarray,
    y: np.ndarray,
    window: int,
    correlation: np.ndarray,
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
) -> float:
    """Return the p-value of the range of the rolling correlation, against one that never changed.

    The null keeps both volatilities in their place: what y's increments share with x's at one correlation of
    the increments over their local volatility stays, and blocks of the rest get random signs.
    """
    a, b = _increments(x), _increments(y)
    shared = _shared(a, b, window / LOCAL)
    length = _block_length(window)
    blocks = -(-len(a) // length)

    def chunk(size: int, stream: np.random.SeedSequence) -> np.ndarray:
        signs = _signs(stream, (size, blocks), length, len(a))
        return flipped_ranges(a, shared, b - shared, signs, window - 1)

    ranges = np.concatenate(_each_chunk(chunk, replications, seed, n_jobs))
    return upper_share(ranges, fisher_range(correlation))


def _shared(a: np.ndarray, b: np.ndarray, width: float) -> np.ndarray:
    """Return the part of b that goes with a, when both over their local volatility have one correlation."""
    from scipy.ndimage import gaussian_filter1d

    spread = [np.sqrt(gaussian_filter1d(values**2, width, mode="nearest")) for values in (a, b)]
    u, v = (
        np.divide(values, size, out=np.zeros_like(values), where=size > 0)
        for values, size in zip((a, b), spread, strict=True)
    )
    scale = np.sqrt((u @ u) * (v @ v))
    return (u @ v) / scale * spread[1] * u if scale > 0 else np.zeros_like(b)


def _increments(x: np.ndarray) -> np.ndarray:
    return np.diff(x) - np.diff(x).mean()


def _block_length(window: int) -> int:
    """Length of a block: the cube root of the window, so that many blocks lie inside each."""
    return max(1, round(window ** (1 / 3)))


def _each_chunk(
    chunk: Callable[[int, np.random.SeedSequence], np.ndarray],
    replications: int,
    seed: np.random.SeedSequence,
    n_jobs: int,
) -> list[np.ndarray]:
    sizes = _sizes(replications)
    streams = seed.spawn(len(sizes))
    return Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(chunk)(size, stream) for size, stream in zip(sizes, streams, strict=True)
    )
