"""Kendall taus of indicators of many paths at once, as null distributions need them."""

from collections.abc import Callable, Sequence

import numpy as np

from earlywarning._kernels.kendall import kendall_taus
from earlywarning.slowing.detrending import Detrending
from earlywarning.slowing.indicators import compute, indicator, side_by_side
from earlywarning.slowing.surrogate import chunks, fit_family

_TOGETHER = 4  # chunks of paths that one thread draws before it looks at them


def windows_of(residuals: np.ndarray, window: int, name: str, levels: np.ndarray) -> np.ndarray:
    """Return one indicator of each path in its full windows, shape (paths, n - window + 1).

    Parameters
    ----------
    residuals, levels : numpy.ndarray, shape (paths, n)
        Of checked paths, and the paths before detrending.
    window : int
    name : str
        As in :func:`earlywarning.rolling_indicators`.
    """
    found = side_by_side(residuals, window, name)
    if found is None:
        pairs = zip(residuals, levels, strict=True)
        found = np.stack([compute(x, window, name, level=level)[window - 1 :] for x, level in pairs])
    return found


def taus(paths: np.ndarray, how: Detrending, windows: Sequence[int], names: Sequence[str]) -> np.ndarray:
    """Kendall taus, signed so that slowing down is positive, shape (paths, windows, names)."""
    residuals = how.residuals_of(paths)
    out, tau = np.empty((len(paths), len(windows), len(names))), np.empty(len(paths))
    for i, window in enumerate(windows):
        for j, name in enumerate(names):
            kendall_taus(windows_of(residuals, window, name, paths), tau)
            out[:, i, j] = indicator(name).direction * tau
    return out


def null_distribution(
    x: np.ndarray, kind: str, statistic: Callable[[np.ndarray], np.ndarray], n: int, seed: int, n_jobs: int
) -> np.ndarray:
    """Run ``statistic``, of many paths at once, on ``n`` surrogates of ``x``; threads change no number."""
    from joblib import Parallel, delayed

    simulate, parts = fit_family(x, kind), chunks(n, seed)

    def run(some: Sequence[tuple[np.random.SeedSequence, int]]) -> np.ndarray:
        return statistic(
            np.concatenate([simulate(np.random.default_rng(seed), count) for seed, count in some])
        )

    size = _TOGETHER if n_jobs == 1 else 1
    found = Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(run)(parts[k : k + size]) for k in range(0, len(parts), size)
    )
    return np.concatenate(found)
