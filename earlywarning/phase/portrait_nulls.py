"""What a fitted drift looks like when there is nothing to see: the same fit on simulated null paths."""

import numpy as np

from earlywarning._kernels.null_drifts import fit_null_drifts
from earlywarning._kernels.paths import garch_shocks
from earlywarning._kernels.walks import walks
from earlywarning.core.garch import Garch
from earlywarning.core.null_refits import autoregression, drift_statistics
from earlywarning.core.student_noise import standard_t

NULLS = ("random_walk", "garch", "mean_reverting")
# Paths of one random stream; fixed, so that the number of workers changes nothing.
CHUNK = 25

Fit = tuple[int, int, np.ndarray]


def null_statistics(
    x: np.ndarray, garch: Garch, n_null: int, seed: int, n_jobs: int, fit: Fit
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
        Statistics of `drift_statistics`, a row a path. The ``random_walk`` resamples the demeaned increments;
        of ``mean_reverting`` paths the first is known alone, which is all that they answer.
    """
    sizes = [min(CHUNK, n_null - done) for done in range(0, n_null, CHUNK)]
    streams = np.random.SeedSequence(seed).spawn(len(NULLS) * len(sizes))
    lines = dict.fromkeys(NULLS, (0.0, 1.0)) | {"mean_reverting": autoregression(x)[:2]}
    kinds = [(kind, lines[kind], size) for kind in NULLS for size in sizes]
    asked = [(*one, stream) for one, stream in zip(kinds, streams, strict=True)]
    if n_jobs == 1:
        parts = [_refit(x, garch, fit, *one) for one in asked]
    else:
        from joblib import Parallel, delayed

        parts = Parallel(n_jobs=n_jobs, prefer="threads")(
            delayed(_refit)(x, garch, fit, *one) for one in asked
        )
    step = len(sizes)
    return {kind: np.vstack(parts[i * step : (i + 1) * step]) for i, kind in enumerate(NULLS)}


def _refit(
    x: np.ndarray,
    garch: Garch,
    fit: Fit,
    kind: str,
    line: tuple[float, float],
    count: int,
    stream: np.random.SeedSequence,
) -> np.ndarray:
    """Return the statistics of paths of one kind about a line of the next level on this one."""
    paths = np.empty((count, len(x)))
    shocks, unit = _shocks(np.diff(x), garch, kind, count, np.random.default_rng(stream))
    walks(shocks, unit, x[0], *line, paths)
    degree, lags, weighting = fit
    if weighting.size:
        return drift_statistics(paths, *fit)
    out = np.full((count, 3), np.nan)
    centre, scale = paths[:, :-1].mean(axis=1), paths[:, :-1].std(axis=1)
    fit_null_drifts(paths, centre, scale, degree, lags, kind != "mean_reverting", out)
    return out


def _shocks(
    steps: np.ndarray, garch: Garch, kind: str, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Return shocks, a row a path, and the unit that they are in."""
    if kind == "random_walk":
        return rng.choice(steps - steps.mean(), (count, len(steps))), 1.0
    noise = standard_t(rng, garch.nu, (count, len(steps))) * np.sqrt((garch.nu - 2.0) / garch.nu)
    return garch_shocks(noise, garch.omega, garch.alpha, garch.beta), garch.scale
