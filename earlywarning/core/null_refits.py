"""What a fitted drift looks like when there is nothing to see: the same fit on simulated null paths."""

import numpy as np
from joblib import Parallel, delayed

from earlywarning._kernels.drift_polynomials import fit_drifts
from earlywarning._kernels.paths import walk_paths
from earlywarning.core.garch import Garch

NULLS = ("random_walk", "garch", "mean_reverting")
# Paths of one random stream; fixed, so that the number of workers changes nothing.
CHUNK = 25


def autoregression(x: np.ndarray) -> tuple[float, float, np.ndarray]:
    """Fit ``x[t+1] = intercept + persistence x[t]`` by least squares, persistence at most one.

    Returns
    -------
    tuple of float, float, numpy.ndarray
        Intercept, persistence and demeaned residuals; the increments' own when persistence would exceed one.
    """
    level, after = x[:-1] - x[:-1].mean(), x[1:] - x[1:].mean()
    persistence = float(level @ after / (level @ level))
    if persistence >= 1.0:
        return 0.0, 1.0, np.diff(x) - np.diff(x).mean()
    intercept = float(x[1:].mean() - persistence * x[:-1].mean())
    return intercept, persistence, after - persistence * level


def raised_persistence(x: np.ndarray) -> float:
    """Return the persistence of `autoregression` raised by its bias, at most one.

    Kendall's bias with a fitted mean is ``-(1 + 3 persistence) / n``; half of all random walks reach one.
    """
    n = len(x) - 1
    return min((n * autoregression(x)[1] + 1.0) / (n - 3.0), 1.0)


def drift_statistics(paths: np.ndarray, degree: int, lags: int, garch: np.ndarray) -> np.ndarray:
    """Fit the drift of each path and return what is tested of it.

    Parameters
    ----------
    paths : numpy.ndarray, shape (k, n)
        Finite levels, a row a path.
    degree, lags : int
        Degree of the polynomial; lags of the Bartlett long-run covariance.
    garch : numpy.ndarray, shape (0,) or (3,)
        Omega, alpha and beta of unit-variance shocks to weight by; empty for equal weights.

    Returns
    -------
    numpy.ndarray, shape (k, 3)
        Wald statistics of the highest power and of all powers, and the slope at the end over its error; NaN
        where a path is degenerate.
    """
    out = np.full((len(paths), 3), np.nan)
    centre, scale = paths[:, :-1].mean(axis=1), paths[:, :-1].std(axis=1)
    fit_drifts(paths, centre, scale, degree, lags, garch, out)
    return out


def _refit_chunk(
    kind: str,
    x: np.ndarray,
    garch: Garch,
    paths: int,
    stream: np.random.SeedSequence,
    fit: tuple[int, int, np.ndarray],
) -> np.ndarray:
    rng = np.random.default_rng(stream)
    intercept, persistence = 0.0, 1.0
    if kind == "random_walk":
        steps = np.diff(x)
        shocks = rng.choice(steps - steps.mean(), (paths, len(steps)))
    else:
        shocks = garch.simulate(rng, paths, len(x) - 1)
        if kind == "mean_reverting":
            intercept, persistence, _ = autoregression(x)
    return drift_statistics(walk_paths(shocks, x[0], intercept, persistence), *fit)


def null_statistics(
    x: np.ndarray, garch: Garch, n_null: int, seed: int, n_jobs: int, fit: tuple[int, int, np.ndarray]
) -> dict[str, np.ndarray]:
    """Refit the drift on null paths of three families.

    Parameters
    ----------
    x : numpy.ndarray, shape (n,)
        Levels.
    garch : Garch
        Shocks for the ``garch`` random walk and for the ``mean_reverting`` autoregression.
    n_null, seed, n_jobs : int
        Paths of each family, seed, and threads; threads do not change the numbers.
    fit : tuple
        Degree, covariance lags and weighting parameters as `drift_statistics` takes them.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n_null, 3)
        Statistics of `drift_statistics`, a row a path. The ``random_walk`` resamples the demeaned increments.
    """
    sizes = [min(CHUNK, n_null - done) for done in range(0, n_null, CHUNK)]
    streams = np.random.SeedSequence(seed).spawn(len(NULLS) * len(sizes))
    tasks = [(kind, size) for kind in NULLS for size in sizes]
    parts = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_refit_chunk)(kind, x, garch, size, stream, fit)
        for (kind, size), stream in zip(tasks, streams, strict=True)
    )
    step = len(sizes)
    return {kind: np.vstack(parts[i * step : (i + 1) * step]) for i, kind in enumerate(NULLS)}


def upper_share(null: np.ndarray, observed: float) -> float:
    """Return the p-value of a large statistic: ``(1 + count of null >= observed) / (1 + paths)``.

    A null path without a statistic counts against the observation.
    """
    return float((1 + np.count_nonzero(~(null < observed))) / (1 + len(null)))


def null_p_values(
    levels: np.ndarray, nulls: dict[str, np.ndarray], fit: tuple[int, int, np.ndarray]
) -> dict[str, dict[str, float]]:
    """Return the p-values of a series by question and null family; empty families without null paths.

    Parameters
    ----------
    levels : numpy.ndarray, shape (n,)
        The series.
    nulls : dict of str to numpy.ndarray
        Result of `null_statistics`, or empty.
    fit : tuple
        As for `null_statistics`.

    Returns
    -------
    dict of str to dict of str to float
        ``feedback``, ``shape``, ``convergent``, ``divergent``; ``mean_reverting`` answers only ``shape``.
    """
    shape, feedback, slope = drift_statistics(levels[np.newaxis], *fit)[0]
    walks = {kind: null for kind, null in nulls.items() if kind != "mean_reverting"}
    return {
        "feedback": {kind: upper_share(null[:, 1], feedback) for kind, null in walks.items()},
        "shape": {kind: upper_share(null[:, 0], shape) for kind, null in nulls.items()},
        "convergent": {kind: upper_share(-null[:, 2], -slope) for kind, null in walks.items()},
        "divergent": {kind: upper_share(null[:, 2], slope) for kind, null in walks.items()},
    }


def worst(p_values: dict[str, dict[str, float]], question: str) -> float:
    """Return the largest p-value of a question; NaN without null paths."""
    return max(p_values[question].values(), default=float("nan"))
